"""One look of the sensor, and the sources that give one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class FrameKind(StrEnum):
    """What the numbers of a frame are."""

    RADAR = "radar"
    """A complex range profile."""
    TRACE = "trace"
    """Displacement that another instrument has already measured [mm]."""


@dataclass(frozen=True, eq=False)
class Layout:
    """What is the same for all frames of one stretch; a new object means a new window."""

    kind: FrameKind
    range_m: NDArray[np.float64]
    """[m] shape (channels,), distance of each range bin; NaN where unknown."""
    wavelength_m: float
    """[m] of the carrier; NaN for traces."""
    frame_rate_hz: float
    """[Hz] as the sensor was told; NaN when it does not say."""

    @property
    def channels(self) -> int:
        """Numbers in each frame."""
        return int(self.range_m.shape[0])


@dataclass(frozen=True, eq=False)
class Frame:
    """One look of the sensor, with the faults that the sensor itself reports."""

    layout: Layout
    t_s: float
    """[s] since the source began (a recording's first frame; a live source's opening), by the sensor's own clock."""
    values: NDArray[np.complex64]
    """shape (channels,): arbitrary units (radar), or mm in the real part (trace)."""
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
