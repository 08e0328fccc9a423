"""How far the room goes: range bins behind its farthest zone are left out before anything else sees a frame.

Radar passes a light wall. What moves behind it is in another room, with another person who was asked nothing
(rules N3 and P3), so those bins are not looked at rather than looked at and explained away.
"""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edge.frames import Frame, Layout
from edge.zones import Zones


class Reach:
    """Cuts frames where the room ends; without zones, or where the sensor gives no ranges, nothing is cut."""

    def __init__(self, zones: Zones) -> None:
        self._end_m = zones.end_m
        self._of: Layout | None = None
        self._cut: Layout | None = None
        self._inside: NDArray[np.bool_] = np.ones(0, dtype=bool)

    def cut(self, frame: Frame) -> Frame:
        """Return the frame without what lies behind the room.

        Args:
            frame: as the sensor gave it.

        Returns:
            The same frame when all of it lies inside, or none of it does: then the zones are not this sensor's, and
            that must not look like an empty room.
        """
        if frame.layout is not self._of:
            self._of, self._cut = frame.layout, self._layout(frame.layout)
        if self._cut is None:
            return frame
        noise = None if frame.noise_power is None else frame.noise_power[self._inside]
        return replace(frame, layout=self._cut, values=frame.values[self._inside], noise_power=noise)

    def _layout(self, layout: Layout) -> Layout | None:
        if math.isinf(self._end_m) or np.isnan(layout.range_m).any():
            return None
        self._inside = layout.range_m <= self._end_m
        if self._inside.all() or not self._inside.any():
            return None
        return replace(layout, range_m=layout.range_m[self._inside])
