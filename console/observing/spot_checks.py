"""A reading at the door: opened by an entry of what was seen by eye, and once for each (rule K6)."""

from dataclasses import dataclass
from datetime import datetime

from console.office import Office
from console.roles import Actor
from console.rules.decision import Decision
from console.rules.in_person.observing import Saw, SeenPlace
from console.rules.in_person.spot import Seen, may_see_spot
from console.showing.views import ReadingView
from console.staying.roll import Sheet
from console.store import audit_rows, observations
from console.store.database import Tx
from console.store.observations import ObservationRow

VIEWED = "room:reading:viewed"


@dataclass(frozen=True, slots=True)
class SpotView:
    """What the nurse at the door wrote, and beside it what the sensor says.

    Attributes:
        room_id: where.
        room_title: as the ward calls it.
        saw: what they wrote; nothing changes it.
        there_at: when they were there.
        reading: in words, with its age and its spread, or why there is none.
    """

    room_id: str
    room_title: str
    saw: Saw
    there_at: datetime
    reading: ReadingView


def subject_of(observation_id: str) -> str:
    """Return what the log calls an entry."""
    return f"observation:{observation_id}"


def opened_by(tx: Tx, office: Office, sheet: Sheet, actor: Actor, observation_id: str) -> ObservationRow | Decision:
    """Return the entry that opens a reading to somebody now, or why it opens none."""
    row = observations.by_id(tx, observation_id)
    decision = may_see_spot(None if row is None else _seen(tx, office, sheet, actor, row), office.policy)
    return row if row is not None and decision else decision


def spot_of(row: ObservationRow, sheet: Sheet, reading: ReadingView) -> SpotView:
    """Put what was written and what the sensor says beside each other."""
    room = sheet.room(row.room_id)
    return SpotView(row.room_id, room.title if room else row.room_id, Saw(row.saw), row.there_at, reading)


def _seen(tx: Tx, office: Office, sheet: Sheet, actor: Actor, row: ObservationRow) -> Seen | None:
    if row.saw not in set(Saw) or row.place not in set(SeenPlace):
        return None
    looks = audit_rows.newest_rows(tx, limit=20, subject=subject_of(row.observation_id))
    person = sheet.people.get(row.room_id)
    return Seen(
        row.actor_id == actor.actor_id,
        row.place_proven,
        SeenPlace(row.place),
        Saw(row.saw),
        office.now() - row.there_at,
        any(one.action == VIEWED and one.outcome == "allowed" for one in looks),
        person is not None and person.stay.stay_id == row.stay_id,
    )
