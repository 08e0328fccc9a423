"""Acconeer A111 modules (XM112, XM122, XM132): the register protocol on their serial line.

Frame: `CC | length u16 LE of what follows the type | type | ... | CD`. A stream frame (FE) holds parts, each
`kind | length u16 LE | ...`: FD registers (`address u8, value u32 LE` each), FE the measured data. There is no
checksum, only markers and lengths: a changed bit in the data passes.

Source:
    Exploration Tool (BSD-3-Clear), a111/_clients/reg/protocol.py, and Acconeer's module software user guides.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum

from edge.decoders.framing import Framer, Grammar, LinkCount

START, END = b"\xcc", b"\xcd"
MOST_BYTES = 1 << 14
"""More than the largest measurement of these modules."""
_AROUND = 5
_REGISTER = struct.Struct("<BI")
_PART_REGISTERS, _PART_BUFFER = 0xFD, 0xFE


class FrameType(IntEnum):
    """What a frame is; the first four come from the module."""

    WRITTEN = 0xF5
    READ = 0xF6
    BUFFER = 0xF7
    STREAM = 0xFE
    ASK_READ = 0xF8
    ASK_WRITE = 0xF9
    ASK_BUFFER = 0xFA


@dataclass(frozen=True)
class RegisterAnswer:
    """A register as the module read or wrote it."""

    type: FrameType
    address: int
    value: int
    """The four bytes as an unsigned number; some registers hold other kinds."""


@dataclass(frozen=True)
class BufferAnswer:
    """A buffer's bytes."""

    address: int
    data: bytes


@dataclass(frozen=True)
class StreamFrame:
    """One measurement."""

    registers: tuple[tuple[int, int], ...]
    """Address and value of what the module says beside it."""
    data: bytes
    """IQ: int16 LE (real, imaginary) pairs; sparse and envelope: u16 LE."""


Item = RegisterAnswer | BufferAnswer | StreamFrame


def ask_read(address: int) -> bytes:
    """Build the question for a register."""
    return framed(FrameType.ASK_READ, bytes([address]))


def ask_write(address: int, value: int) -> bytes:
    """Build the order to set a register."""
    return framed(FrameType.ASK_WRITE, _REGISTER.pack(address, value))


def framed(kind: FrameType, rest: bytes) -> bytes:
    """Put markers and length around a frame's content."""
    return START + struct.pack("<HB", len(rest), kind) + rest + END


def stream(registers: tuple[tuple[int, int], ...], data: bytes) -> bytes:
    """Build a measurement as the module sends it."""
    told = b"".join(_REGISTER.pack(*register) for register in registers)
    parts = struct.pack("<BH", _PART_REGISTERS, len(told)) + told + struct.pack("<BH", _PART_BUFFER, len(data)) + data
    return framed(FrameType.STREAM, parts)


def _length(header: bytes) -> int | None:
    if header[3] not in (FrameType.WRITTEN, FrameType.READ, FrameType.BUFFER, FrameType.STREAM):
        return None
    return int.from_bytes(header[1:3], "little") + _AROUND


def _is_sound(frame: bytes) -> bool:
    return frame.endswith(END) and _item(frame) is not None


GRAMMAR = Grammar((START,), 4, _length, _is_sound, MOST_BYTES)


class A111Decoder:
    """Bytes of the module's serial line to answers and measurements."""

    def __init__(self, count: LinkCount | None = None) -> None:
        """Begin; a count that is given is kept up to date."""
        self.count = LinkCount() if count is None else count
        self._framer = Framer(GRAMMAR, self.count)

    @property
    def held(self) -> int:
        """Bytes held back for a frame that is not whole yet."""
        return self._framer.held

    def feed(self, data: bytes) -> list[Item]:
        """Take the next bytes in and return what is now whole."""
        return [item for frame in self._framer.feed(data) if (item := _item(frame)) is not None]


def _item(frame: bytes) -> Item | None:
    kind, rest = FrameType(frame[3]), frame[4:-1]
    if kind in (FrameType.READ, FrameType.WRITTEN):
        return RegisterAnswer(kind, *_REGISTER.unpack(rest)) if len(rest) == _REGISTER.size else None
    if kind is FrameType.BUFFER:
        return BufferAnswer(rest[0], rest[1:]) if rest else None
    return _stream(rest)


def _stream(rest: bytes) -> StreamFrame | None:
    registers: tuple[tuple[int, int], ...] = ()
    data = b""
    while rest:
        if len(rest) < 3:
            return None
        kind, size = rest[0], int.from_bytes(rest[1:3], "little")
        part, rest = rest[3 : 3 + size], rest[3 + size :]
        if len(part) != size:
            return None
        if kind == _PART_REGISTERS and size % _REGISTER.size == 0:
            registers = tuple((address, value) for address, value in _REGISTER.iter_unpack(part))
        elif kind == _PART_BUFFER:
            data = part
        else:
            return None
    return StreamFrame(registers, data)
