"""Modules that say what a test wants, as hint frames."""

import math
from collections.abc import Iterable, Iterator

import numpy as np

from edge.estimates import Estimate
from edge.frames import Frame, FrameKind, Hint, Layout, Target
from edge.zones import DEMO_ZONES, Zones
from tests.kit.sleeper import moment, new_estimator

NOTHING = np.zeros(0, dtype=np.complex64)


def layout(rate_hz: float = math.nan) -> Layout:
    return Layout(FrameKind.HINT, np.zeros(0), math.nan, rate_hz)


def frame(t_s: float, hint: Hint | None, rate_hz: float = math.nan) -> Frame:
    return Frame(layout(rate_hz), t_s, NOTHING, hint=hint)


def said(hint: Hint | None, start_s: float, end_s: float, step_s: float = 0.1) -> Iterator[Frame]:
    """Repeat a hint."""
    for index in range(round((end_s - start_s) / step_s)):
        yield frame(start_s + index * step_s, hint)


def target(x_m: float, y_m: float, track_id: int = 1) -> Target:
    return Target(track_id, x_m, y_m, 0.0, 0.0, 0.0, 0.0)


def watched(frames: Iterable[Frame], seconds: int, zones: Zones = DEMO_ZONES) -> list[Estimate]:
    """Estimate each second of what a module says; entry k is second k + 1."""
    estimator, waiting, seen = new_estimator(zones), list(frames), []
    for second in range(1, seconds + 1):
        while waiting and waiting[0].t_s <= second:
            estimator.add(waiting.pop(0))
        seen.append(estimator.estimate(moment(second)))
    return seen
