"""What an empty room does all by itself, in numbers: noise, stirring and periodic lines per range bin.

A few positive numbers per bin stand for minutes of frames. No phase, no order in time and no frame can be had back
from them (rule K1); what was recorded to make them is forgotten with the sensing process.
"""

import hashlib
import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from edge.errors import SettingsError
from edge.motion import Motion
from edge.resampling import DisplacementField

Float = NDArray[np.float64]

PROFILE_FILE = "noise-profile.json"
"""In the node's data folder."""
MAX_BINS = 256
MAX_LINES = 8
MAX_BYTES = 12_000
"""A longer file is not one of ours: 256 bins of four numbers with three digits and eight lines fit."""
QUIET_SLOW = 2.0
"""The structure function below which a second of noise stays (simulator; `edge.occupancy`)."""
SAME_RATE = 0.05
"""Share by which a rate may differ from a line's and still be it: a machine is true to about 2 %."""
LINE_HALF_WIDTH_M = 0.3
"""[m] over which a thing that moves is heard: the pulse's width and the thing's own."""
SAME_PLACE_M = 0.45
"""[m] a chest is about 0.3 m deep and the pulse about as long."""

_Numbers = Annotated[tuple[Annotated[float, Field(ge=0, le=1e15)], ...], Field(max_length=MAX_BINS)]


class RoomLine(BaseModel):
    """A thing that moves to and fro in the empty room: a fan's head, a pump, a vent's flap.

    Attributes:
        range_m: [m] where it moves most.
        rate_per_min: [1/min] how often.
        strength: 0..1, how far one period is like the next.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    range_m: Annotated[float, Field(ge=0, le=100)]
    rate_per_min: Annotated[float, Field(gt=0, le=1000)]
    strength: Annotated[float, Field(ge=0, le=1)]


class NoiseFile(BaseModel):
    """The file's content: closed and bounded, numbers alone.

    Attributes:
        measured_at: UTC, when the measuring ended.
        seconds: [s] how long the room was measured.
        range_m: [m] of each bin.
        noise_power: of each bin, in the sensor's own units squared.
        slow_median: of each bin, the median over the seconds of the structure function at one second, over the noise.
        slow_high: of each bin, the 99th percentile of the same.
        lines: what moves to and fro.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    measured_at: AwareDatetime
    seconds: Annotated[float, Field(ge=1, le=3600)]
    range_m: _Numbers
    noise_power: _Numbers
    slow_median: _Numbers
    slow_high: _Numbers
    lines: Annotated[tuple[RoomLine, ...], Field(max_length=MAX_LINES)] = ()

    @model_validator(mode="after")
    def _one_number_per_bin(self) -> Self:
        if len({len(one) for one in (self.range_m, self.noise_power, self.slow_median, self.slow_high)}) != 1:
            raise ValueError("every list has one number for each bin")
        return self


@dataclass(frozen=True, eq=False)
class NoiseProfile:
    """The empty room as the estimator uses it.

    Attributes:
        range_m: shape (bins,) [m].
        noise_power: shape (bins,), in the sensor's units squared.
        slow_median: shape (bins,), 1 is noise alone; see `edge.motion.Motion.slow`.
        slow_high: shape (bins,), what it seldom exceeds.
        lines: what moves to and fro.
    """

    range_m: Float
    noise_power: Float
    slow_median: Float
    slow_high: Float
    lines: tuple[RoomLine, ...]

    def fits(self, range_m: Float) -> bool:
        """Say whether it was measured with these range bins; another layout's profile says nothing."""
        return self.range_m.shape == range_m.shape and bool(np.allclose(self.range_m, range_m, atol=0.01))

    def less_room(self, motion: Motion) -> Motion:
        """Take from a second's motion what the empty room does too, bin by bin.

        A curtain's bin must stir more than the curtain ever did before it counts; every other bin stays as it was.
        """
        usual = np.maximum(self.slow_median, self.slow_high / QUIET_SLOW)
        share = np.where(self.slow_high > QUIET_SLOW, usual, 1.0)
        return replace(motion, slow=motion.slow / share, quick=motion.quick / share)

    def less_lines(self, field: DisplacementField) -> DisplacementField:
        """Trust no channel where something moves to and fro by itself, so that a chest elsewhere is heard beside it."""
        trust = field.trust.copy()
        for line in self.lines:
            trust[np.abs(field.range_m - line.range_m) <= LINE_HALF_WIDTH_M] = 0
        return replace(field, trust=trust)

    def is_of_the_room(self, rate_per_min: float, range_m: float) -> bool:
        """Say whether something that moves at this rate and place moved so when nobody was there."""
        return any(
            abs(rate_per_min - line.rate_per_min) <= SAME_RATE * line.rate_per_min
            and not math.isnan(range_m)
            and abs(range_m - line.range_m) <= SAME_PLACE_M
            for line in self.lines
        )


def three_digits(values: Float) -> tuple[float, ...]:
    """Round to three digits: no sensor knows its noise better, and the file stays small."""
    return tuple(float(f"{value:.3g}") for value in values)


def encoded(told: NoiseFile) -> bytes:
    """Write the file's bytes; their SHA-256 is the profile's name."""
    rows = json.loads(told.model_dump_json())
    return (json.dumps(rows, separators=(",", ":")) + "\n").encode()


def digest_of(raw: bytes) -> str:
    """Return the SHA-256 of a profile's bytes, 64 hex digits."""
    return hashlib.sha256(raw).hexdigest()


def read_profile(path: Path) -> NoiseProfile:
    """Read a profile.

    Raises:
        SettingsError: it cannot be read or is not one; the room is to be measured again.
    """
    try:
        raw = path.read_bytes()
        if len(raw) > MAX_BYTES:
            raise ValueError("too long")
        told = NoiseFile.model_validate_json(raw)
    except (OSError, ValueError, ValidationError) as error:
        raise SettingsError(
            f"{path}: not the noise profile of a room ({type(error).__name__}); move it away and measure the empty "
            "room again with `hushward room-check`"
        ) from error
    return profile_of(told)


def profile_of(told: NoiseFile) -> NoiseProfile:
    """Make of a file's content what the estimator uses."""
    return NoiseProfile(
        np.array(told.range_m),
        np.array(told.noise_power),
        np.array(told.slow_median),
        np.array(told.slow_high),
        told.lines,
    )
