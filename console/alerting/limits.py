"""Limits of one person's own: set with them, for a reason, and ended by themselves within a week (rules A14, A19)."""

import secrets
from collections.abc import Callable
from datetime import timedelta

from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.alerting.alerts import AlertKind, Concern
from console.rules.alerting.limits import Limit, LimitReason, may_set
from console.rules.decision import Decision
from console.rules.in_person.training import Course
from console.showing.views import Words
from console.staffing.training import Training
from console.staying.roll import Roll
from console.store import alerts as rows
from console.store.database import Tx


class Limits:
    """Sets limits."""

    def __init__(self, office: Office, roll: Roll, after: Callable[[], None], training: Training) -> None:
        """Take what is needed.

        Args:
            office: store, log, rules and clock.
            roll: who stays where.
            after: is called when a limit is durable.
            training: who may change one (rule G3).
        """
        self._office, self._roll, self._after, self._training = office, roll, after, training

    def set_limit(
        self, actor: Actor, stay_id: str, kind: str, after_s: float, concern: str, reason: str, days: float
    ) -> Decision:
        """Set after how long a condition of one person calls somebody; there is no way to say never."""

        def work(tx: Tx) -> Done:
            now, policy, person = self._office.now(), self._office.policy, self._roll.sheet().stay(stay_id)
            if person is None:
                return Done(policy.deny("A14", reason=Words("That stay is over.")))
            untrained = self._training.refusal(actor, Course.BOARD)
            if untrained is not None:
                return Done(untrained, f"stay:{stay_id}", person.stay.room_id)
            is_known = kind in set(AlertKind) and concern in set(Concern) and reason in set(LimitReason)
            if not is_known:
                words = Words("Say what it is for, how far you are worried, and the reason in their plan.")
                return Done(policy.deny("A14", reason=words))
            is_ordinary = Concern(concern) is Concern.ORDINARY
            ends = now + timedelta(days=days)
            limit = Limit(AlertKind(kind), after_s, Concern(concern), is_ordinary, LimitReason(reason), ends)
            decision = may_set(limit, now, policy)
            if decision:
                rows.add_limit(tx, secrets.token_hex(16), stay_id, limit, now, actor.actor_id)
                tx.on_commit(self._after)
            return Done(decision, f"stay:{stay_id}", person.stay.room_id, kind)

        return self._office.run(actor, Permission.ALERT_LIMIT, "alert:limit:set", work)
