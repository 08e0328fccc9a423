"""What each kind of sensor does its own way: from frames to who is where, and to the displacement that is judged."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from broker.vocabulary import Presence, Withheld
from edge.chest import Chest
from edge.framefaults import LOOK_BACK_S, fault_in
from edge.frames import Frame, FrameKind
from edge.holds import Followed
from edge.learned import LearnedJudge
from edge.noise_profile import NoiseProfile
from edge.occupancy import Occupancy, OccupancyWatch
from edge.reach import Reach
from edge.resampling import DisplacementField
from edge.shipped import BLOCKS, MOVEMENT, VITALS
from edge.signals import SignalWindow
from edge.verdicts import Judge, Verdict
from edge.zones import Zones
from models.runtime import Model, load


@dataclass(frozen=True)
class SensingModels:
    """The models that a node senses with."""

    movement: Model
    """Range profiles to displacement."""
    judge: Judge
    """Says what a window of displacement shows."""
    blocks: Callable[[], Model]
    """Loads what turns pictures into block motion; called for the first picture alone, for most nodes have a radar."""


def shipped_models() -> SensingModels:
    """Load the models that a node runs, checked against their cards.

    Raises:
        ModelError: a model file is missing or is not the one on its card.
    """
    return SensingModels(load(MOVEMENT), LearnedJudge(load(VITALS)), lambda: load(BLOCKS))


class Sense(Protocol):
    """One sensor's way from frames to motion, place and displacement."""

    @property
    def window(self) -> Followed:
        """What a held breath is watched in."""
        ...

    @property
    def finds_by_breath(self) -> bool:
        """Whether a breath that is told is enough to say that somebody is there, without any other stirring."""
        ...

    @property
    def newest_s(self) -> float | None:
        """When the newest frame was [s]; None before the first."""
        ...

    def add(self, frame: Frame) -> bool:
        """Take one frame in; False when it begins a new window.

        Raises:
            ModelError: a model refused it.
        """
        ...

    def restart(self) -> None:
        """Forget who was where."""
        ...

    def fault(self) -> Withheld | None:
        """Name the gravest fault of the newest frames; None when they are sound."""
        ...

    def look(self, t_s: float, calm_since_s: float) -> Occupancy | None:
        """Say who is where, this second; None while there are too few frames.

        Args:
            t_s: [s], rising.
            calm_since_s: [s] frame time from which the body was calm; older frames are not judged.

        Raises:
            ModelError: a model gave no number.
        """
        ...

    def settle(self) -> None:
        """Note that a body moved: what lay still before lies elsewhere now."""
        ...

    def note_breath(self, t_s: float) -> None:
        """Note that somebody was told to breathe just now."""
        ...

    def judge(self, *, accepts_machines: bool) -> tuple[Verdict, Chest]:
        """Judge the calm part of the window that was looked at last; see `Judge.judge`."""
        ...


class RadarSense:
    """Range profiles, and displacement that another instrument measured."""

    def __init__(self, models: SensingModels, zones: Zones, profile: Callable[[], NoiseProfile | None]) -> None:
        """Begin with nothing known.

        Args:
            models: what it senses with.
            zones: of the room.
            profile: gives what the empty room does by itself; it may be measured while this one looks.
        """
        self._judge = models.judge
        self._profile = profile
        self._reach = Reach(zones)
        self.window = SignalWindow(models.movement)
        self._occupancy = OccupancyWatch(zones)
        self._field: DisplacementField | None = None

    @property
    def finds_by_breath(self) -> bool:
        """See `Sense`: a trace shows nothing but a chest; of range profiles the stirring says more."""
        return self.window.layout is not None and self.window.layout.kind is FrameKind.TRACE

    @property
    def newest_s(self) -> float | None:
        """See `Sense`."""
        newest = self.window.recent(LOOK_BACK_S)
        return newest[-1].t_s if newest else None

    def add(self, frame: Frame) -> bool:
        """See `Sense`."""
        return self.window.add(self._reach.cut(frame))

    def restart(self) -> None:
        """See `Sense`."""
        self._occupancy.restart()

    def fault(self) -> Withheld | None:
        """See `Sense`."""
        return fault_in(self.window.recent(LOOK_BACK_S))

    def settle(self) -> None:
        """Do nothing: the echo's centre is worked out anew from the calm part of each window."""

    def note_breath(self, t_s: float) -> None:
        """Do nothing: a chest that breathes stirs, and that was seen already."""

    def look(self, t_s: float, calm_since_s: float) -> Occupancy | None:
        """See `Sense`."""
        layout = self.window.layout
        room = None if layout is None else self._known_room(layout.range_m)
        reading = self.window.read(calm_since_s, None if room is None else room.noise_power)
        if reading is None:
            return None
        self._field = reading.field
        motion = reading.motion if room is None else room.less_room(reading.motion)
        seen = self._occupancy.look(t_s, motion, reading.field)
        # A trace has no range and no empty room to compare with: silence in it proves nothing.
        return replace(seen, presence=Presence.UNSURE, people=None) if self.finds_by_breath else seen

    def judge(self, *, accepts_machines: bool) -> tuple[Verdict, Chest]:
        """See `Sense`."""
        assert self._field is not None
        room = self._known_room(self._field.range_m[: self._field.bins])
        field = self._field if room is None else room.less_lines(self._field)
        verdict, chest = self._judge.judge(field, accepts_machines=accepts_machines)
        if room is not None and room.is_of_the_room(chest.rate_per_min, _place_of(chest, field)):
            return Verdict(None, None, Withheld.LOW_QUALITY, 0.0, False), chest
        return verdict, chest

    def _known_room(self, range_m: NDArray[np.float64]) -> NoiseProfile | None:
        """Return what the empty room does; None when it was not measured, or with other range bins."""
        profile = self._profile()
        return profile if profile is not None and profile.fits(range_m) else None


def _place_of(chest: Chest, field: DisplacementField) -> float:
    """Return the distance of the channel that says most about the line [m]."""
    return float(field.range_m[int(np.argmax(np.abs(chest.mixing)))])
