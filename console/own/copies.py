"""Requests for everything that is kept about somebody: what waits, and that it was answered (rule S5)."""

from console.office import Done, Office
from console.own.own_views import CopyRequestView
from console.roles import Actor
from console.rules.access import Permission
from console.rules.decision import Decision
from console.showing.views import Words
from console.store import own_side as rows
from console.store.database import Tx


class Copies:
    """What is owed to patients who asked for everything; those who answer complaints answer it."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def waiting(self, actor: Actor) -> tuple[CopyRequestView, ...] | Decision:
        """Return what nobody has answered, the longest waiting first; the look is an entry of its own."""
        found: list[CopyRequestView] = []
        now = self._office.now()

        def work(tx: Tx) -> Done:
            found.extend(
                CopyRequestView(one.request_id, one.patient_id, one.asked_at, one.due_at, now > one.due_at)
                for one in rows.open_copy_requests(tx)
            )
            return Done(self._office.policy.allow("S5", reason=Words("You may.")))

        decision = self._office.run(actor, Permission.COMPLAINT_ANSWER, "governance:copies:viewed", work)
        return tuple(found) if decision else decision

    def answer(self, actor: Actor, request_id: str) -> Decision:
        """Write down that everything was handed over, or that it was said why not; their page shows the day."""

        def work(tx: Tx) -> Done:
            policy = self._office.policy
            if not rows.answer_copy(tx, request_id, actor.actor_id, self._office.now()):
                return Done(policy.deny("S5", reason=Words("It is answered already, or nobody asked for it.")))
            return Done(policy.allow("S5", reason=Words("They see the day on their page.")), f"copy:{request_id}")

        return self._office.run(actor, Permission.COMPLAINT_ANSWER, "governance:copy:answered", work)
