"""Packets as the modules send them, built by hand: never taken from a recording."""

import struct
from collections.abc import Mapping

from edge.decoders import a111_registers, ld2410, mr24, mr60bha1, mr60bha2
from tests.kit import a121
from tests.kit.ti_packets import packet

LD2410_BASIC = bytes.fromhex("02aa03 5100 3b 6400 1e 4b00 5500".replace(" ", ""))
LD2410_ENGINEERING = (
    bytes.fromhex("01aa02 0000 00 9600 50 9600".replace(" ", ""))
    + bytes([8, 8])
    + bytes(range(10, 19))
    + bytes(range(20, 29))
    + b"\x7f\x01\x55\x00"
)


def ld2410_report(data: bytes) -> bytes:
    """Put head, length and tail around a report."""
    return ld2410.REPORT_HEAD + struct.pack("<H", len(data)) + data + ld2410.REPORT_TAIL


def ld2410_answer(word: int, status: int = 0, value: bytes = b"") -> bytes:
    """Build the module's answer to a command."""
    return ld2410.command(word | 0x0100, struct.pack("<H", status) + value)


def target(x_m: float, y_m: float, cluster: int = 1) -> bytes:
    """Build one target of an MR60BHA2."""
    return struct.pack("<ffii", x_m, y_m, -3, cluster)


PACKETS: Mapping[str, tuple[bytes, ...]] = {
    "mr24": (
        mr24.packed(4, 3, mr24.ENVIRONMENT, b"\x01\x01\x01"),
        mr24.packed(4, 3, mr24.ENVIRONMENT, b"\x00\xff\xff"),
        mr24.packed(4, 3, mr24.APPROACH, b"\x01\x01\x02"),
        mr24.packed(4, 3, mr24.BODY_SIGN, struct.pack("<f", 55.0)),
        mr24.packed(4, 5, 2, b"\x0f"),
    ),
    "mr60bha1": (
        mr60bha1.packed(0x80, 0x01, b"\x01"),
        mr60bha1.packed(0x80, 0x03, b"\x2a"),
        mr60bha1.packed(0x80, 0x04, b"\x00\x47"),
        mr60bha1.packed(0x81, 0x02, b"\x0f"),
        mr60bha1.packed(0x85, 0x02, b"\x42"),
    ),
    "mr60bha2": (
        mr60bha2.packed(mr60bha2.HUMAN, b"\x01\x00"),
        mr60bha2.packed(mr60bha2.PHASES, struct.pack("<3f", 0.1, 0.2, 0.3), 7),
        mr60bha2.packed(mr60bha2.RESPIRATORY, struct.pack("<f", 16.5)),
        mr60bha2.packed(mr60bha2.DISTANCE, struct.pack("<If", 1, 1.25)),
        mr60bha2.packed(mr60bha2.TARGETS, struct.pack("<I", 1) + target(0.5, 1.1)),
        mr60bha2.packed(mr60bha2.HUMAN, b""),
    ),
    "ld2410": (
        ld2410_report(LD2410_BASIC),
        ld2410_report(LD2410_ENGINEERING),
        ld2410_answer(ld2410.ENGINEERING_ON),
    ),
    "a111-registers": (
        a111_registers.framed(a111_registers.FrameType.READ, struct.pack("<BI", 0x10, 0xABB0)),
        a111_registers.framed(a111_registers.FrameType.BUFFER, b"\xe8" + bytes(range(40))),
        a111_registers.stream(((0x04, 1), (0x05, 0)), struct.pack("<8h", *range(-4, 4))),
    ),
    "a121": (
        a121.line(status="ok"),
        a121.line(status="ok", metadata=a121.metadata()),
        a121.result(1),
        a121.result(2),
        a121.line(status="error", message="none"),
    ),
    "ti-uart": (
        packet(1, (6, bytes(128)), (2, bytes(92))),
        packet(2, (1021, struct.pack("<I", 1))),
        packet(3, (1040, bytes(136))),
        packet(4, (1020, bytes(40)), (1011, b"\x01")),
        packet(5, (1010, bytes(112))),
    ),
}
"""By the decoder's name in the table, in the order in which a sensor might send them."""
FOLLOWED: Mapping[str, bytes] = {"a121": a121.line(status="ok"), "ti-uart": packet(6, (1021, bytes(4)))}
"""What follows the last packet, for decoders that believe a packet once the next begins."""
