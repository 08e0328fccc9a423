"""What a stay's consent is worth now: a pure function of its entries; nothing else in the house keeps a state of it."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from console.rules.grants import Grant, is_own_word
from console.rules.history import ConsentEntry, ConsentState, EntryKind, RelayAnswer, Standing
from console.rules.hours import is_within, next_wall_time
from console.rules.policy import Policy

__all__ = [
    "ConsentEntry",
    "ConsentState",
    "EntryKind",
    "RelayAnswer",
    "Standing",
    "carried_details",
    "derive",
    "lapses_at",
    "last_stop",
]


def derive(entries: Iterable[ConsentEntry], now: datetime, policy: Policy, zone: ZoneInfo) -> Standing:
    """Derive what a stay's consent is worth.

    Args:
        entries: of one stay, in the order in which they were recorded.
        now: UTC.
        policy: the rule book.
        zone: ward time.

    Returns:
        The standing; entries that cannot follow what came before change nothing, so no order of entries opens a sensor
        that the last word of the patient had closed.
    """
    standing = Standing()
    for entry in entries:
        standing = _at(standing, entry.at)
        standing = _STEPS[entry.kind](standing, entry, policy, zone)
    return _at(standing, now)


def last_stop(entries: Iterable[ConsentEntry]) -> datetime | None:
    """Return when a sensor was last stopped, paused or set waiting in a stay; None when never."""
    return max((one.at for one in entries if one.kind in _STOPS), default=None)


def lapses_at(grant: Grant, policy: Policy, zone: ZoneInfo) -> datetime:
    """Return when a grant lapses: its review date, or the end of the night that date falls into (rule C7)."""
    begins, ends = policy.time_of_day("C7", "night_from"), policy.time_of_day("C7", "night_until")
    if not is_within(grant.review_by, begins, ends, zone):
        return grant.review_by
    return next_wall_time(grant.review_by, ends, zone)


def _at(standing: Standing, now: datetime) -> Standing:
    """Let time alone do its part: a pause ends, a grant lapses."""
    if standing.state is ConsentState.PAUSED and standing.paused_until and now >= standing.paused_until:
        standing = replace(
            standing,
            state=ConsentState.GIVEN,
            since=standing.paused_until,
            paused_until=None,
            paused_since=None,
        )
    covers = (ConsentState.GIVEN, ConsentState.PAUSED)
    if standing.state in covers and standing.ends_at is not None and now >= standing.ends_at:
        return replace(
            standing, state=ConsentState.EXPIRED, since=standing.ends_at, paused_until=None, paused_since=None
        )
    return standing


def _offered(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    again = 1 if standing.refused_at is not None else 0
    asked = replace(standing, offered_at=entry.at, asks_after_no=standing.asks_after_no + again, was_explained=False)
    if standing.state in (ConsentState.GIVEN, ConsentState.PAUSED, ConsentState.SUSPENDED):
        return asked
    return replace(asked, state=ConsentState.OFFERED, since=entry.at)


def _explained(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    return replace(standing, was_explained=bool(entry.details.get("in_their_own_form")))


def _given(standing: Standing, entry: ConsentEntry, policy: Policy, zone: ZoneInfo) -> Standing:
    grant = Grant.from_details(entry.details)
    if grant is None or (standing.refused_at is not None and not is_own_word(grant.basis)):
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
        before_relay=None,
        was_explained=False,
        refused_at=None if is_own_word(grant.basis) else standing.refused_at,
        new_purposes=known,
    )


def _refused(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    return replace(
        standing,
        state=ConsentState.REFUSED,
        since=entry.at,
        refused_at=entry.at,
        paused_until=None,
        paused_since=None,
        was_explained=False,
    )


def _withdrawn(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    stopped = _stopped(standing, entry.at)
    return replace(stopped, refused_at=entry.at, before_relay=None)


def _relayed(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    return replace(_stopped(standing, entry.at), before_relay=standing.before_relay or standing.state)


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
        until = max(until, next_wall_time(entry.at, policy.time_of_day("C7", "night_until"), zone))
    return replace(
        standing,
        state=ConsentState.PAUSED,
        since=entry.at,
        paused_since=standing.paused_since or entry.at,
        paused_until=until,
    )


def _resumed(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    if standing.state not in (ConsentState.PAUSED, ConsentState.SUSPENDED) or standing.grant is None:
        return standing
    if standing.state is ConsentState.PAUSED and not is_own_word(standing.grant.basis):
        return standing
    return replace(standing, state=ConsentState.GIVEN, since=entry.at, paused_until=None, paused_since=None)


def _suspended(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    if standing.state not in (ConsentState.GIVEN, ConsentState.PAUSED):
        return standing
    return replace(standing, state=ConsentState.SUSPENDED, since=entry.at, paused_until=None, paused_since=None)


def _carried(standing: Standing, entry: ConsentEntry, policy: Policy, zone: ZoneInfo) -> Standing:
    """Begin a stay in another room: the no comes along, the yes waits for one tap (rule C2)."""
    grant = Grant.from_details(entry.details["grant"]) if entry.details.get("grant") else None
    refused = entry.details.get("refused_at")
    state = ConsentState(str(entry.details.get("state", ConsentState.NOT_ASKED)))
    return replace(
        standing,
        state=ConsentState.SUSPENDED if state in (ConsentState.GIVEN, ConsentState.PAUSED) else state,
        since=entry.at,
        grant=grant,
        consent_id=entry.consent_id,
        given_at=entry.at if grant else None,
        ends_at=lapses_at(grant, policy, zone) if grant else None,
        refused_at=datetime.fromisoformat(str(refused)) if refused else None,
        asks_after_no=int(entry.details.get("asks_after_no", 0)),
        new_purposes={one.value: entry.at for one in grant.purposes} if grant else {},
    )


def carried_details(standing: Standing) -> dict[str, Any]:
    """Return what goes with a person into another room, as codes for a `CARRIED` entry."""
    return {
        "state": standing.state.value,
        "grant": standing.grant.to_details() if standing.grant else None,
        "refused_at": standing.refused_at.isoformat() if standing.refused_at else None,
        "asks_after_no": standing.asks_after_no,
    }


def _restrained(standing: Standing, entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    return replace(standing, restrained_at=entry.at)


def _wished(standing: Standing, _entry: ConsentEntry, _policy: Policy, _zone: ZoneInfo) -> Standing:
    return replace(standing, has_advance_wish=True)


_STEPS: dict[EntryKind, Callable[[Standing, ConsentEntry, Policy, ZoneInfo], Standing]] = {
    EntryKind.ADVANCE_WISH: _wished,
    EntryKind.RESTRAINED: _restrained,
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
    EntryKind.CARRIED: _carried,
}
_STOPS = frozenset(
    {
        EntryKind.REFUSED,
        EntryKind.WITHDRAWN,
        EntryKind.RELAYED_NO,
        EntryKind.PAUSED,
        EntryKind.SUSPENDED,
        EntryKind.CARRIED,
    }
)
