"""What somebody found who went, and how they know; only having seen or heard the person ends a call (rule A4)."""

from enum import StrEnum


class VisitOutcome(StrEnum):
    """What somebody found who went."""

    SAW_THEM_FINE = "saw_them_fine"
    SPOKE_AND_ANSWERED = "spoke_and_answered"
    NEEDED_HELP = "needed_help"
    EMERGENCY = "emergency"
    FOUND_ELSEWHERE_FINE = "found_elsewhere_fine"
    COULD_NOT_GET_IN = "could_not_get_in"
    COULD_NOT_SEE = "could_not_see"
    NO_ANSWER = "no_answer"
    NOT_THERE = "not_there"


NOT_SEEN = frozenset(
    {VisitOutcome.COULD_NOT_GET_IN, VisitOutcome.COULD_NOT_SEE, VisitOutcome.NO_ANSWER, VisitOutcome.NOT_THERE}
)
"""Outcomes that never end a call."""


class HowSeen(StrEnum):
    """By what somebody knows that the person is alive."""

    SPOKE = "spoke"
    MOVED = "moved"
    SAW_BREATHING = "saw_breathing"
