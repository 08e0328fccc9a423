"""What is noted about one member of staff, as rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from console.rules.alerting.alerts import StepKind
from console.store.database import Tx
from console.store.tables import alert_steps, alerts, audit_entries, observations

_ANSWERS = (StepKind.GOING, StepKind.ARRIVED, StepKind.NOTED, StepKind.FOUND, StepKind.ANSWERED, StepKind.CLOSED)


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One step of somebody's answer to an alert.

    Attributes:
        at: when.
        kind: which step, as a code.
        room_id: where.
        stay_id: of the person there.
    """

    at: datetime
    kind: str
    room_id: str
    stay_id: str


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check in person.

    Attributes:
        at: when they were there.
        room_id: where.
        is_proven: a tag proved the place.
    """

    at: datetime
    room_id: str
    is_proven: bool


@dataclass(frozen=True, slots=True)
class LoggedRow:
    """One entry of the log by somebody.

    Attributes:
        at: when.
        action: `source:subject:action`.
        outcome: allowed or denied.
        room_id: the room concerned; empty when none.
    """

    at: datetime
    action: str
    outcome: str
    room_id: str


def answers_of(tx: Tx, actor_id: str, stay_id: str | None = None) -> list[AnswerRow]:
    """Return somebody's steps in answering alerts, of one stay where given, newest first."""
    joined = alert_steps.join(alerts, alerts.c.alert_id == alert_steps.c.alert_id)
    mine = (alert_steps.c.actor_id == actor_id) & alert_steps.c.kind.in_([one.value for one in _ANSWERS])
    if stay_id is not None:
        mine = mine & (alerts.c.stay_id == stay_id)
    wanted = select(alert_steps.c.at, alert_steps.c.kind, alerts.c.room_id, alerts.c.stay_id).select_from(joined)
    found = tx.execute(wanted.where(mine).order_by(alert_steps.c.position.desc()))
    return [AnswerRow(row.at, row.kind, row.room_id, row.stay_id) for row in found]


def checks_by(tx: Tx, actor_id: str) -> list[CheckRow]:
    """Return somebody's checks in person, newest first."""
    wanted = select(observations.c.there_at, observations.c.room_id, observations.c.place_proven)
    found = tx.execute(wanted.where(observations.c.actor_id == actor_id).order_by(observations.c.there_at.desc()))
    return [CheckRow(row.there_at, row.room_id, row.place_proven) for row in found]


def logged_by(tx: Tx, actor_id: str, actions: Sequence[str] = ()) -> list[LoggedRow]:
    """Return somebody's entries of the log, of some actions where given, newest first."""
    columns = audit_entries.c
    wanted = select(columns.at, columns.action, columns.outcome, columns.room).where(columns.actor == actor_id)
    if actions:
        wanted = wanted.where(columns.action.in_(list(actions)))
    found = tx.execute(wanted.order_by(columns.idx.desc()))
    return [LoggedRow(row.at, row.action, row.outcome, row.room) for row in found]
