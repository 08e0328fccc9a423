"""The node as a witness of the console's audit log: it remembers the tree's head and checks that history only grows."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from broker.durable import replace_durably
from broker.messages import Checkpoint, Digest


class Finding(StrEnum):
    """What a checkpoint is to this witness."""

    GROWN = "grown"
    SEEN = "seen"
    OLDER = "older"
    UNJOINED = "unjoined"
    CONFLICT = "conflict"
    CANNOT_REMEMBER = "cannot_remember"


class Head(BaseModel):
    """A head of the audit tree.

    Attributes:
        tree_size: entries under it, 0 before the first checkpoint.
        root: the head's hash; 64 zeros before the first.
        issued_at: when the console signed it; None before the first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tree_size: int = Field(default=0, ge=0)
    root: Digest = "0" * 64
    issued_at: AwareDatetime | None = None


class _File(Head):
    """The file's content: the head, and whether the console has contradicted it."""

    in_conflict: bool = False


@dataclass(frozen=True, slots=True)
class _Shown:
    """The last head that conflicted, so that it is answered once."""

    tree_size: int
    root: str


class Witness:
    """Remembers one head, durably, before it is cosigned.

    A conflict is remembered as well and outlives a restart: only an engineer who moves the file away ends it, and the
    file is kept as evidence for `hushward audit verify`.

    Attributes:
        in_conflict: a checkpoint contradicted what is remembered: the log was edited, cut short or set back.
        fault: why nothing can be remembered, in words; None when all is well.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._head = Head()
        self._conflict: _Shown | None = None
        self._unjoined_told = False
        self.in_conflict = False
        self.fault: str | None = None
        try:
            told = _File.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return
        except (OSError, ValidationError) as error:
            self.fault = (
                f"{path}: cannot be read as the witness's memory ({type(error).__name__}); "
                "no checkpoint is cosigned until an engineer has looked at it"
            )
            return
        self._head = Head(tree_size=told.tree_size, root=told.root, issued_at=told.issued_at)
        self.in_conflict = told.in_conflict

    @property
    def head(self) -> Head:
        """Return what is remembered."""
        return self._head

    def judge(self, shown: Checkpoint) -> Finding:
        """Compare a checkpoint, whose signature holds, with what is remembered.

        Returns:
            GROWN when it is now remembered; CONFLICT when it is another history; SEEN and OLDER when it is no news;
            UNJOINED when its proof does not begin at what is remembered, so that nothing can be said.
        """
        if self.fault is not None:
            return Finding.CANNOT_REMEMBER
        finding = _compare(self._head, shown)
        if finding is Finding.GROWN:
            head = Head(tree_size=shown.tree_size, root=shown.root, issued_at=shown.issued_at)
            return finding if self._remember(head) else Finding.CANNOT_REMEMBER
        if finding is Finding.CONFLICT:
            # If the disk refuses, the conflict still stands in this process, and is written when it is shown again.
            self.in_conflict = True
            self._remember(self._head)
        return finding

    def is_new_conflict(self, shown: Checkpoint) -> bool:
        """Return True the first time this conflicting head is shown."""
        told, self._conflict = self._conflict, _Shown(shown.tree_size, shown.root)
        return told != self._conflict

    def may_tell_head_again(self) -> bool:
        """Return True once per start: a console that asks from another size has not heard what is remembered."""
        may, self._unjoined_told = not self._unjoined_told, True
        return may and self._head.tree_size > 0

    def _remember(self, head: Head) -> bool:
        told = _File(tree_size=head.tree_size, root=head.root, issued_at=head.issued_at, in_conflict=self.in_conflict)
        try:
            replace_durably(self._path, told.model_dump_json().encode())
        except OSError:
            return False
        self._head = head
        return True


def _compare(head: Head, shown: Checkpoint) -> Finding:
    if head.issued_at is None:
        return Finding.GROWN
    if shown.tree_size == head.tree_size:
        return Finding.SEEN if shown.root == head.root else Finding.CONFLICT
    if shown.tree_size < head.tree_size:
        # A late delivery of an old head is no news; a small head signed after a large one is a log cut short.
        return Finding.OLDER if shown.issued_at < head.issued_at else Finding.CONFLICT
    if head.tree_size == 0:
        return Finding.GROWN
    if shown.from_size != head.tree_size:
        return Finding.UNJOINED
    proof = [bytes.fromhex(one) for one in shown.consistency]
    holds = is_consistent(head.tree_size, bytes.fromhex(head.root), shown.tree_size, bytes.fromhex(shown.root), proof)
    return Finding.GROWN if holds else Finding.CONFLICT


def is_consistent(
    first: int, first_hash: bytes, second: int, second_hash: bytes, consistency_path: Sequence[bytes]
) -> bool:
    """Verify that the tree of `second` entries begins with the tree of `first` entries.

    Args:
        first: size of the older tree, 1 or more and below `second`.
        first_hash: its root, 32 bytes.
        second: size of the newer tree.
        second_hash: its root, 32 bytes.
        consistency_path: the proof's hashes, in order.

    Returns:
        True exactly when the proof holds; an empty proof never does.

    Source:
        RFC 9162, section 2.1.4.2; step numbers below are the section's.
    """
    if not 0 < first < second or not consistency_path:  # step 1
        return False
    path = list(consistency_path)
    if first & (first - 1) == 0:  # step 2: the old tree is complete, so its root is a node of the new one
        path.insert(0, first_hash)
    fn, sn = first - 1, second - 1  # step 3
    while fn & 1:  # step 4
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]  # step 5
    for c in path[1:]:  # step 6
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = _join(c, fr), _join(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = _join(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return fr == first_hash and sr == second_hash and sn == 0  # step 7


def _join(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256(0x01 || left || right), RFC 9162, section 2.1.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()
