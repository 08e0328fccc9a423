"""Training records as rows: only ever added, so that what was in date on a past night can be told."""

from sqlalchemy import insert, select

from console.rules.in_person.training import Course, TrainingRecord
from console.store.database import Tx
from console.store.tables import training_records


def add(tx: Tx, record: TrainingRecord) -> None:
    """Write down a course of somebody."""
    tx.execute(
        insert(training_records).values(
            actor_id=record.actor_id,
            course=record.course.value,
            until=record.until,
            entered_at=record.entered_at,
            entered_by=record.entered_by,
        )
    )


def every(tx: Tx) -> tuple[TrainingRecord, ...]:
    """Return every record, in the order in which they were written down."""
    return tuple(
        TrainingRecord(row.actor_id, Course(row.course), row.until, row.entered_at, row.entered_by)
        for row in tx.execute(select(training_records).order_by(training_records.c.position))
    )
