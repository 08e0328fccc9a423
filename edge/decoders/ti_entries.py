"""What the entries of a TI packet say.

Source: TI `mmw_output.h` of the vital-signs lab (entries 2 and 6) and the Radar Toolbox's table of entries (1000 to
1040).
"""

import math
import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.decoders.ti_uart import Packet
from edge.frames import Target

PROFILE, VITAL_SIGNS = 2, 6
POINTS, TARGETS, POINT_TARGETS, HEIGHTS, SMALL_POINTS, PRESENCE, OCCUPIED_ZONES = (
    1000,
    1010,
    1011,
    1012,
    1020,
    1021,
    1030,
)
TRACKED_VITAL_SIGNS = 1040
# The numbers of points (1011) and the heights (1012) belong to people tracking too, but say nothing that a hint holds.
TRACKING = {POINTS, TARGETS, POINT_TARGETS, HEIGHTS, SMALL_POINTS, PRESENCE, OCCUPIED_ZONES}

# Bins of greatest and of followed echo, its size, cycles, first and last bin, then phase, two filters, four heart
# rates, three breathing rates, five trusts, two energies, a flag of movement, two harmonics and eight reserved.
LAB = struct.Struct("<HHfIHH28f")
BREATHS_BY_SPECTRUM, BEATS_BY_SPECTRUM, MOVEMENT_FLAG = 13, 9, 23
TARGET = struct.Struct("<I9f16f2f")
POINT = struct.Struct("<4f")
UNITS, SMALL_POINT = struct.Struct("<5f"), struct.Struct("<2bh2H")
TRACKED = struct.Struct("<2H33f")
WORD = struct.Struct("<I")
MAX_BINS, MAX_TARGETS = 1024, 250
# Nothing that such a radar follows is further away.
FARTHEST_M = 200.0


@dataclass(frozen=True, eq=False)
class Contents:
    """What one packet says; None where it does not."""

    first_bin: int | None = None
    """Range bin of the first number of `profile`."""
    profile: NDArray[np.complex64] | None = None
    """shape (bins,), as many as were there; empty when all of it was cut off."""
    chest_bin: int | None = None
    """Range bin that the module follows."""
    is_moving: bool | None = None
    presence: bool | None = None
    distance_m: float | None = None
    """[m] of the strongest point, or of the first when points have no strength."""
    targets: tuple[Target, ...] | None = None
    is_tracking: bool = False
    """There are entries of people tracking."""
    respiratory_rate_per_min: float | None = None
    """As the module prints it."""
    pulse_rate_per_min: float | None = None
    """As the module prints it."""


def read_entries(packet: Packet) -> Contents:
    """Read a packet; an entry of the wrong length, or cut, says nothing."""
    told = dict(reversed(packet.entries))
    lab = told.get(VITAL_SIGNS, b"")
    if len(lab) == LAB.size and _is_lab(lab):
        return _lab(lab, told.get(PROFILE))
    rates = _tracked_rates(told.get(TRACKED_VITAL_SIGNS, b""))
    return Contents(
        presence=_presence(told),
        distance_m=_distance(told),
        targets=_targets(told[TARGETS]) if TARGETS in told else None,
        is_tracking=bool(TRACKING & told.keys()),
        respiratory_rate_per_min=rates[0],
        pulse_rate_per_min=rates[1],
    )


def _is_lab(data: bytes) -> bool:
    """Say whether an entry names a stretch of range bins; other firmware uses number 6 for other things."""
    row = LAB.unpack(data)
    return bool(0 <= row[5] - row[4] < MAX_BINS)


def _lab(data: bytes, profile: bytes | None) -> Contents:
    """Read the vital-signs lab; only beside its figures does entry 2 hold complex numbers (real part first)."""
    row = LAB.unpack(data)
    chest, first, last = int(row[1]), int(row[4]), int(row[5])
    bins = None
    if profile is not None:
        numbers = np.frombuffer(profile, "<i2", 2 * min(len(profile) // 4, last - first + 1)).astype(np.float32)
        bins = (numbers[0::2] + 1j * numbers[1::2]).astype(np.complex64)
    return Contents(
        first_bin=first,
        profile=bins,
        chest_bin=chest,
        is_moving=bool(row[MOVEMENT_FLAG] > 0),
        respiratory_rate_per_min=_rate(row[BREATHS_BY_SPECTRUM]),
        pulse_rate_per_min=_rate(row[BEATS_BY_SPECTRUM]),
    )


def _rate(value: float) -> float | None:
    return value if math.isfinite(value) and 0 < value < 400 else None


def _tracked_rates(data: bytes) -> tuple[float | None, float | None]:
    """Return breathing and pulse as the tracking firmware prints them, of the first person."""
    if len(data) < TRACKED.size:
        return None, None
    row = TRACKED.unpack_from(data)
    return _rate(row[4]), _rate(row[3])


def _presence(told: dict[int, bytes]) -> bool | None:
    """Return whether the module says that somebody is there: its flag, or any of its occupied zones."""
    for kind in (PRESENCE, OCCUPIED_ZONES):
        if len(told.get(kind, b"")) == WORD.size:
            return bool(WORD.unpack(told[kind])[0])
    return None


def _targets(data: bytes) -> tuple[Target, ...] | None:
    """Read a list of targets; None when its length is no whole number of them."""
    if len(data) % TARGET.size or len(data) > MAX_TARGETS * TARGET.size:
        return None
    targets = []
    for row in TARGET.iter_unpack(data):
        if all(math.isfinite(value) and abs(value) <= FARTHEST_M for value in row[1:7]):
            targets.append(Target(int(row[0]), *(float(value) for value in row[1:7])))
    return tuple(targets)


def _distance(told: dict[int, bytes]) -> float | None:
    small = told.get(SMALL_POINTS, b"")
    if len(small) > UNITS.size and (len(small) - UNITS.size) % SMALL_POINT.size == 0:
        unit_m = UNITS.unpack_from(small)[3]
        _, _, _, range_, _ = max(SMALL_POINT.iter_unpack(small[UNITS.size :]), key=lambda row: row[4])
        return _believable(range_ * unit_m)
    points = told.get(POINTS, b"")
    if points and len(points) % POINT.size == 0:
        return _believable(POINT.unpack_from(points)[0])
    return None


def _believable(distance_m: float) -> float | None:
    return distance_m if math.isfinite(distance_m) and 0 <= distance_m <= FARTHEST_M else None
