"""The records that people keep for the rule book: listed with their due dates, and made by an entry in the log."""

import hashlib

from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission, Request, may
from console.rules.decision import Decision
from console.rules.governing.duties import Duty, duties_of, may_note
from console.store.audit_rows import newest_rows
from console.store.database import Tx

_MADE = "duty:record:made"


class Duties:
    """What is due, and what was done; the log itself is the table, so that no record can be taken back."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def due(self, actor: Actor) -> tuple[Duty, ...] | Decision:
        """Return every duty with its due date, to whoever audits."""
        office = self._office
        decision = may(Request(actor.role, Permission.AUDIT), office.policy)
        return office.store.read(self._read) if decision else decision

    def note(self, actor: Actor, rule_id: str) -> Decision:
        """Write down that the record of a rule was made; what it says is kept where the ward keeps it."""

        def work(_tx: Tx) -> Done:
            decision = may_note(rule_id, self._office.policy)
            return Done(decision, subject_of(rule_id) if decision else "")

        return self._office.run(actor, Permission.DUTY_NOTE, _MADE, work)

    def _read(self, tx: Tx) -> tuple[Duty, ...]:
        made = {}
        for rule in self._office.policy.rules.values():
            rows = newest_rows(tx, limit=1, subject=subject_of(rule.rule_id)) if rule.paper else []
            if rows:
                made[rule.rule_id] = rows[0].at
        return duties_of(self._office.policy, made, self._office.now())


def subject_of(rule_id: str) -> str:
    """Return the log's subject of a rule's records."""
    return f"duty:{hashlib.sha256(rule_id.encode()).hexdigest()[:32]}"
