"""Who comes, moves, swaps, goes and comes back: a no goes along, a yes waits, a new person begins at off (rule C2)."""

import secrets
from collections.abc import Callable

from console.incidents.day_sealing import is_for_a_day
from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.consenting.consent import ConsentEntry, EntryKind, Standing, carried_details, derive
from console.rules.consenting.person import AgeGroup, AwayKind, PlaceKind
from console.rules.decision import Decision
from console.rules.policy import made
from console.showing.views import Words
from console.signing_in.enrolment import HIDDEN_SIGNS, is_plain
from console.staying.roll import Person, Roll, sealed_name
from console.store import accounts, consents, drafts, people
from console.store.database import Tx
from console.store.people import LENT, StayRow
from console.store.sealing import NameSeals

_LONGEST_NAME = 120


class Stays:
    """Commands that begin and end stays; each closes the sensors concerned before it returns."""

    def __init__(self, office: Office, roll: Roll, after: Callable[[str], None]) -> None:
        self._office = office
        self._roll = roll
        self._after = after
        self._names = NameSeals(office.store.keys)

    def admit(
        self, actor: Actor, name: str, initials: str, room_id: str, age: AgeGroup | str | None = None
    ) -> Decision:
        """Begin a stay; the sensor is off (rule C2). The decision's detail is the stay's id.

        Args:
            actor: who admits them.
            name: sealed at once.
            initials: one to four, for the tile.
            room_id: free, or of somebody who is on leave or in a hospital: then their bed is lent.
            age: their age group (rule C13); None when it is not known yet.
        """

        def work(tx: Tx) -> Done:
            before = self._roll.sheet().people.get(room_id)
            fault = self._fault(tx, before, name, initials, room_id, age)
            if fault is not None:
                return Done(fault, room=room_id)
            if before is not None:
                self._end(tx, before.stay, LENT)
            patient_id, now = secrets.token_hex(16), self._office.now()
            people.add_patient(tx, patient_id, now)
            self._names.put(tx, patient_id, sealed_name(initials.strip(), " ".join(name.split())))
            stay = self._begin(tx, actor, patient_id, room_id, None)
            if age is not None:
                self._add(tx, actor, stay, EntryKind.ABOUT_THEM, {"age": str(age)})
            decision = made(self._yes("C2", Words("They are admitted. The sensor is off.")), stay.stay_id)
            return Done(decision, f"patient:{patient_id}", room_id, LENT if before is not None else "")

        decision = self._office.run(actor, Permission.STAY_CHANGE, "desk:stay:opened", work, room=room_id)
        return self._then(decision, room_id)

    def move(self, actor: Actor, stay_id: str, room_id: str) -> Decision:
        """Move a patient: a no travels with them, a yes waits for their own tap (rule C2)."""
        person = self._roll.sheet().stay(stay_id)

        def work(tx: Tx) -> Done:
            sheet = self._roll.sheet()
            if person is None or people.open_stay_of(tx, stay_id) is None:
                return Done(self._no("C2", Words("They have left already.")), room=room_id)
            if sheet.room(room_id) is None or room_id in sheet.people:
                return Done(self._no("C2", Words("That room is not free.")), room=room_id)
            standing = self._roll.standing_in(tx, person)
            self._end(tx, person.stay, "moved")
            fresh = self._begin(tx, actor, person.stay.patient_id, room_id, standing, stay_id)
            decision = made(self._yes("C2", Words("They have moved. The sensor there is off.")), fresh.stay_id)
            return Done(decision, f"patient:{person.stay.patient_id}", room_id)

        decision = self._office.run(actor, Permission.STAY_CHANGE, "desk:stay:moved", work, room=room_id)
        return self._then(decision, person.stay.room_id if person else "", room_id)

    def swap(self, actor: Actor, stay_id: str, other_id: str) -> Decision:
        """Put two people into each other's rooms, or say that they are: both sensors off, both are asked (rule C2)."""
        one, other = self._roll.sheet().stay(stay_id), self._roll.sheet().stay(other_id)
        rooms = [person.stay.room_id for person in (one, other) if person is not None]

        def work(tx: Tx) -> Done:
            lasting = {stay.stay_id for stay in people.open_stays(tx)}
            if one is None or other is None or stay_id == other_id or not {stay_id, other_id} <= lasting:
                return Done(self._no("C2", Words("Choose two people who both stay here.")))
            pairs = ((one, other.stay.room_id), (other, one.stay.room_id))
            standings = [self._roll.standing_in(tx, person) for person, _room in pairs]
            for person, _room in pairs:
                self._end(tx, person.stay, "swapped")
            for (person, room_id), standing in zip(pairs, standings, strict=True):
                self._begin(tx, actor, person.stay.patient_id, room_id, standing, person.stay.stay_id)
            decision = self._yes("C2", Words("Both sensors are off. Each of the two is asked again."))
            second = Done(decision, f"patient:{other.stay.patient_id}", other.stay.room_id)
            self._office.record(tx, actor, "desk:stay:swapped", second)
            return Done(decision, f"patient:{one.stay.patient_id}", one.stay.room_id)

        return self._then(self._office.run(actor, Permission.STAY_CHANGE, "desk:stay:swapped", work), *rooms)

    def discharge(self, actor: Actor, stay_id: str) -> Decision:
        """End a stay; its consent ends with it (rule C7)."""
        person = self._roll.sheet().stay(stay_id)

        def work(tx: Tx) -> Done:
            stay = people.open_stay_of(tx, stay_id)
            if stay is None:
                return Done(self._no("C7", Words("They have left already.")))
            self._end(tx, stay, "discharged")
            words = Words("They have left. The sensor is off.")
            return Done(self._yes("C7", words), f"patient:{stay.patient_id}", stay.room_id)

        decision = self._office.run(actor, Permission.STAY_CHANGE, "desk:stay:ended", work)
        return self._then(decision, person.stay.room_id if person else "")

    def bring_back(self, actor: Actor, stay_id: str, room_id: str) -> Decision:
        """Begin a stay of somebody whose bed was lent: the no has come along, the yes waits (rule C2, NA-15)."""

        def work(tx: Tx) -> Done:
            sheet = self._roll.sheet()
            old = next((one for one in people.absent_stays(tx) if one.stay_id == stay_id), None)
            if old is None:
                return Done(self._no("C2", Words("They are not away.")), room=room_id)
            if sheet.room(room_id) is None or room_id in sheet.people:
                return Done(self._no("C2", Words("That room is not free.")), room=room_id)
            office, entries = self._office, consents.entries_of(tx, [stay_id])[stay_id]
            standing = derive(entries, office.now(), office.policy, office.zone)
            fresh = self._begin(tx, actor, old.patient_id, room_id, standing, stay_id)
            decision = made(self._yes("C2", Words("They are back. The sensor there is off.")), fresh.stay_id)
            return Done(decision, f"patient:{old.patient_id}", room_id)

        decision = self._office.run(actor, Permission.STAY_CHANGE, "desk:stay:brought_back", work, room=room_id)
        return self._then(decision, room_id)

    def let_go(self, actor: Actor, stay_id: str) -> Decision:
        """Say of somebody whose bed was lent that they do not come back."""

        def work(tx: Tx) -> Done:
            old = next((one for one in people.absent_stays(tx) if one.stay_id == stay_id), None)
            if old is None:
                return Done(self._no("C7", Words("They are not away.")))
            people.let_go(tx, stay_id)
            self._roll.changes_with(tx)
            return Done(self._yes("C7", Words("Written down: they do not come back.")), f"patient:{old.patient_id}")

        return self._office.run(actor, Permission.STAY_CHANGE, "desk:stay:let_go", work)

    def _fault(
        self, tx: Tx, before: Person | None, name: str, initials: str, room_id: str, age: AgeGroup | str | None
    ) -> Decision | None:
        if self._roll.sheet().room(room_id) is None or (before is not None and not self._is_free(tx, before)):
            return self._no("C2", Words("That room is not free."))
        if not is_plain(name.strip()) or not is_plain(initials.strip()):
            return self._no("H5", HIDDEN_SIGNS)
        if not name.strip() or len(name) > _LONGEST_NAME or not 1 <= len(initials.strip()) <= 4:
            return self._no("H5", Words("A name and one to four initials, please."))
        if age is not None and age not in set(AgeGroup):
            return self._no("C13", Words("Choose one of the age groups."))
        return None

    def _is_free(self, tx: Tx, person: Person) -> bool:
        """Return whether a bed may be lent: its person is on leave or in a hospital."""
        away = self._roll.standing_in(tx, person).away
        return away is not None and away.kind in (AwayKind.LEAVE, AwayKind.HOSPITAL)

    def _end(self, tx: Tx, stay: StayRow, reason: str) -> None:
        people.end_stay(tx, stay.stay_id, reason, self._office.now())
        drafts.drop(tx, stay.stay_id)
        accounts.move_patient(tx, stay.patient_id, None)
        self._roll.changes_with(tx)

    def _begin(
        self,
        tx: Tx,
        actor: Actor,
        patient_id: str,
        room_id: str,
        standing: Standing | None,
        before: str = "",
    ) -> StayRow:
        """Begin a stay with what is known of the person; in seclusion or a like place it begins confined (rule P9).

        Args:
            tx: the write.
            actor: who begins it.
            patient_id: whose.
            room_id: where.
            standing: what they said in the stay before; None for nothing.
            before: the stay before, whose choice of how long notes are kept comes along.
        """
        fresh = StayRow(secrets.token_hex(16), patient_id, room_id, self._office.now())
        people.open_stay(tx, fresh)
        accounts.move_patient(tx, patient_id, room_id)
        if standing is not None:
            details = carried_details(standing) | {"destroy_after_a_day": is_for_a_day(tx, before)}
            self._add(tx, actor, fresh, EntryKind.CARRIED, details, standing.consent_id)
        kind = self._roll.sheet().kind_of(room_id)
        if kind is not PlaceKind.BEDROOM:
            self._add(tx, actor, fresh, EntryKind.CONFINED, {"place": kind.value})
        self._roll.changes_with(tx)
        return fresh

    def _add(
        self, tx: Tx, actor: Actor, stay: StayRow, kind: EntryKind, details: dict[str, object], consent_id: str = ""
    ) -> None:
        now = self._office.now()
        entry = ConsentEntry(secrets.token_hex(16), consent_id, stay.stay_id, now, kind, details, actor.actor_id)
        consents.add_entry(tx, entry, stay.patient_id)

    def _then(self, decision: Decision, *rooms: str) -> Decision:
        for room_id in rooms:
            if decision and room_id:
                self._after(room_id)
        return decision

    def _yes(self, rule_id: str, words: Words) -> Decision:
        return self._office.policy.allow(rule_id, reason=words)

    def _no(self, rule_id: str, words: Words) -> Decision:
        return self._office.policy.deny(rule_id, reason=words)
