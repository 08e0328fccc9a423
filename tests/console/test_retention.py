"""R1, R2: what is 14 days old is destroyed by itself, proven in the log, and kept where a hold says so."""

import hashlib
import json

import pytest
from sqlalchemy import func, select

from console.errors import KeyDestroyed
from console.keeping.retention import run_once
from console.rules.afterwards.holding import HoldReason
from console.store import audit_rows
from console.store.sealing import DaySeals
from console.store.tables import day_keys, measurements, room_events
from tests.kit.boxed_ward import GOVERNANCE, MORNING, BoxedWard, boxed_ward, open_ward, settings_of

DAY = 24 * 3600


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path, rooms=2) as one:
        one.pass_time(14 * 3600, in_steps_of=7 * 3600)
        for node in one.nodes.values():
            node.live()
            one.ward.step()
            node.send(node.record(node.minute()))
            node.send(node.record(node.event()))
            one.ward.step()
        yield one


def rows(box: BoxedWard, *tables) -> list[int]:
    count = func.count()
    return [
        box.ward.office.store.read(lambda tx, one=one: tx.execute(select(count).select_from(one)).scalar_one())
        for one in tables
    ]


def the_key(box: BoxedWard) -> str:
    return box.ward.office.store.read(lambda tx: tx.execute(select(day_keys.c.key_id)).scalar_one())


def proofs(box: BoxedWard) -> list[dict]:
    told = box.ward.office.store.read(lambda tx: audit_rows.done_since(tx, "retention:days:destroyed", MORNING))
    return [json.loads(one.entry) for one in told]


def test_R1_R2_a_day_stands_for_fourteen_days_and_then_its_key_and_its_rows_are_gone_and_the_log_proves_it(box):
    key = the_key(box)
    box.pass_time(14 * DAY, in_steps_of=7 * DAY)
    assert rows(box, measurements, room_events) == [2, 2] and proofs(box) == []
    box.pass_time(DAY, in_steps_of=DAY)
    assert rows(box, measurements, room_events) == [0, 0]
    (proof,) = proofs(box)
    assert proof["reason"] == "days_1_rows_4_kept_0"
    assert proof["text_digest"] == hashlib.sha256(key.encode()).hexdigest()
    with pytest.raises(KeyDestroyed):
        box.ward.office.store.read(lambda tx: DaySeals(box.ward.office.store).key(tx, key))


def test_R2_I1_a_hold_keeps_the_key_and_its_own_room_and_nobody_elses(box):
    assert box.ward.complaints.make(box.patient("room1"), "complaint", "Somebody shouted.")
    box.pass_time(15 * DAY, in_steps_of=5 * DAY)
    assert rows(box, measurements, room_events) == [1, 1]
    assert proofs(box)[-1]["reason"] == "days_0_rows_2_kept_1"
    assert [one.why for one in box.ward.month.view(GOVERNANCE).holds] == [HoldReason.COMPLAINT.value]


def test_R2_a_console_that_was_off_for_weeks_makes_up_for_it_and_by_hand_too(box, tmp_path):
    box.clock.advance(20 * DAY)
    box.ward.stop()
    done = run_once(settings_of(tmp_path), box.clock)
    assert (done.days, done.rows, done.kept) == (1, 4, 0)
    assert run_once(settings_of(tmp_path), box.clock).days == 0
    box.ward = open_ward(tmp_path, box.clock, box.link)
