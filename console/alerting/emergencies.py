"""Emergencies and the lawful stand-down: who is where, and what becomes of the rest of the ward (rules A17, A18)."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from console.errors import StoreError
from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.alerting.emergency import TAPS, Emergency, EmergencyStep, EmergencyStepKind, may_end, may_tap
from console.rules.alerting.standing_down import StandDown, may_stand_down
from console.rules.decision import Decision, Obligation
from console.rules.policy import made
from console.showing.views import Words
from console.staffing.shifts import Shifts
from console.store import shifts as rows
from console.store.database import Tx

_log = structlog.get_logger(__name__)
_MONTH = timedelta(days=30)


class Emergencies:
    """Every emergency that lasts, and whether the monitor stands down."""

    def __init__(self, office: Office, shifts: Shifts, closes: Callable[[], None] = lambda: None) -> None:
        """Take what is needed.

        Args:
            office: store, log, rules and clock.
            shifts: who is on shift.
            closes: is called when the monitor stands down, so that every sensor closes at once.
        """
        self._office, self._shifts = office, shifts
        self.closes = closes
        begins = office.now() - timedelta(days=1)
        found = office.store.read(lambda tx: rows.emergencies_since(tx, begins))
        self._emergencies = {one.emergency_id: one for one in found}
        month = office.store.read(lambda tx: rows.stand_downs_since(tx, office.now() - _MONTH))
        self._stood_down = [one for one in month if one.confirmed_by]
        self._asked: StandDown | None = None

    def lasting(self) -> tuple[Emergency, ...]:
        """Return every emergency that lasts, oldest first."""
        return tuple(one for one in self._emergencies.values() if not one.is_over)

    def of(self, emergency_id: str) -> Emergency | None:
        """Return one of the last day; None when there is none."""
        return self._emergencies.get(emergency_id)

    def start(self, actor: Actor, room_id: str) -> Decision:
        """Start an emergency; time zero is now. A second press for the same room joins the first."""
        standing = next((one for one in self.lasting() if one.room_id == room_id), None)
        if standing is not None:
            return made(self.tap(actor, standing.emergency_id, EmergencyStepKind.THERE), standing.emergency_id)
        emergency_id, step = secrets.token_hex(16), self._step(actor, EmergencyStepKind.STARTED)

        def work(tx: Tx) -> Done:
            rows.add_tap(tx, emergency_id, room_id, step)
            words = Words("Ring 2222 or 999 now. Everybody who is not there covers the other rooms.")
            decision = self._office.policy.allow("A17", reason=words, obligations=(Obligation.TELL_NURSE_IN_CHARGE,))
            tx.on_commit(lambda: self._keep(Emergency(emergency_id, room_id, (step,))))
            return Done(made(decision, emergency_id), f"emergency:{emergency_id}", room_id)

        try:
            return self._office.run(actor, Permission.EMERGENCY, "emergency:card:started", work)
        except StoreError as error:
            # The card and the cover are there all the same; only the record is missing.
            _log.error("emergency_not_written", error=type(error).__name__)
            self._keep(Emergency(emergency_id, room_id, (step,)))
            return made(self._office.policy.allow("A17", reason=Words("Ring 2222 or 999 now.")), emergency_id)

    def tap(self, actor: Actor, emergency_id: str, kind: EmergencyStepKind | str) -> Decision:
        """Write down one tap of the timeline."""

        def work(tx: Tx) -> Done:
            known = self.of(emergency_id)
            decision = may_tap(known, self._office.policy)
            if known is None or not decision or kind not in TAPS:
                return Done(decision)
            self._add(tx, known, (self._step(actor, EmergencyStepKind(kind)),))
            return Done(decision, f"emergency:{emergency_id}", known.room_id, str(kind))

        return self._office.run(actor, Permission.EMERGENCY, "emergency:card:tapped", work)

    def end(self, actor: Actor, emergency_id: str, back: Iterable[str]) -> Decision:
        """End it: the nurse in charge says who is back on the floor."""
        named = [one for one in back if self._shifts.account(one) is not None]

        def work(tx: Tx) -> Done:
            known = self.of(emergency_id)
            decision = may_end(known, actor, named, self._office.policy)
            if known is None or not decision:
                return Done(decision)
            at = self._office.now()
            steps = [EmergencyStep(EmergencyStepKind.BACK_ON_FLOOR, at, one) for one in named]
            self._add(tx, known, (*steps, self._step(actor, EmergencyStepKind.ENDED)))
            return Done(decision, f"emergency:{emergency_id}", known.room_id)

        return self._office.run(actor, Permission.EMERGENCY, "emergency:card:ended", work)

    def ask_to_stand_down(self, actor: Actor) -> Decision:
        """Begin a stand-down: `detail` is the code that the manager on call reads back over the telephone."""
        code = f"{secrets.randbelow(10**4):04}"

        def work(tx: Tx) -> Done:
            told = StandDown(code, actor.actor_id, self._office.now())
            tx.on_commit(lambda: setattr(self, "_asked", told))
            words = Words("Ring the manager on call. Read them the code, and let them read it back.")
            return Done(made(self._office.policy.allow("A18", reason=words), code))

        return self._office.run(actor, Permission.STAND_DOWN, "ward:stand_down:asked", work)

    def stand_down(self, actor: Actor, code: str, manager_id: str) -> Decision:
        """Stand the monitor down until the end of the shift: every sensor closes, and every sound ends."""
        told, manager = self._asked, self._shifts.account(manager_id)

        def work(tx: Tx) -> Done:
            now = self._office.now()
            decision = may_stand_down(actor, told, code, manager, now, self._office.policy)
            if not decision or told is None or manager is None:
                return Done(decision)
            done = replace(told, code="", confirmed_by=manager.actor_id, until=self._ends())
            stand_down_id = secrets.token_hex(16)
            rows.add_stand_down(tx, stand_down_id, done)
            tx.on_commit(lambda: self._stand(done))
            return Done(decision, f"stand_down:{stand_down_id}")

        decision = self._office.run(actor, Permission.STAND_DOWN, "ward:stand_down:begun", work)
        if decision:
            self.closes()
        return decision

    def standing_down(self) -> StandDown | None:
        """Return the stand-down that holds now; None when the monitor works."""
        now = self._office.now()
        return next((one for one in self._stood_down if one.holds(now)), None)

    def stands_down(self) -> bool:
        """Return whether the monitor stands down now."""
        return self.standing_down() is not None

    def times_this_month(self) -> int:
        """Return how often it stood down in 30 days; more than once asks for a review (rule A18)."""
        begins = self._office.now() - _MONTH
        return sum(one.asked_at >= begins for one in self._stood_down)

    def _ends(self) -> datetime:
        """Return when the shift of whoever asked for it ends."""
        longest = self._office.policy.duration("A6", "shift_h")
        mine = [one.since for one in self._shifts.people() if self._asked and one.actor_id == self._asked.asked_by]
        return (mine[0] if mine else self._office.now()) + longest

    def _step(self, actor: Actor, kind: EmergencyStepKind) -> EmergencyStep:
        return EmergencyStep(kind, self._office.now(), actor.actor_id)

    def _add(self, tx: Tx, known: Emergency, steps: tuple[EmergencyStep, ...]) -> None:
        for step in steps:
            rows.add_tap(tx, known.emergency_id, known.room_id, step)
        tx.on_commit(lambda: self._keep(replace(known, steps=(*known.steps, *steps))))

    def _keep(self, emergency: Emergency) -> None:
        self._emergencies[emergency.emergency_id] = emergency

    def _stand(self, told: StandDown) -> None:
        self._stood_down.append(told)
        self._asked = None
