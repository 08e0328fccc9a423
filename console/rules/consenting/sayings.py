"""What is said about a sensor, yes and no and not now, as steps of a consent's history."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from broker.vocabulary import Modality
from console.rules.consenting.grants import Grant, is_own_word
from console.rules.consenting.happenings import Step, suspended
from console.rules.consenting.history import (
    BY_COVERING,
    ONE_SENSOR,
    SAID_AT,
    ConsentEntry,
    ConsentState,
    EntryKind,
    RelayAnswer,
    Standing,
)
from console.rules.consenting.hours import next_wall_time
from console.rules.consenting.lapsing import lapses_at
from console.rules.policy import Policy


def _offered(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    again = 1 if standing.refused_at is not None else 0
    asked = replace(
        standing,
        offered_at=entry.at,
        asks_after_no=standing.asks_after_no + again,
        was_explained=False,
        talk_wished_at=None,
    )
    if standing.state in (ConsentState.GIVEN, ConsentState.PAUSED, ConsentState.SUSPENDED):
        return asked
    return replace(asked, state=ConsentState.OFFERED, since=entry.at)


def _explained(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    return replace(standing, was_explained=bool(entry.details.get("in_their_own_form")))


def _given(standing: Standing, entry: ConsentEntry, policy: Policy, zone: ZoneInfo) -> Standing:
    grant = Grant.from_details(_without_said_at(entry))
    if grant is None or not _may_begin(standing, grant, entry.at):
        return standing
    known = dict(standing.new_purposes)
    for purpose in grant.purposes:
        known.setdefault(purpose.value, entry.at)
    return replace(
        standing,
        state=ConsentState.GIVEN,
        since=entry.at,
        grant=grant,
        consent_id=entry.consent_id,
        given_at=entry.at,
        ends_at=lapses_at(grant, policy, zone),
        paused_until=None,
        paused_since=None,
        is_covered=False,
        before_relay=None,
        was_explained=False,
        refused_at=None if is_own_word(grant.basis) else standing.refused_at,
        new_purposes=known,
        talk_due_at=None,
        review_why="",
        talk_wished_at=None,
        less=grant.would_less_do,
        felt_at=(),
    )


def _may_begin(standing: Standing, grant: Grant, at: datetime) -> bool:
    """Return whether a yes can begin here at all: whatever let it be written down, this opens nothing else.

    A yes first said in seclusion or a like place is void (rule P9), and so is one for a room that its person is not in.
    Nobody else's yes counts after a no of their own, against a written one from before (rule C9), or in the night of an
    objection (rule C10).
    """
    if standing.confinement is not None or standing.away is not None:
        return False
    if is_own_word(grant.basis):
        return True
    advance = standing.advance
    refused_before = advance is not None and advance.says_no
    overridden = refused_before and (advance.is_written or not standing.earlier_no_reviewed) if advance else False
    objected = standing.objected_until is not None and at < standing.objected_until
    return standing.refused_at is None and not overridden and not objected


def _without_said_at(entry: ConsentEntry) -> dict[str, Any]:
    return {name: value for name, value in entry.details.items() if name != SAID_AT}


def _refused(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    return replace(
        standing,
        state=ConsentState.REFUSED,
        since=entry.at,
        refused_at=entry.at,
        paused_until=None,
        paused_since=None,
        is_covered=False,
        was_explained=False,
    )


def _withdrawn(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    if entry.details.get(ONE_SENSOR):
        return _without_one(standing, entry)
    stopped = _stopped(standing, entry.at)
    return replace(stopped, refused_at=entry.at, before_relay=None)


def _without_one(standing: Standing, entry: ConsentEntry) -> Standing:
    """Take one sensor out of their yes; what is not understood, or leaves nothing, is a no to all of it."""
    sensor, grant = entry.details[ONE_SENSOR], standing.grant
    if grant is not None and sensor in set(Modality) and sensor not in grant.sensors:
        return standing
    rest = grant.without(Modality(sensor)) if grant is not None and sensor in set(Modality) else None
    if rest is None or not rest.sensors or not rest.purposes:
        return replace(_stopped(standing, entry.at), refused_at=entry.at, before_relay=None)
    return replace(standing, grant=rest)


def _relayed(standing: Standing, entry: ConsentEntry, policy: Policy, zone: ZoneInfo) -> Standing:
    objected = standing.objected_until
    if standing.grant is not None and not is_own_word(standing.grant.basis):
        objected = _until_morning(entry.at, policy, zone)
    stopped = _stopped(standing, entry.at)
    return replace(stopped, before_relay=standing.before_relay or standing.state, objected_until=objected)


def _stopped(standing: Standing, at: datetime) -> Standing:
    """Take a "no": a yes becomes withdrawn, a question becomes a refusal, a no stays the no it was."""
    if standing.state in (ConsentState.REFUSED, ConsentState.WITHDRAWN):
        return standing
    said_before = standing.grant is not None
    return replace(
        standing,
        state=ConsentState.WITHDRAWN if said_before else ConsentState.REFUSED,
        since=at,
        paused_until=None,
        paused_since=None,
        is_covered=False,
        was_explained=False,
    )


def _relay_answered(standing: Standing, entry: ConsentEntry, policy: Policy, zone: ZoneInfo) -> Standing:
    before = standing.before_relay
    if before is None:
        return standing
    answer = entry.details.get("answer")
    if answer == RelayAnswer.YES:
        return _withdrawn(standing, entry, policy, zone)
    if answer != RelayAnswer.NO:
        return standing
    # What was running waits for their own tap (rule C2); what was off stays what it was.
    was_running = before in (ConsentState.GIVEN, ConsentState.PAUSED)
    return replace(standing, before_relay=None, state=ConsentState.SUSPENDED if was_running else before, since=entry.at)


def _paused(standing: Standing, entry: ConsentEntry, policy: Policy, zone: ZoneInfo) -> Standing:
    if standing.state not in (ConsentState.GIVEN, ConsentState.PAUSED) or standing.grant is None:
        return standing
    until = entry.at + policy.duration("S3", "pause_min")
    if standing.paused_until is not None:
        until = max(until, standing.paused_until + policy.duration("S3", "pause_min"))
    if not is_own_word(standing.grant.basis):
        # Rule C10: an objection is not started over that night, whoever pressed.
        until = max(until, _until_morning(entry.at, policy, zone))
        standing = replace(standing, objected_until=until)
    is_covered = standing.is_covered or entry.details.get("via") == BY_COVERING
    if is_covered:
        # As long as the board counts a pause down; it ends at their own tap alone.
        until = max(until, (standing.paused_since or entry.at) + policy.duration("S3", "in_a_row_min"))
    return replace(
        standing,
        state=ConsentState.PAUSED,
        since=entry.at,
        paused_since=standing.paused_since or entry.at,
        paused_until=until,
        is_covered=is_covered,
    )


def _until_morning(at: datetime, policy: Policy, zone: ZoneInfo) -> datetime:
    return next_wall_time(at, policy.time_of_day("C7", "night_until"), zone)


def _resumed(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    if standing.state not in (ConsentState.PAUSED, ConsentState.SUSPENDED) or standing.grant is None:
        return standing
    if standing.state is ConsentState.PAUSED and not is_own_word(standing.grant.basis):
        return standing
    if standing.away is not None:
        return standing
    if standing.confinement is not None and standing.confinement.place not in standing.grant.places:
        return standing
    return replace(
        standing, state=ConsentState.GIVEN, since=entry.at, paused_until=None, paused_since=None, is_covered=False
    )


def _suspended(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    return suspended(standing, entry.at)


SAYINGS: Mapping[EntryKind, Step] = {
    EntryKind.OFFERED: _offered,
    EntryKind.EXPLAINED: _explained,
    EntryKind.GIVEN: _given,
    EntryKind.REFUSED: _refused,
    EntryKind.WITHDRAWN: _withdrawn,
    EntryKind.RELAYED_NO: _relayed,
    EntryKind.RELAY_ANSWERED: _relay_answered,
    EntryKind.PAUSED: _paused,
    EntryKind.RESUMED: _resumed,
    EntryKind.SUSPENDED: _suspended,
}
"""By kind of entry; only `given` and `resumed` ever open a sensor."""
