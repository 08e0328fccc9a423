"""Is somebody there, where, and how many: a small state machine over the motion of each second."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from broker.vocabulary import Presence, Zone
from edge.crowds import Crowd
from edge.motion import Motion
from edge.presence import PresenceWatch
from edge.resampling import DisplacementField
from edge.zones import Zones

# Set on the simulator. Of one second: an empty room stays below 2.0, a sleeper seldom below 4.
STIR, QUIET = 4.0, 2.2
# Of ten seconds together: an empty room stays below 1.5; a shallow breather far away comes to 1.9 and more.
LONG_STIR, LONG_QUIET = 2.2, 1.6
LONG_S = 10
# Set on the simulator: a turning body has an incoherence above 1.2, a breathing one seldom above 0.3.
MOVE_RESTLESSNESS, MOVE_INCOHERENCE = 4.0, 0.6
CALM_RESTLESSNESS, CALM_INCOHERENCE = 3.0, 0.5
FULL_SCALE_DB = 2.0
# A walk goes one way for three seconds; what alternates between two places does not.
WALK_STEP_M, WALK_M, WALK_STIR = 0.12, 0.5, 10.0


@dataclass(frozen=True)
class Occupancy:
    """Who is where, this second."""

    presence: Presence
    is_moving: bool
    movement: float
    """0 (the empty room's noise) to 1 (walking)."""
    people: int | None
    """0, 1, 2 (two or more); None when not known."""
    range_m: float | None
    """[m] of the middle of the stirring; None when nothing stirs or the sensor has no ranges."""
    zone: Zone | None
    is_low: bool = False
    """All that is seen of them lies on the floor; only a camera with its floor drawn can tell."""
    is_presumed: bool = False
    """Nothing stirs this second: somebody came in, or breathed, and was not seen to leave. No sign of life."""


class OccupancyWatch:
    """Follows one room second by second."""

    def __init__(self, zones: Zones) -> None:
        self._zones = zones
        self.restart()

    def restart(self) -> None:
        """Forget everything: another recording, or a hole in it."""
        self._is_moving = False
        self._watch = PresenceWatch()
        self._crowd = Crowd()
        self._path_m: deque[float | None] = deque(maxlen=3)
        self._long: deque[NDArray[np.float64]] = deque(maxlen=LONG_S)
        self._last_zone: Zone | None = None

    def look(self, t_s: float, motion: Motion, field: DisplacementField) -> Occupancy:
        """Take one second's motion in.

        Args:
            t_s: [s] frame time, rising.
            motion: of the last second.
            field: displacement of the calm part of the window.
        """
        range_m = field.range_m[: field.bins]
        self._path_m.append(_middle(motion.quick, range_m) if motion.quick.max(initial=0.0) > WALK_STIR else None)
        self._is_moving = self._moves(motion) or _is_walk(list(self._path_m))
        # Only quiet seconds add up: one loud one would outweigh nine of silence after it.
        self._long.append(motion.slow)
        if self._is_moving or float(motion.slow.max()) > STIR:
            self._long.clear()
        stir = self._is_moving or float(motion.slow.max()) > STIR or self._long_stir() > LONG_STIR
        place_m = _place(motion, range_m, self._is_moving) if stir else None
        presence = self._watch.look(
            t_s,
            stirs=stir,
            may_leave=place_m is not None and self._zones.is_exit(place_m),
            is_moving=self._is_moving,
            is_silent=len(self._long) == LONG_S and self._long_stir() < LONG_QUIET,
        )
        is_crowd = self._crowd.look(t_s, motion, field, is_moving=self._is_moving)
        people = 2 if is_crowd else {Presence.ABSENT: 0, Presence.PRESENT: 1}.get(presence)
        zone = self._zone(presence, place_m)
        return Occupancy(presence, self._is_moving, movement_level(motion), people, place_m, zone)

    def _zone(self, presence: Presence, place_m: float | None) -> Zone | None:
        """Name where the evidence lies; somebody who went into the en-suite is still said to be there."""
        if presence is Presence.ABSENT:
            return Zone.ENSUITE if self._last_zone is Zone.ENSUITE else None
        if place_m is None:
            return None
        self._last_zone = self._zones.at(place_m)
        return self._last_zone

    def _long_stir(self) -> float:
        """Return how far the strongest bin stirred over ten seconds; 1 is noise, and so is less than ten seconds."""
        return float(np.mean(self._long, axis=0).max()) if len(self._long) == LONG_S else 1.0

    def _moves(self, motion: Motion) -> bool:
        if self._is_moving:
            return motion.restlessness > CALM_RESTLESSNESS and motion.incoherence > CALM_INCOHERENCE
        return motion.restlessness > MOVE_RESTLESSNESS and motion.incoherence > MOVE_INCOHERENCE


def movement_level(motion: Motion) -> float:
    """Put the motion of a second on a scale from 0 (the empty room's noise) to 1 (walking)."""
    loud = np.log10(max(motion.restlessness, 1.0) / 2) / FULL_SCALE_DB
    return float(np.clip(loud, 0, 1) * np.clip(motion.incoherence, 0, 1))


def _place(motion: Motion, range_m: NDArray[np.float64], is_moving: bool) -> float | None:
    """Return the middle of what stirs [m]: of the newest half second where it can be told, else of the last second."""
    if is_moving or motion.quick.max(initial=0.0) > WALK_STIR:
        return _middle(motion.quick, range_m)
    return _middle(motion.slow, range_m)


def _middle(profile: NDArray[np.float64], range_m: NDArray[np.float64]) -> float | None:
    """Return the middle of a profile's strong part [m]; None for a sensor without ranges, or where nothing stirs."""
    if np.isnan(range_m).any():
        return None
    weight = np.maximum(profile - QUIET, 0)
    peak = float(weight.max(initial=0))
    if peak <= 0:
        return None
    strong = np.where(weight > 0.2 * peak, weight, 0)
    return float((strong * range_m).sum() / strong.sum())


def _is_walk(path_m: list[float | None]) -> bool:
    """Say whether three seconds lead one way, farther than a body that turns."""
    known = [place for place in path_m if place is not None]
    if len(known) < 3:
        return False
    steps = np.diff(known)
    one_way = bool((steps > WALK_STEP_M).all() or (steps < -WALK_STEP_M).all())
    return one_way and abs(known[-1] - known[0]) > WALK_M
