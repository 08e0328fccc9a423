"""What is wrong with the frames themselves, as a withheld reason."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from broker.vocabulary import Withheld
from edge.frames import Frame

LOOK_BACK_S = 5.0
# Breathing up to 45 /min with its second harmonic needs more than 3 frames/s; phase needs small steps.
MIN_RATE_HZ = 5.0
MAX_SATURATED_SHARE = 0.1
MAX_LOST_SHARE = 0.5
# Relative spread of the intervals; 0.091 to 0.106 s for 0.1 is ordinary (RADAR_FORMATS section 3).
MAX_UNEVENNESS = 0.6
FROZEN_FRAMES = 4


class Timed(Protocol):
    """Anything that was seen at a time."""

    @property
    def t_s(self) -> float:
        """[s] since the source began."""
        ...

    @property
    def lost_before(self) -> int:
        """Frames lost just before it."""
        ...


def fault_in(frames: Sequence[Frame]) -> Withheld | None:
    """Find the gravest fault of the newest frames.

    Args:
        frames: of the last few seconds, oldest first.

    Returns:
        The reason to withhold everything; None when the frames are sound or too few to tell.
    """
    if len(frames) < 2:
        return None
    if is_frozen(frames):
        return Withheld.FROZEN
    if np.mean([frame.is_saturated for frame in frames]) > MAX_SATURATED_SHARE:
        return Withheld.SATURATED
    if all(frame.needs_calibration for frame in frames):
        return Withheld.LOW_QUALITY
    return fault_in_time(frames)


def is_frozen(frames: Sequence[Frame]) -> bool:
    """Say whether the newest frames are bit for bit the same: a living receiver always has noise."""
    newest = frames[-FROZEN_FRAMES:]
    if len(newest) < FROZEN_FRAMES:
        return False
    return all(np.array_equal(frame.values, newest[0].values) for frame in newest[1:])


def fault_in_time(frames: Sequence[Timed]) -> Withheld | None:
    """Find what is wrong with the times of the newest frames, or of what is left of them; None when they are sound."""
    intervals = np.diff([frame.t_s for frame in frames])
    lost = sum(frame.lost_before for frame in frames)
    if len(intervals) and 1 / float(np.median(intervals)) < MIN_RATE_HZ:
        return Withheld.LOW_FRAME_RATE
    if len(frames) < 5:
        return None
    if lost / (lost + len(frames)) > MAX_LOST_SHARE:
        return Withheld.LOW_FRAME_RATE
    if lost == 0 and float(np.std(intervals) / np.mean(intervals)) > MAX_UNEVENNESS:
        return Withheld.IRREGULAR_TIME
    return None
