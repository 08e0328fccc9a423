"""One rule of the rule book, and how it is read from the policy file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from typing import Any

from console.roles import Role

_TIME_OF_DAY = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_RULE_ID = re.compile(r"([A-Z])([0-9]{1,2})([a-z]?)")


class SourceStatus(StrEnum):
    """How well founded a rule is."""

    SEEN = "seen"
    INFERRED = "inferred"
    PROPOSED = "proposed"
    BACKGROUND = "background"


class RuleState(StrEnum):
    """How a rule is kept.

    `by_people`: a paper process that no code can enforce; it has a record, a due date and a prompt. `not_yet`: this
    version does not enforce it, and says why.
    """

    ENFORCED = "enforced"
    BY_PEOPLE = "by_people"
    NOT_YET = "not_yet"


class Safer(StrEnum):
    """Which way a parameter may move without costing safety or privacy."""

    LOWER = "lower"
    HIGHER = "higher"
    NEITHER = "neither"


class PolicyError(ValueError):
    """A policy cannot be used; the sentence names the rule and the remedy."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number or time of day that a rule reads.

    Attributes:
        name: unique within its rule; ends with its unit.
        value: a number, or a ward-local time of day as "HH:MM".
        unit: s, min, h, d, count, times or local_time.
        low: smallest value allowed; the earliest for a time of day.
        high: largest value allowed; the latest for a time of day.
        safer_for_safety: the direction that is safer for the person's body.
        safer_for_privacy: the direction that is safer for the person's privacy.
        signed_by: roles that sign a change of it besides those of the book's own table; mostly none.
    """

    name: str
    value: float | time
    unit: str
    low: float | time
    high: float | time
    safer_for_safety: Safer
    safer_for_privacy: Safer
    signed_by: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands for a rule that people keep: a record, a due date and a prompt.

    Attributes:
        record: what is written down.
        due: how long a record stands before the next one is due.
        prompt: the sentence shown when it is due.
    """

    record: str
    due: timedelta
    prompt: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as it stands in the policy file.

    Attributes:
        rule_id: as in the governance chapters.
        sentence: the rule in plain words.
        source: who asks for it.
        source_status: how well founded that is.
        enforced_in: what enforces it: a module that names the rule where it decides, or `module:function`.
        parameters: by name.
        state: how it is kept.
        why_not_yet: why this version does not enforce it; empty unless it does not.
        way_out: what somebody whom it refuses can do; empty where its refusals say so themselves.
        paper: what people write down for it; None where nothing is.
    """

    rule_id: str
    sentence: str
    source: str
    source_status: SourceStatus
    enforced_in: tuple[str, ...]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    state: RuleState = RuleState.ENFORCED
    why_not_yet: str = ""
    way_out: str = ""
    paper: Paper | None = None

    @property
    def chapter(self) -> str:
        """Return the letter of its chapter."""
        return chapter_of(self.rule_id)


def chapter_of(rule_id: str) -> str:
    """Return the letters before a rule's number."""
    return rule_id.rstrip("abcdefghijklmnopqrstuvwxyz").rstrip("0123456789")


def in_order(rule_id: str) -> tuple[int, str, int, str]:
    """Return what to sort rules by: the chapters in the order of the book, then the number, then the letter."""
    told = _RULE_ID.fullmatch(rule_id)
    if told is None:
        return (len(CHAPTERS), rule_id, 0, "")
    chapter, number, letter = told.groups()
    place = list(CHAPTERS).index(chapter) if chapter in CHAPTERS else len(CHAPTERS)
    return (place, chapter, int(number), letter)


CHAPTERS = {
    "C": "Consent",
    "P": "Scope, purpose, restriction",
    "K": "Capture, and what a tile may say",
    "A": "Alerts",
    "O": "In-person observation is protected",
    "X": "Access and audit",
    "I": "Incidents",
    "R": "Retention",
    "S": "The patient's side",
    "E": "Equality",
    "G": "Ward and trust assurance",
    "H": "Safety case",
    "N": "Security and operations",
    "T": "Threats that were thought through",
}
"""The chapters, in the order of the book."""


def read_rule(told: Mapping[str, Any]) -> Rule:
    """Read one `[[rule]]` table.

    Raises:
        PolicyError: a rule without sentence or source, one that says neither where it is enforced, nor what people
            write down, nor why it waits, or a value outside its own bounds.
    """
    rule_id = str(told.get("id", "?"))
    for key in ("id", "sentence", "source", "source_status"):
        if not told.get(key):
            raise PolicyError(f"rule {rule_id}: {key} is missing")
    places, given = told.get("enforced_in", []), told.get("parameter", [])
    if not isinstance(places, list) or not isinstance(given, list):
        raise PolicyError(f"rule {rule_id}: enforced_in and parameter are lists")
    parameters = [_read_parameter(rule_id, one) for one in given]
    rule = Rule(
        rule_id,
        str(told["sentence"]),
        str(told["source"]),
        _one_of(SourceStatus, rule_id, "source_status", told["source_status"]),
        tuple(str(one) for one in places),
        {one.name: one for one in parameters},
        _one_of(RuleState, rule_id, "state", told.get("state", RuleState.ENFORCED)),
        str(told.get("why_not_yet", "")),
        str(told.get("way_out", "")),
        _read_paper(rule_id, told.get("paper")),
    )
    _needs(rule)
    return rule


def _needs(rule: Rule) -> None:
    """Hold a rule to what its state needs."""
    lacking = {
        RuleState.ENFORCED: "" if rule.enforced_in else "enforced_in",
        RuleState.BY_PEOPLE: "" if rule.paper else "paper",
        RuleState.NOT_YET: "" if rule.why_not_yet else "why_not_yet",
    }[rule.state]
    if lacking:
        raise PolicyError(f"rule {rule.rule_id}: {lacking} is missing, for its state is {rule.state}")
    if rule.state is not RuleState.NOT_YET and rule.why_not_yet:
        raise PolicyError(f'rule {rule.rule_id}: why_not_yet is given, so say state = "not_yet", or take it out')


def _read_paper(rule_id: str, told: Mapping[str, Any] | None) -> Paper | None:
    if told is None:
        return None
    record, due_d, prompt = told.get("record"), told.get("due_d"), told.get("prompt")
    if not (record and prompt and isinstance(due_d, int) and due_d > 0):
        raise PolicyError(f"rule {rule_id}: paper needs record, prompt, and due_d as a number of days")
    return Paper(str(record), timedelta(days=due_d), str(prompt))


def _read_parameter(rule_id: str, told: Mapping[str, Any]) -> Parameter:
    name, unit = str(told.get("name", "?")), str(told.get("unit", "?"))
    value, low, high = (_value(rule_id, name, unit, told.get(key)) for key in ("value", "low", "high"))
    one = Parameter(
        name,
        value,
        unit,
        low,
        high,
        _one_of(Safer, rule_id, f"{name}: safer_for_safety", told.get("safer_for_safety")),
        _one_of(Safer, rule_id, f"{name}: safer_for_privacy", told.get("safer_for_privacy")),
        tuple(_one_of(Role, rule_id, f"{name}: signed_by", role) for role in told.get("signed_by", [])),
    )
    within(rule_id, one, value)
    return one


def within(rule_id: str, parameter: Parameter, value: float | time) -> None:
    """Hold a value to its parameter's bounds.

    Raises:
        PolicyError: it lies outside, or is of the wrong kind.
    """
    low, high = parameter.low, parameter.high
    if isinstance(value, time) and isinstance(low, time) and isinstance(high, time):
        is_inside = low <= value <= high
    elif isinstance(value, time) or isinstance(low, time) or isinstance(high, time):
        raise PolicyError(f"rule {rule_id}: {parameter.name} and its bounds are all numbers, or all times of day")
    else:
        is_inside = low <= value <= high
    if not is_inside:
        shown = [text_of(one) for one in (value, low, high)]
        raise PolicyError(
            f"rule {rule_id}: {parameter.name} = {shown[0]} is outside {shown[1]} to {shown[2]}; choose a value within"
        )


def text_of(value: float | time) -> str:
    """Return a value as it stands in the file."""
    return f"{value:%H:%M}" if isinstance(value, time) else f"{value:g}"


def read_value(rule_id: str, parameter: Parameter, told: object) -> float | time:
    """Read a value for a parameter, and hold it to its bounds.

    Raises:
        PolicyError: it is of the wrong kind, or outside.
    """
    value = _value(rule_id, parameter.name, parameter.unit, told)
    within(rule_id, parameter, value)
    return value


def _value(rule_id: str, name: str, unit: str, told: object) -> float | time:
    if unit == "local_time":
        if not isinstance(told, str) or not _TIME_OF_DAY.fullmatch(told):
            raise PolicyError(f'rule {rule_id}: {name} needs a value, low and high as "HH:MM"')
        return time.fromisoformat(told)
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise PolicyError(f"rule {rule_id}: {name} needs a value, low and high as numbers")
    return float(told)


def _one_of(kind: type[Any], rule_id: str, key: str, told: object) -> Any:
    try:
        return kind(str(told))
    except ValueError as error:
        known = ", ".join(str(one) for one in kind)
        raise PolicyError(f"rule {rule_id}: {key} = {told!r}; say one of {known}") from error
