"""Asks a patient who stopped it 'keep or delete?', and deletes three days after their own word (rule R3).

A withdrawal by itself deletes nothing, and neither does one that somebody else passed on (NA-14).
"""

import secrets

import structlog

from console.incidents import day_sealing
from console.office import Done, Office
from console.own.ledger import DELETED
from console.roles import Actor
from console.rules.access import Permission
from console.rules.afterwards.keeping import (
    FOR_14_DAYS,
    FOR_A_DAY,
    KeepAnswer,
    KeepEnd,
    Kept,
    asked_from,
    may_say,
    own_stop,
    stops_deletion,
)
from console.rules.decision import Decision
from console.showing.views import Words
from console.staying.roll import Person, Roll
from console.store import consents, day_choices, holds, keep_answers, retention
from console.store.database import Tx
from console.store.keep_answers import KeepRow
from console.store.now_and_then import NowAndThen

_log = structlog.get_logger(__name__)
_SYSTEM = Actor.system("keeping")
_EVERY_S = 60.0


class Keeping:
    """What a patient says about what was noted of them, and what comes of it."""

    def __init__(self, office: Office, roll: Roll) -> None:
        self._office = office
        self._roll = roll
        self._deleting = NowAndThen(office.store, _EVERY_S, "notes_not_deleted")
        self._is_flushed = True

    def of(self, tx: Tx, person: Person) -> Kept | None:
        """Return what their page asks, or has been answered; None when nothing is to be asked."""
        entries = consents.entries_of(tx, [person.stay.stay_id])[person.stay.stay_id]
        stopped = own_stop(entries)
        if stopped is None:
            return None
        restrained = self._roll.standing_of(person).restrained_at
        opens = asked_from(stopped, restrained, self._office.policy, self._office.zone)
        row = keep_answers.newest(tx, person.stay.stay_id, stopped)
        if row is None:
            return Kept(stopped, opens) if self._office.now() >= opens else None
        receipt = -1 if row.receipt is None else row.receipt
        return Kept(stopped, opens, row.answer, row.delete_at, row.ended_at, row.ending, receipt)

    def say(self, actor: Actor, said: str) -> Decision:
        """Take a patient's own answer; until the deletion they can change it."""
        person = self._roll.sheet().people.get(actor.room_id or "")
        own = person is not None and person.stay.patient_id == actor.patient_id

        def work(tx: Tx) -> Done:
            policy, now = self._office.policy, self._office.now()
            kept = self.of(tx, person) if person else None
            is_held = person is not None and kept is not None and self._is_held(tx, person.stay.stay_id, kept)
            decision = may_say(kept, said, now, is_held=is_held, policy=policy)
            if not decision or person is None or kept is None:
                return Done(decision, room=person.stay.room_id if person else "")
            delete_at = now + policy.duration("R3", "delete_after_h") if said == KeepAnswer.DELETE else None
            stay, answer_id = person.stay, secrets.token_hex(16)
            ids = (answer_id, stay.stay_id, stay.patient_id, stay.room_id)
            keep_answers.add(tx, KeepRow(*ids, kept.withdrawn_at, KeepAnswer(said), now, delete_at))
            return Done(decision, f"keep:{answer_id}", stay.room_id, said)

        return self._office.run(actor, Permission.KEEP_ANSWER, "patient:notes:answered", work, is_own=own)

    def is_for_a_day(self, actor: Actor) -> bool:
        """Return whether what is noted of a patient is deleted after a day: in their consent, or chosen since."""
        person = self._roll.sheet().people.get(actor.room_id or "")
        if person is None or person.stay.patient_id != actor.patient_id:
            return False
        return self._office.store.read(lambda tx: day_sealing.is_for_a_day(tx, person.stay.stay_id))

    def choose_day(self, actor: Actor, *, after_a_day: bool) -> Decision:
        """Keep for how long a patient has notes kept, from now on; it can be changed at any time (rule R1)."""
        person = self._roll.sheet().people.get(actor.room_id or "")
        own = person is not None and person.stay.patient_id == actor.patient_id

        def work(tx: Tx) -> Done:
            policy = self._office.policy
            if person is None:
                return Done(policy.deny("R1", reason=Words("There is nothing to answer.")))
            if day_sealing.is_for_a_day(tx, person.stay.stay_id) != after_a_day:
                day_choices.add(tx, person.stay.stay_id, self._office.now(), after_a_day=after_a_day)
            decision = policy.allow("R1", reason=FOR_A_DAY if after_a_day else FOR_14_DAYS)
            told = "after_a_day" if after_a_day else "after_14_days"
            return Done(decision, f"stay:{person.stay.stay_id}", person.stay.room_id, told)

        return self._office.run(actor, Permission.KEEP_ANSWER, "patient:notes:time_chosen", work, is_own=own)

    def step(self) -> None:
        """Delete what is due, and prove it; a disk that fails is asked again."""
        if self._deleting.step(lambda tx: keep_answers.due(tx, self._office.now()), self._work):
            self._is_flushed = False
        if not self._is_flushed:
            self._is_flushed = self._office.store.flush_deleted()

    def _work(self, tx: Tx) -> None:
        now = self._office.now()
        for row in keep_answers.due(tx, now):
            kept = Kept(row.withdrawn_at, row.withdrawn_at, row.answer, row.delete_at)
            is_held, gone = self._is_held(tx, row.stay_id, kept), 0
            if not is_held:
                gone = retention.delete_of_stay(tx, row.stay_id, row.withdrawn_at)
            words = Words("What was noted about them is deleted, as they asked.")
            told = f"rows_{gone}" if not is_held else "held"
            done = Done(self._office.policy.allow("R3", reason=words), f"keep:{row.answer_id}", row.room_id, told)
            receipt = self._office.record(tx, _SYSTEM, DELETED, done)
            ending = KeepEnd.HELD if is_held else KeepEnd.DELETED
            keep_answers.end(tx, row.answer_id, ending, now, rows=gone, receipt=receipt)

    def _is_held(self, tx: Tx, stay_id: str, kept: Kept) -> bool:
        """Return whether a hold stands on the stay, or an event that starts one followed the withdrawal."""
        every = holds.of_stay(tx, stay_id)
        standing = {one.hold_id for one in holds.standing_holds(tx)}
        followed = stops_deletion(kept.withdrawn_at, (one.started_at for one in every), self._office.policy)
        return followed or any(one.hold_id in standing for one in every)
