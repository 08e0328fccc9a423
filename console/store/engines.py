"""Connections to SQLite and PostgreSQL, set up so that a commit means durable, and their errors in our words."""

import sqlite3
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import QueuePool

from console.errors import StoreBusy, StoreConflict, StoreDamaged, StoreError, StoreFault, StoreFull

BUSY_S = 10.0
"""[s] for which a connection waits for a lock before it gives up."""
_READERS = 8
"""Connections that are kept for readers; one more is opened where these are in use, and closed after it. A reader that
had to wait for others could wait for one that waits for it: a page that is being read asks who stays where."""
_UNBOUNDED = -1
"""What bounds them is the number of threads that work on requests."""


def writer_of(url: URL) -> Engine:
    """Return an engine with one connection whose transactions take the write lock at once."""
    return _engine(url, begin="BEGIN IMMEDIATE", size=1, read_only=False)


def reader_of(url: URL) -> Engine:
    """Return an engine whose connections see one snapshot each and cannot write."""
    return _engine(url, begin="BEGIN", size=_READERS, read_only=True)


def is_failure(error: DBAPIError) -> bool:
    """Return whether the disk or the server failed, rather than the statement."""
    return isinstance(sentence_of(error), StoreFull | StoreFault | StoreDamaged)


def sentence_of(error: DBAPIError) -> StoreError:
    """Say a database error in our words, without any stored content."""
    original = error.orig
    if isinstance(original, sqlite3.Error):
        return _sqlite_error(original, isinstance(error, IntegrityError))
    state = str(getattr(original, "sqlstate", None) or "")
    if state.startswith("53100"):
        return StoreFull("the database server's disk is full; nothing was written: make room")
    if state.startswith("23") or state == "P0001":
        constraint = getattr(getattr(original, "diag", None), "constraint_name", None) or "append-only"
        return StoreConflict(f"refused by {constraint}")
    if not state or state[:2] in ("08", "53", "57", "58", "XX"):
        return StoreFault(f"the database server failed (SQLSTATE {state or 'none: connection lost'})")
    return StoreError(f"the database refused a statement (SQLSTATE {state})")


def _sqlite_error(original: sqlite3.Error, is_conflict: bool) -> StoreError:
    code = getattr(original, "sqlite_errorcode", None) or 0
    name = getattr(original, "sqlite_errorname", None) or type(original).__name__
    match code & 0xFF:
        case sqlite3.SQLITE_FULL:
            return StoreFull("the disk is full; nothing was written: make room, then go on")
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN:
            return StoreFault(f"the disk failed under the database ({name}); nothing was written: check the disk")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return StoreDamaged(f"the database file is damaged ({name}); keep it and restore the last backup")
    if is_conflict:
        return StoreConflict(f"refused by a constraint: {original}")
    return StoreError(f"the database refused a statement ({name}: {original})")


def _engine(url: URL, *, begin: str, size: int, read_only: bool) -> Engine:
    # hide_parameters: no name, username or text may reach a log through an error message.
    if url.get_backend_name() != "sqlite":
        return _server_engine(url, size=size, read_only=read_only)
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=_UNBOUNDED if read_only else 0,
        hide_parameters=True,
        connect_args={"isolation_level": None, "check_same_thread": False, "timeout": BUSY_S},
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        if read_only:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def start(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _server_engine(url: URL, *, size: int, read_only: bool) -> Engine:
    options = "-c synchronous_commit=on" + (" -c default_transaction_read_only=on" if read_only else "")
    engine = create_engine(
        url,
        pool_size=size,
        max_overflow=_UNBOUNDED if read_only else 0,
        hide_parameters=True,
        isolation_level="REPEATABLE READ" if read_only else "SERIALIZABLE",
        connect_args={"options": options},
        pool_pre_ping=True,
    )
    if not read_only:
        event.listen(engine, "connect", _be_the_only_writer)
    return engine


def _be_the_only_writer(connection: Any, _record: Any) -> None:
    """Hold the server's lock for as long as the writer's connection lives, and again after a reconnect (fault F42)."""
    with connection.cursor() as cursor:
        held = cursor.execute("SELECT pg_try_advisory_lock(hashtext('hushward console'))").fetchone()[0]
    connection.commit()
    if not held:
        raise StoreBusy("another console holds this database; stop it first")


_PRAGMAS = (
    "journal_mode=WAL",
    # FULL: under simulated power loss NORMAL lost acknowledged rows in 1,054 of 1,500 crash states, FULL in none.
    "synchronous=FULL",
    "foreign_keys=ON",
    # A REPLACE must meet the triggers that keep the audit and consent tables append-only.
    "recursive_triggers=ON",
    # What is deleted (a destroyed day key, an erased text) is overwritten in the file.
    "secure_delete=ON",
    "trusted_schema=OFF",
)
