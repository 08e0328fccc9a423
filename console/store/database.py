"""The one writer and the many readers of the console's database."""

import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any, Self, TypeVar

import structlog
from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.exc import DBAPIError

from broker.clock import Clock
from console.errors import StoreClosed, StoreError, StoreFault
from console.keys.signer import Keys
from console.store.engines import BUSY_S, is_failure, reader_of, sentence_of, writer_of
from console.store.lock import only_console
from console.store.migrate import bring_up_to_date, hold_as_it_is
from console.store.transaction import Tx

__all__ = ["Store", "Tx"]

T = TypeVar("T")
_log = structlog.get_logger(__name__)
_MOST_AT_ONCE = 256


@dataclass(slots=True)
class _Asked:
    """One write on its way to the writer thread."""

    fn: Callable[[Tx], Any]
    done: threading.Event = field(default_factory=threading.Event)
    result: Any = None
    error: BaseException | None = None
    tx: Tx | None = None


class Store:
    """The database: writes go one after another through one thread, reads run on the caller's.

    Concurrent writes share one commit (and one flush of the disk): each runs in its own savepoint, so that a failing
    one undoes only itself, and none returns before all of them are on the disk. A process killed at any moment leaves
    each write whole or absent: SQLite runs in WAL with `synchronous=FULL`.

    Attributes:
        keys: the console's keys.
        clock: the console's clock.
    """

    def __init__(self, url: str, keys: Keys, clock: Clock, lock: IO[str] | None) -> None:
        self.keys = keys
        self.clock = clock
        self._url = make_url(url)
        self._lock = lock
        self._readers: Engine = reader_of(self._url)
        self._writer_engine: Engine = writer_of(self._url)
        self._asked: SimpleQueue[_Asked | None] = SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)

    @classmethod
    def open(cls, url: str, keys: Keys, clock: Clock, *, as_it_is: bool = False) -> Self:
        """Open or make the database, bring it up to date, and start the writer.

        Args:
            url: `sqlite:///FILE` (its folder must exist) or `postgresql+psycopg://...`.
            keys: the console's keys; a database made with others is refused.
            clock: the console's clock.
            as_it_is: leave its schema at the version that it has; for going back alone.

        Raises:
            StoreBusy: another console holds it.
            StoreDamaged: it cannot be read as this console's database; it is left as it is.
            StoreFull: there is no room to make it.
            StoreError: it cannot be opened.
        """
        lock = only_console(_file_of(url))
        try:
            store = cls(url, keys, clock, lock)
            (hold_as_it_is if as_it_is else bring_up_to_date)(store._writer_engine, keys)
        except BaseException:
            if lock is not None:
                lock.close()
            raise
        store._thread.start()
        return store

    @property
    def file(self) -> Path | None:
        """Return the SQLite file; None on a database server."""
        return _file_of(self._url.render_as_string(hide_password=False))

    def write(self, fn: Callable[[Tx], T]) -> T:
        """Run a function in one transaction and return its result after the commit.

        Args:
            fn: runs on the writer's thread; must not call `write` itself, nor touch anything outside the transaction
                but through `Tx.on_commit`.

        Raises:
            StoreFull: the disk is full; nothing was written.
            StoreFault: the disk failed; nothing may be believed written.
            StoreConflict: a constraint or an append-only table refused it.
            StoreClosed: the store was closed.
            Exception: whatever `fn` raised; nothing of it was written.
        """
        if threading.current_thread() is self._thread:
            raise StoreError("a write inside a write would wait for itself; pass the transaction on instead")
        asked = _Asked(fn)
        with self._closing:
            if self._closed:
                raise StoreClosed("the database is closed")
            self._asked.put(asked)
        asked.done.wait()
        if asked.error is not None:
            raise asked.error
        return asked.result  # type: ignore[no-any-return]

    def read(self, fn: Callable[[Tx], T]) -> T:
        """Run a function on one unchanging view of the database; it cannot write.

        Raises:
            StoreClosed: the store was closed.
            StoreError: the database failed.
        """
        if self._closed:
            raise StoreClosed("the database is closed")
        try:
            with self._readers.connect() as connection, connection.begin():
                return fn(Tx(connection))
        except DBAPIError as error:
            raise sentence_of(error) from None

    def free_bytes(self) -> int | None:
        """Return the room left on the database's disk [bytes]; None on a database server."""
        return None if self.file is None else shutil.disk_usage(self.file.parent).free

    def flush_deleted(self) -> bool:
        """Write the log back into the file and empty it, so that what was deleted is on the disk no more.

        Returns:
            Whether it is done; False while a long read still needs the log: ask again later.
        """
        if self.file is None:
            return True
        with self._readers.connect() as connection:
            # It does not wait for a long read: until that ended no write could go on.
            connection.execute(text("PRAGMA busy_timeout = 50"))
            busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]
            connection.execute(text(f"PRAGMA busy_timeout = {BUSY_S * 1000:.0f}"))
        return not busy

    def close(self) -> None:
        """Finish the writes that were asked for, then close."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._asked.put(None)
        self._thread.join()
        self._readers.dispose()
        self._writer_engine.dispose()
        if self._lock is not None:
            self._lock.close()

    def _run(self) -> None:
        while (batch := self._next_batch()) is not None:
            while batch:
                batch = batch[self._settle_some(batch) :]

    def _settle_some(self, batch: list[_Asked]) -> int:
        """Run a batch, or its beginning up to a write that others wait for; return how many are settled."""
        settled = len(batch)
        try:
            settled = self._commit(batch)
        except (DBAPIError, StoreError) as error:
            self._fail(batch, sentence_of(error) if isinstance(error, DBAPIError) else error)
        except Exception as error:
            # The writer goes on for those who come next; these learn that nothing of theirs may be believed.
            _log.error("store_writer_failed", error=type(error).__name__)
            self._fail(batch, StoreFault(f"the write failed inside the database library ({type(error).__name__})"))
        for asked in batch[:settled]:
            asked.done.set()
        return settled

    def _next_batch(self) -> list[_Asked] | None:
        first = self._asked.get()
        if first is None:
            return None
        batch = [first]
        while len(batch) < _MOST_AT_ONCE and not self._asked.empty():
            further = self._asked.get()
            if further is None:
                self._asked.put(None)
                break
            batch.append(further)
        return batch

    def _commit(self, batch: list[_Asked]) -> int:
        """Run a batch in one transaction, up to the first write that nothing may be decided before; return how many.

        A write that raises undoes itself alone.
        """
        part: list[_Asked] = []
        with self._writer_engine.connect() as connection:
            with connection.begin():
                for asked in batch:
                    part.append(asked)
                    self._attempt(asked, connection)
                    if asked.tx is not None and asked.tx.is_last:
                        break
            for asked in part:
                if asked.error is None and asked.tx is not None:
                    asked.tx.settle(committed=True)
        return len(part)

    def _attempt(self, asked: _Asked, connection: Connection) -> None:
        """Run one write inside its own savepoint.

        Raises:
            DBAPIError: the disk or the server failed; the database may have undone everything, so all fail together.
        """
        asked.tx = Tx(connection)
        # By hand: after a full disk SQLite has no savepoint any more, and to ask for it would hide what happened.
        connection.exec_driver_sql("SAVEPOINT one_write")
        try:
            asked.result = asked.fn(asked.tx)
            asked.tx.check()
        except DBAPIError as error:
            if is_failure(error):
                raise
            asked.error = sentence_of(error)
        except BaseException as error:
            asked.tx.check()
            asked.error = error
        if asked.error is not None:
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT one_write")
            asked.tx.settle(committed=False)
        connection.exec_driver_sql("RELEASE SAVEPOINT one_write")

    @staticmethod
    def _fail(batch: list[_Asked], error: StoreError) -> None:
        for asked in reversed(batch):
            if asked.error is None:
                asked.error = error
                if asked.tx is not None:
                    asked.tx.settle(committed=False)


def _file_of(url: str) -> Path | None:
    told = make_url(url)
    if told.get_backend_name() != "sqlite":
        return None
    if not told.database or told.database == ":memory:":
        raise StoreError("the database needs a file; use sqlite:///FILE")
    return Path(told.database)
