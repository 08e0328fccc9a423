import json
from datetime import timedelta

import pytest
import rfc8785
from sqlalchemy import func, select, text

from broker.codec import encode
from broker.link import Delivery, MemoryBroker
from broker.messages import Cosignature, LossReport
from broker.topics import Leaf, upward_filters
from broker.vocabulary import CheckpointOutcome, Context, LossReason, Origin, RoomEventKind
from console.receiving.sifting import Refused, Sieve
from console.store import records
from console.store.sealing import DaySeals, unseal
from console.store.tables import cosignatures, losses, measurements, quarantine, room_events
from console.store.tables import records as record_table
from tests.kit.boxed_ward import ENGINEER, NURSE, SITE, WARD, boxed_ward, open_ward


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path) as made:
        yield made


def node_of(box):
    return box.nodes["room1"]


def rows(box, table):
    return box.ward.office.store.read(lambda tx: [dict(row._mapping) for row in tx.execute(select(table))])


def refused(box, node="node1"):
    return dict(box.ward.office.store.read(records.refusals).get(node, {}))


def broken(node, **changes):
    """A record that the node itself signed, with a body that no contract allows."""
    told = json.loads(encode(node.record(node.event())))
    told["body"] |= changes
    del told["signature"]
    return json.dumps(told | {"signature": node.sign(rfc8785.dumps(told))}).encode()


def outcomes(box):
    found = box.ward.office.store.read(
        lambda tx: tx.execute(
            select(record_table.c.sequence, record_table.c.outcome).order_by(record_table.c.sequence)
        ).all()
    )
    return [tuple(row) for row in found]


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


def test_N1_a_message_from_the_future_is_refused_and_the_room_is_not_monitored(box):
    node = node_of(box)
    ahead = box.clock.utc_now() + timedelta(seconds=31)
    node.send(node.record(node.event(), captured_at=ahead))
    box.ward.step()
    (shown,) = box.ward.board.view().tiles

    assert refused(box) == {"future": 1} and node.receipt.settled_through == 1
    assert shown.headline.text == "NOT MONITORED · check in person"
    node.live()
    box.ward.step()
    assert box.ward.board.view().tiles[0].kind == "still"


def test_N1_a_live_message_older_than_half_a_minute_is_refused(box):
    node = node_of(box)
    old = node.state(sent_at=box.clock.utc_now() - timedelta(seconds=31))
    box.broker.inject(node.topic(Leaf.LIVE), encode(old))
    box.ward.step()

    assert refused(box) == {"stale": 1}


def test_a_live_message_that_was_recorded_and_played_again_is_refused(box):
    node = node_of(box)
    recorded = encode(node.state())
    box.pass_time(3)
    box.broker.inject(node.topic(Leaf.LIVE), recorded)
    box.ward.step()
    node.live()
    box.ward.step()

    assert refused(box) == {"stale": 1}


def test_a_live_message_of_an_old_boot_is_refused(box):
    node = node_of(box)
    old = encode(node.state())
    node.restart()
    node.announce()
    box.broker.inject(node.topic(Leaf.LIVE), old)
    box.ward.step()
    node.live()
    box.ward.step()

    assert refused(box) == {"old_boot": 1}


def test_a_boot_whose_time_is_over_cannot_be_announced_again(box):
    node = node_of(box)
    first = encode(node.announcement())
    node.restart()
    node.announce()
    box.ward.step()
    box.broker.inject(node.topic(Leaf.LIVE), first)
    box.ward.step()

    assert refused(box) == {"old_boot": 1}
    assert box.ward.live.of("node1").boot.boot_id == node.boot_id


def test_an_announcement_that_another_key_signed_is_refused(box):
    node = node_of(box)
    told = node.announcement(boot_id="f" * 32)
    forged = told.model_copy(update={"software": "9.9.9"})
    box.broker.inject(node.topic(Leaf.LIVE), encode(forged))
    box.ward.step()

    assert refused(box) == {"bad_signature": 1}
    assert box.ward.live.of("node1").boot.boot_id == node.boot_id


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


@pytest.mark.parametrize(
    ("refusal", "payload"),
    [
        ("not_json", b"{"),
        ("too_large", b"x" * 3000),
        ("unknown_version", b'{"v": 2}'),
        ("malformed", b'{"v": 1, "node_id": "node1", "kind": "record"}'),
    ],
)
def test_what_is_no_message_is_refused_counted_and_visible(box, refusal, payload):
    box.broker.inject(node_of(box).topic(Leaf.RECORD), payload)
    box.ward.step()

    health = box.ward.access.health(ENGINEER)
    assert health.nodes[0].refused == {refusal: 1}


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


def test_another_nodes_message_on_this_topic_is_refused(tmp_path):
    with boxed_ward(tmp_path, rooms=2) as box:
        first, second = box.nodes["room1"], box.nodes["room2"]
        box.broker.inject(first.topic(Leaf.RECORD), encode(second.record(second.event())))
        box.ward.step()

        assert refused(box, "node1") == {"wrong_node": 1} and outcomes(box) == []


def test_unknown_nodes_wrong_topics_and_other_wards_are_counted_apart(box):
    payload = encode(node_of(box).record(node_of(box).event()))
    for topic in (f"ward/v1/{SITE}/{WARD}/stranger/record", f"ward/v1/{SITE}/other/node1/record", "ward/v2/x/record"):
        box.ward.intake.receive(_delivery(topic, payload))
    box.ward.step()

    assert refused(box, "") == {"unknown_node": 1, "wrong_topic": 2}


def test_a_retained_message_is_refused_whatever_it_says(box):
    node = node_of(box)
    box.broker.inject(node.topic(Leaf.RECORD), encode(node.record(node.event())), retained=True)
    box.ward.step()

    assert refused(box) == {"retained": 1}


def test_A11_outside_a_demonstration_only_a_sensor_is_taken(tmp_path):
    with boxed_ward(tmp_path) as box:
        told = box.nodes["room1"].announcement()
        payload = encode(told)
        office = box.ward.office
        nodes = box.ward.roll.sheet().nodes
        sieve = Sieve(SITE, WARD, nodes, Context.CLINICAL, office.policy, office.now())
        found = sieve.sift(_delivery(box.nodes["room1"].topic(Leaf.LIVE), payload))

        assert isinstance(found, Refused) and found.refusal == "origin_not_allowed"


def test_A11_rates_of_a_real_sensor_are_not_kept_in_a_demonstration(tmp_path):
    with boxed_ward(tmp_path, origin=Origin.SENSOR) as box:
        node = box.nodes["room1"]
        node.send(node.record(node.minute()))
        box.ward.step()
        (row,) = rows(box, measurements)

        assert row["respiratory_rate_sealed"] is None and row["respiratory_rate_withheld"] == "not_permitted"


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


def test_a_cosignature_is_taken_with_the_nodes_own_signature_only(box):
    node, root = node_of(box), "a" * 64
    true = Cosignature(
        tree_size=3,
        root=root,
        outcome=CheckpointOutcome.ACCEPTED,
        signature=node.cosigned(3, root, "accepted"),
    )
    node.send(node.record(true))
    node.send(node.record(true.model_copy(update={"tree_size": 4})))
    box.ward.step()

    assert [row["tree_size"] for row in rows(box, cosignatures)] == [3]
    assert refused(box) == {"bad_signature": 1} and node.receipt.settled_through == 2


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


def test_what_is_refused_concerns_no_nurse_but_everyone_may_see_the_health_page(box):
    assert box.ward.access.health(NURSE).nodes[0].refused == {}


def _delivery(topic, payload):
    return Delivery(topic, payload, False, lambda: None)
