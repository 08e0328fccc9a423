"""Further words of an open complaint, as rows: they join what somebody said on the same day (rule S6)."""

from datetime import datetime

from sqlalchemy import func, insert, select

from console.store.database import Tx
from console.store.holding_tables import complaint_words
from console.store.tables import complaints


def open_one(tx: Tx, patient_id: str, stay_id: str, kind: str, since: datetime) -> tuple[str, datetime] | None:
    """Return the newest complaint of a kind that a patient made since then and nobody has acknowledged.

    Returns:
        Its id, and until when somebody must acknowledge it; None when there is none.
    """
    columns = complaints.c
    theirs = (columns.patient_id == patient_id) & (columns.stay_id == stay_id) & (columns.kind == kind)
    waiting = columns.acknowledged_at.is_(None) & columns.closed_at.is_(None) & (columns.made_at >= since)
    wanted = select(columns.complaint_id, columns.due_at).where(theirs & waiting).order_by(columns.made_at.desc())
    row = tx.execute(wanted.limit(1)).first()
    return None if row is None else (row.complaint_id, row.due_at)


def add(tx: Tx, complaint_id: str, text_id: str, at: datetime) -> int:
    """Add further words; return how many there are with them."""
    tx.execute(insert(complaint_words).values(complaint_id=complaint_id, text_id=text_id, said_at=at))
    mine = complaint_words.c.complaint_id == complaint_id
    return int(tx.execute(select(func.count()).select_from(complaint_words).where(mine)).scalar_one())


def of(tx: Tx, complaint_id: str) -> list[str]:
    """Return where the further words of a complaint stand, in the order in which they were said."""
    mine = complaint_words.c.complaint_id == complaint_id
    wanted = select(complaint_words.c.text_id).where(mine).order_by(complaint_words.c.said_at)
    return list(tx.execute(wanted).scalars())
