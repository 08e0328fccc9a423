"""Rooms, nodes and stays, as rows; names stay sealed where they are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from broker.vocabulary import Modality
from console.store.database import Tx
from console.store.tables import accounts, enrolments, nodes, patients, rooms, stays, wards


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room.

    Attributes:
        room_id: slug.
        title: as the ward calls it.
    """

    room_id: str
    title: str


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A sensor's node in a room.

    Attributes:
        node_id: slug.
        room_id: where it is.
        modality: radar or camera.
        public_key: 64 hex digits.
        added_by: who put it in; the second step is another person's.
        added_at: when.
        confirmed_at: when a second person saw its lamp in that room; None until then, and no lease until then.
    """

    node_id: str
    room_id: str
    modality: str
    public_key: str
    added_by: str
    added_at: datetime
    confirmed_at: datetime | None

    @property
    def kind(self) -> Modality:
        """Return which kind of sensor it has."""
        return Modality(self.modality)


@dataclass(frozen=True, slots=True)
class StayRow:
    """A patient in a room for a time.

    Attributes:
        stay_id: random.
        patient_id: pseudonym.
        room_id: where.
        from_at: since when.
    """

    stay_id: str
    patient_id: str
    room_id: str
    from_at: datetime


def add_ward(tx: Tx, ward_id: str, title: str, at: datetime) -> None:
    """Add the ward."""
    tx.execute(insert(wards).values(ward_id=ward_id, title=title, created_at=at))


def ward_title(tx: Tx) -> str | None:
    """Return what the ward is called; None before it was made."""
    title: str | None = tx.execute(select(wards.c.title).limit(1)).scalar_one_or_none()
    return title


def add_room(tx: Tx, room_id: str, title: str, at: datetime) -> None:
    """Add a room at the end of the ward's order."""
    place = tx.execute(select(func.count()).select_from(rooms)).scalar_one()
    tx.execute(insert(rooms).values(room_id=room_id, title=title, place=place, added_at=at))


def all_rooms(tx: Tx) -> list[RoomRow]:
    """Return every room in ward order."""
    found = tx.execute(select(rooms.c.room_id, rooms.c.title).order_by(rooms.c.place))
    return [RoomRow(row.room_id, row.title) for row in found]


def add_node(tx: Tx, node: NodeRow) -> None:
    """Add a node, not yet confirmed."""
    tx.execute(
        insert(nodes).values(
            node_id=node.node_id,
            room_id=node.room_id,
            modality=node.modality,
            public_key=node.public_key,
            added_at=node.added_at,
            added_by=node.added_by,
        )
    )


def confirm_node(tx: Tx, node_id: str, actor_id: str, at: datetime) -> None:
    """Write down the second step."""
    tx.execute(update(nodes).where(nodes.c.node_id == node_id).values(confirmed_at=at, confirmed_by=actor_id))


def retire_node(tx: Tx, node_id: str, at: datetime) -> None:
    """Take a node out; its key is worth nothing from now on."""
    tx.execute(update(nodes).where(nodes.c.node_id == node_id).values(retired_at=at))


def all_nodes(tx: Tx) -> list[NodeRow]:
    """Return every node in use."""
    found = tx.execute(select(nodes).where(nodes.c.retired_at.is_(None)).order_by(nodes.c.node_id))
    return [_node(row) for row in found]


def node(tx: Tx, node_id: str) -> NodeRow | None:
    """Return a node in use; None when there is none of that id, or it was taken out."""
    row = tx.execute(select(nodes).where((nodes.c.node_id == node_id) & nodes.c.retired_at.is_(None))).first()
    return None if row is None else _node(row)


def _node(row: Row[Any]) -> NodeRow:
    return NodeRow(row.node_id, row.room_id, row.modality, row.public_key, row.added_by, row.added_at, row.confirmed_at)


def knows_node(tx: Tx, node_id: str) -> bool:
    """Return whether this id was ever used, retired ones included."""
    return tx.execute(select(nodes.c.node_id).where(nodes.c.node_id == node_id)).first() is not None


def add_patient(tx: Tx, patient_id: str, at: datetime) -> None:
    """Add a patient's pseudonym."""
    tx.execute(insert(patients).values(patient_id=patient_id, created_at=at))


def open_stay(tx: Tx, stay: StayRow) -> None:
    """Begin a stay."""
    tx.execute(
        insert(stays).values(
            stay_id=stay.stay_id, patient_id=stay.patient_id, room_id=stay.room_id, from_at=stay.from_at
        )
    )


def end_stay(tx: Tx, stay_id: str, reason: str, at: datetime) -> None:
    """End a stay for ever."""
    tx.execute(update(stays).where(stays.c.stay_id == stay_id).values(to_at=at, ended_by=reason))


def open_stays(tx: Tx) -> list[StayRow]:
    """Return who stays where now."""
    found = tx.execute(select(stays).where(stays.c.to_at.is_(None)))
    return [StayRow(row.stay_id, row.patient_id, row.room_id, row.from_at) for row in found]


def open_stay_of(tx: Tx, stay_id: str) -> StayRow | None:
    """Return a stay that lasts; None when it is over or never was."""
    return next((one for one in open_stays(tx) if one.stay_id == stay_id), None)


LENT = "bed_lent"
"""Why a stay ended whose person is away and whose bed somebody else has now; they can come back."""


def absent_stays(tx: Tx) -> list[StayRow]:
    """Return the last stays of people who are away and whose bed was given to somebody else."""
    found = tx.execute(select(stays).where(stays.c.ended_by == LENT).order_by(stays.c.to_at))
    newest = {row.patient_id: StayRow(row.stay_id, row.patient_id, row.room_id, row.from_at) for row in found}
    here = {one.patient_id for one in open_stays(tx)}
    return [one for one in newest.values() if one.patient_id not in here]


def let_go(tx: Tx, stay_id: str) -> None:
    """Say of somebody whose bed was given to another that they do not come back."""
    tx.execute(update(stays).where((stays.c.stay_id == stay_id) & (stays.c.ended_by == LENT)).values(ended_by="left"))


@dataclass(frozen=True, slots=True)
class LinkRow:
    """The one-time link that a sign-in stands on.

    Attributes:
        issued_by: pseudonym of who made it.
        issued_at: when.
    """

    issued_by: str
    issued_at: datetime


def newest_link(tx: Tx, actor_id: str, before: datetime | None = None) -> LinkRow | None:
    """Return the newest link of an account that was made (before a moment); None when there is none."""
    wanted = select(enrolments.c.issued_by, enrolments.c.created_at).where(enrolments.c.actor_id == actor_id)
    if before is not None:
        wanted = wanted.where(enrolments.c.created_at <= before)
    row = tx.execute(wanted.order_by(enrolments.c.created_at.desc()).limit(1)).first()
    return None if row is None else LinkRow(row.issued_by, row.created_at)


def accounts_of(tx: Tx, patient_id: str) -> tuple[str, ...]:
    """Return the accounts of a patient that may sign in."""
    wanted = select(accounts.c.actor_id).where((accounts.c.patient_id == patient_id) & accounts.c.is_active)
    return tuple(tx.execute(wanted).scalars())
