"""The times of a camera's pictures: thinned evenly to what breathing needs, and read for what was lost."""

import math

from edge.frames import FrameCount

MOST_PER_S = 15.0
"""Frames a second that are passed on: breathing to 45 /min with its harmonics needs no more (SENSING, Camera)."""
LOSS_STEP = 1.6
"""A step of more than this many usual periods is a loss."""
_SLACK = 0.01


class Pace:
    """Says of each picture, by its time, whether it is passed on.

    Of a camera faster than 15 pictures a second every second one is passed on, or every third, and so on; those left
    out are neither lost nor bad. A picture whose time does not rise is bad: the same one again, or a broken clock.
    """

    def __init__(self, camera_rate_hz: float, count: FrameCount) -> None:
        """Begin.

        Args:
            camera_rate_hz: [Hz] at which pictures come.
            count: is kept up to date.
        """
        every = max(1, math.ceil(camera_rate_hz / MOST_PER_S - _SLACK))
        self.frame_rate_hz = camera_rate_hz / every
        """[Hz] of what is passed on."""
        self._least_step_s = 0.0 if every == 1 else (every - 0.5) / camera_rate_hz
        self._count = count
        self._last_s: float | None = None
        self._given_s: float | None = None

    def takes(self, t_s: float) -> bool:
        """Say whether a picture is passed on; ask once for each, in order."""
        if not math.isfinite(t_s) or (self._last_s is not None and t_s <= self._last_s):
            self._count.bad += 1
            return False
        self._last_s = t_s
        return self._given_s is None or t_s - self._given_s >= self._least_step_s

    def lost_before(self, t_s: float) -> int:
        """Note that a picture is given, and return how many are missing between it and the one before."""
        steps = 1.0 if self._given_s is None else (t_s - self._given_s) * self.frame_rate_hz
        self._given_s = t_s
        lost = round(steps) - 1 if steps > LOSS_STEP else 0
        self._count.read += 1
        self._count.lost += lost
        return lost
