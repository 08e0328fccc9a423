"""Planned checks, what a shift asks of its people, and handovers, as rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from console.rules.in_person.levels import Level
from console.rules.in_person.load import LoadAnswer
from console.rules.in_person.punctuality import DoneCheck
from console.rules.in_person.rounds import CheckEnd, Moved, PlannedCheck
from console.store.database import Tx
from console.store.tables import handovers, load_asks, planned_checks, rosters


def add(tx: Tx, check: PlannedCheck, seed: str, at: datetime, *, said_no: bool) -> None:
    """Write down a planned check, with the seed of its round."""
    tx.execute(
        insert(planned_checks).values(
            check_id=check.check_id,
            seed=seed,
            stay_id=check.stay_id,
            room_id=check.room_id,
            level=check.level.value,
            opens_at=check.opens_at,
            due_at=check.due_at,
            latest_at=check.latest_at,
            planned_at=at,
            moved=check.moved.value if check.moved else None,
            said_no=said_no,
        )
    )


def move(tx: Tx, check: PlannedCheck) -> bool:
    """Bring a check forward; return False when it has ended already."""
    still_open = (planned_checks.c.check_id == check.check_id) & planned_checks.c.ended_at.is_(None)
    why = check.moved.value if check.moved else None
    sooner = update(planned_checks).where(still_open)
    return tx.execute(sooner.values(due_at=check.due_at, latest_at=check.latest_at, moved=why)).rowcount == 1


def end(tx: Tx, check_id: str, how: CheckEnd, at: datetime, seen_at: datetime | None) -> bool:
    """End a check; return False when it has ended already."""
    still_open = (planned_checks.c.check_id == check_id) & planned_checks.c.ended_at.is_(None)
    done = update(planned_checks).where(still_open).values(ended=how.value, ended_at=at, seen_at=seen_at)
    return tx.execute(done).rowcount == 1


def open_checks(tx: Tx) -> list[PlannedCheck]:
    """Return every check that has not ended."""
    return [_check(row) for row in tx.execute(select(planned_checks).where(planned_checks.c.ended_at.is_(None)))]


def last_seen(tx: Tx) -> dict[str, datetime]:
    """Return when somebody was last seen at a planned check, by stay."""
    newest = func.max(planned_checks.c.seen_at).label("newest")
    wanted = select(planned_checks.c.stay_id, newest).group_by(planned_checks.c.stay_id)
    seen = tx.execute(wanted.where(planned_checks.c.seen_at.is_not(None)))
    return {row.stay_id: row.newest for row in seen}


def done_between(tx: Tx, begins: datetime, ends: datetime) -> list[DoneCheck]:
    """Return how the checks went whose longest gap ended in between; what was planned anew is left out."""
    within = (planned_checks.c.latest_at >= begins) & (planned_checks.c.latest_at <= ends)
    kept = planned_checks.c.ended.is_(None) | (planned_checks.c.ended != CheckEnd.PLANNED_ANEW.value)
    return [
        DoneCheck(row.stay_id, Level(row.level), row.latest_at, row.seen_at, row.said_no)
        for row in tx.execute(select(planned_checks).where(within & kept).order_by(planned_checks.c.latest_at))
    ]


def add_roster(tx: Tx, people: int, at: datetime, actor_id: str) -> None:
    """Write down how many people the coming shift has."""
    tx.execute(insert(rosters).values(people=people, set_at=at, set_by=actor_id))


def newest_roster(tx: Tx, begins: datetime) -> int | None:
    """Return how many people were last told since then; None when nobody told."""
    wanted = select(rosters.c.people).where(rosters.c.set_at >= begins).order_by(rosters.c.position.desc()).limit(1)
    told: int | None = tx.execute(wanted).scalar_one_or_none()
    return told


@dataclass(frozen=True, slots=True)
class LoadAsk:
    """A red load that a manager was asked about.

    Attributes:
        ask_id: random.
        asked_at: when.
        checks_per_h: planned then.
        people: for checks then.
        answered_at: None until somebody answers.
        answered_by: pseudonym; empty until then.
        answer: None until then.
        clinician: who reviewed the levels; empty otherwise.
        until_at: until when it is accepted; None otherwise.
    """

    ask_id: str
    asked_at: datetime
    checks_per_h: float
    people: int
    answered_at: datetime | None = None
    answered_by: str = ""
    answer: LoadAnswer | None = None
    clinician: str = ""
    until_at: datetime | None = None


def add_ask(tx: Tx, ask: LoadAsk) -> None:
    """Ask the manager on call."""
    tx.execute(
        insert(load_asks).values(
            ask_id=ask.ask_id, asked_at=ask.asked_at, checks_per_h=ask.checks_per_h, people=ask.people
        )
    )


def answer_ask(tx: Tx, ask: LoadAsk) -> bool:
    """Write down the answer; return False when somebody has answered already."""
    waiting = (load_asks.c.ask_id == ask.ask_id) & load_asks.c.answered_at.is_(None)
    told = (
        update(load_asks)
        .where(waiting)
        .values(
            answered_at=ask.answered_at,
            answered_by=ask.answered_by,
            answer=ask.answer.value if ask.answer else None,
            clinician=ask.clinician,
            until_at=ask.until_at,
        )
    )
    return tx.execute(told).rowcount == 1


def asks_since(tx: Tx, begins: datetime) -> list[LoadAsk]:
    """Return what was asked since then, newest first."""
    wanted = select(load_asks).where(load_asks.c.asked_at >= begins).order_by(load_asks.c.asked_at.desc())
    return [
        LoadAsk(
            row.ask_id,
            row.asked_at,
            row.checks_per_h,
            row.people,
            row.answered_at,
            row.answered_by or "",
            LoadAnswer(row.answer) if row.answer else None,
            row.clinician or "",
            row.until_at,
        )
        for row in tx.execute(wanted)
    ]


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """A handover that somebody signed.

    Attributes:
        handover_id: random.
        from_at: since when it tells.
        until_at: until when.
        figures: what it said, in codes and counts.
        signed_at: when.
        signed_by: pseudonym.
    """

    handover_id: str
    from_at: datetime
    until_at: datetime
    figures: Mapping[str, Any]
    signed_at: datetime
    signed_by: str


def add_handover(tx: Tx, row: HandoverRow) -> None:
    """Keep a handover as it was signed."""
    tx.execute(
        insert(handovers).values(
            handover_id=row.handover_id,
            from_at=row.from_at,
            until_at=row.until_at,
            figures=dict(row.figures),
            signed_at=row.signed_at,
            signed_by=row.signed_by,
        )
    )


def newest_handover(tx: Tx) -> HandoverRow | None:
    """Return the handover that was signed last; None before the first."""
    row = tx.execute(select(handovers).order_by(handovers.c.signed_at.desc()).limit(1)).first()
    if row is None:
        return None
    return HandoverRow(row.handover_id, row.from_at, row.until_at, row.figures, row.signed_at, row.signed_by)


def _check(row: Any) -> PlannedCheck:
    return PlannedCheck(
        row.check_id,
        row.stay_id,
        row.room_id,
        Level(row.level),
        row.opens_at,
        row.due_at,
        row.latest_at,
        Moved(row.moved) if row.moved else None,
    )
