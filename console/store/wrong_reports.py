"""Reports that the system got it wrong and the hazards that came of them, as rows (rule I7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from console.roles import Role
from console.rules.afterwards.wrongs import WrongOutcome
from console.store.database import Tx
from console.store.incident_tables import wrong_reports


@dataclass(frozen=True, slots=True)
class WrongRow:
    """One report.

    Attributes:
        report_id: random.
        made_at: when.
        made_by: pseudonym.
        role: theirs.
        room_id: a patient's own room; empty for everybody else.
        screen: the page it was said on, without anybody's id.
        due_at: until when it is answered.
        text_id: where the sealed text stands; None when nothing was written.
        escalated: those who audit were told that nobody answered.
        answered_at: when it was; None until then.
        outcome: what was found; None until then.
        answer_text_id: where the sealed answer stands; None until then.
        national_ref: of the learning event; empty until then.
        regulator_ref: of the report to the regulator; empty where there is none.
        hazard_text_id: where the hazard stands; None unless upheld.
        notice_text_id: where the notice to other deployments stands; None unless upheld.
    """

    report_id: str
    made_at: datetime
    made_by: str
    role: Role
    room_id: str
    screen: str
    due_at: datetime
    text_id: str | None = None
    escalated: bool = False
    answered_at: datetime | None = None
    outcome: WrongOutcome | None = None
    answer_text_id: str | None = None
    national_ref: str = ""
    regulator_ref: str = ""
    hazard_text_id: str | None = None
    notice_text_id: str | None = None


def add(tx: Tx, row: WrongRow) -> None:
    """Add a report."""
    names = ("report_id", "made_at", "made_by", "room_id", "screen", "due_at")
    told = {name: getattr(row, name) for name in names}
    tx.execute(insert(wrong_reports).values(role=row.role.value, escalated=0, **told))


def say_more(tx: Tx, report_id: str, made_by: str, text_id: str) -> bool:
    """Add what its maker wrote, once; return whether it was theirs and open."""
    mine = (wrong_reports.c.report_id == report_id) & (wrong_reports.c.made_by == made_by)
    bare = mine & wrong_reports.c.text_id.is_(None) & wrong_reports.c.answered_at.is_(None)
    return tx.execute(update(wrong_reports).where(bare).values(text_id=text_id)).rowcount == 1


def of(tx: Tx, report_id: str) -> WrongRow | None:
    """Return a report; None when there is none."""
    row = tx.execute(select(wrong_reports).where(wrong_reports.c.report_id == report_id)).first()
    return None if row is None else _row(dict(row._mapping))


def waiting(tx: Tx) -> list[WrongRow]:
    """Return the reports that nobody has answered, the longest waiting first."""
    wanted = select(wrong_reports).where(wrong_reports.c.answered_at.is_(None)).order_by(wrong_reports.c.due_at)
    return [_row(dict(row._mapping)) for row in tx.execute(wanted)]


def made_by(tx: Tx, actor_id: str, limit: int) -> list[WrongRow]:
    """Return somebody's own reports, the newest first."""
    wanted = select(wrong_reports).where(wrong_reports.c.made_by == actor_id).order_by(wrong_reports.c.made_at.desc())
    return [_row(dict(row._mapping)) for row in tx.execute(wanted.limit(limit))]


def count_since(tx: Tx, actor_id: str, begins: datetime) -> int:
    """Return how many reports somebody has made since then."""
    mine = (wrong_reports.c.made_by == actor_id) & (wrong_reports.c.made_at >= begins)
    return int(tx.execute(select(func.count()).select_from(wrong_reports).where(mine)).scalar_one())


def upheld(tx: Tx) -> list[WrongRow]:
    """Return the reports that were upheld, in the order in which they were: each is a hazard of this place."""
    wanted = select(wrong_reports).where(wrong_reports.c.outcome == WrongOutcome.UPHELD.value)
    return [_row(dict(row._mapping)) for row in tx.execute(wanted.order_by(wrong_reports.c.answered_at))]


def answer(tx: Tx, report_id: str, by: str, at: datetime, told: Mapping[str, Any]) -> None:
    """Write down an answer; one that is there stays as it is.

    Args:
        tx: the write.
        report_id: which.
        by: pseudonym of the safety officer.
        at: when.
        told: outcome, answer_text_id, and for one that is upheld national_ref, regulator_ref, hazard_text_id and
            notice_text_id.
    """
    open_one = (wrong_reports.c.report_id == report_id) & wrong_reports.c.answered_at.is_(None)
    tx.execute(update(wrong_reports).where(open_one).values(answered_at=at, answered_by=by, **told))


def escalate(tx: Tx, report_id: str) -> None:
    """Note that those who audit were told that nobody answered."""
    tx.execute(update(wrong_reports).where(wrong_reports.c.report_id == report_id).values(escalated=1))


def _row(told: Mapping[str, Any]) -> WrongRow:
    return WrongRow(
        told["report_id"],
        told["made_at"],
        told["made_by"],
        Role(told["role"]),
        told["room_id"],
        told["screen"],
        told["due_at"],
        told["text_id"],
        bool(told["escalated"]),
        told["answered_at"],
        WrongOutcome(told["outcome"]) if told["outcome"] else None,
        told["answer_text_id"],
        told["national_ref"] or "",
        told["regulator_ref"] or "",
        told["hazard_text_id"],
        told["notice_text_id"],
    )
