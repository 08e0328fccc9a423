"""Seeed MR24 fall and sleep modules (24 GHz): what they report on their serial line.

Packet: `55 | length u16 LE, which is all bytes but the first | function | address 1 | address 2 | data | CRC-16/MODBUS,
low byte first`.

Source:
    Seeed wiki, Radar_MR24BSD1 and Radar_MR24FDB1; OpenKNX OGM-SensorDevices, SensorMR24xxB1 (questions, answers,
    heartbeat). The CRC was checked on public captures: `55 0A 00 04 03 07 01 01 01` has 0xBC9C. What sources
    contradict each other on is left open: see `hint_of`.
"""

import struct
from dataclasses import dataclass

from edge.decoders.framing import Framer, Grammar, LinkCount
from edge.frames import Hint

HEAD = b"\x55"
BAUD = 9600
"""[1/s] Seeed wiki, Radar_MR24BSD1: the library opens the port at 9600."""
REPEATS_S = 5.0
"""[s] The body sign comes at least this often, changed or not; everything else comes when it changes."""
MOST_BYTES = 64
_SHORTEST = 8
ENVIRONMENT, BODY_SIGN, APPROACH = 0x05, 0x06, 0x07
_ASKS, _ANSWERS, _REPORTS = 0x01, 0x03, 0x04
_RADAR, _OTHER, _HEARTBEAT = 0x03, 0x05, 0x01


@dataclass(frozen=True)
class Mr24Report:
    """One sound packet."""

    function: int
    address_1: int
    address_2: int
    data: bytes


def crc16_modbus(data: bytes) -> int:
    """Compute the checksum CRC-16/MODBUS (polynomial 0xA001 reflected, begun with 0xFFFF).

    Source:
        Modbus over Serial Line, V1.02, section 6.2.2.
    """
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def packed(function: int, address_1: int, address_2: int, data: bytes) -> bytes:
    """Build a packet as the module sends it."""
    body = HEAD + struct.pack("<HBBB", len(data) + 7, function, address_1, address_2) + data
    return body + struct.pack("<H", crc16_modbus(body))


def announced_bytes(header: bytes) -> int | None:
    """Tell a packet's whole length from its first three bytes; None when it cannot be right."""
    size = 1 + int.from_bytes(header[1:3], "little")
    return size if _SHORTEST <= size <= MOST_BYTES else None


def unpacked(packet: bytes) -> Mr24Report:
    """Take a whole packet apart, without looking at its checksum."""
    return Mr24Report(packet[3], packet[4], packet[5], packet[6:-2])


def _is_sound(packet: bytes) -> bool:
    return crc16_modbus(packet[:-2]) == int.from_bytes(packet[-2:], "little")


GRAMMAR = Grammar((HEAD,), 3, announced_bytes, _is_sound, MOST_BYTES)


def question() -> bytes:
    """Build the question for the environment, which the module else reports only when it changes."""
    return packed(_ASKS, _RADAR, ENVIRONMENT, b"")


class Mr24Decoder:
    """Bytes of the module's serial line to reports."""

    def __init__(self, count: LinkCount | None = None) -> None:
        """Begin; a count that is given is kept up to date."""
        self.count = LinkCount() if count is None else count
        self._framer = Framer(GRAMMAR, self.count)

    @property
    def held(self) -> int:
        """Bytes held back for a packet that is not whole yet."""
        return self._framer.held

    def feed(self, data: bytes) -> list[Mr24Report]:
        """Take the next bytes in and return the reports that are now whole."""
        return [unpacked(packet) for packet in self._framer.feed(data)]


def hint_of(report: Mr24Report) -> Hint | None:
    """Say what a report means for the room; None when it says nothing about it.

    Environment and heartbeat: `00 FF FF` nobody, `01 00 FF` somebody still, `01 01 01` somebody moving. Approach: 2 or
    3 is somebody coming closer or going away; 1 is nothing to one source and moving in place to another, and says
    nothing here. Body sign (float32, 0 to 100): sources disagree on whether 1 is a still person or nobody, and whether
    2 is one who moves, so 1 and 2 say nothing of presence; above 2 somebody moves, and 0 is nobody, in every source.
    """
    if report.function not in (_ANSWERS, _REPORTS):
        return None
    place = (report.address_1, report.address_2)
    if place in ((_RADAR, ENVIRONMENT), (_OTHER, _HEARTBEAT)):
        return _ENVIRONMENTS.get(report.data)
    if place == (_RADAR, APPROACH) and len(report.data) == 3:
        return Hint(presence=True) if report.data[2] in (2, 3) else Hint() if report.data[2] == 1 else None
    if place == (_RADAR, BODY_SIGN) and len(report.data) == 4:
        return _body_hint(float(struct.unpack("<f", report.data)[0]))
    return None


_ENVIRONMENTS = {
    b"\x00\xff\xff": Hint(presence=False, is_moving=False),
    b"\x01\x00\xff": Hint(presence=True, is_moving=False),
    b"\x01\x01\x01": Hint(presence=True, is_moving=True),
}


def _body_hint(sign: float) -> Hint | None:
    if not 0 <= sign <= 100:
        return None
    presence = True if sign > 2 else False if sign == 0 else None
    return Hint(presence=presence, is_moving=sign > 2, movement=max(sign - 1, 0.0) / 99)
