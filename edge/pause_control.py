"""The control in the room with which anybody closes the sensor at once (rules C5, S3); it can open nothing."""

from pathlib import Path
from typing import Protocol

from broker.clock import Clock
from edge.fittings import PauseSettings
from edge.gpio import Buttons, Chip, KernelChip

BETWEEN_PRESSES_S = 0.5
"""[s] within which two edges are one press: a worn contact, an elbow that slips."""
FAULT_COUNTS_EVERY_S = 300.0
"""[s] after which a control that still cannot be read counts again: half a pause, so that no gap opens."""


class PauseControl(Protocol):
    """A thing to press."""

    def take_presses(self) -> int:
        """Return how often it was pressed since the last call, 0 or more."""
        ...


class FilePauseControl:
    """A press is a file that appears; it stands in for the wall control until there is one.

    A press that cannot be taken away counts again, so a fault here keeps the sensor closed rather than open.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def take_presses(self) -> int:
        """Return 1 when the file is there, and take it away."""
        try:
            # Looked for first: a disk that stands still answers that, and taking away only when it goes on.
            self._path.stat()
            self._path.unlink()
        except FileNotFoundError:
            return 0
        except OSError:
            return 1
        return 1


class GpioPauseControl:
    """Buttons on pins: at two heights, each as good as the other.

    The kernel queues and debounces the presses, so that none is lost between two looks and a bouncing contact is one.
    Holding a button is one press. A control that cannot be read counts as pressed, again and again while it lasts: a
    room in which nobody could stop the sensor has none.
    """

    def __init__(self, buttons: Buttons, clock: Clock) -> None:
        self._buttons = buttons
        self._clock = clock
        self._counted_s = float("-inf")

    def take_presses(self) -> int:
        """Return 1 when a button was pressed since the last press that counted, 0 otherwise."""
        now_s = self._clock.elapsed_s()
        try:
            was_pressed, rest_s = bool(list(self._buttons.take())), BETWEEN_PRESSES_S
        except OSError:
            was_pressed, rest_s = True, FAULT_COUNTS_EVERY_S
        if not was_pressed or now_s - self._counted_s < rest_s:
            return 0
        self._counted_s = now_s
        return 1


def control_of(settings: PauseSettings, data_dir: Path, clock: Clock, chip: Chip | None = None) -> PauseControl:
    """Return the control that the settings name.

    Args:
        settings: the `[pause]` table.
        data_dir: the node's folder, where a file stands in for a press.
        clock: the node's.
        chip: None means the kernel's chip of that path.

    Raises:
        SettingsError: the pins cannot be had.
    """
    if not settings.lines:
        return FilePauseControl(data_dir / "pause")
    pins = chip or KernelChip(settings.chip)
    return GpioPauseControl(pins.buttons(settings.lines, active_low=settings.active_low), clock)
