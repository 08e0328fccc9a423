"""The policy file: every rule that is enforced, its sentence, its source and its parameters."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from console.rules.decision import Decision, Obligation
from console.views import Words

POLICY_FILE = Path(__file__).with_name("policy.toml")


class SourceStatus(StrEnum):
    """How well founded a rule is."""

    SEEN = "seen"
    INFERRED = "inferred"
    PROPOSED = "proposed"
    BACKGROUND = "background"


class Safer(StrEnum):
    """Which way a parameter may move without costing safety or privacy."""

    LOWER = "lower"
    HIGHER = "higher"
    NEITHER = "neither"


class PolicyError(ValueError):
    """The policy file cannot be used; the sentence names the rule and the remedy."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number or time of day that a rule reads.

    Attributes:
        name: unique within its rule; ends with its unit.
        value: a number, or a ward-local time of day as "HH:MM".
        unit: s, h, d, count or local_time.
        low: smallest value allowed; None for a time of day.
        high: largest value allowed; None for a time of day.
        safer_for_safety: the direction that is safer for the person's body.
        safer_for_privacy: the direction that is safer for the person's privacy.
    """

    name: str
    value: float | time
    unit: str
    low: float | None
    high: float | None
    safer_for_safety: Safer
    safer_for_privacy: Safer


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as it stands in the policy file.

    Attributes:
        rule_id: as in the governance chapters.
        sentence: the rule in plain words.
        source: who asks for it.
        source_status: how well founded that is.
        enforced_in: modules that enforce it.
        parameters: by name.
    """

    rule_id: str
    sentence: str
    source: str
    source_status: SourceStatus
    enforced_in: tuple[str, ...]
    parameters: Mapping[str, Parameter]


@dataclass(frozen=True, slots=True)
class Policy:
    """The rule book in force; it makes every decision, so that each carries its version.

    Attributes:
        version: rises with every change of the file.
        rules: by id.
    """

    version: int
    rules: Mapping[str, Rule] = field(default_factory=dict)

    def number(self, rule_id: str, name: str) -> float:
        """Return a parameter as a number in the unit of its name."""
        value = self._parameter(rule_id, name).value
        if isinstance(value, time):
            raise PolicyError(f"rule {rule_id}: {name} is a time of day, not a number")
        return value

    def duration(self, rule_id: str, name: str) -> timedelta:
        """Return a parameter as a length of time."""
        unit = self._parameter(rule_id, name).unit
        seconds = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
        if unit not in seconds:
            raise PolicyError(f"rule {rule_id}: {name} is in {unit}, not a length of time")
        return timedelta(seconds=self.number(rule_id, name) * seconds[unit])

    def time_of_day(self, rule_id: str, name: str) -> time:
        """Return a parameter as a ward-local time of day."""
        value = self._parameter(rule_id, name).value
        if not isinstance(value, time):
            raise PolicyError(f"rule {rule_id}: {name} is a number, not a time of day")
        return value

    def allow(self, *rule_ids: str, reason: Words, obligations: tuple[Obligation, ...] = ()) -> Decision:
        """Return a decision that allows."""
        return self._decide(True, rule_ids, reason, obligations)

    def deny(self, *rule_ids: str, reason: Words, obligations: tuple[Obligation, ...] = ()) -> Decision:
        """Return a decision that denies."""
        return self._decide(False, rule_ids, reason, obligations)

    def _decide(
        self, allowed: bool, rule_ids: tuple[str, ...], reason: Words, obligations: tuple[Obligation, ...]
    ) -> Decision:
        unknown = [one for one in rule_ids if one not in self.rules]
        if unknown or not rule_ids:
            raise PolicyError(f"a decision names rules of the policy file; not there: {unknown or 'none given'}")
        return Decision(allowed, rule_ids, reason, self.version, obligations)

    def _parameter(self, rule_id: str, name: str) -> Parameter:
        try:
            return self.rules[rule_id].parameters[name]
        except KeyError:
            raise PolicyError(f"rule {rule_id} has no parameter {name} in the policy file") from None


def made(decision: Decision, detail: str) -> Decision:
    """Return the decision with the id of what the command made."""
    return replace(decision, detail=detail)


def read_policy(path: Path = POLICY_FILE) -> Policy:
    """Read and check a policy file.

    Raises:
        PolicyError: a rule without sentence, source or place of enforcement, or a value outside its own bounds.
    """
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise PolicyError(f"{path.name}: {error}; mend the file or put back the one that was shipped") from error
    rules: dict[str, Rule] = {}
    for one in told.get("rule", []):
        rule = _rule(one)
        if rule.rule_id in rules:
            raise PolicyError(f"rule {rule.rule_id} stands twice in {path.name}")
        rules[rule.rule_id] = rule
    version = told.get("policy_version")
    if not isinstance(version, int) or version < 1 or not rules:
        raise PolicyError(f"{path.name}: needs policy_version (1 or more) and at least one rule")
    return Policy(version, rules)


@cache
def shipped_policy() -> Policy:
    """Return the policy file that came with the software, read once."""
    return read_policy()


def _rule(told: Mapping[str, object]) -> Rule:
    rule_id = str(told.get("id", "?"))
    for key in ("id", "sentence", "source", "source_status", "enforced_in"):
        if not told.get(key):
            raise PolicyError(f"rule {rule_id}: {key} is missing")
    places, given = told["enforced_in"], told.get("parameter", [])
    if not isinstance(places, list) or not isinstance(given, list):
        raise PolicyError(f"rule {rule_id}: enforced_in and parameter are lists")
    parameters = [_read_parameter(rule_id, one) for one in given]
    return Rule(
        rule_id,
        str(told["sentence"]),
        str(told["source"]),
        SourceStatus(str(told["source_status"])),
        tuple(str(one) for one in places),
        {one.name: one for one in parameters},
    )


def _read_parameter(rule_id: str, told: Mapping[str, object]) -> Parameter:
    name, unit, value = str(told.get("name", "?")), str(told.get("unit", "?")), told.get("value")
    safety, privacy = Safer(str(told.get("safer_for_safety"))), Safer(str(told.get("safer_for_privacy")))
    if unit == "local_time":
        return Parameter(name, time.fromisoformat(str(value)), unit, None, None, safety, privacy)
    low, high = told.get("low"), told.get("high")
    if not (isinstance(value, int | float) and isinstance(low, int | float) and isinstance(high, int | float)):
        raise PolicyError(f"rule {rule_id}: {name} needs a value, low and high as numbers")
    if not low <= value <= high:
        raise PolicyError(f"rule {rule_id}: {name} = {value} is outside {low} to {high}; choose a value within")
    return Parameter(name, float(value), unit, float(low), float(high), safety, privacy)
