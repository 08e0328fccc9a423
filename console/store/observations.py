"""Observations and the plans that say how closely somebody is observed, as rows; both are only ever added to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from console.rules.in_person.levels import Level
from console.rules.in_person.observing import Mark
from console.rules.in_person.quiet import Caution
from console.store.database import Tx
from console.store.tables import measurements, observation_plans, observations, planned_checks, stays


@dataclass(frozen=True, slots=True)
class ObservationRow:
    """One observation.

    Attributes:
        observation_id: 32 hex digits, chosen where it was written down, so that what is sent twice is kept once.
        stay_id: of whom.
        room_id: their room.
        actor_id: pseudonym of who saw them.
        there_at: when they were there.
        entered_at: when they wrote it down.
        received_at: when the console took it.
        saw: by what they know, as a code.
        place: where the person was seen, as a code; empty for an answer to a prompt.
        place_proven: a tag's code fits.
        woke: code; empty when it was not asked.
        engaged_min: [min] spent together.
        marks: codes.
        check_id: of the check that was planned then; empty when none was.
        read_by: pseudonym of who else read the paper; empty for what is no paper.
    """

    observation_id: str
    stay_id: str
    room_id: str
    actor_id: str
    there_at: datetime
    entered_at: datetime
    received_at: datetime
    saw: str
    place: str = ""
    place_proven: bool = False
    woke: str = ""
    engaged_min: int = 0
    marks: tuple[str, ...] = ()
    check_id: str = ""
    read_by: str = ""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """How closely somebody is observed.

    Attributes:
        stay_id: of whom.
        level: theirs.
        set_at: since when.
        set_by: pseudonym of who wrote it down.
        clinician: initials of who lowered it; empty otherwise.
        why: code of the reason; empty when none was needed.
        wishes_quiet: their own recorded wish: "Please try not to wake me" (rule O9).
        cautions: with when each was written down.
    """

    stay_id: str
    level: Level
    set_at: datetime
    set_by: str
    clinician: str = ""
    why: str = ""
    wishes_quiet: bool = False
    cautions: tuple[tuple[Caution, datetime], ...] = ()


def add(tx: Tx, row: ObservationRow) -> None:
    """Write down an observation; nothing ever changes it again."""
    tx.execute(
        insert(observations).values(
            observation_id=row.observation_id,
            stay_id=row.stay_id,
            room_id=row.room_id,
            actor_id=row.actor_id,
            there_at=row.there_at,
            entered_at=row.entered_at,
            received_at=row.received_at,
            saw=row.saw,
            place=row.place or None,
            place_proven=row.place_proven,
            woke=row.woke or None,
            engaged_min=row.engaged_min,
            marks=list(row.marks),
            check_id=row.check_id or None,
            read_by=row.read_by or None,
        )
    )


def by_id(tx: Tx, observation_id: str) -> ObservationRow | None:
    """Return one observation; None when there is none of that id."""
    found = tx.execute(select(observations).where(observations.c.observation_id == observation_id)).first()
    return None if found is None else _row(dict(found._mapping))


def since(tx: Tx, begins: datetime) -> list[ObservationRow]:
    """Return the observations of people who were there since then, oldest first."""
    wanted = select(observations).where(observations.c.there_at >= begins).order_by(observations.c.there_at)
    return [_row(dict(one._mapping)) for one in tx.execute(wanted)]


def unproven_by(tx: Tx, actor_id: str, begins: datetime) -> int:
    """Return how many entries of somebody carry `place_not_proven` since then (rule O1, NA-2)."""
    mine = (observations.c.actor_id == actor_id) & (observations.c.received_at >= begins)
    found = tx.execute(select(observations.c.marks).where(mine & observations.c.place.is_not(None)))
    return sum(Mark.PLACE_NOT_PROVEN.value in (row.marks or ()) for row in found)


def add_plan(tx: Tx, row: PlanRow) -> None:
    """Write down how closely somebody is observed from now on."""
    tx.execute(
        insert(observation_plans).values(
            stay_id=row.stay_id,
            level=row.level.value,
            wishes_quiet=row.wishes_quiet,
            cautions={one.value: at.isoformat() for one, at in row.cautions},
            clinician=row.clinician,
            why=row.why,
            set_at=row.set_at,
            set_by=row.set_by,
        )
    )


def plans(tx: Tx) -> dict[str, PlanRow]:
    """Return the newest plan of every stay that lasts."""
    lasting = select(stays.c.stay_id).where(stays.c.to_at.is_(None))
    wanted = select(observation_plans).where(observation_plans.c.stay_id.in_(lasting))
    return {row.stay_id: _plan(row) for row in tx.execute(wanted.order_by(observation_plans.c.position))}


def knows_stay(tx: Tx, stay_id: str, room_id: str) -> bool:
    """Return whether somebody stayed there under this stay, now or before."""
    wanted = select(stays.c.stay_id).where((stays.c.stay_id == stay_id) & (stays.c.room_id == room_id))
    return tx.execute(wanted).first() is not None


def wakings(tx: Tx, begins: datetime) -> dict[bool, int]:
    """Return how many checks woke somebody since then, by whether their sensor was off by their choice (rule O10)."""
    woke = (observations.c.there_at >= begins) & (observations.c.woke == "yes")
    joined = observations.join(planned_checks, observations.c.check_id == planned_checks.c.check_id)
    wanted = select(planned_checks.c.said_no, func.count().label("times")).select_from(joined).where(woke)
    found = {row.said_no: row.times for row in tx.execute(wanted.group_by(planned_checks.c.said_no))}
    return {no: found.get(no, 0) for no in (True, False)}


def engaged_and_sensed_min(tx: Tx, begins: datetime) -> tuple[int, int]:
    """Return the minutes spent with people and the minutes a sensor measured since then (rule O8)."""
    together = select(func.coalesce(func.sum(observations.c.engaged_min), 0)).where(observations.c.there_at >= begins)
    sensed = select(func.count()).select_from(measurements).where(measurements.c.minute_from >= begins)
    return int(tx.execute(together).scalar_one()), int(tx.execute(sensed).scalar_one())


def _row(told: Mapping[str, Any]) -> ObservationRow:
    return ObservationRow(
        told["observation_id"],
        told["stay_id"],
        told["room_id"],
        told["actor_id"],
        told["there_at"],
        told["entered_at"],
        told["received_at"] or told["entered_at"],
        told["saw"],
        told["place"] or "",
        told["place_proven"],
        told["woke"] or "",
        told["engaged_min"] or 0,
        tuple(told["marks"] or ()),
        told["check_id"] or "",
        told["read_by"] or "",
    )


def _plan(row: Any) -> PlanRow:
    cautions = tuple((Caution(one), datetime.fromisoformat(at)) for one, at in row.cautions.items())
    return PlanRow(
        row.stay_id, Level(row.level), row.set_at, row.set_by, row.clinician, row.why, row.wishes_quiet, cautions
    )
