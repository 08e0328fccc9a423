"""What a patient says about us: sealed, past the ward's staff, acknowledged in time, answered in plain words (S6)."""

import secrets
from datetime import datetime, time
from enum import StrEnum

from console.keeping.holds import start_hold, stretch_hold
from console.office import Done, Office
from console.own.own_views import ComplaintView
from console.roles import Actor
from console.rules.access import Permission, Request, may
from console.rules.afterwards.answering import acknowledged_by
from console.rules.afterwards.holding import HoldReason
from console.rules.decision import Decision
from console.showing.views import Words
from console.staying.roll import Roll
from console.store import further_words
from console.store import own_side as rows
from console.store.database import Tx
from console.store.own_side import ComplaintRow
from console.store.people import StayRow
from console.store.sealing import TextSeals

_MADE, _JOINED = "patient:complaint:made", "patient:complaint:joined"
LONGEST_TEXT = 1500
"""Letters; in any script they fit into one form."""


class ComplaintKind(StrEnum):
    """What kind of word it is."""

    COMPLAINT = "complaint"
    FEEDBACK = "feedback"
    WRONG = "wrong"


_SINGLY = 10
"""Further words of one complaint that each have an entry of the log; of more, the count at each doubling."""


class Complaints:
    """What patients say, and what becomes of it; no role that works on the ward reads it here."""

    def __init__(self, office: Office, roll: Roll) -> None:
        self._office = office
        self._roll = roll
        self._texts = TextSeals(office.store)

    def make(self, actor: Actor, kind: str, text: str) -> Decision:
        """Write down what a patient says; the log holds its kind, never its words.

        What they say on the same ward day before anybody has acknowledged the first of it joins that one: no word is
        refused, and neither the log nor the holds grow with how often somebody presses.
        """
        person = self._roll.sheet().people.get(actor.room_id or "")
        own = person is not None and person.stay.patient_id == actor.patient_id
        policy, said = self._office.policy, text.strip()
        permitted = may(Request(actor.role, Permission.COMPLAINT_MAKE, is_own=own), policy)
        if permitted and kind not in set(ComplaintKind):
            return policy.deny("S6", reason=Words("Choose first what you want to tell us."))
        if permitted and not _is_text(said):
            return policy.deny("S6", reason=Words("Write what you want to tell us, in at most 1,500 letters."))
        if permitted and person is not None:
            due = self._office.store.write(lambda tx: self._join(tx, actor, person.stay, kind, said))
            if due is not None:
                return policy.allow("S6", reason=_thanks(due))

        def work(tx: Tx) -> Done:
            if person is None:
                return Done(policy.deny("S6", reason=Words("Choose first what you want to tell us.")))
            return self._begin(tx, person.stay, kind, said)

        return self._office.run(actor, Permission.COMPLAINT_MAKE, _MADE, work, room="", is_own=own)

    def _begin(self, tx: Tx, stay: StayRow, kind: str, said: str) -> Done:
        office, now, complaint_id = self._office, self._office.now(), secrets.token_hex(16)
        due = acknowledged_by(now, office.policy, office.zone)
        text_id = self._texts.put(tx, said).text_id
        rows.add_complaint(tx, ComplaintRow(complaint_id, stay.patient_id, stay.stay_id, kind, text_id, now, due))
        if kind != ComplaintKind.FEEDBACK:
            start_hold(office, tx, stay, HoldReason.COMPLAINT, f"complaint:{complaint_id}")
        return Done(office.policy.allow("S6", reason=_thanks(due)), f"complaint:{complaint_id}", reason=kind)

    def _join(self, tx: Tx, actor: Actor, stay: StayRow, kind: str, said: str) -> datetime | None:
        """Add words to the one of the same day that waits; return until when it is acknowledged, None without one."""
        office, now = self._office, self._office.now()
        midnight = datetime.combine(now.astimezone(office.zone).date(), time(0, 0), office.zone)
        waiting = further_words.open_one(tx, stay.patient_id, stay.stay_id, kind, midnight)
        if waiting is None:
            return None
        complaint_id, due = waiting
        count = further_words.add(tx, complaint_id, self._texts.put(tx, said).text_id, now)
        stretch_hold(office, tx, f"complaint:{complaint_id}")
        if count <= _SINGLY or count.bit_count() == 1:
            decision = office.policy.allow("S6", reason=_thanks(due))
            done = Done(decision, f"complaint:{complaint_id}", reason=f"further_words_{count}")
            office.record(tx, actor, _JOINED, done)
        return due

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
        told = (row.text_id, *further_words.of(tx, row.complaint_id))
        text = "\n\n".join(said for one in told if one and (said := self._texts.open(tx, one)))
        outcome = self._texts.open(tx, row.outcome_text_id) if row.outcome_text_id else None
        is_late = row.acknowledged_at is None and self._office.now() > row.due_at
        return ComplaintView(
            row.complaint_id, row.kind, text, row.made_at, row.due_at, row.acknowledged_at, outcome or "", is_late
        )


def _is_text(said: str) -> bool:
    return 0 < len(said) <= LONGEST_TEXT


def _thanks(due: datetime) -> Words:
    return Words("Thank you. You will hear by {due:date} that it has arrived.", {"due": due})
