"""What a patient chooses to tell about themselves, to be counted and never shown with their name (rule E2)."""

from collections.abc import Mapping

from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.consenting.groups import NO_ANSWER, OwnQuestion, may_tell
from console.rules.decision import Decision
from console.staying.roll import Roll
from console.store import groups as rows
from console.store.database import Tx


class OwnGroups:
    """Keeps and forgets answers, at the patient's own word alone; no screen of the ward shows them."""

    def __init__(self, office: Office, roll: Roll) -> None:
        self._office = office
        self._roll = roll

    def answers(self, actor: Actor) -> dict[OwnQuestion, str]:
        """Return what a patient has told; nothing to anybody else."""
        patient_id = actor.patient_id
        return self._office.store.read(lambda tx: rows.of_patient(tx, patient_id)) if patient_id else {}

    def tell(self, actor: Actor, told: Mapping[str, str]) -> Decision:
        """Keep answers in place of earlier ones, or forget them; all of them, or none.

        Args:
            actor: the patient.
            told: an answer by question; an empty one is forgotten. A question that is not there stays as it is.
        """
        person = self._roll.sheet().people.get(actor.room_id or "")
        own = person is not None and person.stay.patient_id == actor.patient_id

        def work(tx: Tx) -> Done:
            patient_id, now = actor.patient_id or "", self._office.now()
            decision = may_tell(told, self._office.policy)
            for question, answer in told.items() if decision else ():
                rows.forget(tx, patient_id, OwnQuestion(question))
                if answer != NO_ANSWER:
                    rows.keep(tx, patient_id, OwnQuestion(question), answer, now)
            # The log says that they told something, and not what.
            return Done(decision, f"patient:{actor.patient_id}", actor.room_id or "")

        return self._office.run(actor, Permission.READING_CHOOSE, "patient:group:told", work, is_own=own)
