"""Is the audit log whole? Needs only its rows, the public key, and, to find everything, a witness's heads (rule X3)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

import rfc8785

from console.keys.signer import note_text, signature_holds
from console.logbook.audit import CHECKPOINT_EVERY
from console.logbook.entries import ENTRY_VERSION
from console.logbook.heads import Head, note_body
from console.logbook.merkle import Tree, leaf_hash
from console.store import audit_rows
from console.store.audit_rows import Row, StoredCheckpoint
from console.store.database import Tx

_MOST_FINDINGS = 200
"""Rows that are named one by one; a log in ruins needs no longer list."""
_STEADY = timedelta(seconds=5)
"""A clock that is held to the time of day takes no longer step back than this."""
_REPEATED = ("action", "actor", "outcome", "subject", "room")


class Fault(StrEnum):
    """What is wrong with a log."""

    EMPTY = "empty"
    MISSING_ROW = "missing_row"
    EDITED_ROW = "edited_row"
    MOVED_ROW = "moved_row"
    UNKNOWN_VERSION = "unknown_version"
    FORGED_CHECKPOINT = "forged_checkpoint"
    MISSING_CHECKPOINT = "missing_checkpoint"
    REWRITTEN = "rewritten"
    CUT = "cut"
    MISSING_HEAD = "missing_head"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        fault: what.
        row: the row it is found at; where only a range is known, the first row that can be bad.
        end: the row after the last that can be bad; `row` + 1 where the row is known.
        sentence: for the person who runs the verification.
    """

    fault: Fault
    row: int
    end: int
    sentence: str

    def explains(self, other: "Finding") -> bool:
        """Return whether this is a closer look at what the other only bounds."""
        return other.row <= self.row and self.end <= other.end and self.end - self.row < other.end - other.row


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What a verification found.

    Attributes:
        size: rows read.
        signed_size: rows under the newest checkpoint with a true signature.
        witnessed_size: rows under the newest agreeing head of a witness; 0 without one.
        asked_size: the same of witnesses outside the database alone. What the database says of its own witnesses goes
            away together with the rows; only a witness outside it tells a whole log from one cut to an older
            checkpoint.
        findings: everything that is wrong, by row; none when nothing wrong can be seen.
        set_back: rows that say an earlier time than the row before: there the console's clock was set back. The log is
            whole all the same, since its order is that of its rows; what it says of the hour is not to be believed.
    """

    size: int
    signed_size: int
    witnessed_size: int
    asked_size: int
    findings: tuple[Finding, ...]
    set_back: tuple[int, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Return whether nothing wrong can be seen."""
        return not self.findings

    @property
    def is_witnessed(self) -> bool:
        """Return whether a witness outside the database agrees, so that a cut or a rewriting would have been seen."""
        return self.asked_size > 0

    @property
    def first_bad(self) -> int | None:
        """Return the first bad row (or the first that can be bad, where no finding names it), or None."""
        closest = (one for one in self.findings if not any(other.explains(one) for other in self.findings))
        return min((finding.row for finding in closest), default=None)


def verify(
    tx: Tx,
    origin: str,
    public_hex: str,
    *,
    kept: Head | None = None,
    witness: Sequence[Head] = (),
    must_have_head: bool = False,
) -> VerifyReport:
    """Verify the log that stands in a database; a read suffices.

    Args:
        tx: one unchanging view.
        origin: what its checkpoints are signed as.
        public_hex: the public key of its checkpoints, 64 hex digits.
        kept: the head that the console keeps outside the database; None when there is none.
        witness: heads that a node or somebody else has seen; those that nodes have cosigned are added.
        must_have_head: a console has run here, so that a head that is not kept has been taken away.
    """
    report = verify_rows(
        audit_rows.every_row(tx),
        audit_rows.every_checkpoint(tx),
        origin,
        public_hex,
        kept=kept,
        witness=witness,
        cosigned=cosigned_heads(tx),
    )
    if kept is not None or not must_have_head:
        return report
    sentence = f"the head kept beside the database is gone: what followed row {report.size - 1} may be cut off"
    return replace(report, findings=(*report.findings, _at(Fault.MISSING_HEAD, report.size, sentence)))


def cosigned_heads(tx: Tx) -> list[Head]:
    """Return the heads that nodes have truly signed and that lie in the database itself.

    Whoever holds the console's keys can take these away but cannot make them; a witness's own file he can do neither
    to.
    """
    heads = []
    for one in audit_rows.every_cosignature(tx):
        told = rfc8785.dumps({"node_id": one.node_id, "outcome": one.outcome, "root": one.root, "tree_size": one.size})
        if one.outcome == "accepted" and signature_holds(one.public_key, told, one.signature):
            heads.append(Head(one.size, bytes.fromhex(one.root)))
    return heads


def verify_rows(
    rows: Iterable[Row],
    checkpoints: Sequence[StoredCheckpoint],
    origin: str,
    public_hex: str,
    *,
    kept: Head | None = None,
    witness: Sequence[Head] = (),
    cosigned: Sequence[Head] = (),
) -> VerifyReport:
    """Verify rows and checkpoints as they were read, in order of their place and size."""
    tree, findings, set_back = _walk(rows)
    if tree.size == 0:
        findings.append(_at(Fault.EMPTY, 0, "there is no entry at all; the first is made with the database"))
    signed = _signed(checkpoints, origin, public_hex, findings)
    findings += _against(tree, signed, "a signed checkpoint")
    findings += _uncovered(tree.size, signed)
    asked = [head for head in witness if head.tree_size > 0]
    seen = [*asked, *cosigned]
    findings += _against(tree, seen, "a witness")
    if kept is not None:
        findings += _against(tree, [kept], "the head kept outside the database")
    ordered = sorted(findings, key=lambda finding: finding.row)
    signed_size = max((head.tree_size for head in signed), default=0)
    newest, outside = _newest(tree, seen), _newest(tree, asked)
    return VerifyReport(tree.size, signed_size, newest, outside, tuple(ordered), tuple(set_back))


def _newest(tree: Tree, heads: Sequence[Head]) -> int:
    return max((head.tree_size for head in heads if _agrees(tree, head)), default=0)


def _walk(rows: Iterable[Row]) -> tuple[Tree, list[Finding], list[int]]:
    """Rebuild the tree from the entries themselves, look at each row alone, and at times that go back."""
    tree, place, before = Tree(), 0, None
    findings: list[Finding] = []
    set_back: list[int] = []
    for row in rows:
        if row.index != place and len(findings) < _MOST_FINDINGS:
            findings.append(_at(Fault.MISSING_ROW, place, f"row {place} is missing; row {row.index} follows"))
        if len(findings) < _MOST_FINDINGS:
            findings += _row_findings(row)
        if before is not None and before - row.at > _STEADY and len(set_back) < _MOST_FINDINGS:
            set_back.append(row.index)
        tree.append(leaf_hash(row.entry.encode()))
        place, before = row.index + 1, row.at
    return tree, findings, set_back


def _at(fault: Fault, row: int, sentence: str) -> Finding:
    return Finding(fault, row, row + 1, sentence)


def _row_findings(row: Row) -> list[Finding]:
    if leaf_hash(row.entry.encode()) != row.leaf:
        return [_at(Fault.EDITED_ROW, row.index, f"row {row.index} was edited: its hash is not that of its entry")]
    try:
        told: Mapping[str, Any] = json.loads(row.entry)
        version, index, at = told["v"], told["index"], datetime.fromisoformat(told["at"])
    except (ValueError, KeyError, TypeError):
        return [_at(Fault.EDITED_ROW, row.index, f"row {row.index} is not an audit entry")]
    if version != ENTRY_VERSION:
        return [_at(Fault.UNKNOWN_VERSION, row.index, f"row {row.index} has a version this verifier does not know")]
    if index != row.index:
        return [_at(Fault.MOVED_ROW, row.index, f"row {row.index} was moved: its entry was made as row {index}")]
    if at != row.at or any(told.get(name) != getattr(row, name) for name in _REPEATED):
        return [_at(Fault.EDITED_ROW, row.index, f"row {row.index} was edited: its columns and its entry differ")]
    return []


def _signed(
    checkpoints: Sequence[StoredCheckpoint], origin: str, public_hex: str, findings: list[Finding]
) -> list[Head]:
    """Return the heads whose signature holds; note the others."""
    heads, before = [], 0
    for checkpoint in checkpoints:
        if note_text(checkpoint.note, origin, public_hex) == note_body(origin, checkpoint.size, checkpoint.root):
            heads.append(Head(checkpoint.size, checkpoint.root))
            before = checkpoint.size
        else:
            sentence = f"the checkpoint of {checkpoint.size} rows is not signed by this console's key for {origin}"
            findings.append(Finding(Fault.FORGED_CHECKPOINT, before, max(checkpoint.size, before + 1), sentence))
    return heads


def _against(tree: Tree, heads: Sequence[Head], whose: str) -> list[Finding]:
    """Hold the tree against heads; the first that disagrees bounds where the history was changed."""
    good = 0
    for head in sorted(heads, key=lambda one: one.tree_size):
        if _agrees(tree, head):
            good = head.tree_size
        elif head.tree_size > tree.size:
            sentence = (
                f"the log ends with {tree.size} rows, {whose} has seen {head.tree_size}: it was cut, or this is an "
                "older copy of the database"
            )
            return [_at(Fault.CUT, tree.size, sentence)]
        else:
            sentence = f"rows {good} to {head.tree_size - 1} are not those that {whose} has seen: rewritten"
            return [Finding(Fault.REWRITTEN, good, head.tree_size, sentence)]
    return []


def _agrees(tree: Tree, head: Head) -> bool:
    return head.tree_size <= tree.size and tree.root(head.tree_size) == head.root


def _uncovered(size: int, signed: Sequence[Head]) -> list[Finding]:
    """Return where a checkpoint must once have been: there is one at least every CHECKPOINT_EVERY rows."""
    known = [0, *(head.tree_size for head in signed if head.tree_size <= size), size]
    for before, after in pairwise(known):
        if after - before > CHECKPOINT_EVERY:
            sentence = f"rows {before} to {after - 1} lack the signed checkpoint that is made every {CHECKPOINT_EVERY}"
            return [Finding(Fault.MISSING_CHECKPOINT, before, after, sentence)]
    return []
