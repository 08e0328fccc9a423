"""What every command of the ward needs, and the one way to run a command: permit, work and entry together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from broker.clock import Clock
from broker.vocabulary import Context
from console.errors import StoreConflict
from console.logbook.audit import AuditLog, Entry, Outcome
from console.roles import Actor
from console.rules.access import Permission, Request, may
from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words
from console.store.database import Store, Tx
from console.tracing.spans import NO_SPANS, Spans

ANYONE = "anyone"


@dataclass(frozen=True, slots=True)
class Done:
    """What a command did, for its audit entry.

    Attributes:
        decision: the outcome.
        subject: `stay:...`, `node:...` and so on; empty when none.
        room: slug of the room concerned; empty when none.
        reason: a code; empty when none.
        text_digest: SHA-256 of a text that stands elsewhere, 64 hex digits; empty when none.
    """

    decision: Decision
    subject: str = ""
    room: str = ""
    reason: str = ""
    text_digest: str = ""


@dataclass(frozen=True, slots=True)
class Office:
    """The ward's own things, passed to each part that acts.

    Attributes:
        store: the database.
        audit: the log.
        policy: the rule book in force.
        clock: the console's clock.
        zone: ward time.
        site: the hospital's slug.
        ward: the ward's slug.
        context: rule A11.
        spans: times steps of this console's work; as shipped it times nothing.
    """

    store: Store
    audit: AuditLog
    policy: Policy
    clock: Clock
    zone: ZoneInfo
    site: str
    ward: str
    context: Context
    spans: Spans = NO_SPANS

    def now(self) -> datetime:
        """Return the console's time of day, UTC."""
        return self.clock.utc_now()

    def run(
        self,
        actor: Actor | None,
        permission: Permission,
        action: str,
        work: Callable[[Tx], Done],
        *,
        room: str = "",
        is_own: bool = False,
    ) -> Decision:
        """Run a command: permit, work and audit entry in one transaction.

        Args:
            actor: who asks; None when nobody signed in.
            permission: what they ask for.
            action: `source:subject:action`, for the log.
            work: does it, and returns what it did; it writes nothing when it denies.
            room: the room concerned, where a denial is to name it.
            is_own: it is about the actor themselves.

        Returns:
            The decision; a denial is written down too (rule X4).
        """
        permitted = may(Request(actor.role if actor else None, permission, is_own=is_own), self.policy)

        def within(tx: Tx) -> Decision:
            done = work(tx) if permitted else Done(permitted, room=room)
            self.record(tx, actor, action, done)
            return done.decision

        try:
            return self.store.write(within)
        except StoreConflict:
            words = Words("Somebody else did something here at the same moment. Look again.")
            return self.policy.deny("X4", reason=words)

    def record(self, tx: Tx, actor: Actor | None, action: str, done: Done) -> int:
        """Add one entry to the log; return its index."""
        decision = done.decision
        return self.audit.append(
            tx,
            Entry(
                action=action,
                actor=actor.actor_id if actor else ANYONE,
                role=actor.role if actor else None,
                outcome=Outcome.ALLOWED if decision.allowed else Outcome.DENIED,
                rules=decision.rules,
                policy_version=decision.policy_version,
                subject=done.subject,
                room=done.room,
                reason=done.reason,
                text_digest=done.text_digest,
                obligations=tuple(one.value for one in decision.obligations),
            ),
        )
