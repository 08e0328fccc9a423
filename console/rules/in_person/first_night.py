"""The first-night card: four short screens and one practice alert for somebody new to the ward (rule G3a)."""

from dataclasses import dataclass

from console.roles import Role
from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words

PRACTICE_CODE = "4711"
"""What the practice door shows; no real door's tag is asked."""
_NEW_HERE = frozenset({Role.NURSE})


@dataclass(frozen=True, slots=True)
class Card:
    """One screen of the card.

    Attributes:
        title: what it is about.
        lines: at most four short ones.
    """

    title: Words
    lines: tuple[Words, ...]


CARDS = (
    Card(
        Words("What the tile words mean"),
        (
            Words("SOMEONE IN BED: a sensor saw somebody move or breathe in the last minute. It does not know who."),
            Words("CANNOT TELL, NOT MONITORED: the screen is blind. Go and look."),
            Words("SENSOR OFF: they said no, or were not asked. They are checked in person like everybody."),
        ),
    ),
    Card(
        Words("The screen is never a check"),
        (
            Words("A check is you, at the door, seeing the person breathe, move or speak."),
            Words("This system will not tell you if a patient stops breathing."),
        ),
    ),
    Card(
        Words("What you do at the door"),
        (
            Words("Press I'm going. Walk. Touch the door's tag, or type its code."),
            Words("Knock, low red light first. Then say what you saw. Nothing else ends a call."),
            Words("Could not get in, or could not see them? Say so: everybody is called."),
        ),
    ),
    Card(
        Words("How a patient says no"),
        (
            Words("Any word, sign or press is a no. Stop it at once: by the room control, the card, or your screen."),
            Words("Do not argue, and do not ask for a reason. Their checks stay as they are."),
        ),
    ),
)


def is_due(role: Role, *, is_done: bool, is_trained: bool) -> bool:
    """Return whether the card is shown at a badge: to nurses who are new here, until they have done it.

    Args:
        role: of whoever tapped.
        is_done: they have been through it on this ward.
        is_trained: their training for the board is in date: they know more than the card says.
    """
    return role in _NEW_HERE and not is_done and not is_trained


def may_finish(code: str, outcome: str, policy: Policy) -> Decision:
    """Decide whether the practice alert was closed as a real one is: with the door's code, by having seen somebody."""
    if code.strip() != PRACTICE_CODE:
        return policy.deny(
            "G3a", reason=Words("That is not the code on the practice door. Read it, and type it again.")
        )
    if outcome != "saw_them_fine":
        return policy.deny("G3a", reason=Words("A call ends when you saw the person. Say what you saw."))
    return policy.allow(
        "G3a", "G3", reason=Words("Done, and written into your training. Thank you. Your board is next.")
    )
