"""Cutting a stream of bytes into packets, and finding the next one after garbage: shared by the decoders."""

from collections.abc import Callable
from dataclasses import dataclass

PIECE_BYTES = 1024


@dataclass
class LinkCount:
    """How the bytes of a link were, so far."""

    good: int = 0
    """Packets whose every check held."""
    bad: int = 0
    """Places that began like a packet and did not hold."""
    lost: int = 0
    """Packets that the sensor's own numbering says went missing; 0 for sensors that do not number."""
    skipped: int = 0
    """Bytes that belonged to no packet."""
    ambiguous: int = 0
    """Sound packets whose meaning public sources contradict each other on; nothing is taken from them."""


@dataclass(frozen=True)
class Grammar:
    """What a packet looks like on the wire."""

    heads: tuple[bytes, ...]
    """What a packet may begin with; all of the same length."""
    header_bytes: int
    """Bytes after which the packet's whole length is known."""
    length: Callable[[bytes], int | None]
    """Tells the whole length from the header; None when the header itself cannot be right."""
    is_sound: Callable[[bytes], bool]
    """Decides on a whole packet: its checksum or its tail."""
    most_bytes: int
    """No packet is longer."""


class Framer:
    """Cuts packets out of a stream that comes in pieces of any size.

    One bad packet costs that packet alone: after a head that did not hold, the search goes on one byte later, so a
    packet that begins inside the bad one is found. What is held back between two calls is less than one packet.
    """

    def __init__(self, grammar: Grammar, count: LinkCount) -> None:
        self._grammar = grammar
        self._count = count
        self._held = bytearray()

    @property
    def held(self) -> int:
        """Bytes held back for a packet that is not whole yet."""
        return len(self._held)

    def feed(self, data: bytes) -> list[bytes]:
        """Take the next bytes in.

        Args:
            data: as many as there are; none is fine.

        Returns:
            The sound packets that are now whole, each from its head to its last byte.
        """
        packets: list[bytes] = []
        # A piece at a time, so that a flood is neither held as a whole nor searched from end to end for every byte.
        for start in range(0, len(data), PIECE_BYTES):
            self._held += data[start : start + PIECE_BYTES]
            packets += self._whole()
        return packets

    def _whole(self) -> list[bytes]:
        packets: list[bytes] = []
        place = 0
        while True:
            head = self._next_head(place)
            self._count.skipped += head - place
            place = head
            size = self._size_at(place)
            if size is None:
                break
            packet = bytes(self._held[place : place + size])
            if size and self._grammar.is_sound(packet):
                self._count.good += 1
                packets.append(packet)
                place += size
            else:
                self._count.bad += 1
                self._count.skipped += 1
                place += 1
        del self._held[:place]
        return packets

    def _next_head(self, start: int) -> int:
        """Find where the next packet may begin; what is left may be the first bytes of a head."""
        held, heads = self._held, self._grammar.heads
        found = [place for place in (held.find(head, start) for head in heads) if place >= 0]
        if found:
            return min(found)
        width = len(heads[0])
        for place in range(max(start, len(held) - width + 1), len(held)):
            if any(head.startswith(held[place:]) for head in heads):
                return place
        return len(held)

    def _size_at(self, place: int) -> int | None:
        """Tell the length of the packet at a head; 0 when it cannot be one, None while bytes are missing."""
        if len(self._held) - place < self._grammar.header_bytes:
            return None
        size = self._grammar.length(bytes(self._held[place : place + self._grammar.header_bytes]))
        if size is None or not self._grammar.header_bytes <= size <= self._grammar.most_bytes:
            return 0
        return size if len(self._held) - place >= size else None
