"""The audit log: append-only, a hash tree from its first entry, its head signed and handed to the nodes (rule X3)."""

from pathlib import Path

import structlog

from broker.messages import Checkpoint
from console.errors import AuditDamaged
from console.keys.signer import UNSIGNED
from console.logbook import heads
from console.logbook.entries import Entry, Outcome, canonical_entry
from console.logbook.merkle import Tree, leaf_hash
from console.roles import Actor, Role
from console.store import audit_rows
from console.store.database import Store, Tx

__all__ = ["AuditLog", "Entry", "Outcome"]

_log = structlog.get_logger(__name__)

CHECKPOINT_EVERY = 20
"""Entries between two signed checkpoints at most (RELIABILITY T22)."""
_LONGEST_PROOF = 22
"""Hashes that a checkpoint message holds; enough for 2,097,152 entries."""
_REMEDY = (
    "run `hushward audit verify` and keep the folder; two people put an older backup back, and every consent is then "
    "said anew (docs/how-to/restore.md)"
)
CHECKPOINT_AFTER_S = 10.0
"""[s] after which new entries get a checkpoint although they are fewer."""


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
    def open(
        cls, store: Store, site: str, ward: str, *, head_file: Path | None = None, is_restored: bool = False
    ) -> "AuditLog":
        """Rebuild the tree from its leaf hashes and hold it against the newest checkpoint.

        Args:
            store: the open database.
            site: the hospital's slug.
            ward: the ward's slug.
            head_file: outside the database; keeps the newest head, so that an older copy of the database is noticed
                even before a node is asked. None keeps none.
            is_restored: an older copy of the database was put back on purpose; the head file is not asked.

        Raises:
            AuditDamaged: the entries do not lead to the newest checkpoint, or the head file knows more of them or is
                gone.
        """
        tree = store.read(audit_rows.tree)
        log = cls(store, site, ward, tree, head_file)
        log._hold_against(store.read(audit_rows.last_head), "its newest checkpoint")
        if head_file is not None and not is_restored:
            log._hold_against_kept(head_file)
        if tree.size == 0:
            store.write(log._begin)
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
        if len(proof) > _LONGEST_PROOF:
            # Beyond two million entries: said openly, since the node then cannot join what it is shown.
            _log.error("audit_proof_too_long", from_size=from_size, size=size)
            proof, from_size = (), 0
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

    def proof_within(self, tx: Tx, index: int) -> tuple[tuple[bytes, ...], str]:
        """Return the proof of an entry under a head that is signed now, within this transaction, and that head's note.

        Raises:
            IndexError: there is no such entry.
        """
        size = self.checkpoint(tx)
        return self._tree.inclusion(index, size), audit_rows.newest_note(tx)

    def _begin(self, tx: Tx) -> None:
        """Make the first entry and sign it, so that an empty log is never a true one."""
        self.append(tx, Entry("audit:log:begun", Actor.system("audit").actor_id, Role.SYSTEM, rules=("X3",)))
        self.checkpoint(tx)

    def _settle(self, size: int) -> None:
        self._settled = size

    def _unsign(self, before: int) -> None:
        self._signed = before

    def _remember(self, size: int) -> None:
        self._checkpointed = size
        self._checkpointed_s = self._store.clock.elapsed_s()
        if self._head_file is None or size != self._signed:
            return
        try:
            heads.keep(self._head_file, heads.Head(size, self._tree.root(size)), self._store.clock.utc_now())
        except OSError as error:
            # The entries are safe in the database and the nodes hold the head too; the next checkpoint tries again.
            _log.warning("audit_head_not_kept", file=self._head_file.name, errno=error.errno)

    def _hold_against_kept(self, head_file: Path) -> None:
        """Refuse a database that is older than the head kept outside it, or whose head was taken away."""
        head = heads.newest(head_file)
        # A power cut right after the first entry may leave no head yet: nothing can be lost of a log of one entry.
        if head is None and self._tree.size > 1:
            raise AuditDamaged(f"{head_file.name} is gone, so entries may be missing: {_REMEDY}")
        self._hold_against(head, f"the head kept in {head_file.name}")

    def _hold_against(self, head: heads.Head | None, whose: str) -> None:
        if head is None:
            return
        size = head.tree_size
        if size > self._tree.size or self._tree.root(size) != head.root:
            raise AuditDamaged(
                f"the audit log ({self._tree.size} entries) does not agree with {whose} ({size} entries): {_REMEDY}"
            )
