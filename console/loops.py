"""The loops that do a ward's work, each on a thread of its own, for as long as the console runs."""

import threading
import traceback
from collections.abc import Callable

import structlog

from broker.clock import Clock

_log = structlog.get_logger(__name__)
_AFTER_FAILURE_S = 1.0


class Loops:
    """Goes round each piece of work again and again, whatever fails.

    A ward whose sensors nobody renews goes blind, and says so within a minute; a loop that fails each time is not said
    to have gone round, so that the service manager starts the console again.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, name: str, work: Callable[[threading.Event], None], gone_round: Callable[[str], None]) -> None:
        """Begin a loop.

        Args:
            name: of the loop.
            work: one round, its wait with it; the event ends a wait.
            gone_round: told the name after each round that did not fail.
        """
        arguments = (name, work, gone_round)
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

    def _go_round(self, name: str, work: Callable[[threading.Event], None], gone_round: Callable[[str], None]) -> None:
        while not self._ending.is_set():
            try:
                work(self._ending)
                gone_round(name)
            except Exception as error:
                # Only the kind of error is logged: its text may hold anything.
                where = traceback.extract_tb(error.__traceback__)[-1]
                place = f"{where.filename.rpartition('/')[2]}:{where.lineno}"
                _log.error("ward_work_failed", work=name, error=type(error).__name__, at=place)
                self._clock.wait(self._ending, _AFTER_FAILURE_S)
