"""The ward's desk: rooms, sensors, staff, and who stays where; each command is one decision and one audit entry."""

import re
import secrets
from collections.abc import Callable

from broker.vocabulary import Modality
from console.enrolment import HIDDEN_SIGNS, is_plain
from console.errors import NameTaken
from console.identity import Identity, name_fault
from console.office import Done, Office
from console.patient_accounts import MADE, Invited, PatientAccounts
from console.roles import Actor, Role
from console.roll import Person, Roll, sealed_name
from console.rules.access import Permission
from console.rules.consent import ConsentEntry, ConsentState, EntryKind, carried_details
from console.rules.decision import Decision, Obligation
from console.rules.policy import made
from console.signer import is_public_key
from console.store import accounts, consents, people
from console.store.database import Tx
from console.store.people import NodeRow, StayRow
from console.store.sealing import NameSeals
from console.views import Words

__all__ = ["Desk", "Invited"]

_SLUG = re.compile(r"[a-z][a-z0-9-]{0,31}")
_LONGEST_TITLE = 60
_LONGEST_NAME = 120
_STAFF = frozenset(Role) - {Role.PATIENT, Role.SYSTEM}


class Desk:
    """Commands that change the ward.

    Attributes:
        add_patient_account: see `PatientAccounts.add`, as the two below.
        reset_patient_account: put a new sign-in in place of a patient's old one.
        confirm_patient_account: say, as a second person, that the patient has it.
    """

    def __init__(
        self, office: Office, roll: Roll, identity: Identity, after: Callable[[str], None] = lambda _room: None
    ) -> None:
        """Take what the desk needs.

        Args:
            office: store, log, rules and clock.
            roll: who stays where.
            identity: accounts.
            after: called with a room once a change of it is durable, so that its sensor follows at once.
        """
        self._office = office
        self._roll = roll
        self._identity = identity
        self._after = after
        self._names = NameSeals(office.store.keys)
        patients = PatientAccounts(office, roll, identity)
        self.add_patient_account = patients.add
        self.reset_patient_account = patients.reset
        self.confirm_patient_account = patients.confirm

    def create_ward(self, actor: Actor, title: str) -> Decision:
        """Make the ward of this console."""

        def work(tx: Tx) -> Done:
            if people.ward_title(tx) is not None:
                return Done(self._no("X4", Words("The ward is there already.")))
            if not is_plain(title.strip()):
                return Done(self._no("X4", HIDDEN_SIGNS))
            if not _is_title(title):
                return Done(self._no("X4", Words("Give it a name of at most 60 letters.")))
            people.add_ward(tx, self._office.ward, title.strip(), self._office.now())
            return Done(self._yes("X4", Words("The ward is made.")), subject=f"ward:{self._office.ward}")

        return self._office.run(actor, Permission.WARD_CHANGE, "desk:ward:made", work)

    def add_room(self, actor: Actor, room_id: str, title: str) -> Decision:
        """Add a single room."""

        def work(tx: Tx) -> Done:
            if not is_plain(title.strip()):
                return Done(self._no("X4", HIDDEN_SIGNS))
            if not _SLUG.fullmatch(room_id) or not _is_title(title):
                return Done(self._no("X4", Words("A room needs a short name of letters and digits, and a title.")))
            if any(one.room_id == room_id for one in people.all_rooms(tx)):
                return Done(self._no("X4", Words("There is such a room already.")), room=room_id)
            people.add_room(tx, room_id, title.strip(), self._office.now())
            self._roll.changes_with(tx)
            return Done(self._yes("X4", Words("The room is added.")), f"room:{room_id}", room_id)

        return self._office.run(actor, Permission.WARD_CHANGE, "desk:room:added", work)

    def add_node(self, actor: Actor, node_id: str, room_id: str, modality: Modality, public_key: str) -> Decision:
        """Put a sensor's node into a room: the first of two steps; its lamp flashes until the second (rule H5)."""

        def work(tx: Tx) -> Done:
            fault = self._node_fault(tx, node_id, room_id, public_key)
            if fault is not None:
                return Done(self._no("H5", fault))
            now = self._office.now()
            people.add_node(tx, NodeRow(node_id, room_id, modality, public_key.lower(), actor.actor_id, now, None))
            self._roll.changes_with(tx)
            decision = self._yes(
                "H5",
                Words("Now a second person goes to the room, sees the lamp flash, and confirms."),
                Obligation.SECOND_PERSON,
                Obligation.LAMP_IN_ROOM,
            )
            return Done(decision, f"node:{node_id}", room_id)

        return self._then(room_id, self._office.run(actor, Permission.NODE_ADD, "desk:node:added", work))

    def confirm_node(self, actor: Actor, node_id: str) -> Decision:
        """Confirm that the lamp flashed in the right room: the second step, by another person (rule H5)."""
        node = self._roll.sheet().nodes.get(node_id)

        def work(tx: Tx) -> Done:
            if node is None or node.confirmed_at is not None:
                return Done(self._no("H5", Words("There is no sensor that waits for this.")))
            if node.added_by == actor.actor_id:
                return Done(self._no("H5", Words("Another person confirms it, in the room.")), f"node:{node_id}")
            now = self._office.now()
            if now - node.added_at > self._office.policy.duration("H5", "confirm_within_s"):
                people.retire_node(tx, node_id, now)
                self._roll.changes_with(tx)
                return Done(self._no("H5", Words("That took too long. Begin again with a new name for it.")))
            people.confirm_node(tx, node_id, actor.actor_id, now)
            self._roll.changes_with(tx)
            return Done(self._yes("H5", Words("The sensor belongs to this room.")), f"node:{node_id}", node.room_id)

        decision = self._office.run(actor, Permission.NODE_CONFIRM, "desk:node:confirmed", work)
        return self._then(node.room_id if node else "", decision)

    def retire_node(self, actor: Actor, node_id: str) -> Decision:
        """Take a sensor's node out; its key is worth nothing from now on."""
        node = self._roll.sheet().nodes.get(node_id)

        def work(tx: Tx) -> Done:
            if node is None:
                return Done(self._no("H5", Words("There is no such sensor.")))
            people.retire_node(tx, node_id, self._office.now())
            self._roll.changes_with(tx)
            return Done(self._yes("H5", Words("The sensor is taken out.")), f"node:{node_id}", node.room_id)

        decision = self._office.run(actor, Permission.NODE_ADD, "desk:node:retired", work)
        return self._then(node.room_id if node else "", decision)

    def add_staff(self, actor: Actor, username: str, display_name: str, role: Role) -> Invited:
        """Make an account for a member of staff; it opens with a one-time link."""
        invited: list[Invited] = []

        def work(tx: Tx) -> Done:
            shown = display_name or username
            fault = name_fault(username, shown)
            if role not in _STAFF:
                fault = Words("Choose one of the roles.")
            if fault is not None:
                return Done(self._no("X6", fault))
            made_now = self._identity.invite(tx, actor, username, shown, role)
            decision = self._yes("X6", Words("The account is made. Hand over the link in person."))
            invited.append(Invited(decision, made_now.token, made_now.actor))
            return Done(decision, f"account:{made_now.actor.actor_id}")

        try:
            decision = self._office.run(actor, Permission.STAFF_CHANGE, MADE, work)
        except NameTaken:
            return Invited(self._no("X6", Words("This sign-in name is taken.")))
        return invited[0] if decision else Invited(decision)

    def admit(self, actor: Actor, name: str, initials: str, room_id: str) -> Decision:
        """Begin a stay; the sensor is off (rule C2). The decision's detail is the stay's id."""

        def work(tx: Tx) -> Done:
            sheet = self._roll.sheet()
            if sheet.room(room_id) is None or room_id in sheet.people:
                return Done(self._no("C2", Words("That room is not free.")), room=room_id)
            if not is_plain(name.strip()) or not is_plain(initials.strip()):
                return Done(self._no("H5", HIDDEN_SIGNS), room=room_id)
            if not name.strip() or len(name) > _LONGEST_NAME or not 1 <= len(initials.strip()) <= 4:
                return Done(self._no("H5", Words("A name and one to four initials, please.")), room=room_id)
            patient_id, stay_id, now = secrets.token_hex(16), secrets.token_hex(16), self._office.now()
            people.add_patient(tx, patient_id, now)
            self._names.put(tx, patient_id, sealed_name(initials.strip(), " ".join(name.split())))
            people.open_stay(tx, StayRow(stay_id, patient_id, room_id, now))
            self._roll.changes_with(tx)
            decision = made(self._yes("C2", Words("They are admitted. The sensor is off.")), stay_id)
            return Done(decision, f"patient:{patient_id}", room_id)

        decision = self._office.run(actor, Permission.STAY_CHANGE, "desk:stay:opened", work, room=room_id)
        return self._then(room_id, decision)

    def move(self, actor: Actor, stay_id: str, room_id: str) -> Decision:
        """Move a patient: a no travels with them, a yes waits for their own tap (rule C2)."""
        person = self._roll.sheet().stay(stay_id)

        def work(tx: Tx) -> Done:
            sheet = self._roll.sheet()
            if person is None or people.open_stay_of(tx, stay_id) is None:
                return Done(self._no("C2", Words("They have left already.")), room=room_id)
            if sheet.room(room_id) is None or room_id in sheet.people:
                return Done(self._no("C2", Words("That room is not free.")), room=room_id)
            now, old = self._office.now(), person.stay
            people.end_stay(tx, stay_id, "moved", now)
            fresh = StayRow(secrets.token_hex(16), old.patient_id, room_id, now)
            people.open_stay(tx, fresh)
            self._carry(tx, actor, person, fresh)
            accounts.move_patient(tx, old.patient_id, room_id)
            self._roll.changes_with(tx)
            decision = made(self._yes("C2", Words("They have moved. The sensor there is off.")), fresh.stay_id)
            return Done(decision, f"patient:{old.patient_id}", room_id)

        decision = self._office.run(actor, Permission.STAY_CHANGE, "desk:stay:moved", work, room=room_id)
        if decision and person is not None:
            self._after(person.stay.room_id)
        return self._then(room_id, decision)

    def discharge(self, actor: Actor, stay_id: str) -> Decision:
        """End a stay; its consent ends with it (rule C7)."""
        person = self._roll.sheet().stay(stay_id)
        room_id = person.stay.room_id if person else ""

        def work(tx: Tx) -> Done:
            stay = people.open_stay_of(tx, stay_id)
            if stay is None:
                return Done(self._no("C7", Words("They have left already.")))
            people.end_stay(tx, stay_id, "discharged", self._office.now())
            accounts.move_patient(tx, stay.patient_id, None)
            self._roll.changes_with(tx)
            return Done(
                self._yes("C7", Words("They have left. The sensor is off.")), f"patient:{stay.patient_id}", stay.room_id
            )

        return self._then(room_id, self._office.run(actor, Permission.STAY_CHANGE, "desk:stay:ended", work))

    def _carry(self, tx: Tx, actor: Actor, person: Person, fresh: StayRow) -> None:
        standing = self._roll.standing_in(tx, person)
        if standing.state is ConsentState.NOT_ASKED and standing.refused_at is None:
            return
        entry = ConsentEntry(
            secrets.token_hex(16),
            standing.consent_id,
            fresh.stay_id,
            self._office.now(),
            EntryKind.CARRIED,
            carried_details(standing),
            actor.actor_id,
        )
        consents.add_entry(tx, entry, fresh.patient_id)

    def _node_fault(self, tx: Tx, node_id: str, room_id: str, public_key: str) -> Words | None:
        sheet = self._roll.sheet()
        if not _SLUG.fullmatch(node_id) or people.knows_node(tx, node_id):
            return Words("That name is used already, or has other signs than letters and digits.")
        if sheet.room(room_id) is None or any(one.room_id == room_id for one in sheet.nodes.values()):
            return Words("That room has a sensor already, or is not there.")
        if not is_public_key(public_key):
            return Words("The key on the node's label has 64 signs, 0 to 9 and a to f.")
        return None

    def _then(self, room_id: str, decision: Decision) -> Decision:
        if decision and room_id:
            self._after(room_id)
        return decision

    def _yes(self, rule_id: str, words: Words, *obligations: Obligation) -> Decision:
        return self._office.policy.allow(rule_id, reason=words, obligations=obligations)

    def _no(self, rule_id: str, words: Words) -> Decision:
        return self._office.policy.deny(rule_id, reason=words)


def _is_title(told: str) -> bool:
    return 0 < len(told.strip()) <= _LONGEST_TITLE
