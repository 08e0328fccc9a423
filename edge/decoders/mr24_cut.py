"""Lines of an MR24 log that keeps only the first ten bytes of each packet: which of them can be believed, and why."""

import struct
from collections.abc import Sequence

from edge.decoders.mr24 import (
    BODY_SIGN,
    HEAD,
    Mr24Decoder,
    Mr24Report,
    announced_bytes,
    crc16_modbus,
    unpacked,
)

KEPT_BYTES = 10
_BODY_HEAD = bytes((0x55, 0x0B, 0x00, 0x04, 0x03, BODY_SIGN))


def is_cut(lines: Sequence[bytes]) -> bool:
    """Say whether a log cuts its packets: no line has more than ten bytes, and most announce more.

    Args:
        lines: the bytes of each line.
    """
    if not lines or any(len(line) > KEPT_BYTES for line in lines):
        return False
    short = [line for line in lines if len(line) == KEPT_BYTES and (announced_bytes(line) or 0) > KEPT_BYTES]
    return all(line.startswith(HEAD) for line in short) and len(short) > len(lines) / 2


def report_of_line(line: bytes) -> Mr24Report | None:
    """Read one line of such a log.

    Three kinds are believed. A packet that is whole, by its CRC. A packet of eleven bytes, of which only the CRC's
    second byte is missing: by the CRC's first byte, which one wrong line in 256 would pass, behind a head, a length and
    a function that all fit. A body sign, whose CRC is missing altogether: by its value, a float32 that must be a whole
    number from 0 to 100, as the module sends them; of all float32 only 101 in 4,294,967,296 are. Everything else, such
    as a line with two heads, is bad.

    Args:
        line: the first bytes of one packet, and of what came after it.

    Returns:
        The report; None when the line proves nothing.
    """
    whole = Mr24Decoder().feed(line) if line.startswith(HEAD) else []
    if whole:
        return whole[0]
    size = announced_bytes(line) if len(line) == KEPT_BYTES else None
    if size == KEPT_BYTES + 1 and line.startswith(HEAD):
        crc = crc16_modbus(line[:-1])
        return unpacked(line[:-1] + struct.pack("<H", crc)) if line[-1] == crc & 0xFF else None
    if line.startswith(_BODY_HEAD) and len(line) == KEPT_BYTES:
        sign = float(struct.unpack("<f", line[6:])[0])
        is_whole = 0 <= sign <= 100 and line[6:] == struct.pack("<f", int(sign))
        return Mr24Report(line[3], line[4], line[5], line[6:]) if is_whole else None
    return None
