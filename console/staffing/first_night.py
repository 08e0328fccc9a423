"""Who still has the first-night card before them, and who has been through it: written down in the log (rule G3a).

The practice alert is a page and nothing else: it is in no book of alerts, calls nobody, and no sounder hears of it.
"""

from datetime import datetime

import structlog

from console.errors import StoreError
from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.decision import Decision
from console.rules.in_person.first_night import is_due, may_finish
from console.rules.in_person.training import Course
from console.showing.views import Words
from console.staffing.training import Training
from console.store import audit_rows

DONE, SKIPPED = "staff:first_night:done", "staff:first_night:skipped"
_log = structlog.get_logger(__name__)


class FirstNight:
    """Offers the card at a badge, and remembers who has done it."""

    def __init__(self, office: Office, training: Training) -> None:
        self._office, self._training = office, training

    def is_due(self, actor: Actor) -> bool:
        """Return whether somebody's badge brings them to the card; to the board when the disk cannot tell."""
        is_trained = Course.BOARD in self._training.held(actor.actor_id)
        if not is_due(actor.role, is_done=False, is_trained=is_trained):
            return False
        try:
            found = self._office.store.read(lambda tx: audit_rows.newest_by(tx, actor.actor_id, (DONE,)))
        except StoreError as error:
            _log.error("first_night_not_read", error=type(error).__name__)
            return False
        return is_due(actor.role, is_done=found is not None, is_trained=is_trained)

    def done_at(self, actor: Actor) -> datetime | None:
        """Return when somebody went through the card on this ward; None when they have not, or the disk cannot tell."""
        try:
            found = self._office.store.read(lambda tx: audit_rows.newest_by(tx, actor.actor_id, (DONE,)))
        except StoreError as error:
            _log.error("first_night_not_read", error=type(error).__name__)
            return None
        return found.at if found is not None else None

    def skip(self, actor: Actor) -> Decision:
        """Leave the card for an emergency: it comes again at the next badge."""
        decision = self._office.policy.allow("G3a", reason=Words("Go. The card comes again at your next badge."))
        return self._office.run(actor, Permission.OBSERVE, SKIPPED, lambda _tx: Done(decision))

    def finish(self, actor: Actor, code: str, outcome: str) -> Decision:
        """Close the practice alert, and write down that the card was done."""
        decision = may_finish(code, outcome, self._office.policy)
        return self._office.run(actor, Permission.OBSERVE, DONE, lambda _tx: Done(decision))
