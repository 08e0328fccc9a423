"""Who stays where, as the list of rooms shows it: closed lines of a sensitive stay or for whom the person shut out."""

from console.consenting.talks import talk_view
from console.office import Office
from console.own.patient_page import STAFF_STATUS, TELLING
from console.showing.desk_views import RoomRow
from console.showing.views import Words
from console.staying.roll import Person, Roll
from console.store import closeness, own_side
from console.store.database import Tx
from console.store.people import RoomRow as StoredRoom

_CLOSED = Words("closed: ask a colleague")
_SENSITIVE = Words("sensitive stay: room only")


def room_rows(tx: Tx, *, office: Office, roll: Roll, reader_id: str, told: bool) -> tuple[RoomRow, ...]:
    """Return a line for each room.

    Args:
        tx: the read.
        office: rules and clock.
        roll: who stays where.
        reader_id: who reads; whom a person has shut out sees their room alone (rule X8).
        told: the reader talks with people, and sees what each said.
    """
    sheet = roll.sheet()
    found = []
    for room in sheet.rooms:
        person = sheet.people.get(room.room_id)
        is_out = person is not None and closeness.is_closed_to(tx, person.stay.patient_id, reader_id)
        closed = _CLOSED if is_out else _SENSITIVE if person is not None and person.is_sensitive else None
        found.append(_room_row(tx, office, roll, room, person, told and closed is None, closed))
    return tuple(found)


def _room_row(
    tx: Tx, office: Office, roll: Roll, room: StoredRoom, person: Person | None, told: bool, closed: Words | None
) -> RoomRow:
    sheet = roll.sheet()
    nodes = [one for one in sheet.nodes.values() if one.room_id == room.room_id]
    # Of two the one that waits for its second person is shown.
    node = next((one for one in nodes if one.confirmed_at is None), nodes[0] if nodes else None)
    shown = STAFF_STATUS[roll.standing_of(person).state] if person and told else Words("not shown")
    consent = closed or (shown if person else Words("nobody stays here"))
    return RoomRow(
        room.room_id,
        room.title,
        node.node_id if node else "",
        person.stay.stay_id if person else "",
        person.initials if person and closed is None else "",
        roll.name_in(tx, person.stay) if person and told else "",
        person.stay.from_at if person else None,
        consent,
        node is not None and node.confirmed_at is not None,
        talk_view(roll.standing_of(person), office.now(), office.policy, office.zone) if person and told else None,
        sheet.sensors_in(room.room_id),
        TELLING.get(own_side.telling_of(tx, person.stay.patient_id)) if person and told else None,
    )
