"""How long a sensing process may say nothing before it counts as failed."""

from broker.clock import Clock

SILENT_S = 20.0
"""[s] of real time without a line after which a process counts as failed; loading the models takes a few."""
LONGEST_S = 160.0
"""[s] that it may at most take until its first estimate."""


class Patience:
    """Gives a process that was cut off while it came up twice as long the next time.

    On a machine whose cores are wanted by others a start takes a minute or more. Cut off each time after the same 20 s
    it would never come up, and its starts would take the cores from the rest. Nothing is told of the room meanwhile,
    and its tile says so after seconds, however long this waits.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heard_s = 0.0
        self._start_s = SILENT_S
        self._is_up = False

    @property
    def limit_s(self) -> float:
        """Return how long the process may say nothing now [s]."""
        return SILENT_S if self._is_up else self._start_s

    @property
    def is_over(self) -> bool:
        """Return whether it has said nothing for longer than that."""
        return self._clock.elapsed_s() - self._heard_s > self.limit_s

    def begin(self) -> None:
        """Begin to wait for a process that has just been started."""
        self._heard_s, self._is_up = self._clock.elapsed_s(), False

    def hear(self) -> None:
        """Note that it said something."""
        self._heard_s = self._clock.elapsed_s()

    def is_rewarded(self) -> None:
        """Note that it estimates: it is up, and the next start has the usual time again."""
        self._is_up, self._start_s = True, SILENT_S

    def give_up(self) -> None:
        """Note that it was cut off for its silence."""
        if not self._is_up:
            self._start_s = min(LONGEST_S, 2 * self._start_s)
