"""What happens around a consent: what is known of a person, where they are, what was done; steps of its history."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from console.rules.consenting.grants import Feeling, LessAnswer, is_own_word
from console.rules.consenting.history import ConsentEntry, ConsentState, EntryKind, Standing
from console.rules.consenting.hours import is_within, next_wall_time
from console.rules.consenting.person import (
    Advance,
    AgeGroup,
    Away,
    AwayKind,
    Confinement,
    PlaceKind,
    Sedation,
    SeenState,
)
from console.rules.policy import Policy

Step = Callable[[Standing, ConsentEntry, Policy, ZoneInfo], Standing]

CAPACITY_REGAINED = "capacity_regained"
"""A change after which nobody else's yes counts any more (rule C12)."""
TALK_AFTER = frozenset({"legal_status", "level", "capacity_lost", CAPACITY_REGAINED})
"""Changes after which somebody talks with them (rule C7)."""
_RUNS = (ConsentState.GIVEN, ConsentState.PAUSED)
_WAITS = (*_RUNS, ConsentState.SUSPENDED)


def suspended(standing: Standing, at: datetime) -> Standing:
    """Let a yes wait for the person's own tap (rule C2)."""
    if standing.state not in _RUNS:
        return standing
    return replace(
        standing, state=ConsentState.SUSPENDED, since=at, paused_until=None, paused_since=None, is_covered=False
    )


def under_review(standing: Standing, at: datetime) -> Standing:
    """Let a yes stay off until it has been talked about (rule C7)."""
    if standing.state not in _WAITS:
        return replace(standing, talk_due_at=None)
    return replace(
        standing,
        state=ConsentState.UNDER_REVIEW,
        since=at,
        paused_until=None,
        paused_since=None,
        is_covered=False,
        talk_due_at=None,
    )


def talk_due(changed_at: datetime, policy: Policy, zone: ZoneInfo) -> datetime:
    """Return the evening from which it stays off unless somebody has talked with them (rule C7).

    There are 24 hours for it; where these end in the night, when nobody is asked, they end with the evening before.
    """
    evening, morning = policy.time_of_day("C7", "night_from"), policy.time_of_day("C7", "night_until")
    deadline = changed_at + policy.duration("C7", "talk_within_h")
    if is_within(deadline, evening, morning, zone):
        return next_wall_time(deadline - timedelta(days=1), evening, zone)
    return next_wall_time(deadline, evening, zone)


def _about_them(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    age = entry.details.get("age")
    return replace(standing, age=AgeGroup(age) if age in set(AgeGroup) else standing.age)


def _adjusted(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    needs = tuple(str(one) for one in entry.details.get("needs", ()))
    return replace(standing, adjustments=needs, adjustments_met=bool(entry.details.get("met")))


def _wished(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    # A later wish takes the place of an earlier one, but never of a written no.
    if standing.advance is not None and standing.advance.says_no and standing.advance.is_written:
        return standing
    return replace(standing, advance=Advance.read(entry.details), earlier_no_reviewed=False)


def _earlier_no_reviewed(standing: Standing, _entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    return replace(standing, earlier_no_reviewed=True)


def _talk_wished(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    return replace(standing, talk_wished_at=entry.at)


def _talked(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    less = entry.details.get("less")
    answer = LessAnswer(less) if less in set(LessAnswer) else standing.less
    told = replace(standing, talk_due_at=None, review_why="", less=answer)
    if standing.state is ConsentState.UNDER_REVIEW and standing.grant and is_own_word(standing.grant.basis):
        return replace(told, state=ConsentState.SUSPENDED, since=entry.at)
    return told


def _felt(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    felt = replace(standing, felt_at=(*standing.felt_at, entry.at))
    uneasy = entry.details.get("feeling") in (Feeling.WATCHED, Feeling.UNEASY)
    has_camera = standing.grant is not None and "camera" in standing.grant.sensors
    return suspended(felt, entry.at) if uneasy and has_camera else felt


def _not_by(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    return replace(standing, not_by=standing.not_by | {str(entry.details.get("actor", ""))})


def _changed(standing: Standing, entry: ConsentEntry, policy: Policy, zone: ZoneInfo) -> Standing:
    what = str(entry.details.get("what", ""))
    if what not in TALK_AFTER or standing.state not in _WAITS or standing.grant is None:
        return standing
    if what == CAPACITY_REGAINED and not is_own_word(standing.grant.basis):
        return under_review(replace(standing, review_why=what), entry.at)
    due = talk_due(entry.at, policy, zone)
    earliest = due if standing.talk_due_at is None else min(due, standing.talk_due_at)
    return replace(standing, talk_due_at=earliest, review_why=what)


def _restrained(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    return replace(standing, restrained_at=entry.at)


def _away(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    away = Away.read(entry.details, entry.at, entry.recorded_by, standing.away)
    if away is None:
        return standing
    # Leave and a hospital end it at the door (rule C2); whoever is up has two hours, which `derive` counts.
    gone = replace(standing, away=away)
    return gone if away.kind is AwayKind.UP else suspended(gone, entry.at)


def _returned(standing: Standing, _entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    return replace(standing, away=None)


def _confined(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    place = entry.details.get("place")
    if place not in set(PlaceKind) - {PlaceKind.BEDROOM}:
        return standing
    held = replace(standing, confinement=Confinement(PlaceKind(place), entry.at), restrained_at=entry.at)
    return suspended(held, entry.at)


def _freed(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    return suspended(replace(standing, confinement=None), entry.at)


def _tranquillised(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    # Rule P10: what was agreed goes on, a no stands; nobody is asked for a day (rule C20).
    sedation = Sedation(entry.at, entry.at, SeenState.DROWSY)
    return replace(standing, sedation=sedation, sedated_at=entry.at, restrained_at=entry.at)


def _checked(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    seen = entry.details.get("seen")
    if standing.sedation is None or seen not in set(SeenState):
        return standing
    return replace(standing, sedation=replace(standing.sedation, checked_at=entry.at, seen=SeenState(seen)))


def _sedation_ended(standing: Standing, _entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    return replace(standing, sedation=None)


def _died(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    return Standing(
        state=ConsentState.EXPIRED,
        since=entry.at,
        grant=standing.grant,
        consent_id=standing.consent_id,
        given_at=standing.given_at,
        ends_at=entry.at,
        has_died=True,
    )


HAPPENINGS: Mapping[EntryKind, Step] = {
    EntryKind.ABOUT_THEM: _about_them,
    EntryKind.ADJUSTED: _adjusted,
    EntryKind.ADVANCE_WISH: _wished,
    EntryKind.EARLIER_NO_REVIEWED: _earlier_no_reviewed,
    EntryKind.TALK_WISHED: _talk_wished,
    EntryKind.TALKED: _talked,
    EntryKind.FELT: _felt,
    EntryKind.NOT_BY: _not_by,
    EntryKind.CHANGED: _changed,
    EntryKind.RESTRAINED: _restrained,
    EntryKind.AWAY: _away,
    EntryKind.RETURNED: _returned,
    EntryKind.CONFINED: _confined,
    EntryKind.FREED: _freed,
    EntryKind.TRANQUILLISED: _tranquillised,
    EntryKind.CHECKED_IN_PERSON: _checked,
    EntryKind.SEDATION_ENDED: _sedation_ended,
    EntryKind.DIED: _died,
}
"""By kind of entry; none of them opens a sensor."""
