"""Everything that stands in the records about one room and one stay between two instants, as rows (rule I6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, or_, select

from console.store.database import Tx
from console.store.nights import SealedMinute
from console.store.tables import (
    alert_steps,
    alerts,
    audit_entries,
    check_prompts,
    consent_entries,
    emergency_steps,
    handovers,
    load_asks,
    losses,
    measurements,
    node_boots,
    nodes,
    observations,
    planned_checks,
    room_events,
    sensor_changes,
    shift_entries,
    staff_visits,
    technical_alerts,
)

Found = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Where:
    """What is asked for.

    Attributes:
        room_id: the room.
        stay_id: the stay.
        from_at: from when, UTC.
        until_at: until when, UTC.
    """

    room_id: str
    stay_id: str
    from_at: datetime
    until_at: datetime


def alert_timeline(tx: Tx, where: Where) -> list[Found]:
    """Return each step of the stay's alerts, and for each that it was raised, in order of time."""
    mine = (alerts.c.stay_id == where.stay_id) & alerts.c.raised_at.between(where.from_at, where.until_at)
    raised = [
        {"at": row.raised_at, "alert_id": row.alert_id, "kind": row.kind, "priority": row.priority, "step": "raised",
         "actor_id": "", "details": {"began_at": row.began_at.isoformat(), "again": row.again}}
        for row in tx.execute(select(alerts).where(mine))
    ]  # fmt: skip
    joined = select(alert_steps, alerts.c.kind.label("what"), alerts.c.priority).join(
        alerts, alerts.c.alert_id == alert_steps.c.alert_id
    )
    steps = [
        {"at": row.at, "alert_id": row.alert_id, "kind": row.what, "priority": row.priority, "step": row.kind,
         "actor_id": row.actor_id, "details": row.details}
        for row in tx.execute(joined.where(mine).order_by(alert_steps.c.position))
    ]  # fmt: skip
    return sorted([*raised, *steps], key=lambda one: one["at"])


def prompts(tx: Tx, where: Where) -> list[Found]:
    """Return the check prompts of the room."""
    return _of(tx, check_prompts, check_prompts.c.raised_at, where, check_prompts.c.room_id == where.room_id)


def visits(tx: Tx, where: Where) -> list[Found]:
    """Return who touched the door's tag."""
    return _of(tx, staff_visits, staff_visits.c.came_at, where, staff_visits.c.room_id == where.room_id)


def checks(tx: Tx, where: Where) -> list[Found]:
    """Return the checks in person of the stay."""
    return _of(tx, observations, observations.c.there_at, where, observations.c.stay_id == where.stay_id)


def planned(tx: Tx, where: Where) -> list[Found]:
    """Return the checks that were planned for the stay."""
    return _of(tx, planned_checks, planned_checks.c.due_at, where, planned_checks.c.stay_id == where.stay_id)


def events(tx: Tx, where: Where) -> list[Found]:
    """Return what happened in the room."""
    return _of(tx, room_events, room_events.c.captured_at, where, room_events.c.room_id == where.room_id)


def consent(tx: Tx, where: Where) -> list[Found]:
    """Return everything said and written down about the stay's consent, from its beginning to the end of the time."""
    mine = (consent_entries.c.stay_id == where.stay_id) & (consent_entries.c.at <= where.until_at)
    return _rows(tx, consent_entries, mine, consent_entries.c.position)


def sensors(tx: Tx, where: Where) -> list[Found]:
    """Return when the room's sensors opened and closed."""
    at = sensor_changes.c.captured_at
    return _of(tx, sensor_changes, at, where, sensor_changes.c.room_id == where.room_id)


def boots(tx: Tx, where: Where) -> list[Found]:
    """Return each start of the room's nodes with its software, up to the end of the time."""
    mine = select(nodes.c.node_id).where(nodes.c.room_id == where.room_id)
    wanted = node_boots.c.node_id.in_(mine) & (node_boots.c.announced_at <= where.until_at)
    return _rows(tx, node_boots, wanted, node_boots.c.announced_at)


def lost(tx: Tx, where: Where) -> list[Found]:
    """Return what was lost on the whole ward then: nodes, network, broker, console, tablets."""
    lasted = technical_alerts.c.resolved_at.is_(None) | (technical_alerts.c.resolved_at >= where.from_at)
    wanted = lasted & (technical_alerts.c.raised_at <= where.until_at)
    return _rows(tx, technical_alerts, wanted, technical_alerts.c.raised_at)


def gaps(tx: Tx, where: Where) -> list[Found]:
    """Return the records that the room's nodes declared lost."""
    mine = select(nodes.c.node_id).where(nodes.c.room_id == where.room_id)
    return _of(tx, losses, losses.c.received_at, where, losses.c.node_id.in_(mine))


def shifts(tx: Tx, where: Where) -> list[Found]:
    """Return who signed on and off, their posts and rooms."""
    return _of(tx, shift_entries, shift_entries.c.at, where)


def loads(tx: Tx, where: Where) -> list[Found]:
    """Return when the load was too high, and what the on-call manager answered."""
    return _of(tx, load_asks, load_asks.c.asked_at, where)


def handed_over(tx: Tx, where: Where) -> list[Found]:
    """Return the handovers that were signed."""
    return _of(tx, handovers, handovers.c.signed_at, where)


def emergencies(tx: Tx, where: Where) -> list[Found]:
    """Return the taps of emergencies in the room."""
    return _of(tx, emergency_steps, emergency_steps.c.at, where, emergency_steps.c.room_id == where.room_id)


def logged(tx: Tx, where: Where) -> list[Found]:
    """Return the log's entries about the room."""
    return _of(tx, audit_entries, audit_entries.c.at, where, audit_entries.c.room == where.room_id)


def took_part(tx: Tx, where: Where, actor_id: str) -> bool:
    """Return whether somebody did anything about the room in that time, beside what is done at a desk afterwards."""
    mine = (audit_entries.c.room == where.room_id) & (audit_entries.c.actor == actor_id)
    desk = or_(*(audit_entries.c.action.startswith(one) for one in ("incident:", "governance:")))
    then = audit_entries.c.at.between(where.from_at, where.until_at) & ~desk
    return tx.execute(select(audit_entries.c.idx).where(mine & then).limit(1)).first() is not None


def key_ids(tx: Tx, where: Where) -> set[str]:
    """Return the keys that the minutes of that time are sealed under."""
    return set(tx.execute(select(measurements.c.key_id).where(_minutes(where)).distinct()).scalars())


def minutes(tx: Tx, where: Where) -> tuple[tuple[datetime, SealedMinute], ...]:
    """Return the sealed minutes of that time with their time, in order."""
    wanted = select(measurements).where(_minutes(where)).order_by(measurements.c.minute_from)
    return tuple(
        (
            row.minute_from,
            SealedMinute(
                row.key_id,
                row.minute_sealed,
                row.respiratory_rate_sealed,
                row.respiratory_rate_withheld or "",
                f"{row.node_id}:{row.outbox_id}:{row.sequence}",
                row.node_id,
            ),
        )
        for row in tx.execute(wanted)
    )


def _minutes(where: Where) -> ColumnElement[bool]:
    then = measurements.c.minute_from.between(where.from_at, where.until_at)
    return (measurements.c.room_id == where.room_id) & then


def _of(tx: Tx, table: Table, at: Column[Any], where: Where, mine: ColumnElement[bool] | None = None) -> list[Found]:
    then = at.between(where.from_at, where.until_at)
    return _rows(tx, table, then if mine is None else then & mine, at)


def _rows(tx: Tx, table: Table, wanted: ColumnElement[bool], by: Column[Any]) -> list[Found]:
    found: Sequence[Any] = tx.execute(select(table).where(wanted).order_by(by)).all()
    return [dict(row._mapping) for row in found]
