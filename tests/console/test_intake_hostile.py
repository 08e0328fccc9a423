"""What somebody who holds the broker, or a node that has gone wrong, can do to the console: nothing beyond itself."""

import json
from datetime import timedelta

import pytest
import rfc8785
from sqlalchemy import select, text

from broker.codec import encode
from broker.link import MemoryBroker
from broker.messages import LossReport, NodeLost, Sensor
from broker.readings import RateReading
from broker.topics import Leaf, upward_filters
from broker.vocabulary import CloseReason, LossReason, Modality, Purpose, RoomEventKind, SensorState
from console.keys.signer import UNSIGNED
from console.receiving.floods import FLOOD_AN_HOUR, MOST_KEPT_AN_HOUR
from console.receiving.hearing import Hearing
from console.store import records
from console.store.sealing import DaySeals, unseal
from console.store.tables import losses, measurements, quarantine, room_events
from console.store.tables import records as record_table
from tests.kit.boxed_ward import SITE, WARD, HandNode, boxed_ward, open_ward


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path) as made:
        yield made


def rows(ward, table):
    return ward.office.store.read(lambda tx: [dict(row._mapping) for row in tx.execute(select(table))])


def outcomes(ward):
    return sorted((row["sequence"], row["outcome"]) for row in rows(ward, record_table))


def refused(ward, node="node1"):
    return dict(ward.office.store.read(records.refusals).get(node, {}))


def with_time(node, field, told):
    """A record that the node signed, with a time as no contract allows it."""
    body = json.loads(encode(node.record(node.minute())))
    (body if field == "captured_at" else body["body"])[field] = told
    del body["signature"]
    return json.dumps(body | {"signature": node.sign(rfc8785.dumps(body))}).encode()


TIMES = [
    ("captured_at", "0001-01-01T00:00:00+14:00"),
    ("captured_at", "9999-12-31T23:59:59Z"),
    ("minute_from", "9999-12-31T23:59:59Z"),
]


@pytest.mark.parametrize(("field", "told"), TIMES)
def test_F38_an_impossible_time_in_the_middle_of_a_batch_is_refused_alone(tmp_path, field, told):
    with boxed_ward(tmp_path, rooms=2) as box:
        node, other = box.nodes["room1"], box.nodes["room2"]
        node.send(node.record(node.event()))
        box.broker.inject(node.topic(Leaf.RECORD), with_time(node, field, told))
        node.send(node.record(node.event(RoomEventKind.RETURNED)))
        other.send(other.record(other.event()))
        box.ward.step()

        assert [row["outcome"] for row in rows(box.ward, record_table) if row["node_id"] == "node1"] == [
            "settled",
            "refused",
            "settled",
        ]
        assert node.receipt.settled_through == 3 and other.receipt.settled_through == 1
        assert refused(box.ward) == {"malformed": 1}


def test_F38_a_poison_that_comes_again_after_a_restart_holds_up_nobody(tmp_path):
    with boxed_ward(tmp_path) as box:
        node, clock = box.nodes["room1"], box.clock
        poison = with_time(node, *TIMES[0])
        box.broker.inject(node.topic(Leaf.RECORD), poison)
        box.ward.step()
    broker = MemoryBroker()
    link = broker.link(upward_filters(SITE, WARD))
    ward = open_ward(tmp_path, clock, link)
    link.start(ward.intake.receive, lambda _up: None)
    lease_id = rows(ward, record_table) and box_lease(ward)
    node.broker = broker
    for _ in range(3):
        broker.inject(node.topic(Leaf.RECORD), poison)
    node.send(node.record(node.event(lease_id=lease_id)))
    ward.step()

    assert outcomes(ward) == [(1, "refused"), (2, "settled")]
    assert node.receipt.settled_through == 2
    ward.stop()


def box_lease(ward):
    return ward.office.store.read(lambda tx: tx.execute(text("SELECT lease_id FROM leases")).scalar_one())


def test_F38_a_record_that_breaks_the_library_below_is_refused_alone_and_settled(box):
    node, store = box.nodes["room1"], box.ward.office.store
    breaking = (
        "CREATE TRIGGER no BEFORE INSERT ON room_events WHEN NEW.event = 'returned' "
        "BEGIN SELECT abs(-9223372036854775808); END"
    )
    store.write(lambda tx: tx.execute(text(breaking)))
    for kind in (RoomEventKind.OUT_OF_BED, RoomEventKind.RETURNED, RoomEventKind.IN_BED):
        node.send(node.record(node.event(kind)))
    box.ward.step()

    assert outcomes(box.ward) == [(1, "settled"), (2, "refused"), (3, "settled")]
    assert node.receipt.settled_through == 3 and refused(box.ward) == {"malformed": 1}


def test_F38_a_listener_that_one_live_message_breaks_keeps_it_from_no_other_listener(box):
    node, told = box.nodes["room1"], []

    def broken(state):
        raise OverflowError(state.node_id)

    hearing = Hearing(box.ward.live, (broken, told.append), box.ward.leases.newest)
    counted = hearing.take(node.state())

    assert [one.node_id for one in told] == ["node1"]
    assert [(one.node_id, one.refusal) for one in counted] == [("node1", "malformed")]


def test_a_forged_record_takes_no_place_in_the_outbox_and_the_true_one_is_kept(box):
    node = box.nodes["room1"]
    thief = HandNode("node1", box.clock, box.broker, outbox_id=node.outbox_id, boot_id=node.boot_id)
    for body in (thief.event(), LossReport(to_sequence=500, count=500, reason=LossReason.OUTBOX_FULL)):
        thief.sequence = 0
        thief.send(thief.record(body))
    box.broker.inject(
        node.topic(Leaf.RECORD),
        json.dumps({"v": 1, "node_id": "node1", "outbox_id": node.outbox_id, "sequence": 1}).encode(),
    )
    node.send(node.record(node.event()))
    box.ward.step()

    assert outcomes(box.ward) == [(1, "settled")] and node.receipt.settled_through == 1
    assert refused(box.ward) == {"bad_signature": 2, "malformed": 1}
    assert rows(box.ward, quarantine) == [] and rows(box.ward, losses) == []
    assert "intake:message:refused" in box.actions(denied=True)


def test_C5_a_forged_closed_sensor_confirms_no_stop(box):
    node = box.nodes["room1"]
    token = box.stop("room1")
    closed = Sensor(
        modality=Modality.RADAR,
        state=SensorState.CLOSED,
        since=box.clock.utc_now(),
        lease_serial=node.lease.serial,
        reason=CloseReason.LEASE_CLOSED,
    )
    forged = node.state(sensor=closed, readings=None).model_copy(update={"signature": UNSIGNED})
    box.broker.inject(node.topic(Leaf.LIVE), encode(forged))
    box.ward.step()
    assert box.ward.stops.view("room1", token).state == "stopping"

    node.live(sensor=closed, readings=None)
    box.ward.step()
    assert box.ward.stops.view("room1", token).state == "confirmed"


def test_a_forged_will_hastens_nothing(box):
    node = box.nodes["room1"]
    will = NodeLost(node_id="node1", boot_id=node.boot_id, signature=UNSIGNED)
    box.broker.inject(node.topic(Leaf.LIVE), encode(will))
    box.ward.step()

    assert box.tile("room1").kind == "still"


def test_an_uptime_that_the_boot_cannot_have_is_refused_and_blinds_nothing(box):
    node = box.nodes["room1"]
    node.live(uptime_s=1e9)
    box.pass_time(1)

    assert refused(box.ward) == {"future": 1}
    assert box.tile("room1").kind == "still" and box.ward.live.loss("node1", link_up=True) is None


def test_uptimes_of_a_long_night_are_taken_although_two_clocks_drift_apart(box):
    box.pass_time(12 * 3600, in_steps_of=600)
    box.nodes["room1"].live(uptime_s=box.clock.elapsed_s() + 40)
    box.ward.step()

    assert refused(box.ward) == {}


def test_a_node_whose_announcement_was_long_on_its_way_and_long_in_the_writing_is_heard(box):
    node, sent_at = box.nodes["room1"], box.clock.utc_now() - timedelta(seconds=25)
    node.restart()
    node.announce(sent_at=sent_at, uptime_s=1.0)
    box.disk.meanwhile = lambda: box.clock.advance(10)
    box.ward.intake.step()
    box.disk.meanwhile = lambda: None
    node.live(uptime_s=1.0 + 25 + 10, readings=None)
    box.ward.intake.step()

    assert refused(box.ward) == {}


@pytest.mark.parametrize("field", ["captured_at", "living_seen_at"])
def test_N1_readings_of_half_a_minute_ahead_are_refused(box, field):
    ahead = box.clock.utc_now() + timedelta(seconds=31)
    box.nodes["room1"].sees(**{field: ahead})
    box.ward.step()

    assert refused(box.ward) == {"future": 1}


def test_N1_readings_from_before_the_nodes_boot_are_refused(box):
    node = box.nodes["room1"]
    long_ago = box.clock.utc_now() - timedelta(seconds=node.clock.elapsed_s() + 31)
    node.sees(living_seen_at=long_ago)
    box.pass_time(1)

    assert refused(box.ward) == {"stale": 1}


def test_every_loss_is_written_into_the_log(box):
    node = box.nodes["room1"]
    node.send(node.record(LossReport(to_sequence=40, count=40, reason=LossReason.OUTBOX_FULL)))
    box.ward.step()

    assert "intake:records:lost" in box.actions(denied=True)


def test_a_settled_place_whose_content_is_not_known_here_makes_no_duplicate(box):
    node = box.nodes["room1"]
    node.send(node.record(LossReport(to_sequence=4, count=4, reason=LossReason.OUTBOX_FULL)))
    box.ward.step()
    node.send(node.record(node.event(), sequence=3))
    box.ward.step()

    assert refused(box.ward) == {"reused_identity": 1} and rows(box.ward, room_events) == []


def test_C3_what_the_consent_does_not_open_is_neither_shown_nor_kept(tmp_path):
    with boxed_ward(tmp_path, yes=False) as box:
        box.ask("room1", purposes=(Purpose.PRESENCE,))
        node = box.nodes["room1"]
        box.ward.step()
        node.live()
        node.send(node.record(node.event(RoomEventKind.BREATHING_NOT_SEEN)))
        node.send(node.record(node.minute()))
        box.ward.step()
        node.live()
        box.ward.step()

        shown = box.ward.live.of("node1").state.readings
        assert shown.presence.has_value() and shown.place.withheld == "not_permitted"
        assert shown.respiratory_rate == RateReading(withheld="not_permitted") and shown.breathing.value is None
        assert rows(box.ward, room_events) == []
        (row,) = rows(box.ward, measurements)
        seals = DaySeals(box.ward.office.store)
        key = box.ward.office.store.read(lambda tx: seals.key(tx, row["key_id"]))
        minute = json.loads(unseal(key, row["minute_sealed"], f"minute:node1:{node.outbox_id}:2"))
        assert minute["readings"]["place"]["withheld"] == "not_permitted" and minute["present_s"] == 60.0
        assert row["respiratory_rate_sealed"] is None and row["respiratory_rate_withheld"] == "not_permitted"
        assert refused(box.ward)["no_consent"] >= 3


def test_C3_what_a_narrower_word_took_away_is_kept_only_as_far_as_it_was_sensed_before(box):
    node = box.nodes["room1"]
    box.clock.advance(120)
    before = node.record(node.event(RoomEventKind.OUT_OF_BED))
    box.clock.advance(60)
    box.ask("room1", purposes=(Purpose.PRESENCE,))
    box.ward.step()
    box.clock.advance(60)
    node.send(before)
    node.send(node.record(node.event(RoomEventKind.RETURNED)))
    box.ward.step()

    assert [row["event"] for row in rows(box.ward, room_events)] == ["out_of_bed"]
    assert outcomes(box.ward) == [(1, "settled"), (2, "refused")]


def test_a_node_that_floods_leaves_a_bounded_mark_and_one_entry_an_hour_and_every_message_is_counted(box):
    node = box.nodes["room1"]
    for number in range(1, FLOOD_AN_HOUR + 201):
        node.send(node.record(node.event(), outbox_id="e" * 32, sequence=number))
    box.ward.step()

    assert refused(box.ward) == {"unknown_outbox": FLOOD_AN_HOUR + 200}
    assert len(rows(box.ward, quarantine)) == MOST_KEPT_AN_HOUR
    assert box.actions(denied=True).count("intake:node:flooded") == 1

    box.clock.advance(3600)
    node.send(node.record(node.event(), outbox_id="e" * 32, sequence=1))
    box.ward.step()
    assert len(rows(box.ward, quarantine)) == MOST_KEPT_AN_HOUR + 1
