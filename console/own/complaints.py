"""What a patient says about us: sealed, past the ward's staff, acknowledged in time, answered in plain words (S6)."""

import secrets
from enum import StrEnum

from console.keeping.holds import start_hold
from console.office import Done, Office
from console.own.own_views import ComplaintView
from console.roles import Actor
from console.rules.access import Permission
from console.rules.answering import acknowledged_by
from console.rules.decision import Decision
from console.rules.holding import HoldReason
from console.showing.views import Words
from console.staying.roll import Roll
from console.store import own_side as rows
from console.store.database import Tx
from console.store.own_side import ComplaintRow
from console.store.sealing import TextSeals

LONGEST_TEXT = 1500
"""Letters; in any script they fit into one form."""


class ComplaintKind(StrEnum):
    """What kind of word it is."""

    COMPLAINT = "complaint"
    FEEDBACK = "feedback"
    WRONG = "wrong"


class Complaints:
    """What patients say, and what becomes of it; no role that works on the ward reads it here."""

    def __init__(self, office: Office, roll: Roll) -> None:
        self._office = office
        self._roll = roll
        self._texts = TextSeals(office.store)

    def make(self, actor: Actor, kind: str, text: str) -> Decision:
        """Write down what a patient says; the log holds its kind, never its words."""
        person = self._roll.sheet().people.get(actor.room_id or "")
        own = person is not None and person.stay.patient_id == actor.patient_id

        def work(tx: Tx) -> Done:
            policy, now, said = self._office.policy, self._office.now(), text.strip()
            if person is None or kind not in set(ComplaintKind):
                return Done(policy.deny("S6", reason=Words("Choose first what you want to tell us.")))
            if not _is_text(said):
                return Done(
                    policy.deny("S6", reason=Words("Write what you want to tell us, in at most 1,500 letters."))
                )
            due, complaint_id = acknowledged_by(now, policy, self._office.zone), secrets.token_hex(16)
            text_id = self._texts.put(tx, said).text_id
            patient_id, stay_id = person.stay.patient_id, person.stay.stay_id
            rows.add_complaint(tx, ComplaintRow(complaint_id, patient_id, stay_id, kind, text_id, now, due))
            if kind != ComplaintKind.FEEDBACK:
                start_hold(self._office, tx, person.stay, HoldReason.COMPLAINT, f"complaint:{complaint_id}")
            words = Words("Thank you. You will hear by {due:date} that it has arrived.", {"due": due})
            return Done(policy.allow("S6", reason=words), f"complaint:{complaint_id}", reason=kind)

        return self._office.run(actor, Permission.COMPLAINT_MAKE, "patient:complaint:made", work, room="", is_own=own)

    def acknowledge(self, actor: Actor, complaint_id: str) -> Decision:
        """Say that it has arrived."""

        def work(tx: Tx) -> Done:
            policy = self._office.policy
            if not rows.acknowledge(tx, complaint_id, actor.actor_id, self._office.now()):
                return Done(policy.deny("S6", reason=Words("Somebody has said so already.")))
            return Done(
                policy.allow("S6", reason=Words("They see now that it has arrived.")), f"complaint:{complaint_id}"
            )

        return self._office.run(actor, Permission.COMPLAINT_ANSWER, "governance:complaint:acknowledged", work)

    def answer(self, actor: Actor, complaint_id: str, text: str) -> Decision:
        """Write down what became of it, in words that the patient reads."""

        def work(tx: Tx) -> Done:
            policy, said = self._office.policy, text.strip()
            if not _is_text(said):
                return Done(
                    policy.deny("S6", reason=Words("Write the answer in plain words, in at most 1,500 letters."))
                )
            text_id = self._texts.put(tx, said).text_id
            if not rows.close(tx, complaint_id, actor.actor_id, text_id, self._office.now()):
                self._texts.erase(tx, text_id)
                return Done(policy.deny("S6", reason=Words("First say that it has arrived.")))
            return Done(policy.allow("S6", reason=Words("They see the answer now.")), f"complaint:{complaint_id}")

        return self._office.run(actor, Permission.COMPLAINT_ANSWER, "governance:complaint:answered", work)

    def waiting(self, actor: Actor) -> tuple[ComplaintView, ...] | Decision:
        """Return what waits for an answer, to those who answer; their look is an entry of its own."""
        found: list[ComplaintView] = []

        def work(tx: Tx) -> Done:
            found.extend(self._view(tx, row) for row in rows.open_complaints(tx))
            return Done(self._office.policy.allow("S6", reason=Words("You may.")))

        decision = self._office.run(actor, Permission.COMPLAINT_ANSWER, "governance:complaints:viewed", work)
        return tuple(found) if decision else decision

    def of(self, tx: Tx, patient_id: str) -> tuple[ComplaintView, ...]:
        """Return what a patient said, newest first, within a read that is already theirs."""
        return tuple(self._view(tx, row) for row in rows.complaints_of(tx, patient_id))

    def _view(self, tx: Tx, row: ComplaintRow) -> ComplaintView:
        text = self._texts.open(tx, row.text_id) if row.text_id else None
        outcome = self._texts.open(tx, row.outcome_text_id) if row.outcome_text_id else None
        is_late = row.acknowledged_at is None and self._office.now() > row.due_at
        return ComplaintView(
            row.complaint_id, row.kind, text or "", row.made_at, row.due_at, row.acknowledged_at, outcome or "", is_late
        )


def _is_text(said: str) -> bool:
    return 0 < len(said) <= LONGEST_TEXT
