"""What a stay's consent is worth now: a pure function of its entries; nothing else in the house keeps a state of it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from console.rules.consenting.carrying import carried, carried_details
from console.rules.consenting.happenings import HAPPENINGS, Step, suspended, under_review
from console.rules.consenting.history import SAID_AT, ConsentEntry, ConsentState, EntryKind, RelayAnswer, Standing
from console.rules.consenting.lapsing import lapses_at
from console.rules.consenting.person import AwayKind
from console.rules.consenting.sayings import SAYINGS
from console.rules.consenting.trying import ENDS_TRIAL, TRYING
from console.rules.policy import Policy

__all__ = [
    "SAID_AT",
    "ConsentEntry",
    "ConsentState",
    "EntryKind",
    "RelayAnswer",
    "Standing",
    "at_time",
    "carried_details",
    "derive",
    "lapses_at",
    "last_stop",
    "told_by",
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
    return at_time(told_by(entries, policy, zone), now, policy)


def told_by(entries: Iterable[ConsentEntry], policy: Policy, zone: ZoneInfo) -> Standing:
    """Derive the standing as it was at the last entry, whatever the time is now; see `derive`."""
    standing = Standing()
    for entry in entries:
        standing = at_time(standing, entry.at, policy)
        if standing.has_died:
            break
        standing = _STEPS[entry.kind](standing, entry, policy, zone)
        if entry.kind in ENDS_TRIAL:
            standing = replace(standing, trial=None)
    return standing


def last_stop(entries: Iterable[ConsentEntry]) -> datetime | None:
    """Return when a sensor was last stopped, paused or set waiting in a stay; None when never."""
    return max((one.at for one in entries if one.kind in STOPS or _is_gone(one)), default=None)


def _is_gone(entry: ConsentEntry) -> bool:
    return entry.kind is EntryKind.AWAY and entry.details.get("kind") != AwayKind.UP


def at_time(standing: Standing, now: datetime, policy: Policy) -> Standing:
    """Let time alone do its part: a trial or a pause ends, an absence grows long, a talk is overdue, a grant lapses."""
    if standing.has_died:
        return standing
    if standing.trial is not None and now >= standing.trial.until:
        standing = replace(standing, trial=None)
    runs_out = standing.paused_until is not None and not standing.is_covered
    if standing.state is ConsentState.PAUSED and runs_out and standing.paused_until and now >= standing.paused_until:
        standing = replace(
            standing,
            state=ConsentState.GIVEN,
            since=standing.paused_until,
            paused_until=None,
            paused_since=None,
            is_covered=False,
        )
    if standing.away is not None and standing.away.kind is AwayKind.UP:
        too_long = standing.away.since + policy.duration("C2", "absence_h")
        standing = suspended(standing, too_long) if now >= too_long else standing
    if standing.talk_due_at is not None and now >= standing.talk_due_at:
        standing = under_review(standing, standing.talk_due_at)
    covers = (ConsentState.GIVEN, ConsentState.PAUSED)
    if standing.state in covers and standing.ends_at is not None and now >= standing.ends_at:
        return replace(
            standing,
            state=ConsentState.EXPIRED,
            since=standing.ends_at,
            paused_until=None,
            paused_since=None,
            is_covered=False,
        )
    return standing


_STEPS: Mapping[EntryKind, Step] = {**SAYINGS, **HAPPENINGS, **TRYING, EntryKind.CARRIED: carried}
STOPS = frozenset(
    {
        EntryKind.REFUSED,
        EntryKind.WITHDRAWN,
        EntryKind.RELAYED_NO,
        EntryKind.PAUSED,
        EntryKind.SUSPENDED,
        EntryKind.CARRIED,
        EntryKind.CONFINED,
        EntryKind.DIED,
    }
)
"""What stops, pauses or sets waiting."""
