"""The rounds of a ward: each person's next check, planned at random, brought forward, never put off (rules O3, O7)."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from console.errors import StoreError
from console.observing.observation_plans import ObservationPlans
from console.office import Done, Office
from console.roles import Actor
from console.rules.consenting.consent import EntryKind
from console.rules.in_person.absence import is_on_the_ward
from console.rules.in_person.levels import CONTINUOUS, Level, longest_gap
from console.rules.in_person.rounds import (
    CheckEnd,
    CheckState,
    Moved,
    PlannedCheck,
    ToSee,
    moved,
    neighbours,
    plan_round,
)
from console.showing.views import Words
from console.staying.roll import Person, Roll
from console.store import rounds as rows
from console.store.database import Tx

_log = structlog.get_logger(__name__)
_SYSTEM = Actor.system("rounds")
_EVERY_S = 1.0
_RULES = {Moved.DOUBTFUL_READING: "O7", Moved.NO_BREATHING_SEEN: "K8", Moved.COULD_NOT_SEE: "O1"}


@dataclass(frozen=True, slots=True)
class Sensed:
    """What the sensors may do to a round: bring a check forward, and nothing else (rules K8, O2, O7).

    Attributes:
        no_breathing: somebody is asked to look in because no breathing is seen in that room.
        in_doubt: the room's tile cannot tell.
    """

    no_breathing: Callable[[str], bool]
    in_doubt: Callable[[str], bool]


class Rounds:
    """Keeps one planned check for each person who is not observed all the time."""

    def __init__(self, office: Office, roll: Roll, plans: ObservationPlans, sensed: Sensed) -> None:
        self._office, self._roll, self._plans, self._sensed = office, roll, plans, sensed
        # Held by a step alone, which waits for writes: what the writer tells of an end must never wait for it.
        self._stepping = threading.Lock()
        self._open = {one.stay_id: one for one in office.store.read(rows.open_checks)}
        self._seen = office.store.read(rows.last_seen)
        self._unwritten: dict[str, str] = {}
        self._doubt_since: dict[str, datetime] = {}
        self._stepped_s = float("-inf")

    def of_stay(self, stay_id: str) -> PlannedCheck | None:
        """Return somebody's planned check; None when none is."""
        return self._open.get(stay_id)

    def of_room(self, room_id: str) -> PlannedCheck | None:
        """Return the planned check of whoever stays in a room; None when none is."""
        person = self._roll.sheet().people.get(room_id)
        return self._open.get(person.stay.stay_id) if person else None

    def is_due(self, room_id: str) -> bool:
        """Return whether somebody's check in person is due in a room now."""
        check = self.of_room(room_id)
        return check is not None and check.state(self._office.now()) is not CheckState.WAITING

    def open(self) -> tuple[PlannedCheck, ...]:
        """Return every planned check."""
        return tuple(self._open.values())

    def seen_at(self, stay_id: str) -> datetime | None:
        """Return when somebody was last seen at a check, as proven; None when not yet."""
        return self._seen.get(stay_id)

    def step(self) -> None:
        """Do what time alone brings: plan rounds, end what is planned for nobody, bring checks forward."""
        now_s = self._office.clock.elapsed_s()
        if now_s - self._stepped_s < _EVERY_S:
            return
        self._stepped_s = now_s
        with self._stepping:
            here = self._to_check()
            for check in list(self._open.values()):
                if check.stay_id not in here or here[check.stay_id][1] is not check.level:
                    self._drop(check)
            for level in Level:
                if level not in CONTINUOUS:
                    people = [self._to_see(person) for person, theirs in here.values() if theirs is level]
                    self._plan_level(level, people)
            self._bring_forward()

    def settle(self, tx: Tx, check: PlannedCheck, how: CheckEnd, seen_at: datetime) -> None:
        """End a check by an observation, in the transaction that writes the observation down."""
        self._write_late(tx, check)
        if rows.end(tx, check.check_id, how, self._office.now(), seen_at):
            tx.on_commit(lambda: self._ended(check, seen_at))

    def could_not_see(self, tx: Tx, check: PlannedCheck) -> None:
        """Bring a check to now, because somebody went and could not see them (rule O1)."""
        self._write_late(tx, check)
        self._move(tx, moved(check, Moved.COULD_NOT_SEE, self._office.now(), self._office.policy))

    def _to_check(self) -> dict[str, tuple[Person, Level]]:
        """Return who is checked at certain times, in ward order, with their level."""
        sheet, plans = self._roll.sheet(), self._plans.all()
        found = {}
        for room in sheet.rooms:
            person = sheet.people.get(room.room_id)
            plan = plans.get(person.stay.stay_id) if person else None
            if person is None or plan is None or plan.level in CONTINUOUS:
                continue
            if is_on_the_ward(self._roll.standing_of(person)):
                found[person.stay.stay_id] = (person, plan.level)
        return found

    def _to_see(self, person: Person) -> ToSee:
        stay_id, plan = person.stay.stay_id, self._plans.of(person.stay.stay_id)
        back = [one.at for one in person.entries if one.kind is EntryKind.RETURNED]
        known = [self._seen.get(stay_id), plan.set_at if plan else None, back[-1] if back else None]
        return ToSee(stay_id, person.stay.room_id, max((one for one in known if one), default=self._office.now()))

    def _plan_level(self, level: Level, people: list[ToSee]) -> None:
        policy, now = self._office.policy, self._office.now()
        per_check = timedelta(minutes=policy.number("O5", "minutes_per_check"))
        soon = longest_gap(level, policy) * policy.number("O3", "plan_after_percent") / 100
        for group in neighbours(people, level, per_check, policy):
            waiting = [one for one in group if one.stay_id not in self._open]
            # The group waits for its last one, so that it is one round; nobody waits for long.
            if waiting and (len(waiting) == len(group) or any(now - one.seen_at >= soon for one in waiting)):
                seed = secrets.token_hex(16)
                self._keep_round(plan_round(waiting, level, seed, per_check, policy), seed)

    def _keep_round(self, planned: tuple[PlannedCheck, ...], seed: str) -> None:
        checks = [replace(one, check_id=secrets.token_hex(16)) for one in planned]
        try:
            self._office.store.write(partial(self._add_all, checks=checks, seed=seed))
        except StoreError as error:
            # The round is walked all the same; it is written down with its entries.
            _log.error("round_not_written", error=type(error).__name__)
            self._unwritten |= {one.check_id: seed for one in checks}
        self._open |= {one.stay_id: one for one in checks}

    def _add_all(self, tx: Tx, checks: list[PlannedCheck], seed: str) -> None:
        for one in checks:
            self._add(tx, one, seed)

    def _add(self, tx: Tx, check: PlannedCheck, seed: str) -> None:
        person = self._roll.sheet().stay(check.stay_id)
        said_no = person is None or not self._roll.standing_of(person).is_given
        rows.add(tx, check, seed, self._office.now(), said_no=said_no)

    def _write_late(self, tx: Tx, check: PlannedCheck) -> None:
        seed = self._unwritten.get(check.check_id)
        if seed is not None:
            self._add(tx, check, seed)
            tx.on_commit(partial(self._written, check.check_id))

    def _written(self, check_id: str) -> None:
        self._unwritten.pop(check_id, None)

    def _drop(self, check: PlannedCheck) -> None:
        now = self._office.now()

        def within(tx: Tx) -> None:
            self._write_late(tx, check)
            rows.end(tx, check.check_id, CheckEnd.PLANNED_ANEW, now, None)

        try:
            self._office.store.write(within)
        except StoreError as error:
            _log.error("check_not_ended", error=type(error).__name__)
            return
        self._open.pop(check.stay_id, None)

    def _bring_forward(self) -> None:
        now, policy = self._office.now(), self._office.policy
        for check in list(self._open.values()):
            why = self._why_forward(check, now)
            after = moved(check, why, now, policy) if why else check
            if after != check:
                self._try_to_move(after)

    def _why_forward(self, check: PlannedCheck, now: datetime) -> Moved | None:
        if self._sensed.no_breathing(check.room_id):
            return Moved.NO_BREATHING_SEEN
        if not self._sensed.in_doubt(check.room_id):
            self._doubt_since.pop(check.room_id, None)
            return None
        since = self._doubt_since.setdefault(check.room_id, now)
        return Moved.DOUBTFUL_READING if now - since >= self._office.policy.duration("O7", "doubt_for_s") else None

    def _try_to_move(self, check: PlannedCheck) -> None:
        try:
            self._office.store.write(lambda tx: self._move(tx, check))
        except StoreError as error:
            _log.error("move_not_written", error=type(error).__name__)
            self._moved(check)

    def _move(self, tx: Tx, check: PlannedCheck) -> None:
        if check.moved is None or not rows.move(tx, check):
            # Somebody was seen in the same moment: a check that has ended is not brought back.
            return
        decision = self._office.policy.allow(_RULES[check.moved], reason=Words("The check was brought forward."))
        done = Done(decision, f"check:{check.check_id}", check.room_id, check.moved.value)
        self._office.record(tx, _SYSTEM, "round:check:moved", done)
        tx.on_commit(lambda: self._moved(check))

    def _moved(self, check: PlannedCheck) -> None:
        if self._is_open(check):
            self._open[check.stay_id] = check

    def _ended(self, check: PlannedCheck, seen_at: datetime) -> None:
        if self._is_open(check):
            del self._open[check.stay_id]
        self._seen[check.stay_id] = max(seen_at, self._seen.get(check.stay_id, seen_at))

    def _is_open(self, check: PlannedCheck) -> bool:
        known = self._open.get(check.stay_id)
        return known is not None and known.check_id == check.check_id
