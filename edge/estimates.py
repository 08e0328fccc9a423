"""A window to an estimate, once a second: a value, or the reason why there is none."""

from dataclasses import dataclass, replace
from datetime import datetime

from broker.vocabulary import Presence, SensedState, Withheld, Zone
from edge.block_activity import BlockActivity
from edge.camera.sense import CameraSense
from edge.frames import Frame, FrameKind
from edge.hints import HintWatch
from edge.holds import HoldWatch
from edge.noise_profile import NoiseProfile
from edge.occupancy import Occupancy
from edge.senses import RadarSense, Sense, SensingModels
from edge.verdicts import Verdict
from edge.zones import Zones
from models.errors import ModelError

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
    is_low: bool
    """All that is seen of a person lies on the floor; False where that cannot be told."""
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
        is_low=False,
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
        models: SensingModels,
        zones: Zones,
        *,
        profile: NoiseProfile | None = None,
        accepts_phantom: bool = False,
    ) -> None:
        """Begin with nothing known.

        Args:
            models: what it senses with.
            zones: of the room.
            profile: what the empty room does by itself; None when it was never measured.
            accepts_phantom: take a machine's breath for a breath. For a breathing phantom in a commissioning run alone:
                its rate is a number about a machine, never a vital sign (rule A11).
        """
        self.zones = zones
        self.profile = profile
        self._accepts_phantom = accepts_phantom
        self._models = models
        self._sense: Sense = RadarSense(models, zones, lambda: self.profile)
        self._hints = HintWatch(zones)
        self._kind = FrameKind.RADAR
        self._hold = HoldWatch()
        self._calm_since_s = 0.0
        self._living_s: float | None = None
        self._is_refused = False

    @property
    def model(self) -> str:
        """Hex digest of the model behind the rate."""
        return self._models.judge.model

    def for_a_phantom(self) -> "Estimator":
        """Return a fresh estimator of the same room that takes a breathing phantom for a chest (rule N3)."""
        return Estimator(self._models, self.zones, profile=self.profile, accepts_phantom=True)

    def restart(self) -> None:
        """Forget everything: another recording, or the same once more."""
        self._sense.restart()
        self._hints.restart()
        self._hold.restart()
        self._living_s = None

    def add(self, frame: Frame) -> None:
        """Take one frame in."""
        kind = frame.layout.kind
        if (kind is FrameKind.CAMERA) != (self._kind is FrameKind.CAMERA):
            self._sense = self._sense_for(kind)
        self._kind = kind
        if kind is FrameKind.HINT:
            self._hints.add(frame)
            return
        try:
            goes_on = self._sense.add(frame)
            self._is_refused = False
        except ModelError:
            goes_on, self._is_refused = False, True
        if not goes_on:
            self._calm_since_s = frame.t_s
            self.restart()

    @property
    def activity(self) -> BlockActivity | None:
        """Return who knows how much the blocks of a view move; None for a radar, and before the first picture."""
        return self._sense if isinstance(self._sense, BlockActivity) else None

    def _sense_for(self, kind: FrameKind) -> Sense:
        if kind is FrameKind.CAMERA:
            return CameraSense(self._models)
        return RadarSense(self._models, self.zones, lambda: self.profile)

    def estimate(self, moment: Moment) -> Estimate:
        """Answer for one second, from the frames up to now."""
        t_s = moment.t_s
        if self._kind is FrameKind.HINT:
            return self._repeat(moment)
        fault = self._fault(t_s)
        if fault is not None:
            self._calm_since_s = t_s
            self._hold.restart()
            return withheld_estimate(moment, fault, self.model, self._living_age(t_s))
        try:
            seen = self._sense.look(t_s, self._calm_since_s)
            if seen is None:
                return withheld_estimate(moment, Withheld.WARMING_UP, self.model, self._living_age(t_s))
            return self._answer(moment, seen)
        except ModelError:
            return withheld_estimate(moment, Withheld.MODEL_FAULT, self.model, self._living_age(t_s))

    def _fault(self, t_s: float) -> Withheld | None:
        if self._is_refused:
            return Withheld.MODEL_FAULT
        newest_s = self._sense.newest_s
        if newest_s is not None and t_s - newest_s > SILENT_S:
            return Withheld.SENSOR_FAULT
        return self._sense.fault()

    def _repeat(self, moment: Moment) -> Estimate:
        """Say what a module says of presence and movement; its rates are never a vital sign (SENSING)."""
        seen = self._hints.look(moment.t_s)
        if seen is None:
            return withheld_estimate(moment, Withheld.SENSOR_FAULT, self.model)
        return self._put_together(moment, seen, _HINTED)

    def _answer(self, moment: Moment, seen: Occupancy) -> Estimate:
        t_s = moment.t_s
        if seen.is_moving:
            self._calm_since_s = t_s + SETTLE_S
            self._sense.settle()
            self._hold.restart()
        has_resumed = not seen.is_moving and self._hold.look(self._sense.window)
        if has_resumed:
            self._calm_since_s = t_s - HoldWatch.RESUME_S
        verdict = _FRESH if has_resumed else self._rate(seen)
        if verdict.rate_per_min is not None:
            self._sense.note_breath(t_s)
        seen = _with_evidence(seen, verdict)
        is_seen = seen.presence is Presence.PRESENT and not seen.is_presumed
        is_living = seen.is_moving or (is_seen and not self._hold.is_held)
        if is_living:
            self._living_s = t_s
        return self._put_together(moment, seen, verdict)

    def _rate(self, seen: Occupancy) -> Verdict:
        reason = self._plain_reason(seen)
        if reason is not None and not (reason is Withheld.NO_PRESENCE and self._sense.finds_by_breath):
            return Verdict(None, None, reason, 0.0, None)
        verdict, chest = self._sense.judge(accepts_machines=self._accepts_phantom)
        if verdict.rate_per_min is None and reason is not None:
            return Verdict(None, None, reason, 0.0, None)
        if verdict.is_alive is False:
            return verdict
        if seen.people == 2:
            return Verdict(None, None, Withheld.SECOND_PERSON, 0.0, None)
        if verdict.rate_per_min is None:
            return verdict
        self._hold.learn(self._sense.window, chest)
        is_there = seen.presence is Presence.PRESENT or self._sense.finds_by_breath
        if not is_there or self._hold.is_waning:
            return replace(verdict, rate_per_min=None, uncertainty_per_min=None, withheld=Withheld.LOW_QUALITY)
        return verdict

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
            is_low=seen.is_low,
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

    def _living_age(self, t_s: float) -> float | None:
        return None if self._living_s is None else max(0.0, t_s - self._living_s)


# Breathing has just come back: the window before it is another chest's, and says nothing of this one.
_FRESH = Verdict(None, None, Withheld.WARMING_UP, 0.0, None)
# A module's own word is no evidence of breathing.
_HINTED = Verdict(None, None, Withheld.LOW_QUALITY, 0.0, None)


def _with_evidence(seen: Occupancy, verdict: Verdict) -> Occupancy:
    """Take back 'somebody is there' when all that moves is a machine; whoever is told to breathe is there."""
    if verdict.is_alive is False and not seen.is_moving:
        return replace(seen, presence=Presence.UNSURE, people=None, zone=None)
    if verdict.rate_per_min is not None:
        return replace(seen, presence=Presence.PRESENT, people=1, is_presumed=False)
    return seen


def _pulse_reason(verdict: Verdict) -> Withheld:
    """A pulse is never given here: no graph has shown evidence for one."""
    keep = (Withheld.MOVING, Withheld.NO_PRESENCE, Withheld.SECOND_PERSON, Withheld.WARMING_UP, Withheld.SENSOR_MOVED)
    return verdict.withheld if verdict.withheld in keep else Withheld.LOW_QUALITY
