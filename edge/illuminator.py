"""The infra-red light beside a camera: it shines while the sensor is on, and at no other time (rule K4)."""

import logging
from pathlib import Path
from typing import Protocol

from broker.vocabulary import Modality, SensorState
from edge.fittings import IlluminatorSettings
from edge.gpio import Chip, KernelChip, Output

log = logging.getLogger(__name__)

SENSES = (SensorState.OPENING, SensorState.OPEN)
"""A camera that opens sets its exposure by the light that it will have."""


class Illuminator(Protocol):
    """A light that nobody sees, and that is a lie when it shines beside a closed sensor."""

    def shine(self, is_on: bool) -> bool:
        """Shine or be dark from now on; repeated calls try again what failed.

        Returns:
            False when it could not be told so.
        """
        ...


class SimulatedIlluminator:
    """A light without hardware; with a file, others on the machine can see whether it shines.

    Attributes:
        shines: whether it does.
        is_broken: set to play a light that cannot be told anything.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.shines = False
        self.is_broken = False
        self._written: bool | None = None

    def shine(self, is_on: bool) -> bool:
        """Shine or be dark, unless it is broken or its file cannot be written."""
        if self.is_broken:
            return False
        if self._path is not None and is_on is not self._written:
            try:
                self._path.write_text("on\n" if is_on else "off\n", "ascii")
            except OSError:
                return False
            self._written = is_on
        self.shines = is_on
        return True


class GpioIlluminator:
    """A light on a pin; taking the pin drives it dark."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._driven: bool | None = None

    def shine(self, is_on: bool) -> bool:
        """Drive the pin when it changes, and read back what the chip drives."""
        try:
            if is_on is not self._driven:
                self._output.drive(is_on)
                self._driven = is_on
            is_so = self._output.level() is is_on
        except OSError:
            is_so = False
        if not is_so:
            self._driven = None
        return is_so


class NoIlluminator:
    """Nothing to light: a radar, or a camera that sees by the room's own light."""

    def shine(self, is_on: bool) -> bool:  # noqa: ARG002 (there is nothing to drive)
        """Do nothing."""
        return True


class LitWithSensor:
    """Keeps a light together with its sensor; the node asks it at each step, right after the sensor was followed."""

    def __init__(self, illuminator: Illuminator) -> None:
        self._illuminator = illuminator
        self._is_at_fault = False

    def follow(self, state: SensorState, *, may_sense: bool) -> None:
        """Shine while the sensor may sense and does; be dark at once in every other state.

        A light that cannot be told is named in the log once, and told again at each step.

        Args:
            state: the sensor's true state.
            may_sense: a lease lets it sense now.
        """
        is_on = may_sense and state in SENSES
        is_told = self._illuminator.shine(is_on)
        if not is_told and not self._is_at_fault:
            wanted = "on" if is_on else "off, though the sensor is"
            log.error("the infra-red light cannot be turned %s; look at its wire and at `[illuminator]`", wanted)
        self._is_at_fault = not is_told


def illuminator_of(
    settings: IlluminatorSettings, modality: Modality, data_dir: Path, chip: Chip | None = None
) -> Illuminator:
    """Return the light that the settings name, dark.

    Args:
        settings: the `[illuminator]` table.
        modality: the node's kind of sensor; a radar has no light.
        data_dir: the node's folder, where a simulated light shows itself.
        chip: None means the kernel's chip of that path.

    Raises:
        SettingsError: the pin cannot be had.
    """
    if modality is not Modality.CAMERA or settings.is_absent:
        return NoIlluminator()
    if settings.line is None:
        return SimulatedIlluminator(data_dir / "illuminator")
    return GpioIlluminator((chip or KernelChip(settings.chip)).output(settings.line, active_low=settings.active_low))
