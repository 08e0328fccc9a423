"""Sees to it that patients are told what was held or released about them, by a person first (rule I3)."""

import secrets

import structlog

from console.incidents.views import TellingView
from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.afterwards.informing import (
    NotYet,
    Telling,
    ToldWhom,
    due_by,
    is_late,
    may_note_told,
    may_wait,
    stands_on_page,
)
from console.rules.consenting.history import EntryKind
from console.rules.decision import Decision
from console.showing.views import Words
from console.store import consents, holds, tellings
from console.store.database import Tx
from console.store.holds import HoldRow
from console.store.now_and_then import NowAndThen
from console.store.tellings import TellingRow

_log = structlog.get_logger(__name__)
_SYSTEM = Actor.system("informing")
_EVERY_S = 60.0
ESCALATED = "incident:telling:escalated"


class Informing:
    """Begins what is owed with each hold and release, and shows it until somebody was told."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._following = NowAndThen(office.store, _EVERY_S, "tellings_not_followed")

    def begin(self, tx: Tx, about: str, about_id: str, hold: HoldRow) -> None:
        """Owe it from now on, within the write that held or released something."""
        now = self._office.now()
        due = due_by(now, self._office.policy, self._office.zone)
        ids = (secrets.token_hex(16), about, about_id, hold.patient_id, hold.stay_id, hold.room_id)
        tellings.add(tx, TellingRow(*ids, now, due))

    def step(self) -> None:
        """Begin what a new hold owes, and escalate what is late; a disk that fails is asked again."""
        self._following.step(self._has_work, self._work)

    def _has_work(self, tx: Tx) -> bool:
        return bool(self._new(tx)) or bool(self._late(tx))

    def _new(self, tx: Tx) -> list[HoldRow]:
        standing = holds.standing_holds(tx)
        known = tellings.about(tx, [one.hold_id for one in standing])
        return [one for one in standing if one.hold_id not in known]

    def _late(self, tx: Tx) -> list[TellingRow]:
        now = self._office.now()
        return [one for one in tellings.waiting(tx) if not one.escalated and is_late(self._telling(tx, one), now)]

    def _work(self, tx: Tx) -> None:
        for hold in self._new(tx):
            self.begin(tx, "hold", hold.hold_id, hold)
        for row in self._late(tx):
            tellings.escalate(tx, row.telling_id)
            words = Words("Nobody told them in time. The Caldicott Guardian sees it.")
            decision = self._office.policy.allow("I3", reason=words)
            self._office.record(tx, _SYSTEM, ESCALATED, Done(decision, f"telling:{row.telling_id}", row.room_id))

    def waiting(self, tx: Tx) -> tuple[TellingView, ...]:
        """Return what nobody was told yet, within a read that is permitted already."""
        return tuple(self._view(tx, one) for one in tellings.waiting(tx))

    def note_told(self, actor: Actor, telling_id: str, whom: str) -> Decision:
        """Write down that somebody was told, in person."""

        def work(tx: Tx) -> Done:
            row = tellings.of(tx, telling_id)
            decision = may_note_told(self._telling(tx, row) if row else None, whom, self._office.policy)
            if not decision or row is None:
                return Done(decision)
            tellings.note_told(tx, telling_id, actor.actor_id, ToldWhom(whom), self._office.now())
            return Done(decision, f"telling:{telling_id}", row.room_id, whom)

        return self._office.run(actor, Permission.TELL_THEM, "incident:telling:told", work)

    def let_wait(self, actor: Actor, telling_id: str, why: str) -> Decision:
        """Sign, as the Caldicott Guardian, that they are not told yet, and look at it again within seven days."""

        def work(tx: Tx) -> Done:
            office, row = self._office, tellings.of(tx, telling_id)
            decision = may_wait(self._telling(tx, row) if row else None, why, actor.role, office.policy)
            if not decision or row is None:
                return Done(decision)
            review_by = office.now() + office.policy.duration("I3", "not_yet_review_d")
            tellings.let_wait(tx, telling_id, NotYet(why), actor.actor_id, review_by)
            return Done(decision, f"telling:{telling_id}", row.room_id, why)

        return self._office.run(actor, Permission.TELL_THEM, "incident:telling:waits", work)

    def on_page(self, tx: Tx, patient_id: str) -> tuple[TellingRow, ...]:
        """Return what stands on a patient's own page, the newest first."""
        now = self._office.now()
        return tuple(one for one in tellings.of_patient(tx, patient_id) if stands_on_page(self._telling(tx, one), now))

    def _telling(self, tx: Tx, row: TellingRow) -> Telling:
        return Telling(row.due_at, row.told_at, row.not_yet, row.review_by, self._has_died(tx, row.stay_id))

    @staticmethod
    def _has_died(tx: Tx, stay_id: str) -> bool:
        return any(one.kind is EntryKind.DIED for one in consents.entries_of(tx, [stay_id])[stay_id])

    def _view(self, tx: Tx, row: TellingRow) -> TellingView:
        one, now = self._telling(tx, row), self._office.now()
        return TellingView(
            row.telling_id,
            row.about,
            row.room_id,
            row.stay_id,
            row.begun_at,
            row.due_at,
            is_late(one, now),
            one.has_died,
            row.not_yet,
            row.review_by,
            row.escalated,
        )
