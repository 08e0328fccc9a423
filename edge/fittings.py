"""What hangs on the wall beside the sensor, as `node.toml` tells it: lamp, control and light (rules C5, K3, K4)."""

from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from broker.configuration import CLOSED

Pin = Annotated[int, Field(ge=0, le=1023)]
ChipPath = Annotated[str, Field(pattern=r"^/dev/gpiochip\d{1,3}$")]


class LampSettings(BaseModel):
    """The `[lamp]` table."""

    model_config = CLOSED

    chip: ChipPath = "/dev/gpiochip0"
    """Which chip the lamp hangs on."""
    line: Pin | None = None
    """The lamp's pin; without one the lamp is simulated and shows itself in `data_dir/lamp`, in a demonstration
    alone."""
    active_low: bool = False
    """true: the lamp is lit while the pin is low."""
    read_back: Pin | None = None
    """A pin that tells whether current flows through the lamp; without one a burnt-out lamp is not noticed."""
    read_back_active_low: bool = False
    """true: current flows while that pin is low."""

    @model_validator(mode="after")
    def _two_pins(self) -> Self:
        if self.read_back is not None and self.read_back == self.line:
            raise ValueError("`read_back` is another pin than `line`: a pin cannot prove itself")
        if self.read_back is not None and self.line is None:
            raise ValueError("`read_back` needs `line`")
        return self


class IlluminatorSettings(BaseModel):
    """The `[illuminator]` table: a camera's infra-red light."""

    model_config = CLOSED

    chip: ChipPath = "/dev/gpiochip0"
    """Which chip the light hangs on."""
    line: Pin | None = None
    """The pin that switches the light; without one the light is simulated and shows itself in `data_dir/illuminator`,
    in a demonstration alone."""
    active_low: bool = False
    """true: the light shines while the pin is low; not advised, for a pin that nobody holds is often low."""
    is_absent: bool = False
    """true: there is no infra-red light, neither beside the camera nor in it."""

    @model_validator(mode="after")
    def _there_or_not(self) -> Self:
        if self.is_absent and self.line is not None:
            raise ValueError(
                "`line` names the pin of a light, and `is_absent` says that there is none: keep one of them"
            )
        return self


class PauseSettings(BaseModel):
    """The `[pause]` table."""

    model_config = CLOSED

    chip: ChipPath = "/dev/gpiochip0"
    """Which chip the buttons hang on."""
    lines: Annotated[tuple[Pin, ...], Field(max_length=4)] = ()
    """The buttons' pins, one for each height; without any a file `data_dir/pause` stands in for a press, in a
    demonstration alone."""
    active_low: bool = True
    """true: pressed while the pin is low, as with a button to ground."""

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.lines)) != len(self.lines):
            raise ValueError("`lines` names each pin once")
        return self
