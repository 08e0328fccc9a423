"""Look now and then whether something is due, and write it; what a failing disk leaves undone is done the next time."""

from collections.abc import Callable

import structlog

from console.errors import StoreError
from console.store.database import Store, Tx

_log = structlog.get_logger(__name__)


class NowAndThen:
    """One piece of work that is looked at every so many seconds, however often its step is called."""

    def __init__(self, store: Store, every_s: float, undone: str = "") -> None:
        """Take what is needed.

        Args:
            store: the database, and the clock with it.
            every_s: [s] between two looks; the first is at once.
            undone: what the log says, once, when the disk fails; of no use to who only asks for the time.
        """
        self._store, self._every_s, self._undone = store, every_s, undone
        self._looked_s = float("-inf")
        self._cannot = False

    def is_time(self) -> bool:
        """Return whether it is time to look again, and begin to wait for the next."""
        now_s = self._store.clock.elapsed_s()
        if now_s - self._looked_s < self._every_s:
            return False
        self._looked_s = now_s
        return True

    def step(self, is_due: Callable[[Tx], object], work: Callable[[Tx], object]) -> bool:
        """Do what is due, when it is time; return whether anything was written.

        Args:
            is_due: reads whether there is work; most of the time there is none, and nothing is written.
            work: does it.
        """
        if not self.is_time():
            return False
        try:
            has_work = bool(self._store.read(is_due))
            if has_work:
                self._store.write(work)
        except StoreError as error:
            if not self._cannot:
                _log.error(self._undone, error=type(error).__name__)
            self._cannot = True
            return False
        self._cannot = False
        return has_work
