"""What people write down who saw somebody: accepted and marked, kept once however often it is sent (O1, O4, O9)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from console.consenting.stops import write_entry
from console.keys.door_tags import DoorTags
from console.observing.check_entries import Entry, PaperEntry
from console.observing.observation_plans import ObservationPlans
from console.observing.rounds import Rounds
from console.office import Done, Office
from console.roles import Actor, Role
from console.rules.access import Permission
from console.rules.consenting.consent import EntryKind
from console.rules.consenting.hours import is_within
from console.rules.consenting.person import SeenState
from console.rules.consenting.sedation import may_check_quietly
from console.rules.decision import Decision
from console.rules.in_person.observing import (
    IN_PERSON,
    Judged,
    Mark,
    Saw,
    SeenPlace,
    Told,
    Woke,
    judge,
    tells_nurse_in_charge,
)
from console.rules.in_person.quiet import QuietFacts, may_lean_on_reading
from console.rules.in_person.rounds import CheckEnd, PlannedCheck, counts_from
from console.showing.views import Words
from console.staffing.shifts import Shifts
from console.staying.roll import Person, Roll
from console.store import observations as rows
from console.store.database import Tx
from console.store.observations import ObservationRow

_NIGHT = timedelta(hours=12)


Reading = Callable[[str], tuple[float | None, bool]]
"""Tells of a room how old its newest reading is [s], and whether it says that one person breathes."""


class Observations:
    """Takes entries; nothing that is true is refused, and nothing that is unproven counts as on time."""

    def __init__(
        self,
        office: Office,
        roll: Roll,
        rounds: Rounds,
        plans: ObservationPlans,
        tags: DoorTags,
        shifts: Shifts,
        reading: Reading,
        *,
        vital_signs: bool,
    ) -> None:
        self._office, self._roll, self._rounds, self._plans = office, roll, rounds, plans
        self._tags, self._shifts, self._reading, self._vital_signs = tags, shifts, reading, vital_signs
        self._told_at: list[datetime] = []

    def enter(self, actor: Actor, entry: Entry) -> Decision:
        """Write down that somebody was seen, or could not be seen."""
        now, policy = self._office.now(), self._office.policy
        there_at, is_proven, in_doubt = self._when(entry, now)
        fault = self._fault(entry.observation_id, entry.saw, entry.place, entry.woke)
        if fault is not None:
            return self._refuse(actor, entry.room_id, policy.deny("O1", reason=fault))
        told = Told(
            Saw(entry.saw),
            SeenPlace(entry.place),
            there_at,
            now - timedelta(seconds=entry.entered_ago_s),
            now,
            is_proven,
            entry.source,
            Woke(entry.woke) if entry.woke else None,
            max(0, entry.engaged_min),
            entry.is_tag_fault and actor.role is Role.NURSE_IN_CHARGE,
            "",
            in_doubt,
        )
        return self._take(actor, entry.observation_id, entry.stay_id, entry.room_id, told, entry.physical)

    def enter_from_paper(self, actor: Actor, entry: PaperEntry) -> Decision:
        """Write down a line of a paper round, read by two (rule O4)."""
        now, policy = self._office.now(), self._office.policy
        fault = self._fault(entry.observation_id, entry.saw, SeenPlace.THEIR_ROOM, entry.woke)
        if fault is None and (entry.reader_id == actor.actor_id or self._shifts.account(entry.reader_id) is None):
            fault = Words("Two people read the paper: choose the other one.")
        if fault is not None:
            return self._refuse(actor, entry.room_id, policy.deny("O4", reason=fault))
        woke = Woke(entry.woke) if entry.woke else None
        told = Told(
            Saw(entry.saw), SeenPlace.THEIR_ROOM, entry.there_at, now, now, False, woke=woke, read_by=entry.reader_id
        )
        return self._take(actor, entry.observation_id, entry.stay_id, entry.room_id, told, "")

    def told_since(self, since: datetime) -> bool:
        """Return whether the nurse in charge was to be told since then that somebody's entries are not proven."""
        return any(at >= since for at in self._told_at)

    def is_night(self, at: datetime) -> bool:
        """Return whether it was night: then each check says whether it woke them (rule O10)."""
        policy = self._office.policy
        return is_within(
            at, policy.time_of_day("C7", "night_from"), policy.time_of_day("C7", "night_until"), self._office.zone
        )

    def _take(
        self, actor: Actor, observation_id: str, stay_id: str, room_id: str, told: Told, physical: str
    ) -> Decision:
        def work(tx: Tx) -> Done:
            again = rows.by_id(tx, observation_id)
            if again is not None:
                return Done(self._sent_twice(actor, again, stay_id), room=again.room_id)
            if not rows.knows_stay(tx, stay_id, room_id):
                return Done(self._office.policy.deny("O1", reason=Words("Nobody stays there. Look at the list again.")))
            check = self._rounds.of_stay(stay_id)
            since = counts_from(check, self._rounds.seen_at(stay_id), self._office.policy) if check else None
            is_night = self.is_night(told.there_at)
            judged = judge(told, check, self._office.policy, is_night=is_night, counts_from=since)
            judged = self._quietly(tx, judged, stay_id, room_id, told)
            if not judged.decision:
                return Done(judged.decision, room=room_id)
            decision = self._keep(tx, actor, observation_id, (stay_id, room_id), told, check, judged)
            self._note_physical(tx, actor, stay_id, physical, told)
            return Done(decision, f"observation:{observation_id}", room_id, told.saw.value)

        return self._office.run(actor, Permission.OBSERVE, "round:observation:entered", work, room=room_id)

    def _keep(
        self,
        tx: Tx,
        actor: Actor,
        observation_id: str,
        where: tuple[str, str],
        told: Told,
        check: PlannedCheck | None,
        judged: Judged,
    ) -> Decision:
        marks = tuple(one.value for one in judged.marks)
        check_id = check.check_id if check else ""
        rows.add(
            tx,
            ObservationRow(
                observation_id,
                *where,
                actor.actor_id,
                told.there_at,
                told.entered_at,
                told.received_at,
                told.saw.value,
                told.place.value,
                told.is_proven,
                told.woke.value if told.woke else "",
                told.engaged_min,
                marks,
                check_id,
                told.read_by,
            ),
        )
        if check is not None and judged.ends_check:
            self._rounds.settle(tx, check, _end_of(judged), told.there_at)
        elif check is not None and told.saw is Saw.COULD_NOT_SEE:
            self._rounds.could_not_see(tx, check)
        if Mark.PLACE_NOT_PROVEN not in judged.marks:
            return judged.decision
        begins = self._office.now() - self._office.policy.duration("A6", "shift_h")
        asked = tells_nurse_in_charge(rows.unproven_by(tx, actor.actor_id, begins), self._office.policy)
        if asked:
            tx.on_commit(lambda: self._told_at.append(self._office.now()))
        return replace(judged.decision, obligations=asked)

    def _quietly(self, tx: Tx, judged: Judged, stay_id: str, room_id: str, told: Told) -> Judged:
        """Hold an entry that leans on a reading to rule O9."""
        if not judged.decision or told.saw is not Saw.BREATHING_BY_SENSOR:
            return judged
        person, plan = self._roll.sheet().stay(stay_id), self._plans.of(stay_id)
        policy, now = self._office.policy, self._office.now()
        if person is None or plan is None:
            return Judged(policy.deny("O9", reason=Words("No level is written down for them. Go in and see them.")))
        after_sedation = may_check_quietly(self._roll.standing_in(tx, person), now, policy)
        if not after_sedation:
            return Judged(after_sedation)
        age_s, breathes = self._reading(room_id)
        facts = QuietFacts(
            plan.level,
            plan.wishes_quiet,
            person.stay.from_at,
            plan.cautions,
            age_s,
            breathes,
            self._tonight(tx, stay_id, now),
        )
        decision = may_lean_on_reading(facts, now, policy, vital_signs_open=self._vital_signs)
        return replace(judged, decision=decision if judged.ends_check or not decision else judged.decision)

    def _tonight(self, tx: Tx, stay_id: str, now: datetime) -> list[Saw]:
        found = [one for one in rows.since(tx, now - _NIGHT) if one.stay_id == stay_id and one.saw in set(Saw)]
        return [Saw(one.saw) for one in found if self.is_night(one.there_at)]

    def _note_physical(self, tx: Tx, actor: Actor, stay_id: str, physical: str, told: Told) -> None:
        """Let the same walk count for the timetable after rapid tranquillisation (rule P10).

        What comes in later, from a tablet that was cut off, does not: that timetable is not written into the past.
        """
        person: Person | None = self._roll.sheet().stay(stay_id)
        is_old = told.received_at - told.there_at > self._office.policy.duration("O4", "clock_differs_s")
        if person is None or is_old or physical not in set(SeenState):
            return
        standing = self._roll.standing_in(tx, person)
        if standing.sedation is not None:
            details = {"seen": physical, "source": IN_PERSON}
            kind = EntryKind.CHECKED_IN_PERSON
            write_entry(self._office, self._roll, tx, person, standing.consent_id, kind, details, actor)

    def _when(self, entry: Entry, now: datetime) -> tuple[datetime, bool, bool]:
        """Return when somebody was there, whether a code proves it, and whether the device's clocks leave it in doubt.

        One of a device's clocks may stand still while it sleeps, and the other may be set: a code that a tag showed at
        the time of either settles which was right.
        """
        told = [entry.there_ago_s, *([] if entry.wall_ago_s is None else [entry.wall_ago_s])]
        for ago_s in told:
            there_at = now - timedelta(seconds=ago_s)
            if self._proves(entry, there_at):
                return there_at, True, False
        differs = max(told) - min(told) > self._office.policy.number("O4", "clock_differs_s")
        return now - timedelta(seconds=max(told)), False, differs

    def _proves(self, entry: Entry, there_at: datetime) -> bool:
        """Return whether the code is what a tag showed then, at the door or where they were seen."""
        where = {SeenPlace.THEIR_ROOM.value, SeenPlace.ENSUITE.value}
        places = (entry.room_id,) if entry.place in where else (entry.place, entry.room_id)
        return bool(entry.code) and any(
            self._tags.proves(one, entry.code, self._office.policy, there_at) for one in places
        )

    def _sent_twice(self, actor: Actor, before: ObservationRow, stay_id: str) -> Decision:
        if (before.actor_id, before.stay_id) == (actor.actor_id, stay_id):
            return self._office.policy.allow("O4", reason=Words("Written down already."))
        return self._office.policy.deny("O4", reason=Words("Another entry has that number. Write it down once more."))

    def _refuse(self, actor: Actor, room_id: str, denial: Decision) -> Decision:
        room = room_id if self._roll.sheet().room(room_id) else ""
        return self._office.run(
            actor, Permission.OBSERVE, "round:observation:entered", lambda _tx: Done(denial, room=room)
        )

    def _fault(self, observation_id: str, saw: str, place: str, woke: str) -> Words | None:
        if len(observation_id) != 32 or set(observation_id) - set("0123456789abcdef"):
            return Words("The entry has no number of its own. Open the round again.")
        if saw not in set(Saw):
            return Words("Say what you saw: they spoke, moved, breathed, or you could not see.")
        if place not in set(SeenPlace) or (woke and woke not in set(Woke)):
            return Words("Say where they were, and whether it woke them.")
        return None


def _end_of(judged: Judged) -> CheckEnd:
    if Mark.TAG_FAULT in judged.marks:
        return CheckEnd.TAG_FAULT
    return CheckEnd.ON_TIME if judged.on_time else CheckEnd.LATE
