"""The lamp in the room: on while the sensor is on, and a fault of it closes the sensor (rule K3)."""

from pathlib import Path
from typing import Protocol

from broker.clock import Clock
from broker.vocabulary import Lamp
from edge.fittings import LampSettings
from edge.gpio import Chip, KernelChip, Output, Sense

SETTLES_S = 0.1
"""[s] after a change in which the read-back may still say the old; longer is a fault (rule K3)."""


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


class GpioLamp:
    """A lamp on a pin, read back through a second pin where there is one.

    Without a second pin only what the chip drives is read back: a burnt-out lamp is not noticed then. A lamp that is
    lit although it should be dark is a fault as well: nobody could believe it again.
    """

    def __init__(self, output: Output, sense: Sense | None, clock: Clock) -> None:
        self._output = output
        self._sense = sense
        self._clock = clock
        self._driven: bool | None = None
        self._driven_s = 0.0

    def show(self, what: Lamp) -> bool:
        """Show it; a blinking lamp follows the clock from call to call."""
        now_s = self._clock.elapsed_s()
        wanted = _is_lit(what, now_s)
        try:
            if wanted is not self._driven:
                self._output.drive(wanted)
                self._driven, self._driven_s = wanted, now_s
            seen = (self._sense or self._output).level()
        except OSError:
            self._driven = None
            return False
        return seen is wanted or now_s - self._driven_s < SETTLES_S


def _is_lit(what: Lamp, now_s: float) -> bool:
    period_s = _PERIODS_S.get(what)
    if period_s is None:
        return what is Lamp.ON
    return now_s % period_s < period_s / 2


_PERIODS_S = {Lamp.BLINK: 2.0, Lamp.IDENTIFY: 0.5}
"""[s] of one blink: slow and calm before a pause ends, quick while somebody looks for the lamp."""


def lamp_of(settings: LampSettings, data_dir: Path, clock: Clock, chip: Chip | None = None) -> RoomLamp:
    """Return the lamp that the settings name.

    Args:
        settings: the `[lamp]` table.
        data_dir: the node's folder, where a simulated lamp shows itself.
        clock: the node's.
        chip: None means the kernel's chip of that path.

    Raises:
        SettingsError: the pins cannot be had.
    """
    if settings.line is None:
        return SimulatedLamp(data_dir / "lamp")
    pins = chip or KernelChip(settings.chip)
    back = settings.read_back
    sense = None if back is None else pins.sense(back, active_low=settings.read_back_active_low)
    return GpioLamp(pins.output(settings.line, active_low=settings.active_low), sense, clock)
