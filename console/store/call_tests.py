"""Tests of the calls, as rows; only ever added to (rule N4)."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from console.rules.alerting.call_tests import CallTest, Missing, RoomProof
from console.store.database import Tx
from console.store.night_tables import audible_tests, call_tests


def add(tx: Tx, test: CallTest, ended_at: datetime) -> None:
    """Write down a test that has ended."""
    tx.execute(
        insert(call_tests).values(
            test_id=test.test_id,
            begun_at=test.begun_at,
            begun_by=test.begun_by,
            ended_at=ended_at,
            corridor_at=test.corridor_at,
            rooms={one.room_id: [what.value for what in one.missing()] for one in test.rooms},
        )
    )


def since(tx: Tx, begins: datetime) -> list[CallTest]:
    """Return the tests that began since then, oldest first."""
    wanted = select(call_tests).where(call_tests.c.begun_at >= begins).order_by(call_tests.c.begun_at)
    return [_test(row) for row in tx.execute(wanted)]


def newest(tx: Tx) -> CallTest | None:
    """Return the newest test that has ended; None before the first."""
    row = tx.execute(select(call_tests).order_by(call_tests.c.begun_at.desc()).limit(1)).first()
    return None if row is None else _test(row)


def add_audible(tx: Tx, at: datetime, actor_id: str, *, was_heard: bool) -> None:
    """Write down whether somebody heard the corridor unit."""
    tx.execute(insert(audible_tests).values(at=at, heard_by=actor_id, was_heard=was_heard))


def newest_audible(tx: Tx) -> tuple[datetime, bool] | None:
    """Return when the corridor unit was last listened for, and whether it was heard; None before the first."""
    row = tx.execute(select(audible_tests).order_by(audible_tests.c.position.desc()).limit(1)).first()
    return None if row is None else (row.at, row.was_heard)


def _test(row: Any) -> CallTest:
    at = row.ended_at
    rooms = tuple(
        RoomProof(room_id, *(None if what.value in missing else at for what in Missing))
        for room_id, missing in row.rooms.items()
    )
    return CallTest(row.test_id, row.begun_at, row.begun_by, rooms, row.corridor_at, at)
