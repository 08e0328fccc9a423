"""The lamp in the room: on while the sensor is on, and a fault of it closes the sensor (rule K3)."""

from pathlib import Path
from typing import Protocol

from broker.vocabulary import Lamp


class RoomLamp(Protocol):
    """A lamp that can be read back."""

    def show(self, what: Lamp) -> bool:
        """Show this from now on.

        Args:
            what: off, on, blink or identify; repeated calls with the same word only read back.

        Returns:
            False when the lamp could not be seen to do so.
        """
        ...


class SimulatedLamp:
    """A lamp without hardware; with a file, others on the machine can see what it shows.

    Attributes:
        shows: what it shows now.
        is_broken: set to play a lamp that cannot be lit.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.shows = Lamp.OFF
        self.is_broken = False
        self._written: Lamp | None = None

    def show(self, what: Lamp) -> bool:
        """Show it, unless the lamp is broken or its file cannot be written."""
        if self.is_broken and what is not Lamp.OFF:
            self.shows = Lamp.OFF
            return False
        if self._path is not None and what is not self._written:
            try:
                self._path.write_text(f"{what}\n", "ascii")
            except OSError:
                return False
            self._written = what
        self.shows = what
        return True
