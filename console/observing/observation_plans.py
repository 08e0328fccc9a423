"""How closely each person is observed: set by people, never by anything that is sensed (rule O2)."""

import threading
from collections.abc import Iterable, Mapping

import structlog

from console.consenting.care import Care
from console.errors import StoreError
from console.observing.check_views import PlanView
from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission, Request, may
from console.rules.consenting.person import Change
from console.rules.decision import Decision
from console.rules.in_person.levels import Level, is_lower, may_set_level
from console.rules.in_person.quiet import Caution
from console.showing.views import Words
from console.staying.roll import Person, Roll
from console.store import observations as rows
from console.store.database import Tx
from console.store.observations import PlanRow

_log = structlog.get_logger(__name__)


class ObservationPlans:
    """Keeps the newest plan of every stay, in memory as well: rounds are planned without the disk."""

    def __init__(self, office: Office, roll: Roll, care: Care) -> None:
        self._office, self._roll, self._care = office, roll, care
        self._lock = threading.Lock()
        self._is_old = True
        self._plans: dict[str, PlanRow] = {}

    def of(self, stay_id: str) -> PlanRow | None:
        """Return how closely somebody is observed; None when nobody has written it down."""
        return self.all().get(stay_id)

    def all(self) -> Mapping[str, PlanRow]:
        """Return the newest plan of every stay."""
        with self._lock:
            if self._is_old:
                self._is_old = False
                try:
                    self._plans = self._office.store.read(rows.plans)
                except StoreError as error:
                    self._is_old = True
                    _log.error("plans_not_read", error=type(error).__name__)
            return self._plans

    def view(self, actor: Actor, room_id: str) -> PlanView | Decision:
        """Return the plan of whoever stays in a room."""
        permitted = may(Request(actor.role, Permission.OBSERVATION_PLAN), self._office.policy)
        person, room = self._roll.sheet().people.get(room_id), self._roll.sheet().room(room_id)
        if not permitted or person is None or room is None:
            return permitted and self._office.policy.deny("O2", reason=Words("Nobody stays there now."))
        plan = self.of(person.stay.stay_id)
        told = (room_id, room.title, person.stay.stay_id, person.initials)
        if plan is None:
            return PlanView(*told)
        return PlanView(*told, plan.level, plan.set_at, plan.wishes_quiet, tuple(one for one, _ in plan.cautions))

    def set_level(
        self,
        actor: Actor,
        stay_id: str,
        level: Level | str,
        *,
        clinician: str = "",
        why: str = "",
        wishes_quiet: bool = False,
        cautions: Iterable[str] = (),
    ) -> Decision:
        """Set how closely somebody is observed; a change of the level brings a talk about the sensor too (rule C7).

        Args:
            actor: who writes it down.
            stay_id: of whom.
            level: from now on.
            clinician: initials of who lowers it; for a lower one.
            why: a `ClinicalReason`; for a lower one.
            wishes_quiet: their own recorded wish.
            cautions: codes of what stands against a quiet check.
        """
        person, before = self._roll.sheet().stay(stay_id), self.of(stay_id)
        told = [one for one in dict.fromkeys(cautions) if one in set(Caution)]
        decision = self._decide(actor, person, before, level, clinician, why)
        if decision and before is not None and level != before.level:
            lowers = is_lower(Level(level), before.level)
            changed = self._care.note_change(actor, stay_id, Change.LEVEL_LOWERED if lowers else Change.LEVEL, why)
            decision = decision if changed else changed

        def work(tx: Tx) -> Done:
            if not decision or person is None:
                return Done(decision, room=person.stay.room_id if person else "")
            if self.of(stay_id) != before:
                # What was decided about is no more: a level is not lowered by whoever thought that they raised it.
                words = Words("Somebody else did something here at the same moment. Look again.")
                return Done(self._office.policy.deny("O2", reason=words), room=person.stay.room_id)
            tx.decide_nothing_before()
            row = self._row(actor, person, before, Level(level), (clinician.strip(), why), told, wishes=wishes_quiet)
            rows.add_plan(tx, row)
            tx.on_commit(self._is_old_now)
            return Done(decision, f"patient:{person.stay.patient_id}", person.stay.room_id, row.level.value)

        return self._office.run(actor, Permission.OBSERVATION_PLAN, "observation:plan:set", work)

    def _decide(
        self, actor: Actor, person: Person | None, before: PlanRow | None, level: Level | str, clinician: str, why: str
    ) -> Decision:
        policy = self._office.policy
        if not may(Request(actor.role, Permission.OBSERVATION_PLAN), policy):
            return may(Request(actor.role, Permission.OBSERVATION_PLAN), policy)
        if person is None or self._roll.standing_of(person).has_died:
            return policy.deny("O2", reason=Words("Nobody stays there now."))
        if level not in set(Level):
            return policy.deny("O2", reason=Words("Choose one of the levels."))
        return may_set_level(actor.role, before.level if before else None, Level(level), clinician, why, policy)

    def _row(
        self,
        actor: Actor,
        person: Person,
        before: PlanRow | None,
        level: Level,
        lowered: tuple[str, str],
        cautions: list[str],
        *,
        wishes: bool,
    ) -> PlanRow:
        now = self._office.now()
        since = dict(before.cautions) if before else {}
        kept = tuple((Caution(one), since.get(Caution(one), now)) for one in cautions)
        # What is not about the level leaves the level's own time alone, so that no check is put off by it.
        set_at = before.set_at if before is not None and before.level is level else now
        return PlanRow(person.stay.stay_id, level, set_at, actor.actor_id, *lowered, wishes, kept)

    def _is_old_now(self) -> None:
        self._is_old = True
