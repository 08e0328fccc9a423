"""Frames in the time of the world: a recording or a simulation is handed on no sooner than it happened."""

from collections.abc import Callable
from dataclasses import replace

from broker.clock import Clock
from edge.frames import Frame

# A process that was stopped or starved for longer starts a new window instead of running after the past.
MAX_LATE_S = 1.5
# Frames are handed on in small groups: waking for each alone costs more than the work itself.
GROUP_S = 0.2


class Pacer:
    """Holds each frame back until its time has come on a clock."""

    def __init__(self, clock: Clock, wait: Callable[[float], None]) -> None:
        """Begin.

        Args:
            clock: on which frames are due.
            wait: waits for so many of the clock's seconds, and looks after everything else meanwhile.
        """
        self._clock = clock
        self._wait = wait
        self._began_s: float | None = None
        self._late_s = 0.0

    @property
    def now_s(self) -> float:
        """Seconds of source time that should have passed, lateness included [s]."""
        return 0.0 if self._began_s is None else self._clock.elapsed_s() - self._began_s

    def hold(self, frame: Frame) -> Frame:
        """Wait until a frame is due.

        Returns:
            The frame, its time moved on by what was slept through.
        """
        if self._began_s is None:
            self._began_s = self._clock.elapsed_s() - frame.t_s
        due_s = frame.t_s + self._late_s
        late_s = self.now_s - due_s
        if late_s > MAX_LATE_S:
            self._late_s += late_s
        elif -late_s > 0:
            self._wait_for(due_s)
        return frame if self._late_s == 0 else replace(frame, t_s=frame.t_s + self._late_s)

    def _wait_for(self, due_s: float) -> None:
        # Ends a group: the frames of the next GROUP_S are then due without another wait.
        group_end_s = due_s + GROUP_S
        while self.now_s < due_s:
            self._wait(group_end_s - self.now_s)
