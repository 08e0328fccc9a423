"""'Keep or delete what it noted about you?': when it is asked, and what an answer starts (rule R3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from console.rules.consenting.history import ConsentEntry, EntryKind, RelayAnswer
from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words


class KeepAnswer(StrEnum):
    """What the patient says."""

    KEEP = "keep"
    DELETE = "delete"


class KeepEnd(StrEnum):
    """How a deletion that was asked for ended."""

    DELETED = "deleted"
    CHANGED = "changed"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is asked, and what was answered.

    Attributes:
        withdrawn_at: when they stopped it themselves.
        asked_from: from when their page asks, UTC.
        answer: theirs; None until then.
        delete_at: when it is deleted, UTC; None when it is not.
        ended_at: when the deletion was done, or could not be; None until then.
        ending: how; None until then.
        receipt: number of the log's entry that proves it; -1 without one.
    """

    withdrawn_at: datetime
    asked_from: datetime
    answer: KeepAnswer | None = None
    delete_at: datetime | None = None
    ended_at: datetime | None = None
    ending: KeepEnd | None = None
    receipt: int = -1


def own_stop(entries: Iterable[ConsentEntry]) -> datetime | None:
    """Return when the patient themselves last stopped it for good; None when they did not, or said yes again since.

    A "no" that somebody else passed on counts from when they said that it was theirs, and never before (NA-14).
    """
    stopped: datetime | None = None
    sensed = False
    for one in entries:
        if one.kind is EntryKind.GIVEN:
            stopped, sensed = None, True
        elif one.kind is EntryKind.WITHDRAWN or (
            one.kind is EntryKind.RELAY_ANSWERED and one.details.get("answer") == RelayAnswer.YES
        ):
            stopped = one.at if sensed else None
    return stopped


def asked_from(withdrawn_at: datetime, restrained_at: datetime | None, policy: Policy, zone: ZoneInfo) -> datetime:
    """Return from when they are asked: some hours after it, by day, and a day after restraint (rules R3, C20)."""
    at = withdrawn_at + policy.duration("R3", "calm_after_h")
    if restrained_at is not None:
        at = max(at, restrained_at + policy.duration("R3", "after_restraint_h"))
    opens, closes = policy.time_of_day("C20", "not_until"), policy.time_of_day("C20", "not_from")
    local = at.astimezone(zone)
    if local.time() < opens:
        local = datetime.combine(local.date(), opens, zone)
    elif local.time() >= closes:
        local = datetime.combine(datetime.fromordinal(local.toordinal() + 1).date(), opens, zone)
    return local.astimezone(at.tzinfo)


def stops_deletion(withdrawn_at: datetime, events: Iterable[datetime], policy: Policy) -> bool:
    """Return whether something that starts a hold followed a withdrawal so closely that nothing is deleted."""
    until = withdrawn_at + policy.duration("R3", "no_event_h")
    return any(withdrawn_at <= at <= until for at in events)


def may_say(kept: Kept | None, said: str, now: datetime, *, is_held: bool, policy: Policy) -> Decision:
    """Decide whether an answer is taken.

    Args:
        kept: what is asked; None when nothing is.
        said: a `KeepAnswer`.
        now: UTC.
        is_held: a hold covers something of it, or an event followed the withdrawal.
        policy: the rule book.
    """
    if kept is None or now < kept.asked_from or kept.ending is KeepEnd.DELETED:
        return policy.deny("R3", reason=Words("There is nothing to answer."))
    if said not in set(KeepAnswer):
        return policy.deny("R3", reason=Words("There is nothing to answer."))
    if said == KeepAnswer.KEEP:
        words = Words("You said: keep it. It is deleted after 14 days. Until then you can change this.")
        return policy.allow("R3", reason=words)
    if is_held:
        return policy.deny("R3", reason=HELD)
    at = now + policy.duration("R3", "delete_after_h")
    return policy.allow("R3", reason=Words("It is deleted on {at:day}. Until then you can change this.", {"at": at}))


FOR_A_DAY = Words("From now on it is deleted after one day. You can change this at any time.")
FOR_14_DAYS = Words("From now on it is kept for 14 days. You can change this at any time.")
HELD = Words("Something happened around that time, so it has to be kept for now. You can ask why.")
