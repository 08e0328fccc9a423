"""The register of training: who is in date for what, whom that lets do what, and whether a shift has anybody (G3)."""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime

import structlog

from console.consenting.care_views import TrainedRow
from console.errors import StoreError
from console.office import Done, Office
from console.roles import Actor, Role
from console.rules.access import Permission
from console.rules.decision import Decision
from console.rules.in_person.training import (
    Course,
    TrainingRecord,
    in_date,
    may_enter,
    missing_on,
    newest_of,
    refuse_untrained,
)
from console.showing.views import Words
from console.staying.roll import Person
from console.store import accounts
from console.store import training as rows
from console.store.database import Tx

_log = structlog.get_logger(__name__)
_YOU_MAY = Words("You may.")


class Training:
    """Keeps the register, in memory as well: the board is built without the disk."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._lock = threading.Lock()
        self._is_old = True
        self._records: tuple[TrainingRecord, ...] = ()

    def enter(self, actor: Actor, actor_id: str, course: str, until: datetime | None) -> Decision:
        """Write down until when somebody is in date for a course; an earlier date takes the place of a later one."""

        def work(tx: Tx) -> Done:
            found, now = accounts.by_id(tx, actor_id), self._office.now()
            person = found.actor if found is not None else None
            decision = may_enter(actor, person, course, until, now, self._office.policy)
            if decision and until is not None:
                rows.add(tx, TrainingRecord(actor_id, Course(course), until, now, actor.actor_id))
                tx.on_commit(self.read_anew)
            return Done(
                decision, f"account:{actor_id}" if person is not None else "", reason=course if decision else ""
            )

        return self._office.run(actor, Permission.TRAINING_ENTER, "staff:training:entered", work)

    def held(self, actor_id: str) -> frozenset[Course]:
        """Return what somebody is in date for now."""
        return in_date(self._known(), actor_id, self._office.now())

    def gate(self, actor: Actor, course: Course) -> Callable[[Tx, Person], Decision | None]:
        """Return what refuses an act about a person to whoever is not in date for its course."""
        return lambda _tx, _person: self.refusal(actor, course)

    def refusal(self, actor: Actor, course: Course) -> Decision | None:
        """Return why somebody may not do what a course opens; None when they may."""
        return refuse_untrained(course, self.held(actor.actor_id), self._office.policy)

    def may_lead(self, actor: Actor) -> Decision | None:
        """Return why somebody may not lead the board; None when they may."""
        return self.refusal(actor, Course.BOARD)

    def missing_on(self, people: Iterable[str]) -> tuple[Course, ...]:
        """Return what nobody of a shift is in date for."""
        told = list(people)
        return missing_on(told, {one: self.held(one) for one in told})

    def own(self, actor: Actor) -> tuple[TrainedRow, ...]:
        """Return somebody's own courses, for their own page."""
        return self._rows((actor,))

    def view(self, actor: Actor) -> tuple[TrainedRow, ...] | Decision:
        """Return every member of staff with each course, for whoever keeps the register; the look is an entry."""
        found: list[TrainedRow] = []

        def work(tx: Tx) -> Done:
            staff = (one.actor for one in accounts.every(tx) if one.is_active and one.actor.role is not Role.PATIENT)
            found.extend(self._rows(sorted(staff, key=lambda one: one.display_name)))
            return Done(self._office.policy.allow("G3", reason=_YOU_MAY))

        decision = self._office.run(actor, Permission.TRAINING_ENTER, "staff:training:viewed", work)
        return tuple(found) if decision else decision

    def _rows(self, people: Iterable[Actor]) -> tuple[TrainedRow, ...]:
        newest, now = newest_of(self._known()), self._office.now()
        found = []
        for one in people:
            for course in Course:
                record = newest.get((one.actor_id, course))
                until = record.until if record is not None else None
                is_in_date = until is not None and now < until
                found.append(TrainedRow(one.actor_id, one.display_name, one.role.value, course, until, is_in_date))
        return tuple(found)

    def read_anew(self) -> None:
        """Read the register again before the next answer."""
        self._is_old = True

    def _known(self) -> tuple[TrainingRecord, ...]:
        with self._lock:
            if self._is_old:
                self._is_old = False
                try:
                    self._records = self._office.store.read(rows.every)
                except StoreError as error:
                    self._is_old = True
                    _log.error("training_not_read", error=type(error).__name__)
            return self._records
