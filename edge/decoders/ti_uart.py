"""Bytes of a TI mmWave radar's data port to packets.

A packet is a magic word, a header of its own length and number, and type-length-value entries. It has no checksum, so
its end is believed only where the next packet begins: some captures store packets shorter than their headers say, and
the magic word may also occur inside a packet.

Source: TI `mmw_output.h` of the vital-signs lab and `mmwdemo_tlv.h`.
"""

import struct
from dataclasses import dataclass

MAGIC = bytes((2, 1, 4, 3, 6, 5, 8, 7))
HEADER = struct.Struct("<8s8I")
ENTRY = struct.Struct("<2I")
# The largest packets of the demos, with heat maps, stay below 40 kB.
MAX_PACKET_BYTES = 1 << 16
MAX_ENTRIES = 64
# A packet is judged when the header behind it is there.
MOST_HELD = MAX_PACKET_BYTES + HEADER.size
# A packet that follows within another's claimed length is one of the next so many.
MAX_STEP = 4096


def steps_between(earlier: int, later: int) -> int:
    """Return how far a 32-bit frame counter went on, across its end."""
    return (later - earlier) % (1 << 32)


@dataclass(frozen=True)
class Header:
    """What a packet says of itself."""

    version: int
    packet_bytes: int
    """With header and padding, as claimed."""
    platform: int
    frame_number: int
    entries: int

    def is_followed_by(self, other: "Header") -> bool:
        """Say whether another header comes from the same stream, a little later."""
        step = steps_between(self.frame_number, other.frame_number)
        return (other.version, other.platform) == (self.version, self.platform) and 1 <= step <= MAX_STEP


@dataclass(frozen=True)
class Packet:
    """One packet, as far as it was there."""

    header: Header
    entries: tuple[tuple[int, bytes], ...]
    """Type and value of each whole entry, in order; of an entry that is cut, what is there of its value."""
    is_short: bool
    """Fewer bytes came than the header claims."""


class TiUartDecoder:
    """Takes bytes as they come and gives packets; the same bytes give the same packets however they are cut up."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._last: Header | None = None
        self.bad = 0
        """Magic words without a believable header, and packets without one whole entry of those that they claim."""
        self.lost = 0
        """Packets that the frame numbers say are missing."""
        self.skipped = 0
        """Bytes that belonged to no packet."""

    @property
    def held(self) -> int:
        """Bytes held back for a packet that is not whole yet; fewer than MOST_HELD."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Packet]:
        """Take bytes in.

        Returns:
            The packets that are now known to be complete: each waits until the next has begun.
        """
        packets: list[Packet] = []
        # A piece at a time, so that one large call needs no more memory than many small ones.
        for place in range(0, len(data), MAX_PACKET_BYTES):
            self._buffer += data[place : place + MAX_PACKET_BYTES]
            packets += self._drain(is_over=False)
        return packets

    def finish(self) -> list[Packet]:
        """Give what is left at the end of a stream."""
        packets = self._drain(is_over=True)
        self.skipped += len(self._buffer)
        self._buffer.clear()
        return packets

    def _drain(self, *, is_over: bool) -> list[Packet]:
        packets: list[Packet] = []
        while self._seek() and (is_over or len(self._buffer) >= HEADER.size):
            header = header_at(self._buffer, 0)
            if header is None:
                self.bad += 1
                self._skip(len(MAGIC))
                continue
            end = _end_of(header, self._buffer, is_over=is_over)
            if end is None:
                break
            packets += self._take(header, bytes(self._buffer[:end]))
            del self._buffer[:end]
        return packets

    def _seek(self) -> bool:
        """Drop what comes before the next magic word; keep what may be its beginning."""
        place = self._buffer.find(MAGIC)
        if place >= 0:
            self._skip(place)
            return True
        kept = next((n for n in range(len(MAGIC) - 1, 0, -1) if self._buffer.endswith(MAGIC[:n])), 0)
        self._skip(len(self._buffer) - kept)
        return False

    def _skip(self, count: int) -> None:
        self.skipped += count
        del self._buffer[:count]

    def _take(self, header: Header, data: bytes) -> list[Packet]:
        entries = _entries(header, data)
        step = 1 if self._last is None else steps_between(self._last.frame_number, header.frame_number)
        # Further back or ahead than this is another start of the sensor, and says nothing of losses.
        self.lost += step - 1 if 1 < step <= MAX_STEP else 0
        self._last = header
        if header.entries and not entries:
            self.bad += 1
            return []
        return [Packet(header, entries, len(data) < header.packet_bytes)]


def header_at(data: bytes | bytearray, place: int) -> Header | None:
    """Read a header; None when there is no believable one.

    Args:
        data: bytes of the stream.
        place: of the magic word.
    """
    if len(data) - place < HEADER.size:
        return None
    magic, version, size, platform, number, _cycles, _objects, entries, _sub = HEADER.unpack_from(data, place)
    is_sized = HEADER.size <= size <= MAX_PACKET_BYTES and entries <= MAX_ENTRIES
    return Header(version, size, platform, number, entries) if magic == MAGIC and is_sized else None


def _end_of(header: Header, data: bytearray, *, is_over: bool) -> int | None:
    """Decide where a packet ends; None while that cannot be known.

    First, at another packet that lies within it whole, up to the one after: then the claimed length is wrong. Second,
    where it says, when the next begins there. Third, at the first later header of the same stream. Else where it says.
    """
    size = header.packet_bytes
    inner = _followers(header, data, min(size, len(data)))
    for place, follower in inner:
        after = place + follower.packet_bytes
        if after + len(MAGIC) <= min(size, len(data)) and data.startswith(MAGIC, after):
            return inner[0][0]
    # A header that begins within this packet must be there whole before the choice is made.
    if len(data) >= size + HEADER.size or is_over:
        if not inner or data.startswith(MAGIC, size):
            return min(size, len(data))
        return inner[0][0]
    return None


def _followers(header: Header, data: bytearray, end: int) -> list[tuple[int, Header]]:
    """List the later headers of the same stream within a packet's claimed length."""
    found = []
    place = data.find(MAGIC, HEADER.size, end)
    while place >= 0:
        other = header_at(data, place)
        if other is not None and header.is_followed_by(other):
            found.append((place, other))
        place = data.find(MAGIC, place + 1, end)
    return found


def _entries(header: Header, data: bytes) -> tuple[tuple[int, bytes], ...]:
    """Walk through the entries as far as the bytes go; lengths are believed only within the packet."""
    entries = []
    place = HEADER.size
    for _ in range(header.entries):
        if place + ENTRY.size > len(data):
            break
        kind, length = ENTRY.unpack_from(data, place)
        if place + ENTRY.size + length > header.packet_bytes:
            break
        place += ENTRY.size
        entries.append((kind, data[place : place + length]))
        place += length
    return tuple(entries)
