"""Alerts as the ward uses them: who is called now, what a press does, what the board and a device say (chapter A)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from console.alerting.alert_book import AlertBook, Known
from console.alerting.emergencies import Emergencies
from console.errors import StoreError
from console.keys.door_tags import DoorTags
from console.office import Office
from console.roles import Actor
from console.rules.alerting.alerts import Alert, AlertState, Priority, Rung, Step, StepKind
from console.rules.alerting.budget import NightFigures, figures_of
from console.rules.alerting.ladder import LAST, WARD_STAFF, Staffing, due_steps
from console.rules.alerting.responding import (
    may_answer,
    may_arrive,
    may_go,
    may_rate,
    may_report,
    may_report_tag_fault,
)
from console.rules.alerting.visits import NOT_SEEN, HowSeen, VisitOutcome
from console.rules.decision import Decision
from console.rules.policy import made
from console.showing.views import Words
from console.staffing.shifts import Shifts
from console.staying.roll import Roll
from console.tracing.spans import Step as SpanStep

_log = structlog.get_logger(__name__)
_LATELY = timedelta(minutes=2)
"""In which wrong codes are counted against whoever types them."""


class Alerts:
    """Moves alerts up the ladder, and takes what people press.

    Attributes:
        book: every alert with its steps.
    """

    def __init__(
        self,
        office: Office,
        roll: Roll,
        book: AlertBook,
        shifts: Shifts,
        emergencies: Emergencies,
        tags: DoorTags,
        came: Callable[[Actor, str, str], Decision],
    ) -> None:
        """Take what is needed.

        Args:
            office: store, log, rules and clock.
            roll: who stays where.
            book: where alerts stand.
            shifts: who is on shift.
            emergencies: who is at one, and where one is started.
            tags: of the doors.
            came: writes down that somebody stands at a door, by its code (rule C17).
        """
        self._came = came
        self._office, self._roll, self.book = office, roll, book
        self._shifts, self._emergencies, self._tags = shifts, emergencies, tags

    def step(self) -> None:
        """Do what time alone brings: move alerts up, tell that nobody answers, ask who is still with a patient."""
        self.book.retry()
        now = self._office.now()
        for known in self.book.open():
            for step in due_steps(known.alert, known.progress, self.staffing(known.alert), now, self._office.policy):
                with self._office.spans.during(SpanStep.ALERT):
                    self.book.add(known.alert, step)
        self.book.forget_old()

    def staffing(self, alert: Alert | None = None) -> Staffing:
        """Return who is there and free, as one alert sees it; None for the ward as a whole."""
        lasting = self._emergencies.lasting()
        at_it = frozenset(one for emergency in lasting for one in emergency.there)
        elsewhere = [one for one in lasting if alert is None or one.room_id != alert.room_id]
        is_high = alert is not None and alert.priority is Priority.HIGH
        return Staffing(self._shifts.people(), at_it | self.with_patients(), bool(elsewhere) and is_high)

    def with_patients(self) -> frozenset[str]:
        """Return who is with a patient because of an alert."""
        found = (one.progress for one in self.book.open() if one.progress.state is AlertState.WITH_PATIENT)
        return frozenset(one.with_actor for one in found)

    def open_in(self, room_id: str) -> Known | None:
        """Return the alert that a room's tile shows: one that nobody is at first, then the oldest; None for none."""
        found = [one for one in self.book.open() if one.alert.room_id == room_id]
        found.sort(key=lambda one: (one.progress.state is AlertState.WITH_PATIENT, one.alert.raised_at))
        return found[0] if found else None

    def sounds(self, known: Known) -> bool:
        """Return whether an alert makes a sound now (A2): not during a walk, with the patient, or a stand-down."""
        is_at_it = any(one.room_id == known.alert.room_id for one in self._emergencies.lasting())
        if is_at_it or self._emergencies.stands_down():
            return False
        return known.progress.sounds(self._office.now())

    def called(self, known: Known) -> tuple[str, ...]:
        """Return whose devices an alert calls; empty for every device of the ward (rules A1, A6)."""
        if known.progress.rung is not Rung.ALLOCATED:
            return ()
        free = self.staffing(known.alert).free()
        return tuple(one.actor_id for one in free if known.alert.room_id in one.rooms)

    def go(self, actor: Actor, alert_id: str) -> Decision:
        """Say "I'm going": it is quiet for the walk, once, and nothing is closed by it (rule A3)."""

        def decide(known: Known) -> tuple[Decision, Step | None]:
            decision = may_go(known.progress, actor, self._office.policy)
            return decision, self._when(decision, StepKind.GOING, actor)

        return self.book.act(actor, alert_id, "board:alert:going", decide)

    def arrive(self, actor: Actor, alert_id: str, code: str) -> Decision:
        """Prove to be at the door by the code that it shows now; any other code is kept as a note (rule A4)."""

        def decide(known: Known) -> tuple[Decision, Step | None]:
            now, policy = self._office.now(), self._office.policy
            is_proven = self._tags.proves(known.alert.room_id, code, policy, now)
            decision = may_arrive(known.progress, is_proven, _wrong_lately(known, actor, now), policy)
            if not known.progress.is_open:
                return decision, None
            kind = StepKind.ARRIVED if decision else StepKind.NOTED
            return decision, Step(kind, now, actor.actor_id)

        decision = self.book.act(actor, alert_id, "board:alert:arrived", decide)
        known = self.book.of(alert_id)
        if decision and known is not None:
            self._note_visit(actor, known.alert.room_id, code)
        return decision

    def _note_visit(self, actor: Actor, room_id: str, code: str) -> None:
        """Let the visit stand on the patient's page; that it cannot be written down holds up nobody at a door."""
        try:
            self._came(actor, room_id, code)
        except StoreError as error:
            _log.error("visit_not_written", error=type(error).__name__)

    def report(
        self,
        actor: Actor,
        alert_id: str,
        outcome: VisitOutcome | str,
        how: HowSeen | str = "",
        *,
        tag_fault: bool = False,
    ) -> Decision:
        """Say what was found; only somebody who saw the person closes it, at the door (rule A4)."""
        if outcome not in set(VisitOutcome):
            return self._office.policy.deny("A4", reason=Words("Say what you found."))
        found, seen = VisitOutcome(outcome), HowSeen(how) if how in set(HowSeen) else None
        ask = may_report_tag_fault if tag_fault else may_report

        def decide(known: Known) -> tuple[Decision, Step | None]:
            decision = ask(known.alert, known.progress, actor, found, seen, self._office.policy)
            kind = StepKind.FOUND if found in NOT_SEEN else StepKind.CLOSED
            details = {"outcome": found.value} | ({"how": seen.value} if seen else {})
            details |= {"tag_fault": "yes"} if tag_fault and kind is StepKind.CLOSED else {}
            return decision, self._when(decision, kind, actor, details)

        decision = self.book.act(actor, alert_id, "board:alert:reported", decide)
        if decision and found is VisitOutcome.EMERGENCY:
            known = self.book.of(alert_id)
            started = self._emergencies.start(actor, known.alert.room_id if known else "")
            return made(decision, started.detail)
        return decision

    def answer(self, actor: Actor, alert_id: str) -> Decision:
        """Answer the last rung; it quiets nothing (rule A6)."""

        def decide(known: Known) -> tuple[Decision, Step | None]:
            decision = may_answer(known.progress, self._office.policy)
            return decision, self._when(decision, StepKind.ANSWERED, actor)

        return self.book.act(actor, alert_id, "board:alert:answered", decide)

    def rate(self, actor: Actor, alert_id: str, *, useful: bool) -> Decision:
        """Say in one tap whether it was worth the walk (rule A13)."""

        def decide(known: Known) -> tuple[Decision, Step | None]:
            decision = may_rate(known.progress, self._office.policy)
            return decision, self._when(decision, StepKind.RATED, actor, {"useful": "yes" if useful else "no"})

        return self.book.act(actor, alert_id, "board:alert:rated", decide)

    def figures(self) -> NightFigures:
        """Count the alerts of the last day (rules A12, A13)."""
        known = self.book.known()
        reached = {
            one.alert.alert_id: step.at
            for one in known
            for step in reversed(one.steps)
            if step.kind is StepKind.ARRIVED
        }
        people = len(self._roll.sheet().people)
        return figures_of([(one.alert, one.progress) for one in known], reached, people)

    def is_last(self, actor: Actor) -> bool:
        """Return whether somebody is one who answers the last rung."""
        return actor.role in LAST and actor.role not in WARD_STAFF

    def _when(
        self, decision: Decision, kind: StepKind, actor: Actor, details: dict[str, str] | None = None
    ) -> Step | None:
        return Step(kind, self._office.now(), actor.actor_id, details or {}) if decision else None


def _wrong_lately(known: Known, actor: Actor, now: datetime) -> int:
    noted = (one for one in known.steps if one.kind is StepKind.NOTED and one.actor_id == actor.actor_id)
    return sum(now - one.at < _LATELY for one in noted)
