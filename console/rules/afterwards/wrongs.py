"""'The system got it wrong': until when the safety officer answers, and what an answer needs (rule I7)."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from console.rules.decision import Decision
from console.rules.looking.reviewing import end_of_working_day
from console.rules.policy import Policy
from console.showing.views import Words

LONGEST = 1000
"""Letters of each text of an answer."""
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./-]{2,39}")


class WrongOutcome(StrEnum):
    """What the safety officer found."""

    UPHELD = "upheld"
    NOT_UPHELD = "not_upheld"


@dataclass(frozen=True, slots=True)
class Finding:
    """The safety officer's answer.

    Attributes:
        outcome: a `WrongOutcome`.
        answer: in plain words, for whoever reported it.
        national_ref: of the learning event in the national service.
        regulator_ref: of the report to the regulator; empty where it is no matter of the device.
        is_device: it is a matter of the device, and so the regulator is told.
        title: of the hazard.
        cause: of the hazard.
        effect: of the hazard.
        notice: what other deployments are told.
    """

    outcome: str
    answer: str
    national_ref: str = ""
    regulator_ref: str = ""
    is_device: bool = False
    title: str = ""
    cause: str = ""
    effect: str = ""
    notice: str = ""


def answer_by(made_at: datetime, policy: Policy, zone: ZoneInfo) -> datetime:
    """Return until when a report is answered: the end of the next working day, UTC-aware."""
    return end_of_working_day(made_at, int(policy.number("I7", "answer_after_working_days")), zone)


def may_answer(told: Finding, *, is_open: bool, policy: Policy) -> Decision:
    """Decide whether an answer is whole.

    Args:
        told: the answer.
        is_open: the report is there, and nobody has answered it.
        policy: the rule book.
    """
    if not is_open:
        return policy.deny("I7", reason=Words("That report is not there, or is answered."))
    if told.outcome not in set(WrongOutcome) or not _is_text(told.answer):
        return policy.deny("I7", reason=Words("Say what you found, and answer in plain words."))
    if told.outcome == WrongOutcome.NOT_UPHELD:
        return policy.allow("I7", reason=Words("Answered. Whoever reported it reads your answer."))
    if not all(_is_text(one) for one in (told.title, told.cause, told.effect)):
        return policy.deny("I7", reason=Words("It was wrong, so it is a hazard: write its title, cause and effect."))
    if not _REFERENCE.fullmatch(told.national_ref.strip()):
        return policy.deny("I7", reason=Words("Report it as a learning event first, and write down its reference."))
    if told.is_device and not _REFERENCE.fullmatch(told.regulator_ref.strip()):
        return policy.deny("I7", reason=Words("Report it to the regulator first, and write down the reference."))
    if not _is_text(told.notice):
        return policy.deny("I7", reason=Words("Write what the other hospitals that use this are to be told."))
    return policy.allow("I7", "H1", reason=Words("Answered, and entered in the hazard log. Now send the notice."))


def _is_text(said: str) -> bool:
    return 0 < len(said.strip()) <= LONGEST
