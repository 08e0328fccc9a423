"""What a function may do inside one transaction of the store."""

from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.exc import DBAPIError

from console.errors import StoreError
from console.store.engines import is_failure, sentence_of

_log = structlog.get_logger(__name__)


class Tx:
    """What a function may do inside one transaction.

    Callbacks let memory follow the database: `on_commit` runs after the commit is on the disk, `on_rollback` when the
    transaction was undone, in reverse order.

    Attributes:
        is_last: no other write shares this one's commit after it; see `decide_nothing_before`.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._failure: StoreError | None = None
        self._committed: list[Callable[[], None]] = []
        self._undone: list[Callable[[], None]] = []
        self.is_last = False

    def execute(self, statement: Executable, values: Any = None) -> CursorResult[Any]:
        """Run one SQLAlchemy Core statement, once or for each of a list of values."""
        self.check()
        try:
            return self._connection.execute(statement, values)
        except DBAPIError as error:
            if is_failure(error):
                self._failure = sentence_of(error)
            raise

    def reshape(self, change: Callable[[Connection], None]) -> None:
        """Change the schema within this transaction; the migration library asks for the connection itself."""
        self.check()
        try:
            change(self._connection)
        except DBAPIError as error:
            if is_failure(error):
                self._failure = sentence_of(error)
            raise

    def check(self) -> None:
        """Refuse to go on once the disk or the server has failed: the database may have undone the transaction.

        Raises:
            StoreError: what failed.
        """
        if self._failure is not None:
            raise self._failure

    def on_commit(self, then: Callable[[], None]) -> None:
        """Run something once this transaction is durable; it must not raise."""
        self._committed.append(then)

    def on_rollback(self, then: Callable[[], None]) -> None:
        """Run something if this transaction is undone; it must not raise."""
        self._undone.append(then)

    def decide_nothing_before(self) -> None:
        """Let no further write be decided before this one is durable and memory follows it.

        Writes share commits. What is decided by memory, such as who stays where, would otherwise be decided by what was
        true before this write: a no said in the moment of a move would be written to a stay that has just ended.
        """
        self.is_last = True

    def settle(self, *, committed: bool) -> None:
        """Run the callbacks; called by the writer alone."""
        for then in self._committed if committed else reversed(self._undone):
            try:
                then()
            except Exception as error:
                # What is stored is stored; one part's memory must not stop the writer for all others.
                _log.error("store_callback_failed", error=type(error).__name__, committed=committed)
