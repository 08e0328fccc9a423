"""Sensitive stays, second people, and whom a patient has shut out, as rows (rule X8)."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from console.rules.looking.sensitive import MarkKind
from console.store.access_tables import second_people, sensitive_stays, shut_out
from console.store.database import Tx


@dataclass(frozen=True, slots=True)
class Asked:
    """A look that waits for a second person.

    Attributes:
        asked_id: random.
        stay_id: at whom.
        room_id: where.
        actor_id: who asks.
        asked_at: when.
    """

    asked_id: str
    stay_id: str
    room_id: str
    actor_id: str
    asked_at: datetime


def mark(tx: Tx, stay_id: str, kind: MarkKind, by: str, at: datetime) -> None:
    """Make a stay sensitive."""
    told = {"mark_id": secrets.token_hex(16), "stay_id": stay_id, "kind": kind.value, "marked_at": at, "marked_by": by}
    tx.execute(insert(sensitive_stays).values(**told))


def unmark(tx: Tx, stay_id: str, by: str, at: datetime) -> bool:
    """End the mark of a stay; return whether there was one."""
    standing = (sensitive_stays.c.stay_id == stay_id) & sensitive_stays.c.ended_at.is_(None)
    return tx.execute(update(sensitive_stays).where(standing).values(ended_at=at, ended_by=by)).rowcount > 0


def marked(tx: Tx) -> frozenset[str]:
    """Return every stay that is sensitive now."""
    standing = select(sensitive_stays.c.stay_id).where(sensitive_stays.c.ended_at.is_(None))
    return frozenset(tx.execute(standing).scalars())


def ask(tx: Tx, stay_id: str, room_id: str, actor_id: str, at: datetime) -> str:
    """Wait for a second person; return the id of the asking."""
    asked_id = secrets.token_hex(16)
    told = {"asked_id": asked_id, "stay_id": stay_id, "room_id": room_id, "actor_id": actor_id, "asked_at": at}
    tx.execute(insert(second_people).values(**told))
    return asked_id


def asked_since(tx: Tx, since: datetime) -> list[Asked]:
    """Return the looks that wait for a second person, newest first."""
    waiting = (second_people.c.asked_at >= since) & second_people.c.agreed_at.is_(None)
    found = tx.execute(select(second_people).where(waiting).order_by(second_people.c.asked_at.desc()))
    return [Asked(row.asked_id, row.stay_id, row.room_id, row.actor_id, row.asked_at) for row in found]


def agree(tx: Tx, asked_id: str, by: str, at: datetime) -> None:
    """Be the second person of a look."""
    tx.execute(update(second_people).where(second_people.c.asked_id == asked_id).values(agreed_at=at, agreed_by=by))


def is_agreed(tx: Tx, stay_id: str, actor_id: str, since: datetime) -> bool:
    """Return whether a second person agreed to somebody's look since then."""
    columns = second_people.c
    agreed = (columns.stay_id == stay_id) & (columns.actor_id == actor_id) & (columns.agreed_at >= since)
    return tx.execute(select(columns.asked_id).where(agreed).limit(1)).first() is not None


def close_to(tx: Tx, patient_id: str, actor_id: str, at: datetime) -> None:
    """Shut a member of staff out."""
    tx.execute(insert(shut_out).values(patient_id=patient_id, actor_id=actor_id, from_at=at))


def open_to(tx: Tx, patient_id: str, actor_id: str, at: datetime) -> bool:
    """Let them look again; return whether they were shut out."""
    mine = (shut_out.c.patient_id == patient_id) & (shut_out.c.actor_id == actor_id) & shut_out.c.ended_at.is_(None)
    return tx.execute(update(shut_out).where(mine).values(ended_at=at)).rowcount > 0


def closed_to(tx: Tx, patient_id: str) -> frozenset[str]:
    """Return whom a patient has shut out."""
    standing = (shut_out.c.patient_id == patient_id) & shut_out.c.ended_at.is_(None)
    return frozenset(tx.execute(select(shut_out.c.actor_id).where(standing)).scalars())


def is_closed_to(tx: Tx, patient_id: str, actor_id: str) -> bool:
    """Return whether a patient has shut this member of staff out."""
    return actor_id in closed_to(tx, patient_id)
