"""A console's store, audit log and identity in a folder, on a hand-set clock."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pwdlib.hashers.argon2 import Argon2Hasher

from broker.clock import HandClock
from console.keys.signer import Keys
from console.logbook.audit import AuditLog, Entry, Outcome
from console.roles import Actor, Role
from console.signing_in.identity import Identity
from console.signing_in.passwords import Passwords
from console.store.database import Store
from tests.kit.ready_schema import put_ready_schema

START = datetime(2026, 11, 2, 21, 30, tzinfo=UTC)
MARKER = "Zebedee Marker-Quux"
"""A name that must never be found anywhere but where it is sealed."""
NURSE = Actor("ab" * 16, "nurse-one", "Ada K.", Role.NURSE)
QUICK = Passwords(Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))


@dataclass
class Bench:
    """One console's lower half."""

    folder: Path
    clock: HandClock
    keys: Keys
    store: Store
    audit: AuditLog
    identity: Identity

    @property
    def file(self) -> Path:
        return self.folder / "console.db"

    @property
    def head_file(self) -> Path:
        return self.folder / "audit-head.jsonl"

    def append(self, entry: Entry | None = None) -> int:
        return self.store.write(lambda tx: self.audit.append(tx, entry or an_entry()))

    def append_many(self, count: int) -> None:
        for number in range(count):
            self.append(an_entry(number))


def open_bench(folder: Path, clock: HandClock | None = None) -> Bench:
    clock = clock or HandClock(START)
    keys = Keys.open(folder / "keys")
    put_ready_schema(folder / "console.db")
    store = Store.open(f"sqlite:///{folder / 'console.db'}", keys, clock)
    try:
        audit = AuditLog.open(store, "st-elsewhere", "willow", head_file=folder / "audit-head.jsonl")
    except BaseException:
        store.close()
        raise
    return Bench(folder, clock, keys, store, audit, Identity(store, audit, policy_version=3, passwords=QUICK))


def an_entry(number: int = 0) -> Entry:
    rooms = ("room1", "room2", "room3")
    return Entry(
        "room:measurement:viewed",
        NURSE.actor_id,
        NURSE.role,
        Outcome.ALLOWED if number % 3 else Outcome.DENIED,
        rules=("X1",),
        policy_version=3,
        subject=f"stay:{number:032x}",
        room=rooms[number % 3],
        reason="direct_care",
    )


def outside(file: Path, *statements: str) -> None:
    """Change a closed database from outside, as somebody with root would: without its triggers."""
    with closing(sqlite3.connect(file)) as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for name in names:
            db.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            db.execute(statement)
        db.commit()
