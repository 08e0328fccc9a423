"""A window to an estimate, once a second: a value, or the reason why there is none."""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from broker.vocabulary import Presence, SensedState, Withheld, Zone
from edge.chest import Chest
from edge.framefaults import LOOK_BACK_S, fault_in
from edge.frames import Frame, FrameKind
from edge.hints import HintWatch
from edge.holds import HoldWatch
from edge.noise_profile import NoiseProfile
from edge.occupancy import Occupancy, OccupancyWatch
from edge.reach import Reach
from edge.resampling import DisplacementField
from edge.signals import SignalWindow, WindowReading
from edge.verdicts import Judge, Verdict
from edge.zones import Zones
from models.errors import ModelError
from models.runtime import Model

# After a movement this long is left out: the body settles, and the duvet with it.
SETTLE_S = 1.0
# Nothing came for this long: the source is silent.
SILENT_S = 1.5


@dataclass(frozen=True)
class Estimate:
    """What is believed about the room at one second; it may be wrong, and says how far."""

    captured_at: datetime
    """UTC, of the newest frame."""
    elapsed_s: float
    """[s] on the clock of the process, for ages."""
    t_s: float
    """[s] whole seconds since the source began."""
    presence: Presence
    state: SensedState
    movement: float
    """0 (the empty room's noise) to 1 (walking)."""
    people: int | None
    """0, 1, 2 (two or more); None when not known."""
    zone: Zone | None
    """Where the evidence of a person lies; None when there is none."""
    respiratory_rate_per_min: float | None
    respiratory_rate_uncertainty_per_min: float | None
    """Half-width of the interval that holds 90 % of true values [1/min]; None exactly when the rate is."""
    respiratory_rate_withheld: Withheld | None
    """None exactly when there is a rate."""
    pulse_rate_per_min: float | None
    pulse_rate_uncertainty_per_min: float | None
    pulse_rate_withheld: Withheld | None
    quality: float
    """0..1, share of the window's evidence that agrees; not a probability."""
    living_age_s: float | None
    """[s] since motion of a living body was last seen; None when not since the source began."""
    model: str
    """sha256 of the model behind the rate."""
    frames_read: int
    frames_lost: int
    frames_bad: int


@dataclass(frozen=True)
class Moment:
    """When an estimate is made, and how the reading has gone so far."""

    t_s: float
    captured_at: datetime
    elapsed_s: float
    frames_read: int = 0
    frames_lost: int = 0
    frames_bad: int = 0


def withheld_estimate(moment: Moment, reason: Withheld, model: str, living_age_s: float | None = None) -> Estimate:
    """Make an estimate in which everything is withheld for one reason."""
    return Estimate(
        captured_at=moment.captured_at,
        elapsed_s=moment.elapsed_s,
        t_s=moment.t_s,
        presence=Presence.UNSURE,
        state=SensedState.UNSURE,
        movement=0.0,
        people=None,
        zone=None,
        respiratory_rate_per_min=None,
        respiratory_rate_uncertainty_per_min=None,
        respiratory_rate_withheld=reason,
        pulse_rate_per_min=None,
        pulse_rate_uncertainty_per_min=None,
        pulse_rate_withheld=reason,
        quality=0.0,
        living_age_s=living_age_s,
        model=model,
        frames_read=moment.frames_read,
        frames_lost=moment.frames_lost,
        frames_bad=moment.frames_bad,
    )


class Estimator:
    """Takes frames in and answers once a second."""

    def __init__(
        self,
        movement: Model,
        judge: Judge,
        zones: Zones,
        *,
        profile: NoiseProfile | None = None,
        accepts_phantom: bool = False,
    ) -> None:
        """Begin with nothing known.

        Args:
            movement: the per-frame graph.
            judge: says what a window shows.
            zones: of the room.
            profile: what the empty room does by itself; None when it was never measured.
            accepts_phantom: take a machine's breath for a breath. For a breathing phantom in a commissioning run alone:
                its rate is a number about a machine, never a vital sign (rule A11).
        """
        self.zones = zones
        self.profile = profile
        self._accepts_phantom = accepts_phantom
        self._parts = (movement, judge, zones)
        self._judge = judge
        self._reach = Reach(zones)
        self._window = SignalWindow(movement)
        self._occupancy = OccupancyWatch(zones)
        self._hints = HintWatch(zones)
        self._is_hinted = False
        self._hold = HoldWatch()
        self._calm_since_s = 0.0
        self._living_s: float | None = None

    @property
    def model(self) -> str:
        """Hex digest of the model behind the rate."""
        return self._judge.model

    def for_a_phantom(self) -> "Estimator":
        """Return a fresh estimator of the same room that takes a breathing phantom for a chest (rule N3)."""
        return Estimator(*self._parts, profile=self.profile, accepts_phantom=True)

    def restart(self) -> None:
        """Forget everything: another recording, or the same once more."""
        self._occupancy.restart()
        self._hints.restart()
        self._hold.restart()
        self._living_s = None

    def add(self, frame: Frame) -> None:
        """Take one frame in."""
        self._is_hinted = frame.layout.kind is FrameKind.HINT
        if self._is_hinted:
            self._hints.add(frame)
            return
        if not self._window.add(self._reach.cut(frame)):
            self._calm_since_s = frame.t_s
            self.restart()

    def estimate(self, moment: Moment) -> Estimate:
        """Answer for one second, from the frames up to now."""
        t_s = moment.t_s
        if self._is_hinted:
            return self._repeat(moment)
        newest = self._window.recent(LOOK_BACK_S)
        fault = fault_in(newest)
        if newest and t_s - newest[-1].t_s > SILENT_S:
            fault = Withheld.SENSOR_FAULT
        if fault is not None:
            self._calm_since_s = t_s
            self._hold.restart()
            return withheld_estimate(moment, fault, self.model, self._living_age(t_s))
        try:
            layout = self._window.layout
            room = None if layout is None else self._known_room(layout.range_m)
            reading = self._window.read(self._calm_since_s, None if room is None else room.noise_power)
            if reading is None:
                return withheld_estimate(moment, Withheld.WARMING_UP, self.model, self._living_age(t_s))
            return self._answer(moment, reading)
        except ModelError:
            return withheld_estimate(moment, Withheld.MODEL_FAULT, self.model, self._living_age(t_s))

    def _repeat(self, moment: Moment) -> Estimate:
        """Say what a module says of presence and movement; its rates are never a vital sign (SENSING)."""
        seen = self._hints.look(moment.t_s)
        if seen is None:
            return withheld_estimate(moment, Withheld.SENSOR_FAULT, self.model)
        return self._put_together(moment, seen, _HINTED)

    def _answer(self, moment: Moment, reading: WindowReading) -> Estimate:
        t_s = moment.t_s
        room = self._known_room(reading.field.range_m[: reading.field.bins])
        motion = reading.motion if room is None else room.less_room(reading.motion)
        seen = self._occupancy.look(t_s, motion, reading.field)
        if seen.is_moving:
            self._calm_since_s = t_s + SETTLE_S
            self._hold.restart()
        has_resumed = not seen.is_moving and self._hold.look(self._window)
        if has_resumed:
            self._calm_since_s = t_s - HoldWatch.RESUME_S
        seen = replace(seen, presence=Presence.UNSURE, people=None) if self._is_trace() else seen
        verdict = _FRESH if has_resumed else self._rate(seen, reading)
        seen = _with_evidence(seen, verdict, self._is_trace())
        is_living = seen.is_moving or (seen.presence is Presence.PRESENT and not self._hold.is_held)
        if is_living:
            self._living_s = t_s
        return self._put_together(moment, seen, verdict)

    def _rate(self, seen: Occupancy, reading: WindowReading) -> Verdict:
        reason = self._plain_reason(seen)
        if reason is not None:
            return Verdict(None, None, reason, 0.0, None)
        room = self._known_room(reading.field.range_m[: reading.field.bins])
        field = reading.field if room is None else room.less_lines(reading.field)
        verdict, chest = self._judge.judge(field, accepts_machines=self._accepts_phantom)
        if room is not None and room.is_of_the_room(chest.rate_per_min, _place_of(chest, field)):
            return Verdict(None, None, Withheld.LOW_QUALITY, 0.0, False)
        if verdict.is_alive is False:
            return verdict
        if seen.people == 2:
            return Verdict(None, None, Withheld.SECOND_PERSON, 0.0, None)
        if verdict.rate_per_min is None:
            return verdict
        self._hold.learn(self._window, chest)
        is_there = seen.presence is Presence.PRESENT or self._is_trace()
        if not is_there or self._hold.is_waning:
            return replace(verdict, rate_per_min=None, uncertainty_per_min=None, withheld=Withheld.LOW_QUALITY)
        return verdict

    def _known_room(self, range_m: NDArray[np.float64]) -> NoiseProfile | None:
        """Return what the empty room does; None when it was not measured, or with other range bins."""
        fits = self.profile is not None and self.profile.fits(range_m)
        return self.profile if fits else None

    def _plain_reason(self, seen: Occupancy) -> Withheld | None:
        """Name what makes a rate impossible before any spectrum is looked at."""
        if seen.is_moving:
            return Withheld.MOVING
        if self._hold.is_held:
            return Withheld.NO_BREATHING_SEEN
        return Withheld.NO_PRESENCE if seen.presence is Presence.ABSENT else None

    def _put_together(self, moment: Moment, seen: Occupancy, verdict: Verdict) -> Estimate:
        presence = Presence.PRESENT if self._hold.is_held else seen.presence
        base = withheld_estimate(moment, Withheld.LOW_QUALITY, self.model, self._living_age(moment.t_s))
        return replace(
            base,
            presence=presence,
            state=self._state(seen, verdict),
            movement=round(seen.movement, 3),
            people=1 if self._hold.is_held and seen.people is None else seen.people,
            zone=seen.zone,
            respiratory_rate_per_min=None if verdict.rate_per_min is None else round(verdict.rate_per_min, 2),
            respiratory_rate_uncertainty_per_min=verdict.uncertainty_per_min,
            respiratory_rate_withheld=verdict.withheld,
            pulse_rate_withheld=_pulse_reason(verdict),
            quality=verdict.quality,
        )

    def _state(self, seen: Occupancy, verdict: Verdict) -> SensedState:
        if seen.is_moving:
            return SensedState.MOVING
        if self._hold.is_held:
            return SensedState.NO_BREATHING_SEEN
        if seen.presence is Presence.ABSENT:
            return SensedState.EMPTY
        return SensedState.BREATHING if verdict.rate_per_min is not None else SensedState.UNSURE

    def _is_trace(self) -> bool:
        """A trace has no range and no empty room to compare with: silence in it proves nothing."""
        return self._window.layout is not None and self._window.layout.kind is FrameKind.TRACE

    def _living_age(self, t_s: float) -> float | None:
        return None if self._living_s is None else max(0.0, t_s - self._living_s)


# Breathing has just come back: the window before it is another chest's, and says nothing of this one.
_FRESH = Verdict(None, None, Withheld.WARMING_UP, 0.0, None)
# A module's own word is no evidence of breathing.
_HINTED = Verdict(None, None, Withheld.LOW_QUALITY, 0.0, None)


def _with_evidence(seen: Occupancy, verdict: Verdict, is_trace: bool) -> Occupancy:
    """Take back 'somebody is there' when all that moves is a machine; in a trace, only breathing says it."""
    if verdict.is_alive is False and not seen.is_moving:
        return replace(seen, presence=Presence.UNSURE, people=None, zone=None)
    if is_trace and verdict.rate_per_min is not None:
        return replace(seen, presence=Presence.PRESENT, people=1)
    return seen


def _place_of(chest: Chest, field: DisplacementField) -> float:
    """Return the distance of the channel that says most about the line [m]."""
    return float(field.range_m[int(np.argmax(np.abs(chest.mixing)))])


def _pulse_reason(verdict: Verdict) -> Withheld:
    """A pulse is never given here: no graph has shown evidence for one."""
    keep = (Withheld.MOVING, Withheld.NO_PRESENCE, Withheld.SECOND_PERSON, Withheld.WARMING_UP, Withheld.SENSOR_MOVED)
    return verdict.withheld if verdict.withheld in keep else Withheld.LOW_QUALITY
