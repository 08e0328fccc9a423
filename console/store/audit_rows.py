"""The audit log's rows: added and read, never changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row as SqlRow
from sqlalchemy import func, insert, select

from console.logbook.heads import Head
from console.logbook.merkle import Tree
from console.store.database import Tx
from console.store.tables import audit_entries, checkpoints, cosignatures, nodes

_A_PAGE = 5000
_COLUMNS = ("at", "entry", "leaf", "action", "actor", "outcome", "subject", "room")
_ADD_ENTRY = insert(audit_entries)
_ADD_CHECKPOINT = insert(checkpoints)


@dataclass(frozen=True, slots=True)
class Row:
    """One stored entry.

    Attributes:
        index: its place, from 0.
        at: when.
        entry: canonical JSON; what the tree covers.
        leaf: its hash, 32 bytes.
        action: as in the entry, to search by; so are the fields below.
        actor: pseudonym.
        outcome: allowed or denied.
        subject: pseudonym or slug with its kind; empty when none.
        room: slug; empty when none.
    """

    index: int
    at: datetime
    entry: str
    leaf: bytes
    action: str
    actor: str
    outcome: str
    subject: str
    room: str


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """One signed head.

    Attributes:
        size: entries under it.
        root: 32 bytes.
        note: signed note text.
        at: when it was signed.
    """

    size: int
    root: bytes
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredCosignature:
    """A node's word that it has seen a head.

    Attributes:
        node_id: the node.
        public_key: its key as registered, 64 hex digits.
        size: entries under the head.
        root: 64 hex digits.
        outcome: accepted or conflict.
        signature: by the node, base64.
    """

    node_id: str
    public_key: str
    size: int
    root: str
    outcome: str
    signature: str


def add(tx: Tx, row: Row) -> None:
    """Add one entry; the database refuses any place but the next."""
    tx.execute(_ADD_ENTRY, {"idx": row.index, **{name: getattr(row, name) for name in _COLUMNS}})


def add_checkpoint(tx: Tx, size: int, root: bytes, note: str, at: datetime) -> None:
    """Add one signed head."""
    tx.execute(_ADD_CHECKPOINT, {"size": size, "root": root, "note": note, "at": at})


def tree(tx: Tx) -> Tree:
    """Rebuild the tree from the stored leaf hashes, in order."""
    built = Tree()
    for (leaf,) in tx.execute(select(audit_entries.c.leaf).order_by(audit_entries.c.idx)):
        built.append(leaf)
    return built


def last_checkpoint_size(tx: Tx) -> int:
    """Return the size of the newest checkpoint, 0 before the first."""
    return int(tx.execute(select(func.coalesce(func.max(checkpoints.c.size), 0))).scalar_one())


def last_head(tx: Tx) -> Head | None:
    """Return the head that the newest checkpoint signs, or None before the first."""
    row = tx.execute(
        select(checkpoints.c.size, checkpoints.c.root).order_by(checkpoints.c.size.desc()).limit(1)
    ).first()
    return None if row is None else Head(row.size, row.root)


def every_row(tx: Tx) -> Iterator[Row]:
    """Yield every entry in order of its place, whatever the places are."""
    after = None
    while page := rows(tx, after=after, limit=_A_PAGE):
        yield from page
        after = page[-1].index


def rows(tx: Tx, *, after: int | None, limit: int) -> list[Row]:
    """Return entries in order, after a place (from the beginning for None)."""
    wanted = select(audit_entries).order_by(audit_entries.c.idx).limit(limit)
    if after is not None:
        wanted = wanted.where(audit_entries.c.idx > after)
    return [_row(found) for found in tx.execute(wanted)]


def newest_rows(tx: Tx, *, limit: int, subject: str | None = None, room: str | None = None) -> list[Row]:
    """Return the newest entries first, of one subject or one room where given."""
    wanted = select(audit_entries).order_by(audit_entries.c.idx.desc()).limit(limit)
    if subject is not None:
        wanted = wanted.where(audit_entries.c.subject == subject)
    if room is not None:
        wanted = wanted.where(audit_entries.c.room == room)
    return [_row(found) for found in tx.execute(wanted)]


def newest_by(tx: Tx, actor: str, actions: Sequence[str]) -> Row | None:
    """Return the newest allowed entry of an actor among these actions; None when there is none."""
    mine = (audit_entries.c.actor == actor) & audit_entries.c.action.in_(list(actions))
    wanted = select(audit_entries).where(mine & (audit_entries.c.outcome == "allowed"))
    found = tx.execute(wanted.order_by(audit_entries.c.idx.desc()).limit(1)).first()
    return None if found is None else _row(found)


def newest_allowed(tx: Tx, actions: Sequence[str]) -> Row | None:
    """Return the newest allowed entry among these actions, whoever did it; None when there is none."""
    done = audit_entries.c.action.in_(list(actions)) & (audit_entries.c.outcome == "allowed")
    found = tx.execute(select(audit_entries).where(done).order_by(audit_entries.c.idx.desc()).limit(1)).first()
    return None if found is None else _row(found)


def with_obligation(tx: Tx, obligation: str, since: datetime) -> list[Row]:
    """Return the allowed entries that asked for something, newest first."""
    named = audit_entries.c.entry.contains(f'"{obligation}"') & (audit_entries.c.outcome == "allowed")
    wanted = select(audit_entries).where(named & (audit_entries.c.at >= since))
    return [_row(found) for found in tx.execute(wanted.order_by(audit_entries.c.idx.desc()))]


def done_since(tx: Tx, action: str, since: datetime) -> list[Row]:
    """Return the entries of something that was done since then, newest first."""
    done = (audit_entries.c.action == action) & (audit_entries.c.outcome == "allowed")
    wanted = select(audit_entries).where(done & (audit_entries.c.at >= since))
    return [_row(found) for found in tx.execute(wanted.order_by(audit_entries.c.idx.desc()))]


def newest_of(tx: Tx, action: str) -> datetime | None:
    """Return when something was last done; None when never."""
    done = (audit_entries.c.action == action) & (audit_entries.c.outcome == "allowed")
    return tx.execute(select(func.max(audit_entries.c.at)).where(done)).scalar_one_or_none()


def newest_note(tx: Tx) -> str:
    """Return the note of the newest signed head; empty before the first."""
    newest = select(checkpoints.c.note).order_by(checkpoints.c.size.desc()).limit(1)
    return tx.execute(newest).scalar_one_or_none() or ""


def every_checkpoint(tx: Tx) -> list[StoredCheckpoint]:
    """Return all signed heads, smallest first."""
    found = tx.execute(select(checkpoints).order_by(checkpoints.c.size))
    return [StoredCheckpoint(row.size, row.root, row.note, row.at) for row in found]


def every_cosignature(tx: Tx) -> list[StoredCosignature]:
    """Return what the nodes have signed, smallest size first."""
    joined = cosignatures.join(nodes, nodes.c.node_id == cosignatures.c.node_id)
    wanted = select(nodes.c.node_id, nodes.c.public_key, cosignatures.c.tree_size, cosignatures.c.root,
                    cosignatures.c.outcome, cosignatures.c.signature)  # fmt: skip
    found = tx.execute(wanted.select_from(joined).order_by(cosignatures.c.tree_size))
    return [
        StoredCosignature(row.node_id, row.public_key, row.tree_size, row.root, row.outcome, row.signature)
        for row in found
    ]


def _row(found: SqlRow[Any]) -> Row:
    told = found._mapping
    return Row(index=told["idx"], **{name: told[name] for name in _COLUMNS})
