"""One look of the sensor, and the sources that give one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from edge.view import View


class FrameKind(StrEnum):
    """What the numbers of a frame are."""

    RADAR = "radar"
    """A complex range profile."""
    TRACE = "trace"
    """Displacement that another instrument has already measured [mm]."""
    CAMERA = "camera"
    """A grey picture, which is forgotten as soon as its motion has been measured."""
    HINT = "hint"
    """No numbers of its own: what a module with its own firmware says it sees (see `Hint`)."""


@dataclass(frozen=True, eq=False)
class Layout:
    """What is the same for all frames of one stretch; a new object means a new window."""

    kind: FrameKind
    range_m: NDArray[np.float64]
    """[m] shape (channels,), distance of each channel; NaN where unknown.

    Channels are ordered by range, and the receivers of one range stand next to each other."""
    wavelength_m: float
    """[m] of the carrier; NaN for everything but a radar."""
    frame_rate_hz: float
    """[Hz] as the sensor was told; NaN when it does not say."""
    receivers: int = 1
    """Channels of the same range, side by side: channel = range index * receivers + receiver."""
    view: View | None = None
    """How a camera looks at the room; None for everything else."""

    @property
    def channels(self) -> int:
        """Numbers in each frame."""
        return int(self.range_m.shape[0])


@dataclass(frozen=True)
class Target:
    """One person-like thing that a module says it follows; the sensor is the origin."""

    track_id: int
    """The module's own number of the track; it is used again for others."""
    x_m: float
    """[m] to the right, as the sensor looks."""
    y_m: float
    """[m] straight ahead."""
    z_m: float
    """[m] up; 0.0 where the module knows no height."""
    vx_m_per_s: float
    vy_m_per_s: float
    vz_m_per_s: float


@dataclass(frozen=True)
class Hint:
    """What a module itself says it sees. It is never a vital sign for people; None: the module does not say."""

    presence: bool | None = None
    is_moving: bool | None = None
    movement: float | None = None
    """0 (still) to 1 (the module's maximum)."""
    distance_m: float | None = None
    """[m] of what the module sees nearest or strongest."""
    targets: tuple[Target, ...] | None = None
    """What is followed now; empty: the module follows nothing."""
    respiratory_rate_per_min: float | None = None
    """As the module prints it; for comparison in evaluations only."""
    pulse_rate_per_min: float | None = None
    """As the module prints it; for comparison in evaluations only."""


@dataclass(frozen=True, eq=False)
class Frame:
    """One look of the sensor, with the faults that the sensor itself reports."""

    layout: Layout
    t_s: float
    """[s] since the source began (a recording's first frame; a live source's opening), by the sensor's own clock."""
    values: NDArray[np.complex64]
    """shape (channels,): arbitrary units (radar), or mm in the real part (trace); no channels (camera, hint)."""
    noise_power: NDArray[np.float32] | None = None
    """shape (channels,), noise power of `values` seen inside the frame; None when it cannot be seen."""
    lost_before: int = 0
    """Frames that the sensor or the link lost just before this one."""
    is_saturated: bool = False
    """The receiver's converter was at its limit."""
    is_late: bool = False
    """The sensor could not keep its frame rate."""
    needs_calibration: bool = False
    """The sensor asks to be calibrated again (temperature)."""
    hint: Hint | None = None
    """What the module says beside its numbers, or instead of them."""
    picture: NDArray[np.uint8] | None = field(default=None, repr=False)
    """shape (240, 320), grey, already masked by the layout's view; None for everything but a camera."""


@dataclass(frozen=True)
class LoopMark:
    """The recording starts again."""

    loop: int
    """2 for the first repetition."""


@dataclass(frozen=True)
class Quiet:
    """Nothing has come for a moment; a live source says so at least every half second, so that time goes on."""

    t_s: float
    """[s] since the source began, as in `Frame.t_s`."""
    why: str = ""
    """What is wrong, as a sentence with its remedy: the sensor is lost, and tried again. Empty while nothing is."""


@dataclass
class FrameCount:
    """How the reading went, for the summary line."""

    read: int = 0
    lost: int = 0
    bad: int = 0
    warnings: list[str] = field(default_factory=list)
    """Plain sentences, such as that the recording is cut."""


class FrameSource(Protocol):
    """Gives frames in order of time; owns the device or file until closed."""

    @property
    def count(self) -> FrameCount:
        """Frames read, lost and bad so far."""
        ...

    def __iter__(self) -> Iterator[Frame | LoopMark | Quiet]:
        """Give frames until the source ends; a live source does not end, and says when nothing comes.

        Raises:
            SourceError: the source cannot be read any further.
        """
        ...

    def close(self) -> None:
        """Give the device or file back; may be called twice."""
        ...
