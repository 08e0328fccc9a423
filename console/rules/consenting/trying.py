"""Trying it out: ten minutes in one's own room, at one's own say, for oneself alone; it is not a consent (rule S4)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from broker.vocabulary import Modality, Purpose
from console.rules.consenting.happenings import Step
from console.rules.consenting.history import ConsentEntry, ConsentState, EntryKind, Standing
from console.rules.consenting.hours import is_within
from console.rules.consenting.person import OwnTrial, PlaceKind
from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words

WHILE_TRYING = (Purpose.PRESENCE, Purpose.NO_MOVEMENT, Purpose.BREATHING_SPOT)
"""What is noticed meanwhile: what the first question would ask for, and nothing else (rule C20)."""
ENDS_TRIAL = frozenset(
    {
        EntryKind.TRIAL_ENDED,
        EntryKind.GIVEN,
        EntryKind.REFUSED,
        EntryKind.WITHDRAWN,
        EntryKind.RELAYED_NO,
        EntryKind.PAUSED,
        EntryKind.SUSPENDED,
        EntryKind.CARRIED,
        EntryKind.AWAY,
        EntryKind.CONFINED,
        EntryKind.RESTRAINED,
        EntryKind.TRANQUILLISED,
        EntryKind.DIED,
    }
)
"""What ends it at once: every stop and pause, whoever presses, and everything after which nobody is asked."""
_RUNS = frozenset({ConsentState.GIVEN, ConsentState.PAUSED, ConsentState.SUSPENDED, ConsentState.UNDER_REVIEW})
_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class TryFacts:
    """What is known when somebody wants to try it out.

    Attributes:
        standing: the stay's consent now.
        admitted_at: start of the stay, UTC.
        sensor: which kind they chose; None for one that is not known.
        sensors_here: kinds of sensor in their room that a second person has confirmed.
        they_ask: they have said in so many words that they ask for it themselves.
        room_kind: what kind of room they are in (rule P9).
    """

    standing: Standing
    admitted_at: datetime
    sensor: Modality | None
    sensors_here: tuple[Modality, ...]
    they_ask: bool = False
    room_kind: PlaceKind = PlaceKind.BEDROOM


def may_try(facts: TryFacts, now: datetime, policy: Policy, zone: ZoneInfo) -> Decision:
    """Decide whether somebody may try the sensor of their own room now; who is asking is the permit's to say."""
    standing = facts.standing
    if facts.room_kind is not PlaceKind.BEDROOM or standing.confinement is not None:
        return policy.deny("S4", "P9", reason=Words("Not in this room. Nothing is noticed here."))
    if standing.away is not None:
        return policy.deny("S4", reason=Words("You are not in your room. Try it when you are back."))
    if standing.state in _RUNS:
        return policy.deny("S4", reason=Words("You have said yes already. There is nothing to try."))
    if facts.sensor is None or facts.sensor not in facts.sensors_here:
        return policy.deny("S4", reason=Words("There is no sensor in your room. There is nothing to try."))
    if len([at for at in standing.tried_at if now - at < _DAY]) >= policy.number("S4", "most_a_day"):
        return policy.deny("S4", reason=Words("You have tried it often today. Try it again tomorrow."))
    if not facts.they_ask and must_ask_themselves(standing, facts.admitted_at, now, policy, zone):
        words = Words("Nobody offers this now. If you wish it all the same, say: I ask for this myself.")
        return policy.deny("S4", "C20", reason=words)
    words = Words("The light is on. Only you see what it says. It ends by itself, and ends off.")
    return policy.allow("S4", reason=words)


def must_ask_themselves(
    standing: Standing, admitted_at: datetime, now: datetime, policy: Policy, zone: ZoneInfo
) -> bool:
    """Return whether this is a time, or a person, to whom nobody offers it (rules C9, C14, C20)."""
    advance, held_at = standing.advance, standing.restrained_at
    said_no = standing.refused_at is not None or (advance is not None and advance.says_no)
    just_come = now < admitted_at + policy.duration("C20", "after_admission_h")
    just_held = held_at is not None and now < held_at + policy.duration("C20", "after_restraint_h")
    from_, until = policy.time_of_day("C20", "not_from"), policy.time_of_day("C20", "not_until")
    return said_no or just_come or just_held or is_within(now, from_, until, zone)


def _tried(standing: Standing, entry: ConsentEntry, policy: Policy, _zone: ZoneInfo) -> Standing:
    sensor = entry.details.get("sensor")
    is_barred = standing.state in _RUNS or standing.confinement is not None or standing.away is not None
    if is_barred or sensor not in set(Modality):
        return standing
    trial = OwnTrial(Modality(sensor), entry.at + policy.duration("S4", "trial_min"))
    return replace(standing, trial=trial, tried_at=(*standing.tried_at, entry.at))


def _ended(standing: Standing, _entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    return standing


TRYING: Mapping[EntryKind, Step] = {EntryKind.TRIED: _tried, EntryKind.TRIAL_ENDED: _ended}
"""By kind of entry; neither is a yes, and neither changes what was said before."""
