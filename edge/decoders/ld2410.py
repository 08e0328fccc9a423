"""Hi-Link HLK-LD2410 (24 GHz): its reports, and the commands that switch them on.

Report: `F4 F3 F2 F1 | length u16 LE | 01 or 02 | AA | state | ... | 55 00 | F8 F7 F6 F5`; command and its answer:
`FD FC FB FA | length u16 LE | word u16 LE | value | 04 03 02 01`. There is no checksum, only heads, lengths and tails.

Source:
    Package aio-ld2410 1.1.0 (MIT), which describes the maker's serial protocol.
"""

import struct
from dataclasses import dataclass

from edge.decoders.framing import Framer, Grammar, LinkCount
from edge.frames import Hint

REPORT_HEAD, REPORT_TAIL = b"\xf4\xf3\xf2\xf1", b"\xf8\xf7\xf6\xf5"
COMMAND_HEAD, COMMAND_TAIL = b"\xfd\xfc\xfb\xfa", b"\x04\x03\x02\x01"
BAUD = 256000
"""[1/s] The maker's default."""
MOST_DATA_BYTES = 64
_AROUND = 10
ENGINEERING, BASIC = 0x01, 0x02
CONFIGURE, CONFIGURED, ENGINEERING_ON, ENGINEERING_OFF = 0x00FF, 0x00FE, 0x0062, 0x0063
_BASIC = struct.Struct("<BHBHBH")
# Bits of the state: 1 something moves, 2 something is still; 4 and above are steps of its calibration.
_MOVES, _IS_STILL, _FIRST_CALIBRATION = 1, 2, 4


@dataclass(frozen=True)
class Ld2410Report:
    """One report; energies in percent, distances in metres."""

    state: int
    moving_distance_m: float
    moving_energy: int
    still_distance_m: float
    still_energy: int
    distance_m: float
    moving_gates: tuple[int, ...] = ()
    """Energy of each gate, nearest first; empty in a basic report."""
    still_gates: tuple[int, ...] = ()
    light: int | None = None
    """0 to 255 as the module measures it; None in a basic report."""


@dataclass(frozen=True)
class Ld2410Answer:
    """The module's answer to a command."""

    word: int
    """The command's word, with 0x0100 added by the module."""
    is_done: bool
    value: bytes


def command(word: int, value: bytes = b"") -> bytes:
    """Build a command."""
    return COMMAND_HEAD + struct.pack("<HH", len(value) + 2, word) + value + COMMAND_TAIL


def engineering_commands() -> tuple[bytes, ...]:
    """Build the three commands that switch the reports with gates on, to be sent one after the other."""
    return command(CONFIGURE, b"\x01\x00"), command(ENGINEERING_ON), command(CONFIGURED)


def _length(header: bytes) -> int | None:
    data_bytes = int.from_bytes(header[4:6], "little")
    return data_bytes + _AROUND if 2 <= data_bytes <= MOST_DATA_BYTES else None


def _is_sound(packet: bytes) -> bool:
    if packet.startswith(COMMAND_HEAD):
        return packet.endswith(COMMAND_TAIL) and len(packet) >= _AROUND + 4
    return packet.endswith(REPORT_TAIL) and report_of(packet[6:-4]) is not None


GRAMMAR = Grammar((REPORT_HEAD, COMMAND_HEAD), 6, _length, _is_sound, MOST_DATA_BYTES + _AROUND)


class Ld2410Decoder:
    """Bytes of the module's serial line to reports and answers.

    Without a checksum a changed bit inside a report is seen only where it breaks its form, its percentages or its
    state; all else passes.
    """

    def __init__(self, count: LinkCount | None = None) -> None:
        """Begin; a count that is given is kept up to date."""
        self.count = LinkCount() if count is None else count
        self._framer = Framer(GRAMMAR, self.count)

    @property
    def held(self) -> int:
        """Bytes held back for a packet that is not whole yet."""
        return self._framer.held

    def feed(self, data: bytes) -> list[Ld2410Report | Ld2410Answer]:
        """Take the next bytes in and return what is now whole."""
        return [_item(packet) for packet in self._framer.feed(data)]


def _item(packet: bytes) -> Ld2410Report | Ld2410Answer:
    report = report_of(packet[6:-4]) if packet.startswith(REPORT_HEAD) else None
    if report is not None:
        return report
    word, status = struct.unpack("<HH", packet[6:10])
    return Ld2410Answer(word, status == 0, packet[10:-4])


def report_of(data: bytes) -> Ld2410Report | None:
    """Read what stands between a report's length and its tail; None when it is not of the form."""
    if len(data) < 4 + _BASIC.size or data[1] != 0xAA or data[-2:] != b"\x55\x00":
        return None
    state, moving_cm, moving_energy, still_cm, still_energy, distance_cm = _BASIC.unpack_from(data, 2)
    if state > 6 or moving_energy > 100 or still_energy > 100:
        return None
    rest = data[2 + _BASIC.size : -2]
    if data[0] == BASIC and not rest:
        gates: tuple[tuple[int, ...], tuple[int, ...], int | None] | None = ((), (), None)
    else:
        gates = _gates(rest) if data[0] == ENGINEERING else None
    if gates is None:
        return None
    basic = (moving_cm / 100, moving_energy, still_cm / 100, still_energy, distance_cm / 100)
    return Ld2410Report(state, *basic, *gates)


def _gates(rest: bytes) -> tuple[tuple[int, ...], tuple[int, ...], int] | None:
    """Read the gates' energies and the light; None when their number does not fit.

    A firmware that gives other bytes after the gates is not believed.
    """
    if len(rest) < 2:
        return None
    moving, still = rest[0] + 1, rest[1] + 1
    if len(rest) != 2 + moving + still + 2:
        return None
    return tuple(rest[2 : 2 + moving]), tuple(rest[2 + moving : 2 + moving + still]), rest[2 + moving + still]


def hint_of(item: Ld2410Report | Ld2410Answer) -> Hint | None:
    """Say what a report means for the room; None for answers and while the module calibrates itself."""
    if not isinstance(item, Ld2410Report) or item.state >= _FIRST_CALIBRATION:
        return None
    if item.state == 0:
        return Hint(presence=False, is_moving=False, movement=0.0)
    moves = bool(item.state & _MOVES)
    distance_m = item.moving_distance_m if moves else item.still_distance_m
    return Hint(True, moves, item.moving_energy / 100 if moves else 0.0, distance_m)
