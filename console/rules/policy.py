"""The rule book in force: every rule with its parameters, and the one maker of decisions."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from console.roles import Role
from console.rules.decision import Decision, Obligation
from console.rules.rule import Parameter, PolicyError, Rule, RuleState, Safer, SourceStatus, in_order, read_rule
from console.showing.views import Words

__all__ = [
    "POLICY_FILE",
    "Parameter",
    "Policy",
    "PolicyError",
    "Rule",
    "RuleState",
    "Safer",
    "Signing",
    "SourceStatus",
    "made",
    "read_policy",
    "shipped_policy",
]

POLICY_FILE = Path(__file__).with_name("policy.toml")
MOST_LOCAL = 999
"""A trust's own policy has version 1 to this."""


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs a change of a parameter.

    Attributes:
        any_change: roles that sign every change.
        worse_for_safety: roles that sign besides, when it moves away from what is safer for the person's body.
        worse_for_privacy: roles that sign besides, when it moves away from what is safer for their privacy.
    """

    any_change: tuple[Role, ...] = ()
    worse_for_safety: tuple[Role, ...] = ()
    worse_for_privacy: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """The rule book in force; it makes every decision, so that each carries its version.

    Attributes:
        book: version of the rule book that came with the software.
        rules: by id.
        signing: who signs a change.
        local: version of the trust's own policy; 0 when it has none.
        local_hash: SHA-256 of the trust's own policy, 64 hex digits; empty when it has none.
    """

    book: int
    rules: Mapping[str, Rule] = field(default_factory=dict)
    signing: Signing = Signing()
    local: int = 0
    local_hash: str = ""

    @property
    def version(self) -> int:
        """Return the one number that leases, decisions and the log carry.

        The book's own version; with a policy of the trust, the book's version times 1000 plus the trust's.
        """
        return self.book * (MOST_LOCAL + 1) + self.local if self.local else self.book

    def number(self, rule_id: str, name: str) -> float:
        """Return a parameter as a number in the unit of its name."""
        value = self.parameter(rule_id, name).value
        if isinstance(value, time):
            raise PolicyError(f"rule {rule_id}: {name} is a time of day, not a number")
        return value

    def duration(self, rule_id: str, name: str) -> timedelta:
        """Return a parameter as a length of time."""
        unit = self.parameter(rule_id, name).unit
        seconds = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
        if unit not in seconds:
            raise PolicyError(f"rule {rule_id}: {name} is in {unit}, not a length of time")
        return timedelta(seconds=self.number(rule_id, name) * seconds[unit])

    def time_of_day(self, rule_id: str, name: str) -> time:
        """Return a parameter as a ward-local time of day."""
        value = self.parameter(rule_id, name).value
        if not isinstance(value, time):
            raise PolicyError(f"rule {rule_id}: {name} is a number, not a time of day")
        return value

    def parameter(self, rule_id: str, name: str) -> Parameter:
        """Return one parameter.

        Raises:
            PolicyError: there is no such rule, or it has no such parameter.
        """
        try:
            return self.rules[rule_id].parameters[name]
        except KeyError:
            raise PolicyError(f"rule {rule_id} has no parameter {name} in the policy file") from None

    def in_order(self) -> tuple[Rule, ...]:
        """Return every rule in the order of the book."""
        return tuple(self.rules[one] for one in sorted(self.rules, key=in_order))

    def allow(self, *rule_ids: str, reason: Words, obligations: tuple[Obligation, ...] = ()) -> Decision:
        """Return a decision that allows."""
        return self._decide(True, rule_ids, reason, obligations)

    def deny(self, *rule_ids: str, reason: Words, obligations: tuple[Obligation, ...] = ()) -> Decision:
        """Return a decision that denies; it carries the way out of the first rule that has one."""
        ways = (self.rules[one].way_out for one in rule_ids if one in self.rules)
        denied = self._decide(False, rule_ids, reason, obligations)
        return replace(denied, way_out=next((one for one in ways if one), ""))

    def _decide(
        self, allowed: bool, rule_ids: tuple[str, ...], reason: Words, obligations: tuple[Obligation, ...]
    ) -> Decision:
        unknown = [one for one in rule_ids if one not in self.rules]
        if unknown or not rule_ids:
            raise PolicyError(f"a decision names rules of the policy file; not there: {unknown or 'none given'}")
        return Decision(allowed, rule_ids, reason, self.version, obligations, local_policy=self.local_hash[:16])


def made(decision: Decision, detail: str) -> Decision:
    """Return the decision with the id of what the command made."""
    return replace(decision, detail=detail)


def read_policy(path: Path = POLICY_FILE) -> Policy:
    """Read and check a policy file.

    Raises:
        PolicyError: what is wrong with it, naming the rule.
    """
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise PolicyError(f"{path.name}: {error}; mend the file or put back the one that was shipped") from error
    rules: dict[str, Rule] = {}
    for one in told.get("rule", []):
        rule = read_rule(one)
        if rule.rule_id in rules:
            raise PolicyError(f"rule {rule.rule_id} stands twice in {path.name}")
        rules[rule.rule_id] = rule
    version = told.get("policy_version")
    if not isinstance(version, int) or version < 1 or not rules:
        raise PolicyError(f"{path.name}: needs policy_version (1 or more) and at least one rule")
    return Policy(version, rules, _signing(path, told.get("signing", {})))


@cache
def shipped_policy() -> Policy:
    """Return the policy file that came with the software, read once."""
    return read_policy()


def _signing(path: Path, told: Mapping[str, Any]) -> Signing:
    roles = {name: tuple(Role(one) for one in told.get(name, [])) for name in Signing.__dataclass_fields__}
    if not all(roles.values()):
        raise PolicyError(f"{path.name}: [signing] names the roles for {', '.join(roles)}")
    return Signing(**roles)
