"""What counts as an observation: a person who saw the person; other entries are kept and marked (O1, O2, O4, O10)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from console.rules.decision import Decision, Obligation
from console.rules.policy import Policy
from console.showing.views import Words

if TYPE_CHECKING:
    from console.rules.in_person.rounds import PlannedCheck

IN_PERSON = "person"
"""The one source of an observation."""


class Saw(StrEnum):
    """By what somebody knows that the person is alive, or that they could not tell."""

    SPOKE = "spoke"
    MOVED = "moved"
    BREATHED = "breathed"
    BREATHING_BY_SENSOR = "breathing_by_sensor"
    COULD_NOT_SEE = "could_not_see"


class SeenPlace(StrEnum):
    """Where the person was seen; tags hang in every area (rule O1)."""

    THEIR_ROOM = "their_room"
    ENSUITE = "ensuite"
    LOUNGE = "lounge"
    KITCHEN = "kitchen"
    CORRIDOR = "corridor"
    GARDEN = "garden"
    OFFICE_DOOR = "office_door"


class Woke(StrEnum):
    """Whether the check woke them (rule O10)."""

    NO = "no"
    YES = "yes"
    ALREADY_AWAKE = "already_awake"


class Mark(StrEnum):
    """What is marked in an entry that is accepted all the same."""

    PLACE_NOT_PROVEN = "place_not_proven"
    TAG_FAULT = "tag_fault"
    LATE = "late"
    FROM_PAPER = "from_paper"
    CLOCK_IN_DOUBT = "clock_in_doubt"


MARK_WORDS = {
    Mark.PLACE_NOT_PROVEN: Words("place not proven"),
    Mark.TAG_FAULT: Words("tag fault"),
    Mark.LATE: Words("late"),
    Mark.FROM_PAPER: Words("from paper, read by two"),
    Mark.CLOCK_IN_DOUBT: Words("the tablet's clock was set in between"),
}
_NOT_ON_TIME = frozenset(Mark)


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody tells who was there.

    Attributes:
        saw: by what they know.
        place: where the person was.
        there_at: when they were there, UTC.
        entered_at: when they wrote it down, UTC.
        received_at: when the console took it, UTC.
        is_proven: the tag's code fits the place and the time.
        source: `person`, or what else it came from.
        woke: whether it woke them; None by day, or when it was not told.
        engaged_min: [min] spent talking or doing something together.
        is_tag_fault: the nurse in charge stands there, and the tag is broken or gone.
        read_by: who else read the paper; empty for what is no paper.
        clock_in_doubt: the tablet's two clocks do not agree about how long ago it was.
    """

    saw: Saw
    place: SeenPlace
    there_at: datetime
    entered_at: datetime
    received_at: datetime
    is_proven: bool
    source: str = IN_PERSON
    woke: Woke | None = None
    engaged_min: int = 0
    is_tag_fault: bool = False
    read_by: str = ""
    clock_in_doubt: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """What an entry is worth.

    Attributes:
        decision: whether it is accepted.
        marks: what is marked in it.
        ends_check: the planned check is done by it.
        on_time: it counts as done on time.
    """

    decision: Decision
    marks: tuple[Mark, ...] = ()
    ends_check: bool = False
    on_time: bool = False


def judge(
    told: Told,
    check: "PlannedCheck | None",
    policy: Policy,
    *,
    is_night: bool,
    counts_from: datetime | None = None,
) -> Judged:
    """Decide what an entry is worth: what is true is never refused, and what is not proven never counts as on time.

    Args:
        told: the entry.
        check: the planned check of that person; None when none is planned.
        policy: the rule book.
        is_night: it was night where it happened.
        counts_from: who was there before that moment was there for an earlier check, or before something made this one
            urgent: it is kept, and ends nothing; None when any moment counts.
    """
    refused = _refused(told, policy, is_night=is_night)
    if refused is not None:
        return Judged(refused)
    marks = tuple(_marks(told, check))
    if told.saw is Saw.COULD_NOT_SEE:
        words = Words("It stays due, from now. Go in, or get help: it ends when somebody has seen them.")
        return Judged(policy.allow("O1", reason=words), marks)
    ends = told.is_proven or told.is_tag_fault
    if told.read_by or told.clock_in_doubt:
        ends = False
    if not ends:
        return Judged(policy.allow("O1", "O4", reason=_kept(marks)), marks)
    if counts_from is not None and told.there_at < counts_from:
        words = Words("Written down. That was before this check was asked for: it stays due.")
        return Judged(policy.allow("O1", "O4", reason=words), marks)
    on_time = not _NOT_ON_TIME & set(marks)
    words = Words("Written down.") if on_time else _kept(marks)
    return Judged(policy.allow("O1", "O4", reason=words), marks, ends_check=True, on_time=on_time)


def tells_nurse_in_charge(unproven: int, policy: Policy) -> tuple[Obligation, ...]:
    """Return what follows from so many unproven entries of one person in one shift (NA-2)."""
    told = unproven >= policy.number("O1", "unproven_per_shift")
    return (Obligation.TELL_NURSE_IN_CHARGE,) if told else ()


def _refused(told: Told, policy: Policy, *, is_night: bool) -> Decision | None:
    if told.source != IN_PERSON:
        words = Words("A screen or a sensor is no observation. Go and see them.")
        return policy.deny("O1", "O2", reason=words, obligations=(Obligation.RAISE_CHECK_PROMPT,))
    if told.there_at > told.received_at + policy.duration("O4", "clock_differs_s"):
        return policy.deny("O4", reason=Words("That time has not come yet. Look at this device's clock."))
    if told.received_at - told.there_at > policy.duration("O4", "kept_for_h"):
        return policy.deny("O4", reason=Words("That is too long ago for this form. Write it into the patient's notes."))
    if is_night and told.woke is None and told.saw is not Saw.COULD_NOT_SEE:
        return policy.deny("O10", reason=Words("One tap more: did it wake them?"))
    return None


def _marks(told: Told, check: "PlannedCheck | None") -> list[Mark]:
    found = []
    if told.read_by:
        found.append(Mark.FROM_PAPER)
    elif not told.is_proven:
        found.append(Mark.TAG_FAULT if told.is_tag_fault else Mark.PLACE_NOT_PROVEN)
    if check is not None and told.there_at > check.latest_at:
        found.append(Mark.LATE)
    if told.clock_in_doubt:
        found.append(Mark.CLOCK_IN_DOUBT)
    return found


def _kept(marks: tuple[Mark, ...]) -> Words:
    if marks == (Mark.LATE,):
        return Words("Written down, late. Thank you.")
    if Mark.TAG_FAULT in marks:
        return Words("Written down, tag fault. Tell an engineer: a repair is due.")
    if Mark.FROM_PAPER in marks:
        return Words("Written down from paper, read by two. What is due now stays due.")
    if Mark.CLOCK_IN_DOUBT in marks:
        return Words("Written down; this device's clock was set in between. The check stays due.")
    return Words("Written down, place not proven. The check stays due until a code proves it.")
