"""The co-production log: each material change was talked over with patients, and an objection is answered (rule G5)."""

from dataclasses import asdict, dataclass
from typing import Any

from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words

LONGEST = 400
"""Letters of each answer."""


@dataclass(frozen=True, slots=True)
class Talk:
    """One talk, as it is written down for everybody to read.

    Attributes:
        change: what changes.
        who: who was asked, by role, such as "two patients, one family carer".
        said: what they said.
        answer: what came of it.
        is_objection: they objected.
    """

    change: str
    who: str
    said: str
    answer: str
    is_objection: bool = False

    def details(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return asdict(self)


def may_log(talk: Talk, policy: Policy) -> Decision:
    """Decide whether a talk can be written down: what, with whom, what was said; an objection has its answer."""
    texts = (talk.change, talk.who, talk.said, talk.answer)
    if any(len(one) > LONGEST for one in texts):
        return policy.deny("G5", reason=Words("Each answer in at most {most} letters.", {"most": LONGEST}))
    if not all(one.strip() for one in texts[:3]):
        return policy.deny("G5", reason=Words("Say what changes, who was asked, by role, and what they said."))
    if talk.is_objection and not talk.answer.strip():
        return policy.deny("G5", reason=Words("An objection is answered in public. Write down the answer."))
    return policy.allow("G5", reason=Words("Written down. The ward's public page shows it: name nobody."))
