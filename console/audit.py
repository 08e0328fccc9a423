"""The audit log: append-only, a hash tree from its first entry, its head signed and handed to the nodes (rule X3)."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

import rfc8785
import structlog

from broker.messages import Checkpoint
from console import heads
from console.errors import AuditDamaged, EntryRefused
from console.merkle import Tree, leaf_hash
from console.roles import Role
from console.signer import UNSIGNED
from console.store import audit_rows
from console.store.database import Store, Tx

_log = structlog.get_logger(__name__)

ENTRY_VERSION = 1
CHECKPOINT_EVERY = 20
"""Entries between two signed checkpoints at most (RELIABILITY T22)."""
CHECKPOINT_AFTER_S = 10.0
"""[s] after which new entries get a checkpoint although they are fewer."""

_CODE = r"[a-z][a-z0-9_]{0,47}"
_ACTOR = re.compile(rf"(system:{_CODE}|anyone|[0-9a-f]{{32}})")
_ACTION = re.compile(rf"{_CODE}:{_CODE}:{_CODE}")
_RULE = re.compile(r"[A-Z]{1,3}-?[0-9]{1,3}[a-z]?")
# Only what is set up for everybody to see has a slug; whatever concerns a person is a random pseudonym.
_SUBJECT = re.compile(rf"((room|node|ward|site):[a-z][a-z0-9-]{{0,31}}|{_CODE}:[0-9a-f]{{32}})?")
_ROOM = re.compile(r"([a-z][a-z0-9-]{0,31})?")
_REASON = re.compile(rf"({_CODE})?")
_DIGEST = re.compile(r"([0-9a-f]{64})?")


class Outcome(StrEnum):
    """Whether what was asked was allowed."""

    ALLOWED = "allowed"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit log: codes and pseudonyms only (rule X5), each field held to its own pattern.

    Attributes:
        action: `source:subject:action`, e.g. `room:measurement:viewed`.
        actor: pseudonym, `system:<part>`, or `anyone` where no sign-in is asked for.
        role: the actor's role; None when nobody signed in.
        outcome: allowed or denied.
        rules: rule ids that decided it.
        policy_version: of the policy file; 0 where no policy decides.
        subject: `room:<slug>`, `node:<slug>`, or `<kind>:<32 hex digits>`; empty when none.
        room: slug of the room concerned; empty when none.
        reason: access reason or code; empty when none.
        text_digest: SHA-256 of a free text that stands elsewhere, 64 hex digits; empty when none.
        obligations: codes of what the decision obliges to.
        since: when it began, where that was earlier than the entry (a glance that ends); None otherwise.
    """

    action: str
    actor: str
    role: Role | None
    outcome: Outcome = Outcome.ALLOWED
    rules: tuple[str, ...] = ()
    policy_version: int = 0
    subject: str = ""
    room: str = ""
    reason: str = ""
    text_digest: str = ""
    obligations: tuple[str, ...] = ()
    since: datetime | None = None

    def __post_init__(self) -> None:
        """Hold every field to its pattern.

        Raises:
            EntryRefused: naming the field, never repeating its content.
        """
        held = {
            "action": _ACTION.fullmatch(self.action),
            "actor": _ACTOR.fullmatch(self.actor),
            "rules": all(_RULE.fullmatch(rule) for rule in self.rules),
            "policy_version": 0 <= self.policy_version < 2**31,
            "subject": _SUBJECT.fullmatch(self.subject),
            "room": _ROOM.fullmatch(self.room),
            "reason": _REASON.fullmatch(self.reason),
            "text_digest": _DIGEST.fullmatch(self.text_digest),
            "obligations": all(re.fullmatch(_CODE, code) for code in self.obligations),
            "since": self.since is None or self.since.tzinfo is not None,
        }
        wrong = [name for name, holds in held.items() if not holds]
        if wrong:
            raise EntryRefused(f"audit entry: {', '.join(wrong)} may hold codes and pseudonyms only (rule X5)")


class AuditLog:
    """The log of one ward.

    Attributes:
        origin: `hushward/<site>/<ward>`: what the checkpoints are signed as.
    """

    def __init__(self, store: Store, site: str, ward: str, tree: Tree, head_file: Path | None) -> None:
        self.origin = f"hushward/{site}/{ward}"
        self._ward = ward
        self._store = store
        self._tree = tree
        self._head_file = head_file
        self._settled = tree.size
        self._checkpointed = self._signed = store.read(audit_rows.last_checkpoint_size)
        self._checkpointed_s = store.clock.elapsed_s()

    @classmethod
    def open(cls, store: Store, site: str, ward: str, *, head_file: Path | None = None) -> "AuditLog":
        """Rebuild the tree from its leaf hashes and hold it against the newest checkpoint.

        Args:
            store: the open database.
            site: the hospital's slug.
            ward: the ward's slug.
            head_file: outside the database; keeps the newest head, so that an older copy of the database is noticed
                even before a node is asked. None keeps none.

        Raises:
            AuditDamaged: the entries do not lead to the newest checkpoint, or the head file knows more of them.
        """
        tree = store.read(audit_rows.tree)
        log = cls(store, site, ward, tree, head_file)
        log._hold_against(store.read(audit_rows.last_head), "its newest checkpoint")
        if head_file is not None:
            log._hold_against(heads.newest(head_file), f"the head kept in {head_file.name}")
        return log

    @property
    def size(self) -> int:
        """Return the number of committed entries."""
        return self._settled

    @property
    def checkpoint_size(self) -> int:
        """Return the size of the newest signed checkpoint, 0 before the first."""
        return self._checkpointed

    def append(self, tx: Tx, entry: Entry) -> int:
        """Add an entry in the transaction of what it records; both are durable together or neither is.

        Args:
            tx: the open write.
            entry: what to record.

        Returns:
            Its index, from 0: the receipt that anybody can check.
        """
        index, at = self._tree.size, self._store.clock.utc_now()
        text = canonical_entry(entry, index=index, at=at, ward=self._ward)
        leaf = leaf_hash(text)
        audit_rows.add(tx, audit_rows.Row(index, at, text.decode(), leaf, entry.action, entry.actor,
                                          entry.outcome, entry.subject, entry.room))  # fmt: skip
        self._tree.append(leaf)
        tx.on_rollback(lambda: self._tree.truncate(index))
        tx.on_commit(lambda: self._settle(index + 1))
        if self._tree.size - self._signed >= CHECKPOINT_EVERY:
            self.checkpoint(tx)
        return index

    def checkpoint(self, tx: Tx) -> int:
        """Sign the head of all entries so far, within this transaction.

        Returns:
            Its size; nothing is written when that head is signed already.
        """
        size, before = self._tree.size, self._signed
        if size == before:
            return size
        root, at = self._tree.root(size), self._store.clock.utc_now()
        note = self._store.keys.sign_note(self.origin, heads.note_body(self.origin, size, root))
        audit_rows.add_checkpoint(tx, size, root, note, at)
        self._signed = size
        tx.on_rollback(lambda: self._unsign(before))
        tx.on_commit(lambda: self._remember(size))
        return size

    def checkpoint_when_due(self) -> int | None:
        """Sign a checkpoint when new entries have waited for CHECKPOINT_AFTER_S; called again and again.

        Returns:
            The new checkpoint's size, or None when none was due.
        """
        waited_s = self._store.clock.elapsed_s() - self._checkpointed_s
        if self._settled == self._checkpointed or waited_s < CHECKPOINT_AFTER_S:
            return None
        return self._store.write(self.checkpoint)

    def checkpoint_for(self, node_id: str, from_size: int = 0) -> Checkpoint:
        """Return the newest signed head for a node, with the proof from what it remembers.

        Args:
            node_id: the node.
            from_size: entries under the head that it has seen; 0 when it remembers nothing.

        Raises:
            IndexError: the node has seen more entries than there are: the log was cut or an older copy restored.
        """
        size = self._checkpointed
        proof = self._tree.consistency(from_size, size)
        return self._store.keys.sign(
            Checkpoint(
                node_id=node_id,
                tree_size=size,
                root=self._tree.root(size).hex(),
                consistency=tuple(node.hex() for node in proof),
                from_size=from_size,
                issued_at=self._store.clock.utc_now(),
                signature=UNSIGNED,
            )
        )

    def inclusion(self, index: int) -> tuple[bytes, ...]:
        """Return the proof that an entry is under the newest checkpoint.

        Raises:
            IndexError: no checkpoint covers the entry yet.
        """
        return self._tree.inclusion(index, self._checkpointed)

    def _settle(self, size: int) -> None:
        self._settled = size

    def _unsign(self, before: int) -> None:
        self._signed = before

    def _remember(self, size: int) -> None:
        self._checkpointed = size
        self._checkpointed_s = self._store.clock.elapsed_s()
        if self._head_file is None:
            return
        try:
            heads.keep(self._head_file, heads.Head(size, self._tree.root(size)), self._store.clock.utc_now())
        except OSError as error:
            # The entries are safe in the database and the nodes hold the head too; the next checkpoint tries again.
            _log.warning("audit_head_not_kept", file=self._head_file.name, errno=error.errno)

    def _hold_against(self, head: heads.Head | None, whose: str) -> None:
        if head is None:
            return
        size = head.tree_size
        if size > self._tree.size or self._tree.root(size) != head.root:
            raise AuditDamaged(
                f"the audit log ({self._tree.size} entries) does not agree with {whose} ({size} entries): run "
                "`hushward audit verify`, keep the data folder as it is, and restore the newest backup"
            )


def canonical_entry(entry: Entry, *, index: int, at: datetime, ward: str) -> bytes:
    """Return the canonical JSON (RFC 8785) that the tree covers; the entry's place is part of it."""
    told: dict[str, str | int | list[str]] = {
        "v": ENTRY_VERSION,
        "index": index,
        "at": at.isoformat(),
        "ward": ward,
        "action": entry.action,
        "actor": entry.actor,
        "role": str(entry.role or ""),
        "outcome": str(entry.outcome),
        "rules": list(entry.rules),
        "policy_version": entry.policy_version,
        "subject": entry.subject,
        "room": entry.room,
        "reason": entry.reason,
        "text_digest": entry.text_digest,
        "obligations": list(entry.obligations),
    }
    if entry.since is not None:
        told["since"] = entry.since.isoformat()
    return rfc8785.dumps(cast(dict[str, Any], told))
