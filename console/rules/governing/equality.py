"""Who was offered, said yes, said no or stopped, by group: counted, never ranked, small groups withheld (rule E2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from console.rules.consenting.grants import Basis
from console.rules.consenting.groups import OwnQuestion
from console.rules.consenting.history import ONE_SENSOR, ConsentEntry, EntryKind
from console.rules.consenting.person import Adjustment
from console.rules.governing.counting import shown_counts
from console.rules.policy import Policy

NOT_ON_RECORD = "not_on_record"
"""The group of those of whom nothing is written down."""


class GroupQuestion(StrEnum):
    """By what is counted: only by what is on record anyway."""

    AGE = "age"
    LANGUAGE = "language"
    NEEDS = "needs"


class Outcome(StrEnum):
    """What is counted: people, not presses."""

    OFFERED = "offered"
    YES = "yes"
    NO = "no"
    STOPPED = "stopped"
    BEST_INTERESTS = "best_interests"


_OUTCOMES: Mapping[EntryKind, Outcome] = {
    EntryKind.OFFERED: Outcome.OFFERED,
    EntryKind.GIVEN: Outcome.YES,
    EntryKind.REFUSED: Outcome.NO,
    EntryKind.WITHDRAWN: Outcome.STOPPED,
    EntryKind.RELAYED_NO: Outcome.STOPPED,
}


@dataclass(frozen=True, slots=True)
class GroupCount:
    """One group.

    Attributes:
        group: code of the answer.
        people: how many; None where it is withheld.
        outcomes: by outcome, how many of them; None where it is withheld.
    """

    group: str
    people: int | None
    outcomes: Mapping[Outcome, int | None]


@dataclass(frozen=True, slots=True)
class OnePerson:
    """What is known of one person, without who they are.

    Attributes:
        history: everything that was written down, oldest first.
        told: what they chose to tell about themselves.
    """

    history: Sequence[ConsentEntry]
    told: Mapping[OwnQuestion, str] = field(default_factory=dict)


def counts_by_group(
    everybody: Iterable[OnePerson], question: GroupQuestion | OwnQuestion, policy: Policy
) -> tuple[GroupCount, ...]:
    """Count people by one question.

    Args:
        everybody: one for each person.
        question: by what.
        policy: the rule book.

    Returns:
        Each group that anybody is in, by name; what could name somebody is withheld (rule E2).
    """
    people: dict[str, int] = {}
    found: dict[Outcome, dict[str, int]] = {one: {} for one in Outcome}
    for one in everybody:
        group = _group(one, question)
        people[group] = people.get(group, 0) + 1
        for outcome in _outcomes(one.history):
            found[outcome][group] = found[outcome].get(group, 0) + 1
    shown = shown_counts(people, policy)
    outcomes = {
        one: shown_counts({group: counts.get(group, 0) for group in people}, policy) for one, counts in found.items()
    }
    return tuple(
        GroupCount(
            group,
            shown[group],
            {one: None if shown[group] is None else outcomes[one][group] for one in Outcome},
        )
        for group in sorted(people)
    )


def _outcomes(history: Sequence[ConsentEntry]) -> set[Outcome]:
    # Who stops one of two sensors keeps the other: that is no stop of theirs.
    found = {_OUTCOMES[one.kind] for one in history if one.kind in _OUTCOMES and not one.details.get(ONE_SENSOR)}
    bases = {one.details.get("basis") for one in history if one.kind is EntryKind.GIVEN}
    return found | ({Outcome.BEST_INTERESTS} if Basis.BEST_INTERESTS in bases else set())


def _group(person: OnePerson, question: GroupQuestion | OwnQuestion) -> str:
    """Return the newest answer that is on record."""
    if isinstance(question, OwnQuestion):
        return person.told.get(question, NOT_ON_RECORD)
    for entry in reversed(person.history):
        told = _told(entry, question)
        if told:
            return told
    return NOT_ON_RECORD


def _told(entry: ConsentEntry, question: GroupQuestion) -> str:
    details = entry.details
    if question is GroupQuestion.AGE:
        return str(details.get("age") or "")
    if question is GroupQuestion.LANGUAGE:
        information = details.get("information") if entry.kind is EntryKind.GIVEN else None
        return str(information.get("language", "")) if isinstance(information, Mapping) else ""
    if entry.kind is not EntryKind.ADJUSTED:
        return ""
    needs = [str(one) for one in details.get("needs", ())]
    return "nothing" if needs == [Adjustment.NONE] else "some"
