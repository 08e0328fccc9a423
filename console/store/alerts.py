"""Alerts and their steps, limits, technical alerts and limits on trial, as rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from console.rules.alerting.alerts import Alert, AlertKind, Concern, Priority, Rung, Step, StepKind
from console.rules.alerting.budget import Trial
from console.rules.alerting.limits import Limit, LimitReason
from console.store.database import Tx
from console.store.tables import alert_limits, alert_steps, alerts, technical_alerts, trials


def add(tx: Tx, alert: Alert) -> None:
    """Raise an alert."""
    tx.execute(
        insert(alerts).values(
            alert_id=alert.alert_id,
            room_id=alert.room_id,
            stay_id=alert.stay_id,
            kind=alert.kind.value,
            priority=alert.priority.value,
            concern=alert.concern.value,
            voice_answer=alert.voice_answer,
            began_at=alert.began_at,
            raised_at=alert.raised_at,
            again=alert.again,
            start=alert.start.name.lower(),
        )
    )


def add_step(tx: Tx, alert_id: str, step: Step) -> None:
    """Write down what happened to an alert; nothing ever changes it again."""
    tx.execute(
        insert(alert_steps).values(
            alert_id=alert_id, kind=step.kind.value, at=step.at, actor_id=step.actor_id, details=dict(step.details)
        )
    )


def since(tx: Tx, begins: datetime) -> list[tuple[Alert, tuple[Step, ...]]]:
    """Return the alerts raised since then with their steps, and every older one that nobody has closed."""
    closing = select(alert_steps.c.alert_id).where(
        alert_steps.c.kind.in_((StepKind.CLOSED.value, StepKind.ENDED.value))
    )
    wanted = (alerts.c.raised_at >= begins) | alerts.c.alert_id.not_in(closing)
    found = [
        _alert(dict(row._mapping)) for row in tx.execute(select(alerts).where(wanted).order_by(alerts.c.raised_at))
    ]
    steps = _steps(tx, [one.alert_id for one in found])
    return [(one, tuple(steps[one.alert_id])) for one in found]


def steps_of(tx: Tx, alert_id: str) -> list[Step]:
    """Return what happened to an alert so far, oldest first."""
    return _steps(tx, [alert_id])[alert_id]


def _steps(tx: Tx, alert_ids: Sequence[str]) -> dict[str, list[Step]]:
    found: dict[str, list[Step]] = {alert_id: [] for alert_id in alert_ids}
    wanted = select(alert_steps).where(alert_steps.c.alert_id.in_(alert_ids)).order_by(alert_steps.c.position)
    for row in tx.execute(wanted):
        found[row.alert_id].append(Step(StepKind(row.kind), row.at, row.actor_id, row.details))
    return found


def _alert(told: Mapping[str, Any]) -> Alert:
    return Alert(
        told["alert_id"],
        told["room_id"],
        told["stay_id"],
        AlertKind(told["kind"]),
        Priority(told["priority"]),
        Concern(told["concern"]),
        told["voice_answer"],
        told["began_at"],
        told["raised_at"],
        told["again"],
        Rung[told["start"].upper()],
    )


def add_limit(tx: Tx, limit_id: str, stay_id: str, limit: Limit, at: datetime, actor_id: str) -> None:
    """Set a limit of one patient; an older one stands in the record."""
    tx.execute(
        insert(alert_limits).values(
            limit_id=limit_id,
            stay_id=stay_id,
            kind=limit.kind.value,
            after_s=limit.after_s,
            concern=limit.concern.value,
            voice_answer=limit.voice_answer,
            reason=limit.reason.value,
            set_at=at,
            set_by=actor_id,
            expires_at=limit.expires_at,
        )
    )


def limits(tx: Tx, now: datetime) -> dict[str, tuple[Limit, ...]]:
    """Return the limits that stand, by stay, oldest first."""
    wanted = select(alert_limits).where(alert_limits.c.expires_at > now).order_by(alert_limits.c.set_at)
    found: dict[str, tuple[Limit, ...]] = {}
    for row in tx.execute(wanted):
        limit = Limit(
            AlertKind(row.kind),
            row.after_s,
            Concern(row.concern),
            row.voice_answer,
            LimitReason(row.reason),
            row.expires_at,
        )
        found[row.stay_id] = (*found.get(row.stay_id, ()), limit)
    return found


@dataclass(frozen=True, slots=True)
class TechnicalRow:
    """One technical alert that stands.

    Attributes:
        technical_id: random.
        cause: its code.
        rooms: which rooms, or the device.
        raised_at: since when.
        was_loud: it was said aloud.
    """

    technical_id: str
    cause: str
    rooms: tuple[str, ...]
    raised_at: datetime
    was_loud: bool


def add_technical(tx: Tx, row: TechnicalRow) -> None:
    """Raise a technical alert."""
    tx.execute(
        insert(technical_alerts).values(
            technical_id=row.technical_id,
            cause=row.cause,
            rooms=list(row.rooms),
            raised_at=row.raised_at,
            was_loud=row.was_loud,
        )
    )


def change_technical(tx: Tx, technical_id: str, rooms: Iterable[str], *, was_loud: bool) -> None:
    """Note that a cause has reached further rooms, or is said aloud now."""
    which = technical_alerts.c.technical_id == technical_id
    tx.execute(update(technical_alerts).where(which).values(rooms=list(rooms), was_loud=was_loud))


def resolve_technical(tx: Tx, technical_id: str, at: datetime) -> None:
    """Note that a cause is gone."""
    which = technical_alerts.c.technical_id == technical_id
    tx.execute(update(technical_alerts).where(which).values(resolved_at=at))


def open_technical(tx: Tx) -> list[TechnicalRow]:
    """Return the technical alerts that stand, oldest first."""
    wanted = select(technical_alerts).where(technical_alerts.c.resolved_at.is_(None))
    return [
        TechnicalRow(row.technical_id, row.cause, tuple(row.rooms), row.raised_at, row.was_loud)
        for row in tx.execute(wanted.order_by(technical_alerts.c.raised_at))
    ]


def technical_since(tx: Tx, begins: datetime) -> list[tuple[TechnicalRow, datetime | None]]:
    """Return what was lost since then, or still is, with when it came back; oldest first."""
    lasted = technical_alerts.c.resolved_at.is_(None) | (technical_alerts.c.resolved_at >= begins)
    return [
        (TechnicalRow(row.technical_id, row.cause, tuple(row.rooms), row.raised_at, row.was_loud), row.resolved_at)
        for row in tx.execute(select(technical_alerts).where(lasted).order_by(technical_alerts.c.raised_at))
    ]


def loud_technical_since(tx: Tx, begins: datetime) -> int:
    """Return how many technical calls were audible since then (rules A9, A12)."""
    wanted = select(technical_alerts.c.technical_id).where(
        technical_alerts.c.was_loud & (technical_alerts.c.raised_at >= begins)
    )
    return len(tx.execute(wanted).all())


def add_trial(tx: Tx, trial_id: str, trial: Trial, actor_id: str) -> None:
    """Begin to run a proposed limit in silence."""
    tx.execute(
        insert(trials).values(
            trial_id=trial_id,
            kind=trial.kind.value,
            after_s=trial.after_s,
            began_at=trial.began_at,
            began_by=actor_id,
            counted=0,
        )
    )


def count_in_trial(tx: Tx, trial_id: str) -> None:
    """Count once more that the proposed limit would have called."""
    tx.execute(update(trials).where(trials.c.trial_id == trial_id).values(counted=trials.c.counted + 1))


def all_trials(tx: Tx) -> dict[str, tuple[Trial, int]]:
    """Return every trial with its count, newest first."""
    return {
        row.trial_id: (Trial(AlertKind(row.kind), row.after_s, row.began_at), row.counted)
        for row in tx.execute(select(trials).order_by(trials.c.began_at.desc()))
    }
