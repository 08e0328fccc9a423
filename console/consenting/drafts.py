"""A talk that is not finished: its answers wait for the next question, for who asks it, and for one sitting."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from console.office import Office
from console.roles import Actor
from console.rules.access import Permission, Request, may
from console.staying.roll import Roll
from console.store import drafts as rows
from console.store.database import Tx

_ONE_SITTING = timedelta(hours=2)
"""After it what was answered is asked again: nobody gives a yes on what was said another day."""
_MOST_LETTERS = 4000


class Drafts:
    """Keeps the answers between two pages of a talk.

    They are no record: what is written down is the yes or the no at its end, with its own entry in the log. Nobody but
    the member of staff who asks reads them, and they end with the talk, the stay or the sitting.
    """

    def __init__(self, office: Office, roll: Roll) -> None:
        self._office = office
        self._roll = roll

    def of(self, actor: Actor, stay_id: str) -> Mapping[str, tuple[str, ...]]:
        """Return what this member of staff has answered so far in a talk; nothing before the first answer."""
        if not self._may(actor, stay_id):
            return {}
        since = self._office.now() - _ONE_SITTING
        return self._office.store.read(lambda tx: rows.answers_of(tx, stay_id, actor.actor_id, since))

    def keep(self, actor: Actor, stay_id: str, answers: Mapping[str, Sequence[str]]) -> bool:
        """Keep the answers of a talk; return whether they were kept."""
        too_long = sum(len(one) for values in answers.values() for one in values) > _MOST_LETTERS
        if too_long or not self._may(actor, stay_id):
            return False
        now = self._office.now()

        def work(tx: Tx) -> None:
            rows.drop_older(tx, now - _ONE_SITTING)
            rows.keep(tx, stay_id, actor.actor_id, answers, now)

        self._office.store.write(work)
        return True

    def drop(self, stay_id: str) -> None:
        """Forget an unfinished talk: a yes or a no was written down."""
        self._office.store.write(lambda tx: rows.drop(tx, stay_id))

    def _may(self, actor: Actor, stay_id: str) -> bool:
        permitted = may(Request(actor.role, Permission.CONSENT_ASK), self._office.policy)
        return bool(permitted) and self._roll.sheet().stay(stay_id) is not None
