"""Calls of one night: raised, moved up, answered and closed by the ward's own rules (A2, A3, A4, A6, A14, A15)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from console.rules.alerting.alerts import (
    TOP,
    Alert,
    AlertKind,
    AlertState,
    Concern,
    Priority,
    Progress,
    Rung,
    Step,
    StepKind,
    progress_of,
)
from console.rules.alerting.ladder import Staffing, due_steps
from console.rules.alerting.limits import Limit, LimitReason, watch_of
from console.rules.alerting.raising import due_alert
from console.rules.alerting.responding import may_answer, may_arrive, may_go, may_rate, may_report
from console.rules.alerting.visits import HowSeen, VisitOutcome
from console.rules.hazards import priority_of
from console.rules.policy import Policy
from models.recipes.ward_nights.habits import Habits
from models.recipes.ward_nights.people import RoomNight, Stretch, around
from models.recipes.ward_nights.staff import Doing, Shift, Worker

EVERY_S = 5.0
"""[s] between two looks at an open call."""
_HOUR = timedelta(hours=1)
_LEAVES_IN_S = 60.0
"""[s] after a visit in which somebody who is fine goes back to bed, in the middle."""
_ANSWERS_BY_PHONE_S = 20.0


@dataclass(slots=True)
class Going:
    """Somebody on the way to a call.

    Attributes:
        worker: who.
        says_at: [s] when they press "I'm going".
        arrives_at: [s] when they have typed the door's code.
        has_said: it was pressed.
    """

    worker: Worker
    says_at: float
    arrives_at: float
    has_said: bool = False


@dataclass(slots=True)
class Call:
    """One alert of the night.

    Attributes:
        alert: as it was raised.
        room: where.
        stretch: what raised it.
        free: how many of the staff were free and had nothing in hand when it was raised.
        progress: where it stands.
        steps: all of them.
        going: who is on the way.
        at_door_s: [s] from raised to the door; None until somebody is there.
        visit_until: [s] of the night when the visit is over; None before.
        sounds: how often it began to sound aloud.
        loud_s: [s] for which it sounded aloud.
        is_loud: it sounds aloud now.
        asked_at: the rung at which somebody was last looked for.
    """

    alert: Alert
    room: RoomNight
    stretch: Stretch
    free: int
    progress: Progress
    steps: list[Step] = field(default_factory=list)
    going: list[Going] = field(default_factory=list)
    at_door_s: float | None = None
    visit_until: float | None = None
    sounds: int = 0
    loud_s: float = 0.0
    is_loud: bool = False
    asked_at: Rung | None = None


class Calls:
    """Every call of one night."""

    def __init__(
        self, begins: datetime, rooms: list[RoomNight], shift: Shift, habits: Habits, policy: Policy, draw: Random
    ) -> None:
        self._begins, self._rooms, self._shift = begins, rooms, shift
        self._habits, self._policy, self._draw = habits, policy, draw
        self._said = [(room, one) for room in rooms if room.has_sensor for one in room.stretches]
        self.all: list[Call] = []
        self.open: list[Call] = []

    def step(self, now_s: float, since_s: float) -> None:
        """Do what is due now.

        Args:
            now_s: of the night [s].
            since_s: how long the last step lies back [s].
        """
        self._raise(now_s)
        for call in list(self.open):
            self._climb(call, now_s)
            self._send(call, now_s)
            for going in list(call.going):
                self._walk(call, going, now_s)
            self._finish(call, now_s)
            self._listen(call, now_s, since_s)

    def came_in(self, room: RoomNight, now_s: float) -> float:
        """Let somebody stand in a room, whatever they came for; return how long they stay because of it [s]."""
        needing = [one for one in room.stretches if one.needs_help and one.holds(now_s)]
        for one in needing:
            one.found_at = now_s if one.found_at is None else one.found_at
        if not needing:
            return 0.0
        stays_s = around(self._draw, 60 * self._habits.help_min)
        for one in needing:
            one.ends = now_s + stays_s
        return stays_s

    def _raise(self, now_s: float) -> None:
        now = self._at(now_s)
        for room, one in self._said:
            if one.is_said(now_s) and room.is_on(now_s):
                self._raise_for(room, one, now_s, now)

    def _raise_for(self, room: RoomNight, one: Stretch, now_s: float, now: datetime) -> None:
        watch = watch_of(one.kind, self._limits(room), now, self._policy, False)
        if watch is None or one.seen_from is None:
            return
        earlier = [
            (call.alert, call.progress)
            for call in self.all
            if call.room is room and now - call.alert.raised_at <= _HOUR
        ]
        due = due_alert(one.kind, self._at(one.seen_from), watch, earlier, now, self._policy)
        if due is None:
            return
        alert = Alert(
            f"{len(self.all):032x}",
            room.room_id,
            room.stay_id,
            due.kind,
            priority_of(due.kind),
            watch.concern,
            watch.voice_answer or (due.kind is AlertKind.ENSUITE and watch.concern is Concern.ORDINARY),
            due.began_at,
            now,
            due.again,
            due.start,
        )
        idle = sum(worker.is_idle(now_s) for worker in self._shift.free(now_s))
        call = Call(alert, room, one, idle, progress_of(alert, (), self._policy))
        self.all.append(call)
        self.open.append(call)

    def _limits(self, room: RoomNight) -> Iterator[Limit]:
        ends = self._begins + timedelta(days=2)
        for kind, (after_s, concern) in room.limits.items():
            yield Limit(kind, after_s, concern, False, LimitReason.SAFETY_PLAN, ends)

    def _climb(self, call: Call, now_s: float) -> None:
        at = self._at(now_s)
        for step in due_steps(call.alert, call.progress, self.staffing(now_s), at, self._policy):
            self._add(call, step)
        answered = call.progress.answered_by or call.progress.state is AlertState.WITH_PATIENT
        waited = (at - call.progress.rung_since).total_seconds() >= _ANSWERS_BY_PHONE_S
        if call.progress.rung is TOP and not answered and waited and may_answer(call.progress, self._policy):
            self._add(call, Step(StepKind.ANSWERED, at, self._shift.site.actor.actor_id))

    def staffing(self, now_s: float) -> Staffing:
        """Return who is there and free, as an alert sees it."""
        states = (call.progress for call in self.open)
        busy = frozenset(one.with_actor for one in states if one.state is AlertState.WITH_PATIENT)
        return Staffing(self._shift.people(self._begins, now_s), busy)

    def _send(self, call: Call, now_s: float) -> None:
        """Let somebody who hears it set out: once for each rung, and only if they are there sooner."""
        if call.progress.state is AlertState.WITH_PATIENT or call.asked_at is call.progress.rung:
            return
        able = [one for one in self._called(call, now_s) if not one.is_called and one.doing is not Doing.CALL]
        if not able:
            return
        best = min((self._way(call, one, now_s) for one in able), key=lambda one: one.arrives_at)
        soonest = min((one.arrives_at for one in call.going), default=None)
        call.asked_at = call.progress.rung
        if soonest is not None and best.arrives_at >= soonest:
            return
        best.worker.is_called = True
        call.going.append(best)

    def _called(self, call: Call, now_s: float) -> list[Worker]:
        free = {one.actor_id for one in self.staffing(now_s).free()}
        there = [one for one in self._shift.workers if one.actor.actor_id in free]
        if call.progress.rung is Rung.ALLOCATED:
            return [one for one in there if call.room.room_id in one.rooms]
        site = self._shift.site
        return [*there, site] if call.progress.rung is TOP and not there else there

    def _way(self, call: Call, worker: Worker, now_s: float) -> Going:
        """Return when somebody would say that they go, and be there: first they finish what cannot be left."""
        says_at = now_s + worker.answers_s(self._draw, self._habits)
        leaves_at = says_at
        if worker.doing is Doing.HANDS_FULL:
            says_at = leaves_at = max(says_at, worker.busy_until)
        elif worker.doing is Doing.CHECK and call.alert.priority is not Priority.HIGH:
            leaves_at = max(says_at, worker.busy_until)
        way_s = worker.way_s(call.room.number, self._habits)
        return Going(worker, says_at, leaves_at + way_s + self._habits.code_s)

    def _walk(self, call: Call, going: Going, now_s: float) -> None:
        worker, at = going.worker, self._at(now_s)
        if not going.has_said and now_s >= going.says_at:
            going.has_said = True
            if may_go(call.progress, worker.actor, self._policy):
                self._add(call, Step(StepKind.GOING, at, worker.actor.actor_id))
            if worker.doing is not Doing.CHECK or call.alert.priority is Priority.HIGH:
                worker.begin(Doing.CALL, going.arrives_at, call.room.number)
        if call.visit_until is not None:
            # Somebody else is there: they turn round.
            call.going.remove(going)
            worker.rest()
            return
        if now_s < going.arrives_at:
            return
        call.going.remove(going)
        worker.at = call.room.number
        if may_arrive(call.progress, True, 0, self._policy):
            self._add(call, Step(StepKind.ARRIVED, at, worker.actor.actor_id))
            call.at_door_s = (at - call.alert.raised_at).total_seconds()
        stays_s = self.came_in(call.room, now_s) or around(self._draw, self._habits.visit_s)
        call.visit_until = now_s + stays_s
        worker.begin(Doing.CALL, call.visit_until, call.room.number)

    def _finish(self, call: Call, now_s: float) -> None:
        if call.visit_until is None or now_s < call.visit_until:
            return
        worker = next(one for one in self._everybody() if one.actor.actor_id == call.progress.with_actor)
        outcome, how = _outcome(call)
        if may_report(call.alert, call.progress, worker.actor, outcome, how, self._policy):
            details = {"outcome": outcome.value, "how": how.value}
            self._add(call, Step(StepKind.CLOSED, self._at(now_s), worker.actor.actor_id, details))
        if may_rate(call.progress, self._policy):
            useful = "yes" if self._is_useful(call) else "no"
            self._add(call, Step(StepKind.RATED, self._at(now_s), worker.actor.actor_id, {"useful": useful}))
        self._end_of_stretch(call, now_s)
        worker.rest()
        for going in call.going:
            going.worker.rest()
        call.going.clear()
        self.open.remove(call)

    def _end_of_stretch(self, call: Call, now_s: float) -> None:
        """Let people go back to bed after a visit; what the sensor imagined ends with it."""
        leaves_s = around(self._draw, _LEAVES_IN_S) if call.stretch.is_true else 0.0
        if not call.stretch.needs_help:
            call.stretch.ends = min(call.stretch.ends, now_s + leaves_s)

    def _is_useful(self, call: Call) -> bool:
        if not call.stretch.is_true:
            return False
        return call.stretch.needs_help or self._draw.random() < self._habits.needed_share

    def _listen(self, call: Call, now_s: float, since_s: float) -> None:
        """Count sounds aloud: until the second rung a call is felt in the hand, and heard by nobody else (rule A1)."""
        if call.is_loud:
            call.loud_s += since_s
        is_loud = call.progress.sounds(self._at(now_s)) and call.progress.rung > Rung.ALLOCATED
        call.sounds += is_loud and not call.is_loud
        call.is_loud = is_loud

    def _everybody(self) -> list[Worker]:
        return [*self._shift.workers, self._shift.site]

    def _add(self, call: Call, step: Step) -> None:
        call.steps.append(step)
        call.progress = progress_of(call.alert, call.steps, self._policy)

    def _at(self, now_s: float) -> datetime:
        return self._begins + timedelta(seconds=now_s)


def _outcome(call: Call) -> tuple[VisitOutcome, HowSeen]:
    if call.stretch.needs_help:
        return VisitOutcome.NEEDED_HELP, HowSeen.SAW_BREATHING
    if call.alert.voice_answer:
        return VisitOutcome.SPOKE_AND_ANSWERED, HowSeen.SPOKE
    return VisitOutcome.SAW_THEM_FINE, HowSeen.MOVED
