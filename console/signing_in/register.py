"""What sign-in and enrolment have in common: each outcome is a decision, and an audit entry of pseudonyms only."""

import unicodedata

from console.logbook.audit import AuditLog, Entry, Outcome
from console.roles import Actor
from console.rules.decision import Decision
from console.showing.views import Words
from console.store.database import Store, Tx

_RULES = ("X4", "X6")


class Register:
    """Where sign-ins and enrolments are recorded.

    Attributes:
        store: the database.
        clock: its clock.
    """

    def __init__(self, store: Store, audit: AuditLog, policy_version: int) -> None:
        self.store = store
        self.clock = store.clock
        self._audit = audit
        self._policy_version = policy_version

    def record(
        self,
        tx: Tx,
        action: str,
        actor: Actor | None,
        *,
        subject: str = "",
        reason: str = "",
        outcome: Outcome = Outcome.ALLOWED,
        text_digest: str = "",
    ) -> None:
        """Add the audit entry of one outcome; nobody known is `anyone`."""
        entry = Entry(
            action,
            actor.actor_id if actor else "anyone",
            actor.role if actor else None,
            outcome,
            _RULES,
            self._policy_version,
            subject,
            reason=reason,
            text_digest=text_digest,
        )
        self._audit.append(tx, entry)

    def deny(self, action: str, actor: Actor | None, reason: str, words: Words, *, subject: str = "") -> Decision:
        """Record a refusal in its own transaction and return it."""
        denied = Outcome.DENIED
        self.store.write(lambda tx: self.record(tx, action, actor, subject=subject, reason=reason, outcome=denied))
        return self.decide(words)

    def decide(self, words: Words, *, allowed: bool = False) -> Decision:
        """Return a decision that needs no entry of its own."""
        return Decision(allowed, _RULES, words, self._policy_version)


def normal_name(username: str) -> str:
    """Return a username as every keyboard would write it."""
    return unicodedata.normalize("NFKC", username).strip()
