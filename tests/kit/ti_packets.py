"""Packets of a TI mmWave radar, built byte by byte."""

import struct
from collections.abc import Sequence

import numpy as np

from edge.decoders.ti_uart import MAGIC

VERSION, PLATFORM = 0x02000004, 0xA6843


def packet(number: int, *entries: tuple[int, bytes], claimed: int | None = None, count: int | None = None) -> bytes:
    """Build a packet, padded to 32 bytes; `claimed` and `count` put a wrong length or number of entries in."""
    body = b"".join(struct.pack("<2I", kind, len(value)) + value for kind, value in entries)
    size = -(-(40 + len(body)) // 32) * 32
    numbers = (VERSION, size if claimed is None else claimed, PLATFORM, number, 0, 0)
    header = MAGIC + struct.pack("<8I", *numbers, len(entries) if count is None else count, 0)
    return (header + body).ljust(size, b"\x0f")


def lab(
    profile: Sequence[complex], first_bin: int = 8, breaths: float = 14.0, beats: float = 70.0
) -> tuple[tuple[int, bytes], tuple[int, bytes]]:
    """Build the two entries of the vital-signs lab."""
    floats = [0.0] * 28
    # Counted from the first of the 28 numbers.
    floats[3], floats[7] = beats, breaths
    figures = struct.pack("<HHfIHH28f", first_bin, first_bin, 1.0, 0, first_bin, first_bin + len(profile) - 1, *floats)
    numbers = np.array([[one.real, one.imag] for one in profile], "<i2").tobytes()
    return (6, figures), (2, numbers)


def lab_packet(number: int, bins: int = 23, **figures: float) -> bytes:
    """Build a packet of the vital-signs lab in which every number tells its packet and its bin."""
    return packet(number, *lab([complex(number % 1000, bin_) for bin_ in range(bins)], **figures))


def target(track_id: int, x_m: float, y_m: float, z_m: float = 0.0) -> bytes:
    """Build one target of a target list."""
    return struct.pack("<I9f16f2f", track_id, x_m, y_m, z_m, *[0.1] * 6, *[0.0] * 16, 1.0, 1.0)
