"""An RFC 6962 hash tree in memory: append, roots, inclusion and consistency proofs in O(log n), and their checks."""

import hashlib
from collections.abc import Iterator, Sequence

_HASH = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256(0x00 || content), 32 bytes (RFC 6962 2.1)."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256(0x01 || left || right), 32 bytes (RFC 6962 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """The hashes of every complete subtree: level k holds those of 2^k leaves, one after another.

    One thread appends and truncates; others may ask about any size that is settled, since the hashes below it never
    change. About 64 bytes a leaf.
    """

    def __init__(self) -> None:
        self._levels: list[bytearray] = [bytearray()]

    @property
    def size(self) -> int:
        """Return the number of leaves."""
        return len(self._levels[0]) // _HASH

    def append(self, leaf: bytes) -> None:
        """Add a leaf's hash, 32 bytes; amortised O(1)."""
        level, index, node = 0, self.size, leaf
        self._levels[0] += leaf
        while index & 1:
            node = node_hash(self._at(level, index - 1), node)
            level, index = level + 1, index >> 1
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += node

    def truncate(self, size: int) -> None:
        """Forget all leaves from `size` on."""
        for level, hashes in enumerate(self._levels):
            del hashes[(size >> level) * _HASH :]

    def leaf(self, index: int) -> bytes:
        """Return a leaf's hash, 32 bytes.

        Raises:
            IndexError: there is no such leaf.
        """
        if not 0 <= index < self.size:
            raise IndexError(f"leaf {index} of {self.size}")
        return self._at(0, index)

    def root(self, size: int | None = None) -> bytes:
        """Return the root over the first leaves (all of them without `size`), 32 bytes.

        Raises:
            IndexError: there are fewer leaves.
        """
        return self._range(0, self._checked(self.size if size is None else size))

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Return the proof that a leaf is under the root of `size`, nearest sibling first.

        Raises:
            IndexError: `index` is not below `size`, or there are fewer leaves.

        Source:
            RFC 9162 2.1.3.1.
        """
        if not 0 <= index < self._checked(size):
            raise IndexError(f"leaf {index} of {size}")
        path, start, end = [], 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(start, middle))
                start = middle
        return tuple(reversed(path))

    def consistency(self, first: int, second: int) -> tuple[bytes, ...]:
        """Return the proof that the tree of `second` leaves begins with the tree of `first`.

        Returns:
            Hashes of 32 bytes, at most ceil(log2(second)) + 1; none when `first` is 0 or equals `second`.

        Raises:
            IndexError: `first` is above `second`, or there are fewer leaves.

        Source:
            RFC 9162 2.1.4.1.
        """
        if not 0 <= first <= self._checked(second):
            raise IndexError(f"no proof from {first} to {second}")
        if first in (0, second):
            return ()
        path, start, end, complete = [], 0, second, True
        while end != first:
            middle = start + _split(end - start)
            if first <= middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(start, middle))
                start, complete = middle, False
        if not complete:
            path.append(self._range(start, end))
        return tuple(reversed(path))

    def _at(self, level: int, index: int) -> bytes:
        return bytes(self._levels[level][index * _HASH : (index + 1) * _HASH])

    def _checked(self, size: int) -> int:
        if not 0 <= size <= self.size:
            raise IndexError(f"size {size} of {self.size}")
        return size

    def _range(self, start: int, end: int) -> bytes:
        """Return the root over leaves from `start` to `end`; `start` is where a complete subtree may begin."""
        if start == end:
            return EMPTY_ROOT
        parts = list(self._complete(start, end))
        node = parts.pop()
        while parts:
            node = node_hash(parts.pop(), node)
        return node

    def _complete(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the complete subtrees, largest first, that make up a range."""
        while start < end:
            level = (end - start).bit_length() - 1
            yield self._at(level, start >> level)
            start += 1 << level


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """Return the root that an inclusion proof leads to, or None when the proof has the wrong shape.

    Source:
        RFC 9162 2.1.3.2.
    """
    if not 0 <= index < size:
        return None
    inner, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if inner & 1 or inner == last:
            node = node_hash(sibling, node)
            while not inner & 1 and inner:
                inner, last = inner >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        inner, last = inner >> 1, last >> 1
    return node if last == 0 else None


def is_consistent(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Return whether a proof shows that the larger tree begins with the smaller one.

    Source:
        RFC 9162 2.1.4.2.
    """
    if first == second:
        return first_root == second_root and not proof
    if first == 0:
        return first_root == EMPTY_ROOT and not proof
    if first > second or not proof:
        return False
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    inner, last = first - 1, second - 1
    while inner & 1:
        inner, last = inner >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if inner & 1 or inner == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not inner & 1 and inner:
                inner, last = inner >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        inner, last = inner >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _split(count: int) -> int:
    """Return the largest power of two below `count`, 2 or more leaves."""
    return 1 << ((count - 1).bit_length() - 1)
