"""What people owe the rule book: the records of rules that no code can keep, each with its due date and its prompt."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words


@dataclass(frozen=True, slots=True)
class Duty:
    """One record that people keep for a rule.

    Attributes:
        rule_id: the rule.
        sentence: the rule in plain words.
        record: what is written down.
        prompt: what to do when it is due.
        made_at: when the newest record was made, UTC; None when there is none.
        due_at: when the next one is due, UTC; None when there is none yet, and so one is due now.
        is_due: whether one is due now.
    """

    rule_id: str
    sentence: str
    record: str
    prompt: str
    made_at: datetime | None
    due_at: datetime | None
    is_due: bool


def duties_of(policy: Policy, made: Mapping[str, datetime], now: datetime) -> tuple[Duty, ...]:
    """Return every duty, those that are due first and the longest due of them before the others.

    Args:
        policy: the rule book.
        made: when the newest record of a rule was made, UTC; a rule without one is left out.
        now: UTC.
    """
    found = []
    for rule in policy.in_order():
        if rule.paper is not None:
            at = made.get(rule.rule_id)
            due_at = None if at is None else at + rule.paper.due
            is_due = due_at is None or now >= due_at
            found.append(Duty(rule.rule_id, rule.sentence, rule.paper.record, rule.paper.prompt, at, due_at, is_due))
    return tuple(sorted(found, key=lambda one: (one.due_at is not None, one.due_at or now)))


def may_note(rule_id: str, policy: Policy) -> Decision:
    """Decide whether a record can be made for a rule: only for one that asks for it."""
    rule = policy.rules.get(rule_id)
    if rule is None or rule.paper is None:
        return policy.deny("X4", reason=Words("No rule of the book asks for such a record."))
    return policy.allow(rule_id, reason=Words("It is written down. The next one is due when the list says so."))
