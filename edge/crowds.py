"""Is more than one person there: two places that stir, with quiet between, and neither the other's reflection."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from edge.motion import Motion
from edge.resampling import FIELD_HZ, FIELD_SAMPLES, DisplacementField

# Two bodies are so far apart, and each stirs so far above the noise. Set on the simulator, as all limits here.
APART_M, STIR = 0.9, 8.0
# Somebody who comes in moves as nobody does who lies and breathes: energy that steady rotation does not foretell, so
# far above the noise, and so much more of it than where somebody lies.
VISIT_BURST, VISIT_SHARE = 8.0, 2.0
# Half width of the mean over neighbouring bins and receivers: a body is no narrower.
SMOOTH_M = 0.12
# Between two bodies the stir falls below this share of the lesser one. Neither the slope of one strong echo does so nor
# its tail of reflections in a room, whose bumps are shallow.
VALLEY_SHARE = 0.1
# A body's echo falls with the fourth power of its distance; what is weaker than this share of that is a reflection.
LEAST_SHARE = 2e-3
# Where somebody lies is known from so many calm seconds, and so near it a stir is theirs.
HOME_M, HOME_MEMORY = 0.6, 0.2
# Seconds out of the last ones: whoever gets up still shows in bed for two seconds; two who lie still are asked longer.
VISIT_SECONDS, VISIT_OF = 3, 4
CALM_SECONDS, CALM_OF = 4, 5
HOLD_S = 4.0
# Displacement this much alike is one body seen twice, by way of a wall.
ALIKE, ALIKE_FROM_S = 0.8, 8.0

Float = NDArray[np.float64]


class Crowd:
    """Follows one room second by second."""

    def __init__(self) -> None:
        self._home_m: float | None = None
        self._visited: deque[bool] = deque(maxlen=VISIT_OF)
        self._shared: deque[bool] = deque(maxlen=CALM_OF)
        self._until_s = -1.0

    def look(self, t_s: float, motion: Motion, field: DisplacementField, *, is_moving: bool) -> bool:
        """Take one second's motion in.

        Args:
            t_s: [s] frame time, rising.
            motion: of the last second.
            field: displacement of the calm part of the window.
            is_moving: a body turns or walks.

        Returns:
            True while two or more are believed to be there.
        """
        range_m = field.range_m[: field.bins]
        if len(range_m) < 3 or np.isnan(range_m).any():
            return False
        near = np.abs(np.subtract.outer(range_m, range_m)) <= SMOOTH_M
        mean = near / near.sum(axis=1, keepdims=True)
        is_visit = self._is_visit(mean @ motion.burst, motion.slow, range_m)
        calm = two_places(mean @ motion.slow, range_m)
        self._visited.append(is_visit)
        self._shared.append(calm is not None and not is_moving and not are_alike(field, *calm))
        if sum(self._visited) >= VISIT_SECONDS or sum(self._shared) >= CALM_SECONDS:
            self._until_s = t_s + HOLD_S
        if not is_moving and not is_visit:
            self._learn(motion.slow, range_m)
        return t_s < self._until_s

    def _is_visit(self, burst: Float, slow: Float, range_m: Float) -> bool:
        """Say whether somebody moves about while another goes on breathing where they have been lying."""
        if self._home_m is None:
            return False
        home, far = np.abs(range_m - self._home_m) < HOME_M, np.abs(range_m - self._home_m) >= APART_M
        if not home.any() or not far.any() or slow[home].max() < STIR:
            return False
        return bool(burst[far].max() > max(VISIT_BURST, VISIT_SHARE * burst[home].max()))

    def _learn(self, slow: Float, range_m: Float) -> None:
        if slow.max() < STIR:
            return
        place_m = float(range_m[int(np.argmax(slow))])
        if self._home_m is None or abs(place_m - self._home_m) > HOME_M:
            self._home_m = place_m
        self._home_m += HOME_MEMORY * (place_m - self._home_m)


def two_places(profile: Float, range_m: Float) -> tuple[float, float] | None:
    """Find two places that stir with quiet between them.

    Args:
        profile: shape (bins,), stir over noise, 1 where nothing moves.
        range_m: shape (bins,) [m], not falling.

    Returns:
        The stronger and the other [m]; None when there is only one, or none.
    """
    first = int(np.argmax(profile))
    if profile[first] < STIR:
        return None
    worth = (profile - 1) * (np.maximum(range_m, 0.3) / max(float(range_m[first]), 0.3)) ** 4
    far = (np.abs(range_m - range_m[first]) >= APART_M) & (profile >= STIR)
    far &= worth >= LEAST_SHARE * (profile[first] - 1)
    for other in np.flatnonzero(far)[np.argsort(-profile[far])]:
        low, high = sorted((first, int(other)))
        if profile[low : high + 1].min() <= VALLEY_SHARE * profile[other]:
            return float(range_m[first]), float(range_m[other])
    return None


def are_alike(field: DisplacementField, one_m: float, other_m: float) -> bool:
    """Say whether two places move as one: a body and its reflection."""
    if field.duration_s < ALIKE_FROM_S:
        return False
    # The second half of the channels is taken about the mean of the window, the first quarter of it bin by bin.
    own = field.field_mm.shape[1] // 2
    samples = min(FIELD_SAMPLES, round(field.duration_s * FIELD_HZ))
    places = [own + int(np.argmin(np.abs(field.range_m[: field.bins] - place))) for place in (one_m, other_m)]
    steps = np.diff(field.field_mm[-samples:, places].astype(np.float64), axis=0)
    size = float(np.sqrt((steps[:, 0] ** 2).sum() * (steps[:, 1] ** 2).sum()))
    return size > 0 and abs(float((steps[:, 0] * steps[:, 1]).sum())) / size > ALIKE
