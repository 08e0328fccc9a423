"""The silent test of every room's call when a shift begins, and the audible one of the week (rule N4).

A mark travels the way of a call: with the room's own tile, over the live stream, to the page of a held device, which
gives it back with its heartbeat. Nothing sounds, no lamp changes, and no alert is raised.
"""

import secrets
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from console.alerting.alert_views import CallTestView
from console.errors import StoreError
from console.office import Done, Office
from console.receiving.live import Live
from console.roles import Actor
from console.rules.access import Permission
from console.rules.alerting.call_tests import (
    CallTest,
    RoomProof,
    is_audible_due,
    is_due,
    is_over,
    lines_of,
    may_say_heard,
    may_sound,
    so_far,
    to_walk,
)
from console.rules.decision import Decision
from console.showing.views import Words
from console.staffing.shifts import Shifts
from console.staying.roll import Roll
from console.store import call_tests as rows
from console.store.database import Tx

_log = structlog.get_logger(__name__)
_SYSTEM = Actor.system("call_tests")
_EVERY_S = 1.0
_MARK_BYTES = 4
_SOUNDS_WITHIN_S = 60.0
"""[s] after a press within which the corridor unit sounds, or not at all: it may be night when it is back."""
_NO_MARKS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class _Running:
    """A test that goes on: what is known so far, and the marks that must come back."""

    test: CallTest
    marks: Mapping[str, str] = field(default_factory=dict)
    corridor: str = ""


class CallTests:
    """Begins a test with a shift or a press, gathers what comes back, and keeps what came of it."""

    def __init__(self, office: Office, roll: Roll, live: Live, shifts: Shifts) -> None:
        self._office, self._roll, self._live, self._shifts = office, roll, live, shifts
        self._lock = threading.Lock()
        self._running: _Running | None = None
        self._newest = office.store.read(rows.newest)
        self._audible = office.store.read(rows.newest_audible)
        self._sounds_until_s = self._sounded_s = float("-inf")
        self._stepped_s = float("-inf")

    def begin(self, actor: Actor) -> Decision:
        """Test now, because somebody of the ward asks for it."""

        def work(tx: Tx) -> Done:
            if self._running is not None:
                return Done(self._office.policy.allow("N4", reason=Words("A test goes on already. Look again soon.")))
            tx.on_commit(lambda: self._begin(actor.actor_id))
            return Done(self._office.policy.allow("N4", reason=Words("The test goes on in silence. Look again soon.")))

        return self._office.run(actor, Permission.SHIFT, "ward:calls:test_begun", work)

    def step(self) -> None:
        """Begin what a shift's beginning asks for, see which nodes are heard, and end what is over."""
        now_s = self._office.clock.elapsed_s()
        if now_s - self._stepped_s < _EVERY_S:
            return
        self._stepped_s = now_s
        now, policy, newest = self._office.now(), self._office.policy, self._newest
        begun_at = newest.begun_at if newest else None
        if self._running is None and is_due(begun_at, [one.since for one in self._shifts.people()], now, policy):
            self._begin("")
        with self._lock:
            if self._running is None:
                return
            self._running = replace(self._running, test=self._heard(self._running.test))
            test = self._running.test
        if is_over(test, now, policy):
            self._end(test, now)

    def marks(self) -> Mapping[str, str]:
        """Return the mark of each room while a test goes on; empty otherwise."""
        running = self._running
        return running.marks if running is not None else _NO_MARKS

    def came_back(self, marks: Iterable[str], *, counts: bool) -> None:
        """Take the marks that stand on the page of a device.

        Args:
            marks: what it says; anything else than a mark of this test is passed over.
            counts: it is in front, lately heard, and somebody has heard it sound in this shift (rule A1).
        """
        told = set(marks)
        with self._lock:
            if self._running is None or not counts or not told:
                return
            running, now = self._running, self._office.now()
            proofs = tuple(
                replace(one, device_at=now) if one.device_at is None and running.marks[one.room_id] in told else one
                for one in running.test.rooms
            )
            self._running = replace(running, test=replace(running.test, rooms=proofs))

    def for_corridor(self, brought: str) -> tuple[str, bool]:
        """Take the mark that the corridor unit brings back; return the one it is to bring, and whether it sounds once.

        Args:
            brought: what it was given when it last asked; empty before that.
        """
        with self._lock:
            now_s = self._office.clock.elapsed_s()
            once, self._sounds_until_s = now_s <= self._sounds_until_s, float("-inf")
            if once:
                self._sounded_s = now_s
            running = self._running
            if running is None:
                return "", once
            if secrets.compare_digest(brought.encode(), running.corridor.encode()):
                at = running.test.corridor_at or self._office.now()
                self._running = replace(running, test=replace(running.test, corridor_at=at))
            return running.corridor, once

    def sound(self, actor: Actor) -> Decision:
        """Let the corridor unit sound once, by day, for whoever stands where it must be heard."""

        def work(tx: Tx) -> Done:
            decision = may_sound(self._office.now(), self._office.policy, self._office.zone)
            if decision:
                until_s = self._office.clock.elapsed_s() + _SOUNDS_WITHIN_S
                tx.on_commit(lambda: setattr(self, "_sounds_until_s", until_s))
            return Done(decision)

        return self._office.run(actor, Permission.SHIFT, "ward:corridor:sounded", work)

    def heard(self, actor: Actor, *, was_heard: bool) -> Decision:
        """Write down whether somebody heard the corridor unit where it must be heard."""

        def work(tx: Tx) -> Done:
            now, policy = self._office.now(), self._office.policy
            decision = policy.allow("N4", reason=Words("Written down. Tell an engineer now: it is not heard."))
            if was_heard:
                decision = may_say_heard(self._office.clock.elapsed_s() - self._sounded_s, policy)
            if decision:
                rows.add_audible(tx, now, actor.actor_id, was_heard=was_heard)
                tx.on_commit(lambda: setattr(self, "_audible", (now, was_heard)))
            return Done(decision, reason="heard" if was_heard else "not_heard")

        return self._office.run(actor, Permission.SHIFT, "ward:corridor:listened", work)

    def to_walk(self) -> tuple[str, ...]:
        """Return the rooms whose call is not proven by the newest test."""
        test = self._told()
        return to_walk(test, self._office.now(), self._office.policy) if test is not None else ()

    def notices(self, since: datetime) -> tuple[Words, ...]:
        """Return silent lines: what is not proven, for as long as it is not; that all is, for a while."""
        test, now, policy = self._told(), self._office.now(), self._office.policy
        if test is None or (test.is_whole and (test.ended_at or now) < since):
            return ()
        return lines_of(test, self._titles(), now, policy)

    def view(self) -> CallTestView:
        """Return how it stands, for the page of the shift."""
        test, now, policy = self._told(), self._office.now(), self._office.policy
        running = self._running
        shown = self._newest if running is None else running.test
        heard_at, was_heard = self._audible or (None, False)
        return CallTestView(
            shown.begun_at if shown else None,
            running is not None,
            shown.proven if shown else 0,
            len(shown.rooms) if shown else 0,
            lines_of(test, self._titles(), now, policy) if test else (),
            heard_at,
            was_heard,
            is_audible_due(heard_at if was_heard else None, now, policy),
            bool(may_sound(now, policy, self._office.zone)),
        )

    def _begin(self, actor_id: str) -> None:
        sheet = self._roll.sheet()
        rooms = tuple(RoomProof(one.room_id) for one in sheet.rooms if sheet.nodes_in(one.room_id))
        test = CallTest(secrets.token_hex(16), self._office.now(), actor_id, rooms)
        marks = {one.room_id: secrets.token_hex(_MARK_BYTES) for one in rooms}
        with self._lock:
            self._running = _Running(test, marks, secrets.token_hex(_MARK_BYTES))

    def _heard(self, test: CallTest) -> CallTest:
        """Note which rooms' nodes were heard since the test began; what is lost by now is not."""
        return replace(test, rooms=tuple(self._with_node(one, test.begun_at) for one in test.rooms))

    def _with_node(self, proof: RoomProof, begun_at: datetime) -> RoomProof:
        each = [self._live.of(one.node_id) for one in self._roll.sheet().nodes_in(proof.room_id)]
        times = [one.heard_at for one in each if one.heard_at is not None and not one.is_lost and not one.clock_ahead]
        newest = max(times, default=None)
        return replace(proof, heard_at=newest if newest is not None and newest > begun_at else None)

    def _end(self, test: CallTest, now: datetime) -> None:
        decision = self._office.policy.allow("N4", reason=Words("The calls were tested."))
        code = f"proven_{test.proven}_of_{len(test.rooms)}" + ("" if test.corridor_at else "_no_corridor")

        def within(tx: Tx) -> None:
            rows.add(tx, test, now)
            self._office.record(tx, _SYSTEM, "ward:calls:tested", Done(decision, f"call_test:{test.test_id}", "", code))

        try:
            self._office.store.write(within)
        except StoreError as error:
            # What it found stands on the board all the same.
            _log.error("call_test_not_written", error=type(error).__name__)
        with self._lock:
            self._running, self._newest = None, replace(test, ended_at=now)

    def _told(self) -> CallTest | None:
        running, newest = self._running, self._newest
        if running is None or newest is None:
            return newest if running is None else running.test
        return so_far(running.test, newest, self._office.now(), self._office.policy)

    def _titles(self) -> dict[str, str]:
        return {one.room_id: one.title for one in self._roll.sheet().rooms}
