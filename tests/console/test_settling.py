"""Records become rows: in order, exactly once, and only what was sensed under a consent."""

import pytest
from sqlalchemy import func, select, text

from broker.link import MemoryBroker
from broker.messages import LossReport
from broker.topics import Leaf, upward_filters
from broker.vocabulary import LossReason, RoomEventKind
from console.store.sealing import DaySeals, unseal
from console.store.tables import losses, measurements, quarantine, room_events
from tests.kit.boxed_ward import SITE, WARD, boxed_ward, open_ward
from tests.kit.taken_in import broken, node_of, outcomes, refused, rows


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path) as made:
        yield made


def test_records_are_settled_in_order_and_receipted_after_the_commit(box):
    node = node_of(box)
    for _ in range(3):
        node.send(node.record(node.event()))
    box.ward.step()

    assert outcomes(box) == [(1, "settled"), (2, "settled"), (3, "settled")]
    assert node.receipt.settled_through == 3 and node.receipt.outbox_id == node.outbox_id


def test_a_gap_commits_nothing_and_the_receipt_says_where_to_go_on(box):
    node = node_of(box)
    node.send(node.record(node.event()))
    node.sequence += 1
    node.send(node.record(node.event()))
    box.ward.step()

    assert outcomes(box) == [(1, "settled")]
    assert node.receipt.settled_through == 1


def test_what_comes_a_second_time_is_dropped_and_receipted_again(box):
    node = node_of(box)
    record = node.send(node.record(node.event()))
    box.ward.step()
    before = len(node.received(Leaf.RECEIPT))
    node.send(record)
    box.ward.step()

    assert outcomes(box) == [(1, "settled")] and refused(box) == {}
    assert len(node.received(Leaf.RECEIPT)) == before + 1


def test_the_same_identity_with_another_body_is_quarantined_and_logged(box):
    node = node_of(box)
    record = node.send(node.record(node.event()))
    box.ward.step()
    node.send(record.model_copy(update={"body": node.event(RoomEventKind.RETURNED)}))
    box.ward.step()

    assert [row["event"] for row in rows(box, room_events)] == ["out_of_bed"]
    assert [row["refusal"] for row in rows(box, quarantine)] == ["reused_identity"]
    assert "intake:message:refused" in box.actions(denied=True)
    assert node.receipt.settled_through == 1


def test_the_same_identity_twice_in_one_batch_is_found_too(box):
    node = node_of(box)
    record = node.send(node.record(node.event()))
    node.send(record.model_copy(update={"body": node.event(RoomEventKind.RETURNED)}))
    box.ward.step()

    assert refused(box) == {"reused_identity": 1} and outcomes(box) == [(1, "settled")]


def test_a_loss_report_settles_through_what_was_lost(box):
    node = node_of(box)
    loss = LossReport(to_sequence=40, count=40, reason=LossReason.OUTBOX_FULL)
    node.send(node.record(loss))
    node.sequence = 40
    node.send(node.record(node.event()))
    box.ward.step()

    assert node.receipt.settled_through == 41
    assert [(row["to_sequence"], row["count"]) for row in rows(box, losses)] == [(40, 40)]


def test_a_loss_report_over_what_was_settled_meanwhile_counts_only_the_rest(box):
    node = node_of(box)
    for _ in range(3):
        node.send(node.record(node.event()))
    box.ward.step()
    node.sequence = 0
    node.send(node.record(LossReport(to_sequence=2, count=2, reason=LossReason.OUTBOX_FULL)))
    box.ward.step()
    assert rows(box, losses) == [] and refused(box) == {}

    node.sequence = 1
    node.send(node.record(LossReport(to_sequence=5, count=4, reason=LossReason.OUTBOX_FULL)))
    box.ward.step()
    assert node.receipt.settled_through == 5
    assert [(row["sequence"], row["count"]) for row in rows(box, losses)] == [(4, 2)]


def test_an_unknown_outbox_is_quarantined_and_never_receipted(box):
    node = node_of(box)
    stranger = "e" * 32
    node.send(node.record(node.event(), outbox_id=stranger))
    box.ward.step()

    assert refused(box) == {"unknown_outbox": 1}
    assert all(one.outbox_id != stranger for one in node.received(Leaf.RECEIPT))


def test_T09_a_record_of_a_time_without_consent_is_settled_as_refused_and_its_content_is_gone(box):
    node = node_of(box)
    body = node.event()
    box.stop("room1")
    box.clock.advance(30)
    node.send(node.record(body))
    box.ward.step()

    assert outcomes(box) == [(1, "refused")] and refused(box) == {"no_consent": 1}
    assert rows(box, room_events) == []
    assert node.receipt.settled_through == 1


def test_T09_what_was_sensed_before_the_no_is_kept_when_it_comes_late(box):
    node = node_of(box)
    record = node.record(node.event())
    box.stop("room1")
    box.clock.advance(300)
    node.send(record)
    box.ward.step()

    (event,) = rows(box, room_events)
    assert event["late"] is True


def test_T09_a_lease_of_another_node_covers_nothing(tmp_path):
    with boxed_ward(tmp_path, rooms=2) as box:
        first, second = box.nodes["room1"], box.nodes["room2"]
        second.send(second.record(first.event()))
        box.ward.step()

        assert refused(box, "node2") == {"no_consent": 1}


def test_R3_withdrawal_deletes_nothing(box):
    node = node_of(box)
    node.send(node.record(node.minute()))
    box.ward.step()
    before = rows(box, measurements)
    box.stop("room1", box.patient("room1"))
    box.pass_time(5)

    assert rows(box, measurements) == before != []


def test_N1_a_record_is_taken_at_any_age_and_marked_late(box):
    node = node_of(box)
    record = node.record(node.event(RoomEventKind.NO_MOVEMENT))
    box.pass_time(8 * 3600, in_steps_of=600)
    node.send(record)
    box.ward.step()

    assert rows(box, room_events)[0]["late"] is True
    assert box.ward.live.of("node1").no_movement_since is None


def test_a_node_with_a_new_outbox_begins_where_it_says_and_the_log_says_so(box):
    node = node_of(box)
    node.outbox_id = "9" * 32
    node.restart()
    node.announce(first_unsettled=12)
    box.ward.step()

    assert node.receipt.settled_through == 11 and node.receipt.outbox_id == "9" * 32
    assert "intake:outbox:replaced" in box.actions(denied=True)


def test_a_console_brought_back_from_an_older_copy_goes_on_with_its_nodes(box):
    node = node_of(box)
    node.restart()
    node.announce(first_unsettled=101)
    node.sequence = 100
    node.send(node.record(node.event()))
    box.ward.step()

    assert node.receipt.settled_through == 101
    assert "intake:outbox:moved_on" in box.actions(denied=True)


def test_a_refused_record_of_known_identity_is_receipted_so_that_nothing_waits_behind_it(box):
    node = node_of(box)
    bad = broken(node, quality=9.9)
    box.broker.inject(node.topic(Leaf.RECORD), bad)
    node.send(node.record(node.event()))
    box.ward.step()

    assert outcomes(box) == [(1, "refused"), (2, "settled")]
    assert node.receipt.settled_through == 2


def test_a_broken_record_that_is_not_the_next_settles_nothing(box):
    node = node_of(box)
    node.sequence = 6
    bad = broken(node, quality=9.9)
    box.broker.inject(node.topic(Leaf.RECORD), bad)
    box.ward.step()

    assert outcomes(box) == []


def test_R1_a_minute_is_sealed_under_the_key_of_its_day(box):
    node = node_of(box)
    node.send(node.record(node.minute()))
    box.ward.step()
    (row,) = rows(box, measurements)
    key = box.ward.office.store.read(lambda tx: DaySeals(box.ward.office.store).key(tx, row["key_id"]))

    label = f"node1:{node.outbox_id}:1"
    assert b"14.0" in unseal(key, row["respiratory_rate_sealed"], f"respiratory_rate:{label}")
    assert b"14.0" not in row["minute_sealed"] and b"value_per_min" not in unseal(
        key, row["minute_sealed"], f"minute:{label}"
    )


def test_H5_a_measurement_knows_its_room_and_lease_and_no_person(box):
    node = node_of(box)
    node.send(node.record(node.minute()))
    box.ward.step()
    (row,) = rows(box, measurements)

    assert (row["room_id"], row["lease_id"]) == ("room1", node.lease.lease_id)
    assert not {"stay_id", "patient_id"} & set(row)


def test_after_a_restart_the_console_goes_on_where_it_was(tmp_path):
    with boxed_ward(tmp_path) as box:
        node = box.nodes["room1"]
        record = node.send(node.record(node.event()))
        box.ward.step()
        clock = box.clock
    broker = MemoryBroker()
    link = broker.link(upward_filters(SITE, WARD))
    ward = open_ward(tmp_path, clock, link)
    link.start(ward.intake.receive, lambda _up: None)
    node.broker = broker
    node.send(record)
    node.send(record.model_copy(update={"sequence": 2}))
    ward.step()

    counted = ward.office.store.read(lambda tx: tx.execute(select(func.count()).select_from(room_events)).scalar_one())
    assert counted == 2 and node.receipt.settled_through == 2
    ward.stop()


def test_F36_nothing_is_receipted_while_the_disk_is_full_and_nothing_is_lost(box):
    node = node_of(box)
    box.disk.is_full = True
    record = node.send(node.record(node.event()))
    box.ward.step()
    assert node.receipt.settled_through == 0 and box.tile("room1").kind == "still"

    box.disk.is_full = False
    node.send(record)
    box.ward.step()
    assert node.receipt.settled_through == 1 and outcomes(box) == [(1, "settled")]


def test_a_record_that_the_database_will_not_take_is_refused_alone(box):
    node, store = node_of(box), box.ward.office.store
    refusing = (
        "CREATE TRIGGER no BEFORE INSERT ON room_events WHEN NEW.event = 'returned' "
        "BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    store.write(lambda tx: tx.execute(text(refusing)))
    for kind in (RoomEventKind.OUT_OF_BED, RoomEventKind.RETURNED, RoomEventKind.IN_BED):
        node.send(node.record(node.event(kind)))
    box.ward.step()

    assert outcomes(box) == [(1, "settled"), (2, "refused"), (3, "settled")]
    assert node.receipt.settled_through == 3 and refused(box) == {"malformed": 1}
