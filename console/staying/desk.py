"""The ward's desk: rooms, sensors, staff, and who stays where; each command is one decision and one audit entry."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from broker.vocabulary import Modality
from console.errors import NameTaken
from console.keys.signer import is_public_key
from console.office import Done, Office
from console.roles import Actor, Role
from console.rules.access import Permission
from console.rules.consenting.person import PlaceKind
from console.rules.decision import Decision, Obligation
from console.showing.views import Words
from console.signing_in import time_boxes
from console.signing_in.enrolment import HIDDEN_SIGNS, is_plain
from console.signing_in.identity import Identity, name_fault
from console.signing_in.patient_accounts import MADE, Invited, PatientAccounts
from console.signing_in.staff_accounts import StaffAccounts
from console.staying.roll import Roll
from console.staying.stays import Stays
from console.store import people, places
from console.store.database import Tx
from console.store.people import NodeRow

__all__ = ["Desk", "Invited"]

_SLUG = re.compile(r"[a-z][a-z0-9-]{0,31}")
_LONGEST_TITLE = 60
_NIGHT_ENDS = time(8, 0)
_STAFF = frozenset(Role) - {Role.PATIENT, Role.SYSTEM}


class Desk:
    """Commands that change the ward.

    Attributes:
        admit: see `Stays.admit`, as the next five.
        move: go on in another room.
        swap: put two people into each other's rooms.
        discharge: end a stay.
        bring_back: begin a stay of somebody whose bed was lent.
        let_go: say that they do not come back.
        add_patient_account: see `PatientAccounts.add`, as the two below it.
        reset_patient_account: put a new sign-in in place of a patient's old one.
        confirm_patient_account: say, as a second person, that the patient has it.
        renew_staff: see `StaffAccounts.renew`.
        close_staff: see `StaffAccounts.close`.
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
        stays = Stays(office, roll, after)
        self.admit, self.move, self.swap, self.discharge = stays.admit, stays.move, stays.swap, stays.discharge
        self.bring_back, self.let_go = stays.bring_back, stays.let_go
        patients = PatientAccounts(office, roll, identity)
        self.add_patient_account = patients.add
        self.reset_patient_account = patients.reset
        self.confirm_patient_account = patients.confirm
        staff = StaffAccounts(office, identity)
        self.renew_staff, self.close_staff = staff.renew, staff.close

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

    def add_room(self, actor: Actor, room_id: str, title: str, kind: PlaceKind | str = PlaceKind.BEDROOM) -> Decision:
        """Add a single room; one that is no bedroom ships off until its profile is signed (rule P9)."""

        def work(tx: Tx) -> Done:
            if not is_plain(title.strip()):
                return Done(self._no("X4", HIDDEN_SIGNS))
            if not _SLUG.fullmatch(room_id) or not _is_title(title):
                return Done(self._no("X4", Words("A room needs a short name of letters and digits, and a title.")))
            if any(one.room_id == room_id for one in people.all_rooms(tx)):
                return Done(self._no("X4", Words("There is such a room already.")), room=room_id)
            if kind not in set(PlaceKind):
                return Done(self._no("P9", Words("Choose what kind of room it is.")), room=room_id)
            people.add_room(tx, room_id, title.strip(), self._office.now())
            if kind != PlaceKind.BEDROOM:
                places.set_kind(tx, room_id, PlaceKind(kind))
            self._roll.changes_with(tx)
            return Done(self._yes("X4", Words("The room is added.")), f"room:{room_id}", room_id)

        return self._office.run(actor, Permission.WARD_CHANGE, "desk:room:added", work)

    def add_node(self, actor: Actor, node_id: str, room_id: str, modality: Modality, public_key: str) -> Decision:
        """Put a sensor's node into a room: the first of two steps; its lamp flashes until the second (rule H5)."""

        def work(tx: Tx) -> Done:
            fault = self._node_fault(tx, node_id, room_id, modality, public_key)
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
        room_id = self._room_of(node_id)

        def work(tx: Tx) -> Done:
            # As it stands in this write: somebody else may have confirmed it or taken it out a moment ago.
            node = people.node(tx, node_id)
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
        return self._then(room_id, decision)

    def retire_node(self, actor: Actor, node_id: str) -> Decision:
        """Take a sensor's node out; its key is worth nothing from now on."""
        room_id = self._room_of(node_id)

        def work(tx: Tx) -> Done:
            node = people.node(tx, node_id)
            if node is None:
                return Done(self._no("H5", Words("There is no such sensor.")))
            people.retire_node(tx, node_id, self._office.now())
            self._roll.changes_with(tx)
            return Done(self._yes("H5", Words("The sensor is taken out.")), f"node:{node_id}", node.room_id)

        decision = self._office.run(actor, Permission.NODE_ADD, "desk:node:retired", work)
        return self._then(room_id, decision)

    def _room_of(self, node_id: str) -> str:
        node = self._roll.sheet().nodes.get(node_id)
        return node.room_id if node else ""

    def add_staff(
        self, actor: Actor, username: str, display_name: str, role: Role, *, ends_on: date | None = None
    ) -> Invited:
        """Make an account for a member of staff; it opens with a one-time link.

        Args:
            actor: who invites.
            username: for signing in.
            display_name: as on the badge; empty for the sign-in name.
            role: what they will be.
            ends_on: the last day of an agency's or a temporary worker's account; None for one without an end.
        """
        invited: list[Invited] = []
        ends_at = _end_of(ends_on, self._office.zone) if ends_on is not None else None

        def work(tx: Tx) -> Done:
            shown = display_name or username
            fault = name_fault(username, shown)
            if role not in _STAFF:
                fault = Words("Choose one of the roles.")
            if ends_at is not None and not timedelta(0) < ends_at - self._office.now() <= time_boxes.LONGEST:
                fault = Words("Give a last day from today on, within a year.")
            if fault is not None:
                return Done(self._no("X6", fault))
            made_now = self._identity.invite(tx, actor, username, shown, role)
            if ends_at is not None:
                self._identity.time_box(tx, actor, made_now.actor.actor_id, ends_at)
            decision = self._yes("X6", Words("The account is made. Hand over the link in person."))
            invited.append(Invited(decision, made_now.token, made_now.actor))
            return Done(decision, f"account:{made_now.actor.actor_id}", reason=role)

        try:
            decision = self._office.run(actor, Permission.STAFF_CHANGE, MADE, work)
        except NameTaken:
            return Invited(self._no("X6", Words("This sign-in name is taken.")))
        return invited[0] if decision else Invited(decision)

    def _node_fault(self, tx: Tx, node_id: str, room_id: str, modality: Modality, public_key: str) -> Words | None:
        sheet = self._roll.sheet()
        if not _SLUG.fullmatch(node_id) or people.knows_node(tx, node_id):
            return Words("That name is used already, or has other signs than letters and digits.")
        if sheet.room(room_id) is None or modality in sheet.sensors_in(room_id):
            return Words("That room has such a sensor already, or is not there.")
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


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the end of the night that begins on a day: nobody's account ends in the middle of their shift."""
    return datetime.combine(day + timedelta(days=1), _NIGHT_ENDS, zone).astimezone(UTC)


def _is_title(told: str) -> bool:
    return 0 < len(told.strip()) <= _LONGEST_TITLE
