"""What an outsider checks without this software: a receipt, a proof of growth, a whole exported log (rule X3).

The file that checks them, `static/hushward_verify.py`, shares no code with the console: who doubts the console need
not trust it to say that it is right.
"""

import json
from collections.abc import Iterator
from typing import Any

from console.errors import AuditDamaged
from console.logbook.audit import AuditLog
from console.store import audit_rows
from console.store.audit_rows import StoredCheckpoint
from console.store.database import Tx

RECEIPT, GROWTH, LOG = "receipt 1", "growth 1", "log 1"
"""Kind and version of each file."""
_SHORT = 16


def receipt_of(tx: Tx, audit: AuditLog, key: str, index: int) -> dict[str, Any]:
    """Return the receipt of one entry, under a head that is signed in this transaction.

    Args:
        tx: the open write.
        audit: the log.
        key: public key of its heads, 64 hex digits.
        index: the entry's place.

    Raises:
        IndexError: there is no such entry.
    """
    proof, note = audit.proof_within(tx, index)
    row = audit_rows.rows(tx, after=index - 1, limit=1)[0]
    return {
        "hushward": RECEIPT,
        "index": index,
        "entry": row.entry,
        "leaf": row.leaf.hex(),
        "proof": [one.hex() for one in proof],
        "checkpoint": note,
        "key": key,
    }


def short_form(leaf: str) -> str:
    """Return what a paper prints of a receipt beside its number: the beginning of the entry's hash, in fours."""
    return " ".join(leaf[at : at + 4] for at in range(0, _SHORT, 4))


def growth_between(tx: Tx, key: str, first: int, second: int) -> dict[str, Any]:
    """Return two signed heads and the proof that the later log begins with the earlier one.

    Raises:
        AuditDamaged: there is no signed head of one of these sizes.
    """
    notes = {one.size: one for one in audit_rows.every_checkpoint(tx)}
    tree = audit_rows.tree(tx)
    before, after = _head(notes, first), _head(notes, second)
    proof = [one.hex() for one in tree.consistency(first, second)]
    return {"hushward": GROWTH, "from": before.note, "to": after.note, "proof": proof, "key": key}


def log_lines(tx: Tx, key: str) -> Iterator[str]:
    """Yield the whole log as lines: what it is, then each entry, and each signed head after its last entry."""
    yield json.dumps({"hushward": LOG, "key": key})
    heads = {one.size: one.note for one in audit_rows.every_checkpoint(tx)}
    for place, row in enumerate(audit_rows.every_row(tx), start=1):
        yield json.dumps({"entry": row.entry}, ensure_ascii=False)
        if place in heads:
            yield json.dumps({"checkpoint": heads.pop(place)}, ensure_ascii=False)
    for note in heads.values():
        yield json.dumps({"checkpoint": note}, ensure_ascii=False)


def _head(notes: dict[int, StoredCheckpoint], size: int) -> StoredCheckpoint:
    if size not in notes:
        nearest = min(notes, key=lambda one: abs(one - size), default=0)
        raise AuditDamaged(f"no head of {size} entries was signed; the nearest is of {nearest}: give that number")
    return notes[size]
