"""Attempts of nobody known: a few are written one by one, all further ones as counts, and none is left out (X4)."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from console.errors import StoreError
from console.logbook.entries import Entry, Outcome
from console.store.database import Store, Tx

_log = structlog.get_logger(__name__)

MOST_OF_ONE = 20
"""Attempts of one kind and one source that stand in the log one by one within an hour."""
MOST_OF_ALL = 200
"""The same of all sources together."""
_HOUR_S = 3600.0
COUNTED_EVERY_S = 600.0
"""[s] between two lines of counts while a burst lasts; a console that loses its power loses no more than these."""
_MOST_NAMED = 5
"""Sources that a line of counts names, the busiest; the others stand in its sum."""
_MOST_SOURCES = 1000
COUNTED = "logbook:attempts:counted"


@dataclass(slots=True)
class _Burst:
    """What is counted of one kind and not written yet.

    Attributes:
        every: attempts of all sources.
        sources: of each source that is known; of very many, only those that came first.
    """

    every: int = 0
    sources: Counter[str] = field(default_factory=Counter)

    def count(self, source: str) -> None:
        self.every += 1
        if source and (source in self.sources or len(self.sources) < _MOST_SOURCES):
            self.sources[source] += 1

    def take_off(self, other: "_Burst") -> None:
        self.every -= other.every
        self.sources.subtract(other.sources)
        self.sources = +self.sources

    def copy(self) -> "_Burst":
        return _Burst(self.every, self.sources.copy())


class Strangers:
    """Bounds what anybody at all can add to a log that nothing is ever taken from.

    The first attempt over the bound begins a line of counts at once, so that a burst is seen while it lasts.
    """

    def __init__(self, store: Store, append: Callable[[Tx, Entry], object], policy_version: int) -> None:
        """Take what is needed.

        Args:
            store: the database.
            append: adds an entry to the log.
            policy_version: of the rule book, for the log.
        """
        self._store, self._append, self._version = store, append, policy_version
        self._clock = store.clock
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._hour = -1
        self._singly: Counter[tuple[str, str]] = Counter()
        self._bursts: dict[str, _Burst] = {}
        self._written_s = float("-inf")

    def note(self, action: str, source: str, write: Callable[[Tx], object]) -> bool:
        """Write down one attempt, or count it where there were too many.

        Args:
            action: `source:subject:action` of the attempt, at most 30 letters.
            source: subject of an entry that says whose attempts these are; empty when that is not known.
            write: does the attempt's own write.

        Returns:
            Whether it was written; otherwise it was counted, and nothing else was done.

        Raises:
            StoreError: it cannot be written.
        """
        if self._may_stand_alone(action, source):
            self._store.write(write)
            return True
        with self._lock:
            self._bursts.setdefault(action, _Burst()).count(source)
        self.step()
        return False

    def step(self) -> None:
        """Write the counts when it is time; a disk that cannot be written is tried again, with all of them."""
        with self._lock:
            now_s = self._clock.elapsed_s()
            if not any(one.every for one in self._bursts.values()) or now_s - self._written_s < COUNTED_EVERY_S:
                return
            before, self._written_s = self._written_s, now_s
        if not self.write_counts():
            self._written_s = before

    def write_counts(self) -> bool:
        """Write what is counted and not written yet, as before the console ends; return whether it could be."""
        # One at a time: two that write what both have seen would count it twice.
        with self._writing:
            with self._lock:
                counted = {action: one.copy() for action, one in self._bursts.items() if one.every}
            if not counted:
                return True
            try:
                self._store.write(lambda tx: self._lines(tx, counted))
            except StoreError as error:
                _log.error("attempts_not_counted", error=type(error).__name__)
                return False
            return True

    def _lines(self, tx: Tx, counted: dict[str, _Burst]) -> None:
        for action, burst in counted.items():
            told = action.replace(":", "_")
            self._append(tx, self._line("", f"{told}_{burst.every}"))
            for source, count in burst.sources.most_common(_MOST_NAMED):
                if count > 1:
                    self._append(tx, self._line(source, f"{told}_{count}"))
        tx.on_commit(lambda: self._forget(counted))

    def _line(self, subject: str, reason: str) -> Entry:
        return Entry(COUNTED, "anyone", None, Outcome.DENIED, ("X4",), self._version, subject, reason=reason)

    def _forget(self, counted: dict[str, _Burst]) -> None:
        with self._lock:
            for action, burst in counted.items():
                self._bursts[action].take_off(burst)

    def _may_stand_alone(self, action: str, source: str) -> bool:
        with self._lock:
            hour = int(self._clock.elapsed_s() // _HOUR_S)
            if hour != self._hour:
                self._hour = hour
                self._singly.clear()
            every = self._singly[(action, "")]
            if every >= MOST_OF_ALL or (source and self._singly[(action, source)] >= MOST_OF_ONE):
                return False
            self._singly[(action, "")] += 1
            if source:
                self._singly[(action, source)] += 1
            return True
