"""How closely somebody is observed: levels that people set, and that nothing a sensor says ever lowers (rule O2)."""

from datetime import timedelta
from enum import StrEnum

from console.roles import Role
from console.rules.consenting.trading import ClinicalReason
from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words


class Level(StrEnum):
    """A level of observation, from the widest to the closest."""

    GENERAL = "general"
    HALF_HOURLY = "half_hourly"
    QUARTER_HOURLY = "quarter_hourly"
    EYESIGHT = "eyesight"
    ARMS_LENGTH = "arms_length"


CONTINUOUS = frozenset({Level.EYESIGHT, Level.ARMS_LENGTH})
"""Somebody is with the person all the time: there are no due times, there are hand-overs (rule O3)."""
LEVEL_WORDS = {
    Level.GENERAL: Words("General"),
    Level.HALF_HOURLY: Words("Half-hourly"),
    Level.QUARTER_HOURLY: Words("Quarter-hourly"),
    Level.EYESIGHT: Words("Within eyesight, all the time"),
    Level.ARMS_LENGTH: Words("Within arm's length, all the time"),
}
_FROM_WIDEST = tuple(Level)
_LOWERS = frozenset({Role.NURSE_IN_CHARGE})


def longest_gap(level: Level, policy: Policy) -> timedelta:
    """Return the longest time that may pass between two checks of a level.

    Raises:
        PolicyError: the level is continuous, and has no such time.
    """
    return policy.duration("O3", f"{level.value}_longest_gap_min")


def is_lower(after: Level, before: Level | None) -> bool:
    """Return whether a level is a wider one than the one before; the first one is none."""
    return before is not None and _FROM_WIDEST.index(after) < _FROM_WIDEST.index(before)


def may_set_level(role: Role, before: Level | None, after: Level, clinician: str, why: str, policy: Policy) -> Decision:
    """Decide whether somebody may set a level: closer at once, wider only on a clinician's named word (rule O2).

    Args:
        role: of whoever sets it.
        before: the level until now; None when none was written down.
        after: the level from now on.
        clinician: initials of who decided it; needed for a wider one.
        why: a `ClinicalReason`; needed for a wider one. No reading is among them.
        policy: the rule book.
    """
    if not is_lower(after, before):
        return policy.allow("O2", reason=Words("Written down. The checks follow it from now on."))
    if role not in _LOWERS:
        return policy.deny("O2", reason=Words("The nurse in charge writes down a lower level."))
    if not clinician.strip() or why not in set(ClinicalReason):
        return policy.deny("O2", reason=Words("Write down which clinician lowers it, and why. No reading is a reason."))
    return policy.allow("O2", reason=Words("Written down. The checks follow it from now on."))
