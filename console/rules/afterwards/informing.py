"""That a patient is told what was held or released about them: until when, by whom, and what may wait (rule I3)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from console.roles import Role
from console.rules.decision import Decision
from console.rules.looking.reviewing import end_of_working_day
from console.rules.policy import Policy
from console.showing.views import Words


class NotYet(StrEnum):
    """Why somebody is not told yet; there is no other reason."""

    SAFEGUARDING = "safeguarding"
    SERIOUS_HARM = "serious_harm"
    COURT_RESTRICTION = "court_restriction"


class ToldWhom(StrEnum):
    """Who was told."""

    PATIENT = "patient"
    REPRESENTATIVE = "representative"
    FAMILY = "family"


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing that somebody is to be told.

    Attributes:
        due_at: until when, UTC.
        told_at: when they were; None until then.
        not_yet: why it waits; None when it does not.
        review_by: until when a `not_yet` stands; None without one.
        has_died: the patient has died since: a person tells those whom they left, never the system.
    """

    due_at: datetime
    told_at: datetime | None = None
    not_yet: NotYet | None = None
    review_by: datetime | None = None
    has_died: bool = False


def due_by(begun_at: datetime, policy: Policy, zone: ZoneInfo) -> datetime:
    """Return until when somebody is told: the end of the next working day, UTC-aware."""
    return end_of_working_day(begun_at, int(policy.number("I3", "told_after_working_days")), zone)


def waits(one: Telling, now: datetime) -> bool:
    """Return whether a signed reason lets it wait now; after its review date it does no more."""
    return one.not_yet is not None and one.review_by is not None and now < one.review_by


def is_late(one: Telling, now: datetime) -> bool:
    """Return whether somebody should have been told by now."""
    return one.told_at is None and now > one.due_at and not waits(one, now)


def stands_on_page(one: Telling, now: datetime) -> bool:
    """Return whether the patient's own page says it: once a person has told them, or nobody did in time.

    A page never brings it first while there is time for a person to; and staff who say nothing cannot keep it from
    anybody longer than that, unless a reason is signed. After a death no page tells anything (rule I3).
    """
    is_due = now > one.due_at and not waits(one, now)
    return not one.has_died and (one.told_at is not None or is_due)


def may_note_told(one: Telling | None, whom: str, policy: Policy) -> Decision:
    """Decide whether it may be written down that somebody was told, in person."""
    if one is None or one.told_at is not None:
        return policy.deny("I3", reason=Words("That is written down already, or is not there."))
    if whom not in set(ToldWhom):
        return policy.deny("I3", reason=Words("Choose who was told."))
    if one.has_died and whom == ToldWhom.PATIENT:
        return policy.deny("I3", reason=Words("They have died: tell their representative and their family, in person."))
    if whom == ToldWhom.FAMILY and not one.has_died:
        return policy.deny("I3", reason=Words("While they live it is theirs to hear: tell them, or who acts for them."))
    return policy.allow("I3", reason=Words("Written down. It stands on their page now."))


def may_wait(one: Telling | None, why: str, role: Role, policy: Policy) -> Decision:
    """Decide whether a reason not to tell yet may be signed: by the Caldicott function alone, for seven days."""
    if one is None or one.told_at is not None:
        return policy.deny("I3", reason=Words("They have been told, or there is nothing to tell."))
    if why not in set(NotYet):
        return policy.deny("I3", reason=Words("Only safeguarding, a risk of serious harm, or a court lets it wait."))
    if role is not Role.IG_OFFICER:
        return policy.deny("I3", reason=Words("The Caldicott Guardian signs this, with the sign-in of that role."))
    days = int(policy.number("I3", "not_yet_review_d"))
    words = Words("Signed. It is looked at again within {days} days, or they are told.", {"days": days})
    return policy.allow("I3", reason=words)
