"""Every record until its receipt, in one small file that a killed node or a cut cable cannot spoil."""

import secrets
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Self

from broker.codec import encode
from broker.errors import OutboxDamaged, OutboxFull
from broker.messages import MOST_LOST_AT_ONCE, LossReport, MinuteMeasurement, Record
from broker.vocabulary import LossReason

_SCHEMA = """
CREATE TABLE IF NOT EXISTS outbox (only INTEGER PRIMARY KEY CHECK (only = 1), outbox_id TEXT NOT NULL,
    last_sequence INTEGER NOT NULL, settled_through INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS waiting (sequence INTEGER PRIMARY KEY, kind INTEGER NOT NULL,
    last INTEGER NOT NULL, payload BLOB NOT NULL) STRICT;
"""
_KEEP, _DROPPABLE, _LOSS = 0, 1, 2
_MOST_AT_ONCE = 64

Seal = Callable[[Record], Record]
"""Returns the record with the node's signature over it."""


class Outbox:
    """Records in order, each durable before it is sent, forgotten only when the console says they are settled.

    The file is SQLite with `synchronous=FULL`: under simulated power loss NORMAL lost acknowledged rows, FULL none.
    A full outbox drops the oldest minute measurements first and leaves a `LossReport` where they stood; a record that
    may carry an alert (a room event, a sensor change) is never dropped. Every record, a loss report too, is sealed
    (signed) before its bytes are kept, so that whatever is sent later is what this node said.

    Attributes:
        outbox_id: made with the file, kept over restarts.
    """

    def __init__(self, db: sqlite3.Connection, seal: Seal, capacity: int) -> None:
        self._db = db
        self._seal = seal
        self._capacity = capacity
        row: tuple[str, int, int] = db.execute(
            "SELECT outbox_id, last_sequence, settled_through FROM outbox"
        ).fetchone()
        self.outbox_id, self._last, self._settled = row

    @classmethod
    def open(cls, path: Path, seal: Seal, *, capacity: int = 300_000) -> Self:
        """Open or make an outbox.

        Args:
            path: the file; its folder must exist.
            seal: signs a record as it will be sent.
            capacity: records kept at most; 300,000 is over 72 h of an eventful room (one record a second).

        Raises:
            OutboxDamaged: the file cannot be read; it is left as it is for an engineer.
            OSError: the folder cannot be written.
        """
        try:
            db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=FULL")
            db.executescript(_SCHEMA)
            db.execute("INSERT OR IGNORE INTO outbox VALUES (1, ?, 0, 0)", (secrets.token_hex(16),))
            return cls(db, seal, capacity)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and "unable to open" in str(error):
                raise OSError(f"{path}: cannot be opened for writing; check the folder and its rights") from error
            raise OutboxDamaged(
                f"{path}: not readable as an outbox ({error}); move it away for the engineer and start again"
            ) from error

    @property
    def first_unsettled(self) -> int:
        """Return the sequence after the last settled one, 1 or more."""
        return self._settled + 1

    @property
    def last_sequence(self) -> int:
        """Return the newest sequence ever given, 0 before the first."""
        return self._last

    @property
    def count(self) -> int:
        """Return how many records wait for their receipt."""
        found: int = self._db.execute("SELECT count(*) FROM waiting").fetchone()[0]
        return found

    def append(self, make: Callable[[int], Record]) -> Record:
        """Keep one more record; it is on the disk when this returns.

        Args:
            make: builds the record for the sequence it is given; it is sealed here.

        Returns:
            The record as it is kept, sealed.

        Raises:
            OutboxFull: no room could be made without dropping what may not be dropped; nothing was kept.
            sqlite3.OperationalError: the disk is full or failed; nothing was kept.
        """
        sequence = self._last + 1
        record = self._seal(make(sequence))
        payload = encode(record)
        kind = _DROPPABLE if isinstance(record.body, MinuteMeasurement) else _KEEP
        with _Transaction(self._db):
            if self.count >= self._capacity:
                self._make_room(record)
            self._db.execute("INSERT INTO waiting VALUES (?, ?, ?, ?)", (sequence, kind, sequence, payload))
            self._db.execute("UPDATE outbox SET last_sequence = ?", (sequence,))
        self._last = sequence
        return record

    def waiting(self, after: int, limit: int) -> list[tuple[int, bytes]]:
        """Return records to send.

        Args:
            after: only sequences above this.
            limit: at most so many.

        Returns:
            (last sequence that the payload covers, payload), in order.
        """
        return self._db.execute(
            "SELECT last, payload FROM waiting WHERE sequence > ? ORDER BY sequence LIMIT ?", (after, limit)
        ).fetchall()

    def settle(self, outbox_id: str, through: int) -> int:
        """Forget what the console has settled.

        Args:
            outbox_id: the outbox the receipt speaks of; another one's changes nothing.
            through: every sequence up to this is settled.

        Returns:
            How many records were forgotten. A receipt beyond the newest sequence changes nothing: it cannot be ours.
        """
        if outbox_id != self.outbox_id or through <= self._settled or through > self._last:
            return 0
        with _Transaction(self._db):
            done = self._db.execute("DELETE FROM waiting WHERE last <= ?", (through,)).rowcount
            self._db.execute("UPDATE outbox SET settled_through = ?", (through,))
        self._settled = through
        return done

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _make_room(self, newcomer: Record) -> None:
        """Replace the oldest run of two or more neighbours that may be dropped by one loss report in their place.

        Loss reports count as droppable neighbours: a new loss takes the old ones beside it in, so they stay few.
        """
        run: list[tuple[int, int]] = []
        rows = self._db.execute("SELECT sequence, last, kind FROM waiting ORDER BY sequence")
        for sequence, last, kind in rows:
            too_many = bool(run) and last - run[0][0] >= MOST_LOST_AT_ONCE
            if kind == _KEEP or len(run) == _MOST_AT_ONCE or too_many:
                if len(run) > 1:
                    break
                run = []
            if kind != _KEEP:
                run.append((sequence, last))
        if len(run) < 2:
            raise OutboxFull(
                f"outbox holds {self._capacity} records that may not be dropped; is the console reachable?"
            )
        first, last = run[0][0], run[-1][1]
        report = LossReport(to_sequence=last, count=last - first + 1, reason=LossReason.OUTBOX_FULL)
        loss = self._seal(newcomer.model_copy(update={"sequence": first, "body": report}))
        self._db.execute("DELETE FROM waiting WHERE sequence BETWEEN ? AND ?", (first, last))
        self._db.execute("INSERT INTO waiting VALUES (?, ?, ?, ?)", (first, _LOSS, last, encode(loss)))


class _Transaction:
    """BEGIN IMMEDIATE to COMMIT, or ROLLBACK when anything fails."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            try:
                self._db.execute("COMMIT")
            except sqlite3.Error:
                self._rollback()
                raise
        else:
            self._rollback()

    def _rollback(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
