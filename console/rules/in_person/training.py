"""In-date training: it gates a few acts and never a response; who is trained, in what, and on which shift (rule G3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.roles import Actor, Role
from console.rules.decision import Decision, Obligation
from console.rules.policy import Policy
from console.showing.views import Words


class Course(StrEnum):
    """What somebody can be trained in; each opens its own acts and no other."""

    CONSENT = "consent"
    BOARD = "board"
    RELEASE = "release"


NEEDED_ON_A_SHIFT = (Course.CONSENT, Course.BOARD)
"""What somebody on every shift holds, or its handover is red."""
GATED: Mapping[Course, Words] = {
    Course.CONSENT: Words("asking about the sensor and writing down a yes"),
    Course.BOARD: Words("changing limits and leading the board"),
    Course.RELEASE: Words("releasing what was noted"),
}
"""By course, what it opens. What is not here is open to everybody whom the permits name, trained or not."""


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    """One course of one person.

    Attributes:
        actor_id: pseudonym of whom.
        course: which.
        until: from then on it is out of date, UTC.
        entered_at: when it was written down, UTC.
        entered_by: pseudonym of who wrote it down.
    """

    actor_id: str
    course: Course
    until: datetime
    entered_at: datetime
    entered_by: str


def newest_of(records: Iterable[TrainingRecord]) -> dict[tuple[str, Course], TrainingRecord]:
    """Return the record that counts, by person and course: the one that was written down last.

    Args:
        records: in the order in which they were written down.
    """
    return {(one.actor_id, one.course): one for one in records}


def in_date(records: Iterable[TrainingRecord], actor_id: str, now: datetime) -> frozenset[Course]:
    """Return what somebody is trained in now."""
    return frozenset(one.course for one in newest_of(records).values() if one.actor_id == actor_id and now < one.until)


def refuse_untrained(course: Course, held: frozenset[Course], policy: Policy) -> Decision | None:
    """Return the denial of an act that needs a course; None when it is held. Nothing that responds is asked this."""
    if course in held:
        return None
    words = Words("Your training for this is not in date: {what}.", {"what": GATED[course]})
    return policy.deny("G3", reason=words, obligations=(Obligation.TELL_NURSE_IN_CHARGE,))


def missing_on(people: Iterable[str], held: Mapping[str, frozenset[Course]]) -> tuple[Course, ...]:
    """Return the courses that a shift needs and nobody on it holds.

    Args:
        people: pseudonyms of who is on shift; with nobody there is no shift to speak of, and nothing is missing.
        held: courses in date, by pseudonym.
    """
    on_shift = list(people)
    if not on_shift:
        return ()
    found = frozenset[Course]().union(*(held.get(one, frozenset()) for one in on_shift))
    return tuple(one for one in NEEDED_ON_A_SHIFT if one not in found)


def may_enter(
    actor: Actor, person: Actor | None, course: str, until: datetime | None, now: datetime, policy: Policy
) -> Decision:
    """Decide whether a course may be written down: of a member of staff, by somebody else, and not for ever."""
    if person is None or person.role is Role.PATIENT:
        return policy.deny("G3", reason=Words("Choose a member of staff."))
    if person.actor_id == actor.actor_id:
        return policy.deny("G3", reason=Words("Somebody else writes down your training."))
    if course not in set(Course):
        return policy.deny("G3", reason=Words("Choose a course."))
    longest = policy.duration("G3", "longest_d")
    if until is None or until > now + longest:
        days = {"days": longest.days}
        return policy.deny("G3", reason=Words("Write down until when it is in date: at most {days} days ahead.", days))
    if until <= now:
        return policy.allow("G3", reason=Words("Written down: it is out of date."))
    return policy.allow("G3", reason=Words("Written down: it is in date."))
