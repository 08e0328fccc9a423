"""Which text may carry a yes: one that a translator has checked, or none at all beside an interpreter (C15, E1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from console.rules.consenting.grants import Information
from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words

_SOURCE_LANGUAGE = "en"
_SPOKEN_BY_A_PERSON = frozenset({"talk", "bsl"})


@dataclass(frozen=True, slots=True)
class Wording:
    """How well the text of one language is known.

    Attributes:
        language: tag, such as `ur`.
        reviewed_by: who checked it; empty when nobody has.
        reviewed_on: when; None when nobody has.
        covers_staff: the staff's screens are translated too; otherwise the patient's pages alone.
    """

    language: str
    reviewed_by: str = ""
    reviewed_on: date | None = None
    covers_staff: bool = False

    @property
    def is_reviewed(self) -> bool:
        """Whether somebody has checked the text, and said when."""
        return bool(self.reviewed_by) and self.reviewed_on is not None


ENGLISH = Wording(_SOURCE_LANGUAGE, "the authors", date(2026, 1, 1), covers_staff=True)
"""The text that the others are translations of."""


def may_carry_grant(information: Information, wordings: Mapping[str, Wording], policy: Policy) -> Decision:
    """Decide whether a yes may stand on what was explained.

    A text that nobody has checked may explain how to stop; it never carries a yes. Where an interpreter speaks and
    nobody reads our text, the interpreter carries it.

    Args:
        information: which language and format, and the interpreter if there was one.
        wordings: by language; a language that is not there has no text of ours.
        policy: the rule book.
    """
    language = information.language.split("-")[0].lower()
    if language == _SOURCE_LANGUAGE:
        return policy.allow("C15", reason=Words("The English text is the one that was checked."))
    if information.interpreter and information.format in _SPOKEN_BY_A_PERSON:
        return policy.allow("C15", reason=Words("The interpreter carries it."))
    wording = wordings.get(information.language) or wordings.get(language)
    if wording is not None and wording.is_reviewed:
        return policy.allow("C15", "E1", reason=Words("A translator has checked this text."))
    return policy.deny(
        "C15",
        "E1",
        reason=Words(
            "No translator has checked this text. It may explain how to stop. For a yes, bring an interpreter."
        ),
    )
