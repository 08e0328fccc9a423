"""After somebody has left: a code of their own, under which they read what became of their complaint (rule S6)."""

import base64
import hashlib
import secrets

from console.office import Done, Office
from console.own.complaints import Complaints
from console.own.own_views import ComplaintView
from console.roles import Actor
from console.rules.access import Permission
from console.rules.decision import Decision
from console.rules.policy import made
from console.showing.views import Words
from console.staying.roll import Roll
from console.store import own_side as rows
from console.store.database import Tx

_CODE_BYTES = 10
"""80 random bits: no number of tries finds one."""
_GROUP = 4


class AnswerClaims:
    """Codes for people who are no longer on the ward."""

    def __init__(self, office: Office, roll: Roll, complaints: Complaints) -> None:
        self._office = office
        self._roll = roll
        self._complaints = complaints

    def make(self, actor: Actor) -> Decision:
        """Make a patient's code; an earlier one of theirs ends. The decision's detail is the code, shown once."""
        person = self._roll.sheet().people.get(actor.room_id or "")
        own = person is not None and person.stay.patient_id == actor.patient_id

        def work(tx: Tx) -> Done:
            policy, now = self._office.policy, self._office.now()
            letters = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()
            ends_at = now + policy.duration("S6", "answer_code_d")
            rows.add_claim(tx, _hash(letters), actor.patient_id or "", now, ends_at)
            words = Words(
                "Keep this code. It is shown once, and reads your answer until {until:date}.", {"until": ends_at}
            )
            shown = "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))
            return Done(made(policy.allow("S6", reason=words), shown), f"patient:{actor.patient_id}")

        return self._office.run(actor, Permission.COMPLAINT_MAKE, "patient:answer:claimed", work, is_own=own)

    def read(self, code: str) -> tuple[ComplaintView, ...] | None:
        """Return what became of the complaints of whoever holds a code, without what they wrote; None for no code."""
        office = self._office

        def work(tx: Tx) -> tuple[ComplaintView, ...] | None:
            patient_id = rows.patient_of_claim(tx, _hash(code), office.now())
            if patient_id is None:
                decision = office.policy.deny("S6", reason=Words("There is no such code, or it has ended."))
                office.record(tx, None, "patient:answer:read", Done(decision))
                return None
            decision = office.policy.allow("S6", reason=Words("You may."))
            office.record(tx, None, "patient:answer:read", Done(decision, f"patient:{patient_id}"))
            return self._complaints.of(tx, patient_id)

        return office.store.write(work)


def _hash(code: str) -> str:
    """Return what is kept of a code, however its groups were typed."""
    letters = "".join(sign for sign in code.upper() if sign.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()
