"""The round as it is walked: who is next, and what is written beside them (rules O1, O3, P10)."""

import structlog

from console.errors import StoreError
from console.observing.check_views import CheckRow, RoundView
from console.observing.observation_plans import ObservationPlans
from console.observing.observations import Observations
from console.observing.rounds import Rounds
from console.office import Done, Office
from console.roles import Actor, Role
from console.rules.access import Permission, Request, may
from console.rules.consenting.person import AwayKind
from console.rules.consenting.sedation import next_check_at
from console.rules.decision import Decision
from console.rules.in_person.absence import PLACES, is_on_the_ward
from console.rules.in_person.rounds import Moved, PlannedCheck, in_walking_order
from console.showing.views import Words
from console.staffing.shifts import Shifts
from console.staying.roll import Person, Roll
from console.store import observations as rows
from console.store.people import RoomRow

_log = structlog.get_logger(__name__)
_GLANCE_S = 600.0
"""[s] of looks at one list that make one entry."""
_MOVED = {
    Moved.DOUBTFUL_READING: Words("brought forward: the sensor cannot tell"),
    Moved.NO_BREATHING_SEEN: Words("now: no breathing seen by the sensor"),
    Moved.COULD_NOT_SEE: Words("now: somebody went and could not see them"),
}


class RoundList:
    """Shows a round; to look changes nothing."""

    def __init__(
        self,
        office: Office,
        roll: Roll,
        plans: ObservationPlans,
        rounds: Rounds,
        observations: Observations,
        shifts: Shifts,
        *,
        vital_signs: bool,
    ) -> None:
        self._office, self._roll, self._plans, self._rounds = office, roll, plans, rounds
        self._observations, self._shifts, self._vital_signs = observations, shifts, vital_signs
        self._glanced_s: dict[str, float] = {}

    def view(self, actor: Actor) -> RoundView | Decision:
        """Return the round, to whoever may write down that they saw somebody."""
        policy, now, sheet = self._office.policy, self._office.now(), self._roll.sheet()
        permitted = may(Request(actor.role, Permission.OBSERVE), policy)
        if not permitted:
            return permitted
        self._note_glance(actor, permitted)
        place = {one.check_id: at for at, one in enumerate(in_walking_order(self._rounds.open(), now))}
        found = []
        for room in sheet.rooms:
            person = sheet.people.get(room.room_id)
            if person is not None and is_on_the_ward(self._roll.standing_of(person)):
                check = self._rounds.of_stay(person.stay.stay_id)
                found.append((place.get(check.check_id, len(place)) if check else len(place), self._row(room, person)))
        rows_ = [row for _, row in sorted(found, key=lambda one: one[0])]
        is_in_charge = actor.role in (Role.NURSE_IN_CHARGE, Role.WARD_MANAGER)
        return RoundView(
            now,
            self._observations.is_night(now),
            tuple(rows_),
            tuple(row.room_title for row in rows_ if row.level is None),
            self._unproven() if is_in_charge else (),
            self._vital_signs,
            bool(may(Request(actor.role, Permission.OBSERVATION_PLAN), policy)),
            actor.role is Role.NURSE_IN_CHARGE,
        )

    def _note_glance(self, actor: Actor, decision: Decision) -> None:
        """Write down that somebody walks with the list: one entry for a stretch of looks (rule X1)."""
        now_s = self._office.clock.elapsed_s()
        if now_s - self._glanced_s.get(actor.actor_id, float("-inf")) < _GLANCE_S:
            return
        self._glanced_s[actor.actor_id] = now_s
        try:
            self._office.store.write(
                lambda tx: self._office.record(tx, actor, "round:list:viewed", Done(decision, "ward:round"))
            )
        except StoreError as error:
            # The round goes on without a durable log, as the board does; the next look is tried again.
            del self._glanced_s[actor.actor_id]
            _log.error("glance_not_written", error=type(error).__name__)

    def _row(self, room: RoomRow, person: Person) -> CheckRow:
        stay_id, policy, now = person.stay.stay_id, self._office.policy, self._office.now()
        standing, plan = self._roll.standing_of(person), self._plans.of(stay_id)
        check: PlannedCheck | None = self._rounds.of_stay(stay_id)
        away, sedation = standing.away, standing.sedation
        is_up = away is not None and away.kind is AwayKind.UP and away.place is not None
        return CheckRow(
            room.room_id,
            room.title,
            stay_id,
            person.initials,
            plan.level if plan else None,
            check.state(now) if check else None,
            check.due_at if check else None,
            check.latest_at if check else None,
            _MOVED[check.moved] if check and check.moved else None,
            self._rounds.seen_at(stay_id),
            sedation is not None,
            next_check_at(sedation, policy) if sedation else None,
            PLACES[away.place] if away is not None and away.place is not None and is_up else None,
        )

    def _unproven(self) -> tuple[tuple[str, int], ...]:
        """Return whose entries of this shift are not proven, for the nurse in charge alone (NA-2)."""
        begins = self._office.now() - self._office.policy.duration("A6", "shift_h")
        least = self._office.policy.number("O1", "unproven_per_shift")
        people = [one.actor_id for one in self._shifts.accounts()]
        counted = self._office.store.read(lambda tx: {one: rows.unproven_by(tx, one, begins) for one in people})
        return tuple((self._shifts.initials(one), count) for one, count in counted.items() if count >= least)
