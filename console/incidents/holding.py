"""Holds that people begin, look at again, and lift: to begin is anybody's, to end takes two who were not there."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.incidents.own_page import OWN_HOLD
from console.incidents.views import LiftView
from console.incidents.who_was_there import was_there
from console.keeping.holds import start_hold, within_stay
from console.office import Done, Office
from console.roles import Actor, Role
from console.rules.access import Permission
from console.rules.afterwards.holding import HoldReason, HoldTime, hold_around
from console.rules.afterwards.lifting import HoldState, Lift, LiftEnd, LiftReason, may_ask_to_lift, may_begin, may_lift
from console.rules.afterwards.releasing import WAS_THERE
from console.rules.decision import Decision
from console.showing.views import Words
from console.staying.roll import Roll
from console.store import hold_lifts as rows
from console.store import holds
from console.store.database import Tx
from console.store.hold_lifts import LiftRow
from console.store.holds import HoldRow
from console.store.people import StayRow
from console.store.sealing import TextSeals

BEGUN, ASKED, LIFTED = "governance:hold:begun", "governance:hold:lift_asked", "governance:hold:lifted"
REFUSED, REVIEWED, LAPSED = "governance:hold:lift_refused", "governance:hold:reviewed", "governance:hold:lift_lapsed"
_SYSTEM = Actor.system("holds")
_REGISTER = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Begun:
    """What somebody asks to be kept.

    Attributes:
        why: who asks for it, or what it is for: a `HoldReason`.
        room_id: whose room; empty when an earlier hold says whose.
        hold_id: an earlier hold of the same person, who may have left or died; empty when the room says whose.
        happened_at: when what it is about happened, UTC; None for now.
    """

    why: str
    room_id: str = ""
    hold_id: str = ""
    happened_at: datetime | None = None


class Holding:
    """Begins holds by hand, and ends them by two."""

    def __init__(self, office: Office, roll: Roll) -> None:
        self._office, self._roll = office, roll
        self._texts = TextSeals(office.store)

    def begin(self, actor: Actor, told: Begun) -> Decision:
        """Begin a hold for whoever asks for it; somebody of the ward sees afterwards no more of it than before."""

        def work(tx: Tx) -> Done:
            office, now = self._office, self._office.now()
            happened = told.happened_at or now
            decision, stay = (
                may_begin(told.why, actor.role, happened, now, office.policy),
                self._stay(tx, told, happened),
            )
            if decision and stay is None:
                decision = office.policy.deny(
                    "I1", reason=Words("Nobody stayed in that room then. Choose whose notes.")
                )
            if not decision or stay is None:
                return Done(decision, room=told.room_id)
            why = HoldReason(told.why)
            hold_id = self._begin_once(tx, stay, why, self._time(stay, why, happened))
            return Done(decision, f"hold:{hold_id}", stay.room_id, why.value)

        return self._office.run(actor, Permission.NOTES_HOLD, BEGUN, work)

    def begin_own(self, actor: Actor) -> Decision:
        """Begin a patient's own hold, from a day ago on; they need not say why."""
        person = self._roll.sheet().people.get(actor.room_id or "")
        own = person is not None and person.stay.patient_id == actor.patient_id

        def work(tx: Tx) -> Done:
            office = self._office
            if person is None:
                return Done(office.policy.deny("I1", reason=Words("There is nothing to answer.")))
            why, time = HoldReason.ASKED_BY_PATIENT, hold_around(office.now(), office.policy)
            hold_id = self._begin_once(tx, person.stay, why, time)
            return Done(office.policy.allow("I1", reason=OWN_HOLD), f"hold:{hold_id}", person.stay.room_id, why.value)

        return self._office.run(actor, Permission.NOTES_HOLD, BEGUN, work, is_own=own)

    def _stay(self, tx: Tx, told: Begun, happened: datetime) -> StayRow | None:
        """Return whose notes: of an earlier hold's person, or of whoever stayed in the room when it happened."""
        if told.hold_id:
            earlier = holds.any_of(tx, told.hold_id)
            return rows.stay_of(tx, earlier.stay_id) if earlier else None
        return rows.stay_in(tx, told.room_id, happened)

    def _time(self, stay: StayRow, why: HoldReason, happened: datetime) -> HoldTime:
        """Return what is kept: a day around what happened; for an inquiry the whole stay, as far as it is here."""
        around = hold_around(happened, self._office.policy)
        if why is not HoldReason.INQUIRY:
            return around
        now = hold_around(self._office.now(), self._office.policy)
        return HoldTime(min(stay.from_at, around.from_at), now.until_at, now.review_by)

    def _begin_once(self, tx: Tx, stay: StayRow, why: HoldReason, time: HoldTime) -> str:
        """Begin a hold, unless one for the same stands already that covers nearly the same: nobody fills the desk."""
        near, time = self._office.policy.duration("I1", "until_after_h"), within_stay(tx, stay, time)
        for one in holds.standing_holds(tx):
            same = one.stay_id == stay.stay_id and one.why is why and one.time.from_at <= time.from_at
            if same and time.until_at - one.time.until_at < near:
                holds.cover_until(tx, one.hold_id, max(one.time.until_at, time.until_at))
                return one.hold_id
        return start_hold(self._office, tx, stay, why, time=time)

    def ask_to_lift(self, actor: Actor, hold_id: str, reason: str, words: str) -> Decision:
        """Ask that a hold ends; it stands until a second person of another role agrees."""

        def work(tx: Tx) -> Done:
            office, now, hold = self._office, self._office.now(), holds.of(tx, hold_id)
            here = hold is not None and was_there(tx, office, hold, actor)
            standing = self._standing(tx, hold) if hold else None
            decision = may_ask_to_lift(standing, reason, words, was_there=here, policy=office.policy)
            if not decision or hold is None:
                return Done(decision, f"hold:{hold.hold_id}" if hold else "")
            lift_id, text = secrets.token_hex(16), self._texts.put(tx, words.strip())
            lift = Lift(actor.actor_id, actor.role, now + office.policy.duration("I2", "waits_d"))
            rows.add(tx, LiftRow(lift_id, hold_id, LiftReason(reason), text.text_id, lift, now))
            return Done(decision, f"hold:{hold_id}", hold.room_id, reason, text.digest)

        return self._office.run(actor, Permission.NOTES_LIFT, ASKED, work)

    def _standing(self, tx: Tx, hold: HoldRow) -> HoldState:
        asked = any(one.hold_id == hold.hold_id for one in rows.waiting(tx))
        return HoldState(hold.why, asked, rows.is_open(tx, hold.hold_id, hold.about))

    def lift(self, actor: Actor, lift_id: str) -> Decision:
        """Lift a hold as its second person; what it kept goes with the next run that would have destroyed it."""

        def work(tx: Tx) -> Done:
            office, row = self._office, rows.of(tx, lift_id)
            hold = holds.of(tx, row.hold_id) if row else None
            here = hold is not None and was_there(tx, office, hold, actor)
            lift = row.lift if row is not None and hold is not None else None
            is_open = hold is not None and rows.is_open(tx, hold.hold_id, hold.about)
            decision = may_lift(
                lift, actor.actor_id, actor.role, office.now(), was_there=here, policy=office.policy, is_open=is_open
            )
            if not decision or row is None or hold is None:
                return Done(decision, f"hold:{row.hold_id}" if row else "")
            rows.end(tx, lift_id, LiftEnd.LIFTED, office.now(), actor.actor_id, actor.role.value)
            holds.lift(tx, row.hold_id, actor.actor_id, office.now())
            return Done(decision, f"hold:{row.hold_id}", hold.room_id, row.reason.value)

        return self._office.run(actor, Permission.NOTES_LIFT, LIFTED, work)

    def refuse(self, actor: Actor, lift_id: str) -> Decision:
        """Let the hold stand, as anybody who could lift it, or take back one's own request."""

        def work(tx: Tx) -> Done:
            policy, row = self._office.policy, rows.of(tx, lift_id)
            by = (actor.actor_id, actor.role.value)
            if row is None or not rows.end(tx, lift_id, LiftEnd.REFUSED, self._office.now(), *by):
                return Done(policy.deny("I1", reason=Words("That request is not there, or is over. Ask anew.")))
            return Done(policy.allow("I1", reason=Words("The hold stands.")), f"hold:{row.hold_id}")

        return self._office.run(actor, Permission.NOTES_LIFT, REFUSED, work)

    def review(self, actor: Actor, hold_id: str) -> Decision:
        """Write down that a hold was looked at and is still needed; it is looked at again after the same time."""

        def work(tx: Tx) -> Done:
            policy, hold = self._office.policy, holds.of(tx, hold_id)
            if hold is None:
                return Done(policy.deny("I4", reason=Words("There is no such hold, or it was lifted.")))
            if was_there(tx, self._office, hold, actor):
                return Done(policy.deny("I1", reason=WAS_THERE), f"hold:{hold_id}", hold.room_id)
            review_by = self._office.now() + policy.duration("I4", "review_after_d")
            holds.review(tx, hold_id, review_by)
            words = Words("It stands. Looked at again by {at:date}.", {"at": review_by})
            return Done(policy.allow("I4", reason=words), f"hold:{hold_id}", hold.room_id)

        return self._office.run(actor, Permission.NOTES_LIFT, REVIEWED, work)

    def step(self) -> None:
        """End requests that nobody answered in time: the hold stands."""
        now = self._office.now()
        late = [one for one in self._office.store.read(rows.waiting) if now >= one.lift.lapses_at]
        if late:
            self._office.store.write(lambda tx: self._lapse(tx, late))

    def _lapse(self, tx: Tx, late: list[LiftRow]) -> None:
        for one in late:
            if rows.end(tx, one.lift_id, LiftEnd.LAPSED, self._office.now()):
                decision = self._office.policy.allow("I1", reason=Words("Nobody agreed in time: the hold stands."))
                self._office.record(tx, _SYSTEM, LAPSED, Done(decision, f"hold:{one.hold_id}"))

    def waiting(self, tx: Tx, reader: Actor) -> tuple[LiftView, ...]:
        """Return the requests that wait, within a read that is permitted already."""
        return tuple(self._view(tx, one, reader) for one in rows.waiting(tx))

    def register(self, tx: Tx, reader: Actor) -> tuple[LiftView, ...]:
        """Return how the requests of a year ended, the newest first."""
        return tuple(self._view(tx, one, reader) for one in rows.ended_since(tx, self._office.now() - _REGISTER))

    def _view(self, tx: Tx, row: LiftRow, reader: Actor) -> LiftView:
        hold, lift = holds.any_of(tx, row.hold_id), row.lift
        may = lift.ended is None and lift.asked_by != reader.actor_id and lift.role is not reader.role
        return LiftView(
            row.lift_id,
            row.hold_id,
            hold.room_id if hold else "",
            hold.why.value if hold else "",
            row.reason,
            self._texts.open(tx, row.text_id) or "",
            lift.role,
            row.asked_at,
            lift.lapses_at,
            lift.ended,
            Role(row.ended_role) if row.ended_role else None,
            row.ended_at,
            may,
        )
