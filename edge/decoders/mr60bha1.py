"""Seeed MR60BHA1 and its kin (MR24HPC1, R60ABD1): what they report on their serial line.

Packet: `53 59 | control | command | length of data u16 BE | data | sum of all bytes before, low byte | 54 43`.

Source:
    ESPHome component seeed_mr24hpc1 (framing); the public R60ABD1 protocol and the published readers of MR60BHA1
    logs (control words 80 presence, 81 breathing, 85 heart). The checksum is one byte: see `Mr60Bha1Decoder`.
"""

import struct
from dataclasses import dataclass

from edge.decoders.framing import Framer, Grammar, LinkCount
from edge.frames import Hint

HEAD, TAIL = b"\x53\x59", b"\x54\x43"
BAUD = 115200
"""[1/s] ESPHome component seeed_mr24hpc1."""
MOST_DATA_BYTES = 64
_AROUND = 9
PRESENCE, MOTION, BODY_SIGN, DISTANCE = (0x80, 0x01), (0x80, 0x02), (0x80, 0x03), (0x80, 0x04)
RESPIRATORY, PULSE = (0x81, 0x02), (0x85, 0x02)
# The answer to a question carries the question's command with this bit.
_ANSWER = 0x80


@dataclass(frozen=True)
class Mr60Bha1Report:
    """One sound packet."""

    control: int
    command: int
    data: bytes


def packed(control: int, command: int, data: bytes) -> bytes:
    """Build a packet as the module sends it."""
    body = HEAD + struct.pack(">BBH", control, command, len(data)) + data
    return body + bytes([sum(body) & 0xFF]) + TAIL


def question() -> bytes:
    """Build the question for presence, which the module else reports only when it changes."""
    return packed(PRESENCE[0], PRESENCE[1] | _ANSWER, b"\x0f")


def _length(header: bytes) -> int | None:
    data_bytes = int.from_bytes(header[4:6], "big")
    return data_bytes + _AROUND if data_bytes <= MOST_DATA_BYTES else None


def _is_sound(packet: bytes) -> bool:
    return packet[-2:] == TAIL and packet[-3] == sum(packet[:-3]) & 0xFF


GRAMMAR = Grammar((HEAD,), 6, _length, _is_sound, MOST_DATA_BYTES + _AROUND)


class Mr60Bha1Decoder:
    """Bytes of the module's serial line to reports.

    The sum over the bytes sees every change of one bit, but not two changes that cancel out, nor two bytes in the
    other's place.
    """

    def __init__(self, count: LinkCount | None = None) -> None:
        """Begin; a count that is given is kept up to date."""
        self.count = LinkCount() if count is None else count
        self._framer = Framer(GRAMMAR, self.count)

    @property
    def held(self) -> int:
        """Bytes held back for a packet that is not whole yet."""
        return self._framer.held

    def feed(self, data: bytes) -> list[Mr60Bha1Report]:
        """Take the next bytes in and return the reports that are now whole."""
        return [Mr60Bha1Report(one[2], one[3], one[6:-3]) for one in self._framer.feed(data)]


def hint_of(report: Mr60Bha1Report) -> Hint | None:
    """Say what a report means for the room; None when it says nothing about it.

    Presence 0 or 1; motion 0 nothing, 1 still, 2 active; body sign 0 to 100; distance in cm, 0 for none; rates as
    whole numbers per minute, 0 for none.
    """
    word, size = (report.control, report.command & ~_ANSWER), len(report.data)
    value = int.from_bytes(report.data, "big")
    if size == 2 and word == DISTANCE:
        return Hint(distance_m=value / 100 if value else None)
    if size != 1:
        return None
    if word == PRESENCE and value <= 1:
        return Hint(presence=value == 1)
    if word == MOTION and value <= 2:
        return Hint(is_moving=value == 2)
    if word == BODY_SIGN and value <= 100:
        return Hint(movement=value / 100)
    if word == RESPIRATORY:
        return Hint(respiratory_rate_per_min=float(value) if value else None)
    return Hint(pulse_rate_per_min=float(value) if value else None) if word == PULSE else None
