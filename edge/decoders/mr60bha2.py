"""Seeed MR60BHA2 and MR60FDA2: what they report on their serial line.

Packet: `01 | id u16 BE | length of data u16 BE | type u16 BE | not(xor of the header) | data | not(xor of data)`; the
data's own numbers are little-endian.

Source:
    ESPHome component seeed_mr60bha2, and the public protocol notes of duramson and of the crate mr60bha2. They agree on
    the framing and contradict each other on 0A16 (distance) and 0A04 (targets).
"""

import math
import struct
from dataclasses import dataclass

from edge.decoders.framing import Framer, Grammar, LinkCount
from edge.frames import Hint, Target

HEAD = b"\x01"
BAUD = 115200
"""[1/s] ESPHome component seeed_mr60bha2: the default."""
MOST_DATA_BYTES = 256
_HEADER_BYTES = 8
HUMAN, PHASES, RESPIRATORY, PULSE = 0x0F09, 0x0A13, 0x0A14, 0x0A15
DISTANCE, TARGETS = 0x0A16, 0x0A04
AMBIGUOUS = (DISTANCE, TARGETS)
_TARGET = struct.Struct("<ffii")


@dataclass(frozen=True)
class Mr60Bha2Report:
    """One sound packet."""

    id: int
    type: int
    data: bytes


@dataclass(frozen=True)
class DistanceReadings:
    """Both ways in which public sources read 0A16; which one a module means is not known.

    A value is in metres by one source and in centimetres by another, and a flag of 0 means valid to one and not valid
    to the others.
    """

    flag_first: tuple[int, float]
    """Flag and value when the flag comes first."""
    value_first: tuple[int, float]
    """Flag and value when the value comes first."""


@dataclass(frozen=True)
class TargetReadings:
    """Both ways in which public sources read 0A04; None where the length does not allow one."""

    with_count: tuple[Target, ...] | None
    """When a count u32 comes first."""
    without_count: tuple[Target, ...] | None
    """When targets fill the data."""


def _not_xor(data: bytes) -> int:
    value = 0xFF
    for byte in data:
        value ^= byte
    return value


def packed(kind: int, data: bytes, packet_id: int = 0) -> bytes:
    """Build a packet as the module sends it."""
    header = HEAD + struct.pack(">HHH", packet_id, len(data), kind)
    return header + bytes([_not_xor(header)]) + data + bytes([_not_xor(data)])


def _length(header: bytes) -> int | None:
    data_bytes = int.from_bytes(header[3:5], "big")
    if _not_xor(header[:7]) != header[7] or data_bytes > MOST_DATA_BYTES:
        return None
    return _HEADER_BYTES + data_bytes + 1


def _is_sound(packet: bytes) -> bool:
    return _not_xor(packet[_HEADER_BYTES:-1]) == packet[-1]


GRAMMAR = Grammar((HEAD,), _HEADER_BYTES, _length, _is_sound, _HEADER_BYTES + MOST_DATA_BYTES + 1)


class Mr60Bha2Decoder:
    """Bytes of the module's serial line to reports.

    Both checksums are an exclusive-or: each sees every change of one bit, but not two changes in the same place of two
    bytes, nor bytes in another order.
    """

    def __init__(self, count: LinkCount | None = None) -> None:
        """Begin; a count that is given is kept up to date."""
        self.count = LinkCount() if count is None else count
        self._framer = Framer(GRAMMAR, self.count)

    @property
    def held(self) -> int:
        """Bytes held back for a packet that is not whole yet."""
        return self._framer.held

    def feed(self, data: bytes) -> list[Mr60Bha2Report]:
        """Take the next bytes in and return the reports that are now whole."""
        reports = []
        for packet in self._framer.feed(data):
            header = struct.unpack(">HHH", packet[1:7])
            reports.append(Mr60Bha2Report(header[0], header[2], packet[_HEADER_BYTES:-1]))
        self.count.ambiguous += sum(report.type in AMBIGUOUS for report in reports)
        return reports


def hint_of(report: Mr60Bha2Report) -> Hint | None:
    """Say what a report means for the room; None when it says nothing about it, or nobody knows what it says."""
    if report.type == HUMAN and report.data:
        return Hint(presence=report.data[0] != 0)
    if len(report.data) != 4 or report.type not in (RESPIRATORY, PULSE):
        return None
    rate = float(struct.unpack("<f", report.data)[0])
    told = rate if math.isfinite(rate) and rate > 0 else None
    if report.type == RESPIRATORY:
        return Hint(respiratory_rate_per_min=told)
    return Hint(pulse_rate_per_min=told)


def distance_readings(data: bytes) -> DistanceReadings | None:
    """Read the data of 0A16 in both ways; None when it is not eight bytes."""
    if len(data) != 8:
        return None
    first, last = struct.unpack("<If", data), struct.unpack("<fI", data)
    return DistanceReadings((first[0], first[1]), (last[1], last[0]))


def target_readings(data: bytes) -> TargetReadings:
    """Read the data of 0A04 in both ways: `x f32 [m], y f32 [m], Doppler index i32, cluster i32` per target."""
    count = int.from_bytes(data[:4], "little") if len(data) >= 4 else -1
    is_counted = len(data) == 4 + count * _TARGET.size
    return TargetReadings(
        _targets(data[4:]) if is_counted else None, _targets(data) if len(data) % _TARGET.size == 0 else None
    )


def _targets(data: bytes) -> tuple[Target, ...]:
    """Read targets; the Doppler index has no unit that a source names, so speeds are 0."""
    return tuple(Target(cluster, x, y, 0.0, 0.0, 0.0, 0.0) for x, y, _, cluster in _TARGET.iter_unpack(data))
