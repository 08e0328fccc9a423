"""What somebody may tell about themselves, so that unequal treatment can be counted: each answer optional (rule E2)."""

from collections.abc import Mapping
from enum import StrEnum

from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words


class OwnQuestion(StrEnum):
    """What is asked, of the person alone; nobody answers for them."""

    SEX = "sex"
    ETHNICITY = "ethnicity"
    DETENTION = "detention"
    DISABILITY = "disability"
    AUTISM_OR_LD = "autism_or_ld"
    RELIGION = "religion"
    GENDER_IDENTITY = "gender_identity"
    SEXUAL_ORIENTATION = "sexual_orientation"
    PREGNANCY = "pregnancy"


_YES_NO = ("yes", "no")
ANSWERS: Mapping[OwnQuestion, tuple[str, ...]] = {
    OwnQuestion.SEX: ("female", "male", "other"),
    OwnQuestion.ETHNICITY: ("asian", "black", "mixed", "white", "other"),
    OwnQuestion.DETENTION: ("detained", "informal"),
    OwnQuestion.DISABILITY: _YES_NO,
    OwnQuestion.AUTISM_OR_LD: _YES_NO,
    OwnQuestion.RELIGION: ("none", "buddhist", "christian", "hindu", "jewish", "muslim", "sikh", "other"),
    OwnQuestion.GENDER_IDENTITY: ("same_as_at_birth", "not_as_at_birth"),
    OwnQuestion.SEXUAL_ORIENTATION: ("straight", "gay_or_lesbian", "bisexual", "other"),
    OwnQuestion.PREGNANCY: _YES_NO,
}
"""By question, the answers; the ethnic groups are the five of the 2021 census of England and Wales.

Source: Office for National Statistics, Census 2021, the groups of ethnicity, religion, orientation and gender identity.
"""
NO_ANSWER = ""
"""Rather not say: what was told before is forgotten."""


def may_tell(told: Mapping[str, str], policy: Policy) -> Decision:
    """Decide whether answers can be kept: each one from its list, or none."""
    for question, answer in told.items():
        if question not in set(OwnQuestion) or answer not in (*ANSWERS[OwnQuestion(question)], NO_ANSWER):
            return policy.deny("E2", reason=Words("Choose from the list."))
    if all(answer == NO_ANSWER for answer in told.values()):
        return policy.allow("E2", reason=Words("It is forgotten. You need not say."))
    return policy.allow("E2", reason=Words("Thank you. It is counted, and never shown with your name."))
