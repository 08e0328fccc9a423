"""Checks of one night: planned, brought forward, walked and judged by the ward's own rules (rules O1, O3, O7, O9)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from console.roles import Role
from console.rules.alerting.alerts import AlertKind
from console.rules.in_person.levels import CONTINUOUS, Level, longest_gap
from console.rules.in_person.observing import IN_PERSON, Saw, SeenPlace, Told, Woke, judge
from console.rules.in_person.punctuality import DoneCheck
from console.rules.in_person.quiet import QuietFacts, may_lean_on_reading
from console.rules.in_person.rounds import (
    CheckState,
    Moved,
    PlannedCheck,
    ToSee,
    in_walking_order,
    moved,
    neighbours,
    plan_round,
)
from console.rules.policy import Policy
from models.recipes.ward_nights.habits import Habits
from models.recipes.ward_nights.people import RoomNight, around
from models.recipes.ward_nights.staff import Doing, Shift, Worker

_PLAN_EVERY_S = 20.0
_IN_CHARGE_AFTER_S = 120.0
"""[s] for which a check is due before the nurse in charge walks it too."""


@dataclass(slots=True)
class Walk:
    """A check that somebody is walking.

    Attributes:
        worker: who.
        check: which.
        there_at: [s] of the night when they stand at the door.
        done_at: [s] when it is entered.
    """

    worker: Worker
    check: PlannedCheck
    there_at: float
    done_at: float


@dataclass(frozen=True, slots=True)
class Entered:
    """A check that was entered.

    Attributes:
        done: as the rule of punctuality reads it.
        at_s: [s] of the night.
        on_time: it counts as done on time.
        moved: why it was brought forward; None when it was not.
        woke: it woke somebody who slept.
        leant: breathing by sensor, seen in person.
    """

    done: DoneCheck
    at_s: float
    on_time: bool
    moved: Moved | None
    woke: bool
    leant: bool


class Walks:
    """Every check of one night."""

    def __init__(
        self,
        begins: datetime,
        rooms: list[RoomNight],
        shift: Shift,
        habits: Habits,
        policy: Policy,
        draw: Random,
        came_in: Callable[[RoomNight, float], float],
        *,
        quiet: bool = False,
    ) -> None:
        self._begins, self._rooms, self._shift = begins, rooms, shift
        self._habits, self._policy, self._draw = habits, policy, draw
        self._came_in, self._quiet = came_in, quiet
        self._timed = [one for one in rooms if one.level not in CONTINUOUS]
        self._by_stay = {one.stay_id: one for one in self._timed}
        self._seen = {
            one.stay_id: begins - longest_gap(one.level, policy) * one.draw.random() * 0.5 for one in self._timed
        }
        self._saw: dict[str, list[Saw]] = {one.stay_id: [] for one in self._timed}
        self._planned_s = float("-inf")
        unseen_s, doubt_s = policy.number("K8", "not_seen_for_s"), policy.number("O7", "doubt_for_s")
        self._unseen = [
            (room, one, one.seen_from + unseen_s)
            for room in self._timed
            for one in room.stretches
            if one.kind is AlertKind.BREATHING_NOT_SEEN and one.seen_from is not None and room.has_sensor
        ]
        self._doubts = [
            (room, begins + doubt_s, ends)
            for room in self._timed
            for begins, ends in room.doubts
            if room.has_sensor and ends - begins > doubt_s
        ]
        self.open: dict[str, PlannedCheck] = {}
        self.walking: list[Walk] = []
        self.entered: list[Entered] = []

    def step(self, now_s: float) -> None:
        """Do what is due now."""
        if now_s - self._planned_s >= _PLAN_EVERY_S and len(self.open) < len(self._timed):
            self._planned_s = now_s
            self._plan(now_s)
        self._bring_forward(now_s)
        for walk in list(self.walking):
            self._go_on(walk, now_s)
        self._set_out(now_s)

    def _plan(self, now_s: float) -> None:
        """Plan as the ward does: a group of neighbours together, and nobody waits for the others for long."""
        policy, now = self._policy, self._at(now_s)
        per_check = timedelta(minutes=policy.number("O5", "minutes_per_check"))
        for level in Level:
            if level in CONTINUOUS:
                continue
            people = [
                ToSee(one.stay_id, one.room_id, self._seen[one.stay_id]) for one in self._timed if one.level is level
            ]
            soon = longest_gap(level, policy) * policy.number("O3", "plan_after_percent") / 100
            for group in neighbours(people, level, per_check, policy):
                waiting = [one for one in group if one.stay_id not in self.open]
                if waiting and (len(waiting) == len(group) or any(now - one.seen_at >= soon for one in waiting)):
                    planned = plan_round(waiting, level, f"{self._draw.getrandbits(128):032x}", per_check, policy)
                    self.open |= {one.stay_id: one for one in planned}

    def _bring_forward(self, now_s: float) -> None:
        for room, begins, ends in self._doubts:
            check = self.open.get(room.stay_id)
            if begins <= now_s < ends and room.is_on(now_s) and check is not None:
                self.open[room.stay_id] = moved(check, Moved.DOUBTFUL_READING, self._at(now_s), self._policy)
        for told in list(self._unseen):
            room, one, from_s = told
            if from_s <= now_s and one.is_said(now_s) and room.is_on(now_s):
                # Once for each stretch, as the prompt of the board; it calls there also before a check is planned.
                self._unseen.remove(told)
                check = self.open.get(room.stay_id) or self._plan_one(room, now_s)
                self.open[room.stay_id] = moved(check, Moved.NO_BREATHING_SEEN, self._at(now_s), self._policy)

    def _plan_one(self, room: RoomNight, now_s: float) -> PlannedCheck:
        person = ToSee(room.stay_id, room.room_id, self._at(now_s))
        seed, per_check = f"{self._draw.getrandbits(128):032x}", timedelta(0)
        return plan_round([person], room.level, seed, per_check, self._policy)[0]

    def _set_out(self, now_s: float) -> None:
        now = self._at(now_s)
        taken = {one.check.stay_id for one in self.walking}
        due = [one for one in self.open.values() if one.due_at <= now and one.stay_id not in taken]
        for check in in_walking_order(due, now):
            waited_s = (now - check.due_at).total_seconds()
            able = [one for one in self._shift.free(now_s) if one.is_idle(now_s) and self._walks(one, waited_s)]
            if not able:
                return
            room = self._by_stay[check.stay_id]
            worker = min(able, key=lambda one: (abs(one.at - room.number), one.actor.actor_id))
            there_at = now_s + worker.way_s(room.number, self._habits) + self._habits.code_s
            done_at = there_at + around(self._draw, self._habits.at_door_s)
            worker.begin(Doing.CHECK, done_at, room.number)
            self.walking.append(Walk(worker, check, there_at, done_at))

    def _walks(self, worker: Worker, waited_s: float) -> bool:
        return worker.actor.role is not Role.NURSE_IN_CHARGE or waited_s >= _IN_CHARGE_AFTER_S

    def _go_on(self, walk: Walk, now_s: float) -> None:
        worker = walk.worker
        if worker.doing is not Doing.CHECK:
            # Called away: the check stays due.
            self.walking.remove(walk)
            return
        if now_s < walk.done_at:
            return
        room = self._by_stay[walk.check.stay_id]
        self.walking.remove(walk)
        worker.at = room.number
        self._enter(walk, room)
        stays_s = self._came_in(room, walk.there_at)
        if stays_s:
            worker.begin(Doing.CALL, walk.there_at + stays_s, room.number)
        else:
            worker.doing = Doing.NOTHING

    def _enter(self, walk: Walk, room: RoomNight) -> None:
        check = self.open.get(room.stay_id, walk.check)
        there, done = self._at(walk.there_at), self._at(walk.done_at)
        woke, saw = self._look(room, walk.there_at)
        is_proven = self._draw.random() >= self._habits.unproven_share
        told = Told(saw, SeenPlace.THEIR_ROOM, there, done, done, is_proven, IN_PERSON, woke)
        judged = judge(told, check, self._policy, is_night=True)
        if not judged.ends_check:
            # The tablet says that it stays due: they read the code and enter it once more.
            there, done = there + timedelta(seconds=30), done + timedelta(seconds=30)
            told = replace(told, there_at=there, entered_at=done, received_at=done, is_proven=True)
            judged = judge(told, check, self._policy, is_night=True)
        finished = DoneCheck(room.stay_id, check.level, check.latest_at, there, said_no=not room.has_sensor)
        leant = saw is Saw.BREATHING_BY_SENSOR
        self.entered.append(Entered(finished, walk.there_at, judged.on_time, check.moved, woke is Woke.YES, leant))
        self._seen[room.stay_id] = there
        self._saw[room.stay_id].append(saw)
        self.open.pop(room.stay_id, None)

    def _look(self, room: RoomNight, now_s: float) -> tuple[Woke, Saw]:
        """Look from the door first; where breathing is not seen from there, ask the reading if one may, or go in."""
        habits, by_eye = self._habits, room.draw
        from_door, wakes = by_eye.random() < habits.from_door_share, by_eye.random()
        if not room.is_asleep(now_s):
            return Woke.ALREADY_AWAKE, Saw.MOVED
        leans = not from_door and self._may_lean(room, now_s)
        limit = habits.wakes_from_door if from_door or leans else habits.wakes_inside
        saw = Saw.BREATHING_BY_SENSOR if leans else Saw.BREATHED
        return (Woke.YES if wakes < limit else Woke.NO), saw

    def _may_lean(self, room: RoomNight, now_s: float) -> bool:
        now = self._at(now_s)
        sees = room.is_on(now_s) and not room.in_doubt(now_s)
        admitted = self._begins - timedelta(days=10)
        facts = QuietFacts(
            room.level, room.wishes_quiet, admitted, (), 5.0 if sees else None, sees, self._saw[room.stay_id]
        )
        return bool(may_lean_on_reading(facts, now, self._policy, vital_signs_open=self._quiet))

    def overdue(self, now_s: float) -> int:
        """Return how many checks are past their longest gap now."""
        now = self._at(now_s)
        return sum(one.state(now) is CheckState.OVERDUE for one in self.open.values())

    def _at(self, now_s: float) -> datetime:
        return self._begins + timedelta(seconds=now_s)
