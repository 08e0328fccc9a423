"""Whether anybody on shift is trained: if not, it is red at once and the on-call manager is asked (rule G3, NA-21)."""

from datetime import datetime

import structlog

from console.errors import StoreError
from console.office import Done, Office
from console.roles import Actor
from console.rules.decision import Obligation
from console.rules.in_person.training import GATED, Course
from console.showing.views import Words
from console.staffing.shifts import Shifts
from console.staffing.training import Training

_log = structlog.get_logger(__name__)
_SYSTEM = Actor.system("training")


class TrainedShift:
    """Watches the shift; it stops nobody from anything, and asks once for each stretch without anybody trained."""

    def __init__(self, office: Office, shifts: Shifts, training: Training) -> None:
        self._office = office
        self._shifts = shifts
        self._training = training
        self._missing: tuple[Course, ...] = ()
        self._since: datetime | None = None

    def step(self) -> None:
        """Look at who is on shift now."""
        missing = self._training.missing_on(one.actor_id for one in self._shifts.people())
        if missing and not self._missing:
            self._since = self._office.now()
            self._ask(missing)
        self._missing = missing
        if not missing:
            self._since = None

    def missing(self) -> tuple[Course, ...]:
        """Return what nobody on this shift is in date for; the handover is red while there is anything."""
        return self._missing

    def has(self, course: Course) -> bool:
        """Return whether somebody on shift is in date for a course."""
        return any(course in self._training.held(one.actor_id) for one in self._shifts.people())

    def notices(self) -> tuple[Words, ...]:
        """Return the red line of the board; none while somebody is trained."""
        if self._since is None:
            return ()
        return tuple(
            Words(
                "Nobody on this shift is trained for {what}. Ring the on-call manager: asked since {since}. Alerts and "
                "checks go on as ever; no new consent begins.",
                {"what": GATED[one], "since": self._since},
            )
            for one in self._missing
        )

    def _ask(self, missing: tuple[Course, ...]) -> None:
        words = Words("Nobody on this shift is trained. The on-call manager is asked.")
        decision = self._office.policy.allow("G3", reason=words, obligations=(Obligation.TELL_ON_CALL_MANAGER,))
        done = Done(decision, reason=missing[0].value)
        try:
            self._office.store.write(lambda tx: self._office.record(tx, _SYSTEM, "staff:manager:asked", done))
        except StoreError as error:
            # The line stands on the board all the same.
            _log.error("manager_not_written", error=type(error).__name__)
