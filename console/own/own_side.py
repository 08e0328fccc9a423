"""What a patient does on their own page besides consent: choose how to read it, and take a copy of it (S1, S5, E1)."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime

from console.logbook.audit import AuditLog
from console.office import Done, Office
from console.own.ledger import every_line
from console.own.own_views import ConsentLine, CopyView, OwnCopy, ReadingChoice, ReceiptView
from console.roles import Actor
from console.rules.access import Permission
from console.rules.afterwards.answering import answered_by
from console.rules.decision import Decision
from console.rules.looking.telling import Telling
from console.showing.views import LedgerRow, Words
from console.staying.roll import Person, Roll
from console.store import audit_rows, consents
from console.store import own_side as rows
from console.store.database import Tx


class OwnSide:
    """A patient's own choices; each is theirs alone, and needs their own secret."""

    def __init__(self, office: Office, roll: Roll) -> None:
        self._office = office
        self._roll = roll

    def reading_choice(self, actor: Actor) -> ReadingChoice | None:
        """Return how a patient reads; None when they have not been asked, and for anybody else."""
        patient_id = actor.patient_id
        return self._office.store.read(lambda tx: rows.reading_choice(tx, patient_id)) if patient_id else None

    def choose_reading(self, actor: Actor, choice: ReadingChoice) -> Decision:
        """Keep how a patient reads: asked once, changed at any time."""

        def work(tx: Tx) -> Done:
            rows.choose_reading(tx, actor.patient_id or "", choice, self._office.now())
            decision = self._office.policy.allow("E1", reason=Words("Your page is like this from now on."))
            return Done(decision, f"patient:{actor.patient_id}", actor.room_id or "")

        own = self._own(actor) is not None
        return self._office.run(actor, Permission.READING_CHOOSE, "patient:reading:chosen", work, is_own=own)

    def telling(self, actor: Actor) -> Telling:
        """Return how a patient wants to be told who looked; when they ask, until they chose."""
        patient_id = actor.patient_id or ""
        return self._office.store.read(lambda tx: rows.telling_of(tx, patient_id))

    def choose_telling(self, actor: Actor, how: Telling | str) -> Decision:
        """Keep how a patient wants to be told who looked (rule S2)."""

        def work(tx: Tx) -> Done:
            policy = self._office.policy
            if how not in set(Telling):
                return Done(policy.deny("S2", reason=Words("Choose when you want to be told.")))
            rows.choose_telling(tx, actor.patient_id or "", Telling(how), self._office.now())
            decision = policy.allow("S2", reason=Words("You are told like this from now on."))
            return Done(decision, f"patient:{actor.patient_id}", actor.room_id or "", str(how))

        own = self._own(actor) is not None
        return self._office.run(actor, Permission.READING_CHOOSE, "patient:telling:chosen", work, is_own=own)

    def _own(self, actor: Actor) -> Person | None:
        person = self._roll.sheet().people.get(actor.room_id or "")
        return person if person is not None and person.stay.patient_id == actor.patient_id else None


@dataclass(frozen=True, slots=True)
class CopyFacts:
    """What a copy is made from.

    Attributes:
        person: whose.
        audit: proves the receipts.
        office: rules and clock.
    """

    person: Person
    audit: AuditLog
    office: Office


def ask_for_the_rest(tx: Tx, facts: CopyFacts) -> datetime:
    """Write down that everything else is asked for, once at a time; return until when it is owed (rule S5)."""
    office, stay, now = facts.office, facts.person.stay, facts.office.now()
    waiting = [one for one in rows.copy_requests_of(tx, stay.patient_id) if one.answered_at is None]
    if waiting:
        return waiting[0].due_at
    due = answered_by(now, office.policy, office.zone)
    rows.add_copy_request(tx, secrets.token_hex(16), stay.patient_id, stay.stay_id, now, due)
    return due


def copies_of(tx: Tx, patient_id: str) -> tuple[CopyView, ...]:
    """Return a patient's requests for everything, newest first."""
    found = rows.copy_requests_of(tx, patient_id)
    return tuple(CopyView(one.asked_at, one.due_at, one.answered_at) for one in found)


def copy_of(tx: Tx, facts: CopyFacts, due_at: datetime) -> OwnCopy:
    """Gather what a patient may see: what they said, who looked, and the receipts that prove it."""
    stay, now = facts.person.stay, facts.office.now()
    said = consents.entries_of(tx, [stay.stay_id])[stay.stay_id]
    ledger = every_line(tx, stay, now)
    return OwnCopy(
        made_at=now,
        rest_due_at=due_at,
        ledger=ledger,
        consent=tuple(ConsentLine(one.at, one.kind.value, dict(one.details)) for one in said),
        receipts=_receipts(tx, facts.audit, ledger),
        checkpoint=audit_rows.newest_note(tx),
    )


def _receipts(tx: Tx, audit: AuditLog, ledger: tuple[LedgerRow, ...]) -> tuple[ReceiptView, ...]:
    wanted = sorted({row.receipt for row in ledger if row.receipt >= 0})
    return tuple(_receipt(tx, audit, index) for index in wanted)


def _receipt(tx: Tx, audit: AuditLog, index: int) -> ReceiptView:
    row = audit_rows.rows(tx, after=index - 1, limit=1)[0]
    try:
        proof = tuple(one.hex() for one in audit.inclusion(index))
    except IndexError:
        # Newer than the newest checkpoint: the next copy proves it.
        proof = None
    return ReceiptView(index, json.loads(row.entry), row.leaf.hex(), proof)
