"""Whether what was noted around an incident may be seen or leave: two people, a purpose, a recipient (rule I2)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.roles import Role
from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words


class ReleaseKind(StrEnum):
    """What is asked for: a view that ends by itself, or a sealed bundle that is handed over."""

    VIEW = "view"
    BUNDLE = "bundle"


class ReleasePurpose(StrEnum):
    """What it is for; staff discipline, research, product training and a general enquiry are not among them (P7)."""

    SAFETY_INVESTIGATION = "safety_investigation"
    COMPLAINT = "complaint"
    SAFEGUARDING = "safeguarding"
    CORONER = "coroner"
    COURT_ORDER = "court_order"
    REGULATOR = "regulator"
    PATIENT_ASKED = "patient_asked"


class ReleaseEnd(StrEnum):
    """How a request ended."""

    RELEASED = "released"
    REFUSED = "refused"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that waits for its second person.

    Attributes:
        asked_by: pseudonym of who asked.
        role: theirs when they asked.
        kind: a view or a bundle.
        purpose: what for.
        lapses_at: until when it waits, UTC.
        ended: how it ended; None while it waits.
    """

    asked_by: str
    role: Role
    kind: ReleaseKind
    purpose: ReleasePurpose
    lapses_at: datetime
    ended: ReleaseEnd | None = None


def may_ask(kind: str, purpose: str, recipient: str, organisation: str, *, was_there: bool, policy: Policy) -> Decision:
    """Decide whether a request may wait for its second person.

    Args:
        kind: a `ReleaseKind`.
        purpose: a `ReleasePurpose`.
        recipient: who gets a bundle, by name; a view is for whoever asks.
        organisation: theirs.
        was_there: who asks was on a shift that the hold covers (rule I1).
        policy: the rule book.
    """
    if was_there:
        return policy.deny("I1", "I2", reason=WAS_THERE)
    if kind not in set(ReleaseKind) or purpose not in set(ReleasePurpose):
        return policy.deny("I2", reason=Words("Choose what is asked for, and what it is for."))
    if kind == ReleaseKind.BUNDLE and not (recipient.strip() and organisation.strip()):
        return policy.deny("I2", reason=Words("Write down who gets it, and for which organisation."))
    if not f"{recipient.strip()}{organisation.strip()}".isprintable():
        return policy.deny("I2", reason=Words("A name cannot hold hidden signs: it would not read as it is."))
    words = Words("It waits for a second person of another role, for {days} days at most.", {"days": days_of(policy)})
    return policy.allow("I2", reason=words)


def may_confirm(
    asked: Asked | None, actor_id: str, role: Role, now: datetime, *, was_there: bool, policy: Policy
) -> Decision:
    """Decide whether somebody may be the second person of a request.

    Args:
        asked: None when there is no such request.
        actor_id: who would confirm it.
        role: theirs.
        now: UTC.
        was_there: they were on a shift that the hold covers (rule I1).
        policy: the rule book.
    """
    if asked is None or asked.ended is not None or now >= asked.lapses_at:
        return policy.deny("I2", reason=Words("That request is not there, or is over. Ask anew."))
    if asked.asked_by == actor_id:
        return policy.deny("I2", reason=Words("You asked for it. Another person confirms it."))
    if asked.role is role:
        return policy.deny("I2", reason=Words("Somebody of another role confirms it, not a colleague of the same."))
    if was_there:
        return policy.deny("I1", "I2", reason=WAS_THERE)
    if asked.kind is ReleaseKind.VIEW:
        words = Words("Confirmed. They may look for {minutes} minutes.", {"minutes": minutes_of(policy)})
        return policy.allow("I2", "I5", reason=words)
    return policy.allow("I2", "I6", reason=Words("Confirmed. Save the bundle now: the console keeps no copy of it."))


WAS_THERE = Words("You were on a shift of that time. Somebody who was not there does this.")


def days_of(policy: Policy) -> int:
    """Return for how many days a request waits."""
    return int(policy.number("I2", "waits_d"))


def minutes_of(policy: Policy) -> int:
    """Return for how many minutes a view stands open."""
    return int(policy.number("I5", "view_min"))
