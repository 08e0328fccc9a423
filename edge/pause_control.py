"""The control in the room with which anybody closes the sensor at once (rules C5, S3); it can open nothing."""

from pathlib import Path
from typing import Protocol


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
            self._path.unlink()
        except FileNotFoundError:
            return 0
        except OSError:
            return 1
        return 1
