"""The trust's own policy: changes of parameters inside their bounds, and who must sign them."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time

from console.roles import Role
from console.rules.policy import MOST_LOCAL, Policy
from console.rules.rule import Parameter, PolicyError, Safer, read_value, text_of

_KEYS = {"version", "book", "reason", "change"}
_CHANGE_KEYS = {"rule", "parameter", "value"}


@dataclass(frozen=True, slots=True)
class Change:
    """One parameter that the trust sets otherwise than the book.

    Attributes:
        rule_id: the rule.
        parameter: as the book has it.
        value: what the trust sets.
    """

    rule_id: str
    parameter: Parameter
    value: float | time

    @property
    def is_worse_for_safety(self) -> bool:
        """Return whether it moves away from what is safer for the person's body."""
        return self._is_worse(self.parameter.safer_for_safety)

    @property
    def is_worse_for_privacy(self) -> bool:
        """Return whether it moves away from what is safer for the person's privacy."""
        return self._is_worse(self.parameter.safer_for_privacy)

    def _is_worse(self, safer: Safer) -> bool:
        was, now = self.parameter.value, self.value
        if now == was or safer is Safer.NEITHER:
            return False
        return (_number(now) > _number(was)) == (safer is Safer.LOWER)

    def __str__(self) -> str:
        """Return it as a governance lead reads it."""
        was, now = text_of(self.parameter.value), text_of(self.value)
        worse = [
            name
            for name, is_so in (("safety", self.is_worse_for_safety), ("privacy", self.is_worse_for_privacy))
            if is_so
        ]
        cost = f", less safe for {' and '.join(worse)}" if worse else ""
        return f"{self.rule_id} {self.parameter.name}: {was} becomes {now}{cost}"


@dataclass(frozen=True, slots=True)
class LocalPolicy:
    """The trust's own policy, as it was written.

    Attributes:
        version: rises with every change of it, 1 to 999.
        book: version of the rule book that it was written for.
        reason: why, in a sentence.
        changes: each parameter once.
        digest: SHA-256 of the file, 64 hex digits.
    """

    version: int
    book: int
    reason: str
    changes: tuple[Change, ...]
    digest: str

    def signers(self, policy: Policy) -> tuple[Role, ...]:
        """Return the roles that must sign it, in the order of the list of roles."""
        signing = policy.signing
        wanted = set(signing.any_change)
        for one in self.changes:
            wanted |= set(one.parameter.signed_by)
            wanted |= set(signing.worse_for_safety if one.is_worse_for_safety else ())
            wanted |= set(signing.worse_for_privacy if one.is_worse_for_privacy else ())
        return tuple(role for role in Role if role in wanted)

    def applied_to(self, policy: Policy) -> Policy:
        """Return the rule book with these changes in it."""
        rules = dict(policy.rules)
        for one in self.changes:
            rule = rules[one.rule_id]
            changed = {**rule.parameters, one.parameter.name: replace(one.parameter, value=one.value)}
            rules[one.rule_id] = replace(rule, parameters=changed)
        return replace(policy, rules=rules, local=self.version, local_hash=self.digest)


def read_changes(content: bytes, policy: Policy) -> LocalPolicy:
    """Read the trust's own policy against the rule book.

    Args:
        content: the TOML file.
        policy: the book that came with the software, without changes.

    Raises:
        PolicyError: it holds anything but changes of parameters inside their bounds, or is for another book.
    """
    try:
        told = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PolicyError(f"the trust's policy is not TOML: {error}; mend the file") from error
    version, book, reason = told.get("version"), told.get("book"), told.get("reason")
    if strange := set(told) - _KEYS:
        raise PolicyError(f"the trust's policy may change parameters only; take out {', '.join(sorted(strange))}")
    if isinstance(version, bool) or not isinstance(version, int) or not 1 <= version <= MOST_LOCAL:
        raise PolicyError(f"the trust's policy needs version, a number from 1 to {MOST_LOCAL}")
    if book != policy.book:
        raise PolicyError(
            f"the trust's policy says book = {book}, the rule book here is {policy.book}; "
            "read what changed in the book, set book to it, raise version, and have it signed again"
        )
    if not isinstance(reason, str) or not reason.strip():
        raise PolicyError("the trust's policy needs reason, a sentence that says why")
    return LocalPolicy(version, policy.book, reason, _changes(told, policy), hashlib.sha256(content).hexdigest())


def _number(value: float | time) -> float:
    return value.hour * 60.0 + value.minute if isinstance(value, time) else value


def _changes(told: Mapping[str, object], policy: Policy) -> tuple[Change, ...]:
    tables = told.get("change")
    if not isinstance(tables, list):
        raise PolicyError(
            "the trust's policy needs a [[change]] with rule, parameter and value; to go back to the book: change = []"
        )
    changes = [_change(one, policy) for one in tables]
    named = [(one.rule_id, one.parameter.name) for one in changes]
    if len(set(named)) != len(named):
        raise PolicyError("the trust's policy changes the same parameter twice; keep one of the two")
    return tuple(changes)


def _change(told: object, policy: Policy) -> Change:
    if not isinstance(told, dict) or set(told) != _CHANGE_KEYS:
        raise PolicyError("each [[change]] of the trust's policy has rule, parameter and value, and nothing else")
    rule_id = str(told["rule"])
    parameter = policy.parameter(rule_id, str(told["parameter"]))
    return Change(rule_id, parameter, read_value(rule_id, parameter, told["value"]))
