"""Whether somebody at the door may see a person's reading now: after what they saw by eye, once, soon (rules K6, A11).

A number that is known beforehand draws the eye to itself. So what was seen is written down first, it stays as it was,
and the number neither changes it nor counts for anything.
"""

from dataclasses import dataclass
from datetime import timedelta

from console.rules.decision import Decision
from console.rules.in_person.observing import Saw, SeenPlace
from console.rules.policy import Policy
from console.showing.views import Words

_BESIDE_THE_SENSOR = frozenset({SeenPlace.THEIR_ROOM, SeenPlace.ENSUITE})


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody wrote down who saw a person, as far as it opens a reading.

    Attributes:
        is_own: whoever asks wrote it.
        is_proven: the door's code proves that they were there.
        place: where the person was.
        saw: by what they know.
        age: since they stood there.
        is_used: it has opened a reading already.
        stays: that person stays in that room still.
    """

    is_own: bool
    is_proven: bool
    place: SeenPlace
    saw: Saw
    age: timedelta
    is_used: bool
    stays: bool


def may_see_spot(seen: Seen | None, policy: Policy) -> Decision:
    """Decide whether an entry opens the reading of the person it is about.

    Args:
        seen: the entry; None when there is none of that number.
        policy: the rule book.
    """
    why_not = _why_not(seen, policy)
    if why_not is not None:
        return policy.deny("K6", reason=why_not)
    return policy.allow("K6", "A11", reason=Words("You have seen them. This is what the sensor says now."))


def refuse_before_eye(policy: Policy) -> Decision:
    """Return the answer to whoever asks for a number while a check of that person is due."""
    words = Words("A check is due. First see them and write it down; then the reading is one tap away.")
    return policy.deny("K6", "O2", reason=words)


def _why_not(seen: Seen | None, policy: Policy) -> Words | None:
    if seen is None or not seen.is_own or not seen.stays:
        return Words("First see them, and write down what you saw.")
    if seen.saw is Saw.COULD_NOT_SEE:
        return Words("You could not see them. Go in, or get help: a reading is no answer.")
    if not seen.is_proven:
        return Words("The door's code did not prove that you were there. See them at the door first.")
    if seen.place not in _BESIDE_THE_SENSOR:
        return Words("They were somewhere else: the sensor of their room does not see them.")
    if seen.is_used:
        return Words("You have seen this reading. See them again for another one.")
    if seen.age > policy.duration("K6", "spot_within_s"):
        return Words("That was too long ago. See them again, and write it down.")
    return None
