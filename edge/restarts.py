"""How soon a sensing process that failed may be started again."""

from collections import deque

from broker.clock import Clock

WINDOW_S = 60.0
"""[s] over which failures are counted."""
MOST_IN_WINDOW = 5
"""Failures in the window after which starting again is given up for a while."""
REST_S = 300.0
"""[s] of rest after that; the room is shown as a fault meanwhile."""
_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 8.0


class Restarts:
    """Counts failures; each makes the next start wait longer, too many in a minute make it wait for minutes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failed_s: deque[float] = deque()
        self._not_before_s = 0.0
        self._is_loop = False

    def count_failure(self) -> None:
        """Note that the process failed just now."""
        now_s = self._clock.elapsed_s()
        self._failed_s.append(now_s)
        self._forget_old(now_s)
        self._is_loop = len(self._failed_s) > MOST_IN_WINDOW
        wait_s = REST_S if self._is_loop else min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** (len(self._failed_s) - 1))
        self._not_before_s = now_s + wait_s

    @property
    def may_start(self) -> bool:
        """Return whether the wait after the last failure is over."""
        return self._clock.elapsed_s() >= self._not_before_s

    @property
    def is_crash_loop(self) -> bool:
        """Return whether it failed too often and now rests."""
        return self._is_loop and not self.may_start

    def _forget_old(self, now_s: float) -> None:
        while self._failed_s and self._failed_s[0] < now_s - WINDOW_S:
            self._failed_s.popleft()
