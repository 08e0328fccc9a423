"""Watches the control in the room beside the loop, so that a press is obeyed while the loop waits for a disk."""

import threading
from collections.abc import Callable

from edge.brake import Brake
from edge.pause_control import PauseControl

LOOK_EVERY_S = 0.1
"""[s] between two looks at the control."""
STANDS_STILL_S = 1.0
"""[s] after which a loop that has not let go of the brake is taken to stand still; it goes round ten times in that."""


class Doorkeeper:
    """Obeys a press at once and keeps it for the loop, which records it and counts the pause.

    The loop alone closes with a record and shows what the room's lamp shows. Only when it stands still does the
    doorkeeper, once, show a room that nothing senses any more: its lamp and its light go out (rules K3, K4).
    """

    def __init__(self, control: PauseControl, brake: Brake, darken: Callable[[], None]) -> None:
        """Take what it works with.

        Args:
            control: the thing to press.
            brake: the sensor's.
            darken: turns off the lamp and the infra-red light; it may wait for a disk where they are only simulated.
        """
        self._control = control
        self._brake = brake
        self._darken = darken
        self._lock = threading.Lock()
        self._presses = 0
        self._pulled_s: float | None = None
        self._has_darkened = False

    def take_presses(self) -> int:
        """Return how often the control was pressed since the last call; for the loop."""
        self._look_at_the_control()
        with self._lock:
            taken, self._presses = self._presses, 0
        return taken

    def look(self, now_s: float) -> None:
        """Obey a press, and darken the room of a loop that stands still; for a thread beside the loop.

        Args:
            now_s: of real elapsed time [s].
        """
        self._look_at_the_control()
        if not self._brake.is_on:
            self._pulled_s, self._has_darkened = None, False
        elif self._pulled_s is None:
            self._pulled_s = now_s
        elif now_s - self._pulled_s >= STANDS_STILL_S and not self._has_darkened and self._brake.has_stopped_all:
            self._has_darkened = True
            self._darken()

    def _look_at_the_control(self) -> None:
        with self._lock:
            came = self._control.take_presses()
            self._presses += came
        if came:
            self._brake.pull()
