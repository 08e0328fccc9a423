"""Consent, turned into a lease: whether a sensor may be open now, for what and until when (rules C1, C2, P1, N3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from broker.vocabulary import Lamp, LeaseKind, LeaseState, Modality, Purpose
from console.rules.consenting.consent import ConsentState, Standing
from console.rules.consenting.grants import NetworkChoice
from console.rules.consenting.hours import Window, is_within, next_wall_time, windows
from console.rules.consenting.lapsing import purposes_in_force
from console.rules.consenting.person import OwnTrial, PlaceKind
from console.rules.consenting.trying import WHILE_TRYING
from console.rules.policy import Policy
from console.showing.views import Words

LeaseLamp = Literal[Lamp.ON, Lamp.OFF, Lamp.BLINK, Lamp.IDENTIFY]
"""What a lease may ask of the lamp."""
WHILE_SETTING_UP = (Purpose.PRESENCE, Purpose.BED_EXIT)
"""What is opened in an empty room that is being set up (rule N3)."""


@dataclass(frozen=True, slots=True)
class Commissioning:
    """A short permission for an empty room, asked for by an engineer and confirmed by a second person (rule N3).

    Attributes:
        begins: when the second person confirmed, UTC.
        ends: UTC.
    """

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class LeaseFacts:
    """What decides over one node's sensor.

    Attributes:
        modality: the node's sensor.
        standing: consent of the stay in the node's room; None when nobody stays there.
        commissioning: None when there is none.
        lamp_wanted: a second person stands in the room and looks for the lamp (rule H5).
        room_kind: what kind of room it is (rule P9).
        has_profile: the trust has signed a profile for this kind of room (rule P9).
    """

    modality: Modality
    standing: Standing | None
    commissioning: Commissioning | None = None
    lamp_wanted: bool = False
    room_kind: PlaceKind = PlaceKind.BEDROOM
    has_profile: bool = False


@dataclass(frozen=True, slots=True)
class LeaseVerdict:
    """What the lease says.

    Attributes:
        state: open or closed.
        kind: on whose word.
        purposes: what may leave the sensing process; empty when closed.
        window: from when until when; for a closed lease the moment of the decision.
        offline_until: until when it may carry on without the network; None means stop.
        lamp: what the room's lamp shows.
        rules: ids of the rules that decided.
        reason: in plain words.
        is_trial: they try it out for themselves: nobody else is shown it and nothing of it is kept (rule S4).
    """

    state: LeaseState
    kind: LeaseKind
    purposes: tuple[Purpose, ...]
    window: Window
    offline_until: datetime | None
    lamp: LeaseLamp
    rules: tuple[str, ...]
    reason: Words
    is_trial: bool = False

    @property
    def is_open(self) -> bool:
        """Return whether the sensor may be open."""
        return self.state is LeaseState.OPEN

    @property
    def is_monitored(self) -> bool:
        """Return whether what is sensed may be shown to staff, call them and be kept."""
        return self.is_open and not self.is_trial


@dataclass(frozen=True, slots=True)
class KeptOff:
    """Why every sensor of the ward is off, whatever anybody has agreed to.

    Attributes:
        rule_id: by which rule.
        words: what patients are told.
    """

    rule_id: str
    words: Words


def kept_off_by(why: KeptOff, now: datetime) -> LeaseVerdict:
    """Return the closed verdict of a ward whose sensors are all off (rules G2, G4)."""
    return _closed(now, Lamp.OFF, why.rule_id, reason=why.words)


def decide_lease(facts: LeaseFacts, now: datetime, policy: Policy, zone: ZoneInfo) -> LeaseVerdict:
    """Decide over one sensor; whatever is not covered is closed."""
    if facts.standing is None:
        return _for_an_empty_room(facts, now)
    standing = facts.standing
    if standing.trial is not None and not standing.is_given:
        return _for_a_trial(facts, standing.trial, standing, now)
    if standing.state is ConsentState.PAUSED:
        return _closed(now, _lamp_in_pause(standing, now, policy), "S3", reason=Words("Paused."))
    if not standing.is_given:
        return _closed(now, _identified(facts), "C2", reason=Words("There is no yes for this now."))
    return _for_a_grant(facts, standing, now, policy, zone)


def granted_window(standing: Standing, now: datetime, zone: ZoneInfo) -> Window | None:
    """Return the stretch of granted hours that covers now; None outside, or without a grant."""
    grant, given_at, ends_at = standing.grant, standing.given_at, standing.ends_at
    if grant is None or given_at is None or ends_at is None or given_at >= ends_at:
        return None
    covering = (one for one in windows(grant.hours, given_at, ends_at, zone) if one.covers(now))
    return next(covering, None)


def _for_a_grant(facts: LeaseFacts, standing: Standing, now: datetime, policy: Policy, zone: ZoneInfo) -> LeaseVerdict:
    grant = standing.grant
    if grant is None or facts.modality not in grant.sensors:
        return _closed(now, _identified(facts), "C3", reason=Words("Their yes is not for this sensor."))
    place = facts.room_kind if standing.confinement is None else standing.confinement.place
    if place is not PlaceKind.BEDROOM and not (facts.has_profile and place in grant.places):
        return _closed(now, _identified(facts), "P9", reason=Words("Nothing is sensed in a place like this."))
    window = granted_window(standing, now, zone)
    if window is None:
        return _closed(now, _identified(facts), "P1", reason=Words("Outside the hours they chose."))
    opened = grant.purposes_of(facts.modality)
    purposes = tuple(one for one in purposes_in_force(grant, now, policy, zone) if one in opened)
    if not purposes:
        return _closed(now, _identified(facts), "P5", reason=Words("Every purpose has run out. Talk about it again."))
    return LeaseVerdict(
        LeaseState.OPEN,
        LeaseKind.CONSENT,
        purposes,
        window,
        _offline_until(grant.network, window, now, policy, zone),
        Lamp.ON,
        ("C1",),
        Words("They said yes."),
    )


def _for_a_trial(facts: LeaseFacts, trial: OwnTrial, standing: Standing, now: datetime) -> LeaseVerdict:
    """Open the one sensor that they try, for what the first question covers, with the lamp on (rule S4)."""
    if facts.modality is not trial.sensor:
        return _closed(now, _identified(facts), "S4", reason=Words("They try another sensor."))
    if facts.room_kind is not PlaceKind.BEDROOM or standing.confinement is not None:
        return _closed(now, _identified(facts), "P9", reason=Words("Nothing is sensed in a place like this."))
    window = Window(standing.tried_at[-1], trial.until)
    words = Words("They try it out for themselves.")
    return LeaseVerdict(
        LeaseState.OPEN, LeaseKind.CONSENT, WHILE_TRYING, window, None, Lamp.ON, ("S4",), words, is_trial=True
    )


def _offline_until(
    choice: NetworkChoice | None, window: Window, now: datetime, policy: Policy, zone: ZoneInfo
) -> datetime | None:
    """Return the morning, if they chose to carry on and it is night; never past the granted hours (rule C17)."""
    begins, ends = policy.time_of_day("C7", "night_from"), policy.time_of_day("C7", "night_until")
    if choice is not NetworkChoice.CARRY_ON or not is_within(now, begins, ends, zone):
        return None
    return min(window.closes_at, next_wall_time(now, ends, zone))


def _for_an_empty_room(facts: LeaseFacts, now: datetime) -> LeaseVerdict:
    trial = facts.commissioning
    if trial is None or not trial.begins <= now < trial.ends:
        return _closed(now, _identified(facts), "C2", reason=Words("Nobody stays here."))
    return LeaseVerdict(
        LeaseState.OPEN,
        LeaseKind.COMMISSIONING,
        WHILE_SETTING_UP,
        Window(trial.begins, trial.ends),
        None,
        Lamp.BLINK,
        ("N3",),
        Words("The empty room is being set up."),
    )


def _closed(now: datetime, lamp: LeaseLamp, rule_id: str, *, reason: Words) -> LeaseVerdict:
    return LeaseVerdict(LeaseState.CLOSED, LeaseKind.CONSENT, (), Window(now, now), None, lamp, (rule_id,), reason)


def _identified(facts: LeaseFacts) -> LeaseLamp:
    return Lamp.IDENTIFY if facts.lamp_wanted else Lamp.OFF


def _lamp_in_pause(standing: Standing, now: datetime, policy: Policy) -> LeaseLamp:
    soon = policy.duration("K3", "blink_before_resume_s")
    until = None if standing.is_covered else standing.paused_until
    return Lamp.BLINK if until is not None and until - now <= soon else Lamp.OFF
