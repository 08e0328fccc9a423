"""The loops that do a ward's work, each on a thread of its own, for as long as the console runs."""

import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from broker.clock import Clock

_log = structlog.get_logger(__name__)
_AFTER_FAILURE_S = 1.0


@dataclass(frozen=True, slots=True)
class Failing:
    """One piece of a ward's work that has failed since the console started.

    Attributes:
        times: how often in all.
        in_a_row: how often without one success since; 0 once it went well again.
    """

    times: int
    in_a_row: int


class Loops:
    """Goes round each piece of work again and again, whatever fails.

    One piece that fails keeps no other from its turn: a count that cannot be made must not hold up an alert. A failing
    loop still goes round, for what it can do it does, and starting the console again would take the stop page away; a
    loop that hangs does not.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []
        self._failing: dict[str, Failing] = {}

    def failing(self) -> Mapping[str, Failing]:
        """Return every piece that has failed since the start, by its name in the code; empty while all went well."""
        return dict(self._failing)

    def start(
        self,
        name: str,
        wait: Callable[[threading.Event], None],
        pieces: Sequence[Callable[[], object]],
        gone_round: Callable[[str], None],
    ) -> None:
        """Begin a loop.

        Args:
            name: of the loop.
            wait: comes before each round; the event ends it.
            pieces: what one round does, in this order.
            gone_round: told the name after each round.
        """
        arguments = (name, wait, pieces, gone_round)
        thread = threading.Thread(target=self._go_round, args=arguments, name=f"ward-{name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def end(self, wake: Callable[[], None]) -> None:
        """End every loop after its round.

        Args:
            wake: ends the waits that do not listen to the event.
        """
        self._ending.set()
        wake()
        for thread in self._threads:
            thread.join()

    def _go_round(
        self,
        name: str,
        wait: Callable[[threading.Event], None],
        pieces: Sequence[Callable[[], object]],
        gone_round: Callable[[str], None],
    ) -> None:
        while not self._ending.is_set():
            wait(self._ending)
            if self._ending.is_set():
                return
            is_well = [self._does(name, piece) for piece in pieces]
            gone_round(name)
            if not all(is_well):
                self._clock.wait(self._ending, _AFTER_FAILURE_S)

    def _does(self, name: str, piece: Callable[[], object]) -> bool:
        """Do one piece; say whether it went well."""
        try:
            piece()
        except Exception as error:
            # Only the kind of error is logged: its text may hold anything.
            where = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{where.filename.rpartition('/')[2]}:{where.lineno}"
            _log.error("ward_work_failed", work=name, error=type(error).__name__, at=place)
            self._count(piece, has_failed=True)
            return False
        self._count(piece, has_failed=False)
        return True

    def _count(self, piece: Callable[[], object], *, has_failed: bool) -> None:
        name = getattr(piece, "__qualname__", type(piece).__name__)
        before = self._failing.get(name)
        if has_failed:
            before = before or Failing(0, 0)
            self._failing[name] = Failing(before.times + 1, before.in_a_row + 1)
        elif before is not None and before.in_a_row:
            self._failing[name] = Failing(before.times, 0)
