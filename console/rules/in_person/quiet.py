"""When a nurse at the door who cannot see breathing may ask for the reading instead of going in (rule O9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from console.rules.decision import Decision
from console.rules.in_person.levels import Level
from console.rules.in_person.observing import Saw
from console.rules.policy import Policy
from console.showing.views import Words


class Caution(StrEnum):
    """What makes a reading at the door no substitute for going in."""

    SLEEP_APNOEA = "sleep_apnoea"
    OPIOIDS = "opioids"
    ECT = "ect"
    OVERDOSE = "overdose"
    HEAD_INJURY = "head_injury"


FOR_A_DAY = frozenset({Caution.ECT, Caution.OVERDOSE, Caution.HEAD_INJURY})
"""Cautions that end a day after they were written down; the others stand until somebody takes them out."""


@dataclass(frozen=True, slots=True)
class QuietFacts:
    """What a quiet check rests on.

    Attributes:
        level: of observation.
        wishes_quiet: their own recorded wish: "Please try not to wake me."
        stay_began_at: UTC.
        cautions: with when each was written down.
        reading_age_s: [s] of the newest reading; None when there is none.
        sees_breathing: that reading says that breathing is seen, of one person.
        tonight: what each check of this night rested on, oldest first.
    """

    level: Level
    wishes_quiet: bool
    stay_began_at: datetime
    cautions: tuple[tuple[Caution, datetime], ...]
    reading_age_s: float | None
    sees_breathing: bool
    tonight: Sequence[Saw]


def may_lean_on_reading(facts: QuietFacts, now: datetime, policy: Policy, *, vital_signs_open: bool) -> Decision:
    """Decide whether "breathing by sensor" may stand in an entry of somebody who is at the door.

    Args:
        facts: of the person and the night.
        now: UTC.
        policy: the rule book.
        vital_signs_open: A11 is opened, with a signed intended purpose.
    """
    why_not = _why_not(facts, now, policy) if vital_signs_open else Words("Vital signs are not opened here (A11).")
    if why_not is not None:
        return policy.deny("O9", reason=Words("{why} Go in and see them.", {"why": why_not}))
    return policy.allow("O9", reason=Words("Written down: seen in person; breathing by sensor."))


def _why_not(facts: QuietFacts, now: datetime, policy: Policy) -> Words | None:
    if not policy.number("O9", "is_allowed_count"):
        return Words("The trust has not allowed quiet checks.")
    if not facts.wishes_quiet:
        return Words("They have not asked for it.")
    if facts.level is not Level.GENERAL:
        return Words("Only at the general level.")
    if now - facts.stay_began_at < policy.duration("O9", "not_after_admission_h"):
        return Words("They are here for too short a time.")
    if any(_counts(one, since, now, policy) for one, since in facts.cautions):
        return Words("A caution stands against it.")
    if not facts.sees_breathing or facts.reading_age_s is None:
        return Words("There is no reading of one person breathing.")
    if facts.reading_age_s > policy.number("O9", "reading_within_s"):
        return Words("The reading is too old.")
    return _too_often(facts.tonight)


def _counts(caution: Caution, since: datetime, now: datetime, policy: Policy) -> bool:
    lasts: timedelta = policy.duration("O9", "caution_for_h")
    return caution not in FOR_A_DAY or now - since < lasts


def _too_often(tonight: Sequence[Saw]) -> Words | None:
    """Never twice running, and never for more than half of a night's checks, this one among them."""
    leant = [one is Saw.BREATHING_BY_SENSOR for one in tonight]
    if leant and leant[-1]:
        return Words("The last check rested on it already.")
    if 2 * (sum(leant) + 1) > len(leant) + 1:
        return Words("Half of this night's checks rest on it already.")
    return None
