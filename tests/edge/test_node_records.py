"""What a node records, and how it gets rid of it: by the console's receipt alone."""

from datetime import timedelta
from pathlib import Path

from broker.codec import encode
from broker.errors import Refusal
from broker.messages import (
    LossReport,
    MinuteMeasurement,
    Record,
    RoomEvent,
    SensorChange,
)
from broker.topics import Leaf
from broker.vocabulary import (
    CloseReason,
    HealthFlag,
    Lamp,
    Movement,
    Origin,
    RoomEventKind,
    SensorState,
    Zone,
)
from edge.trust import UNSIGNED
from tests.kit.nodes import NIGHT, NODE, NodeAtNight, node_at_night

OPEN, CLOSED, FAULT = SensorState.OPEN, SensorState.CLOSED, SensorState.FAULT


def fill(room: NodeAtNight, count: int) -> None:
    """Fill the outbox with records that may not be dropped."""
    body = SensorChange(state=CLOSED, reason=CloseReason.NO_LEASE, lamp=Lamp.OFF)
    for _ in range(count):
        room.outbox.append(
            lambda sequence: Record(
                node_id=NODE,
                outbox_id=room.outbox.outbox_id,
                sequence=sequence,
                boot_id="f" * 32,
                uptime_s=0,
                captured_at=NIGHT,
                origin=Origin.SIMULATED,
                body=body,
                signature=UNSIGNED,
            )
        )


def test_a_room_event_is_recorded(sensing_room: NodeAtNight) -> None:
    for _ in range(4):
        sensing_room.sense(movement=Movement.MOVING)
    for _ in range(3):
        sensing_room.sense(zone=Zone.ROOM)
    events = [one.event for one in sensing_room.bodies if isinstance(one, RoomEvent)]
    assert events == [RoomEventKind.IN_BED, RoomEventKind.OUT_OF_BED]


def test_a_minute_is_recorded_when_it_is_over_and_the_rest_when_the_sensor_closes(sensing_room: NodeAtNight) -> None:
    for second in range(70):
        if second % 20 == 0:
            sensing_room.send(sensing_room.console.open_lease(lease_id="d" * 32))
        sensing_room.sense()
    sensing_room.send(sensing_room.console.closed_lease())
    sensing_room.step()
    minutes = [one for one in sensing_room.bodies if isinstance(one, MinuteMeasurement)]
    assert sum(one.sensed_s for one in minutes) == 70
    assert minutes[0].readings.respiratory_rate.value_per_min == 14.0
    assert sensing_room.changes[-1] == (CLOSED, CloseReason.LEASE_CLOSED)


def test_records_are_sent_again_until_they_are_settled(sensing_room: NodeAtNight) -> None:
    sensing_room.step(5)
    sent = [payload for topic, payload in sensing_room.broker.log if topic.endswith("/record")]
    assert len(sent) >= 3
    assert len(set(sent)) == 1
    sensing_room.send(sensing_room.console.receipt(sensing_room.outbox.outbox_id, 1))
    sensing_room.step(1)
    assert sensing_room.outbox.count == 0
    assert sensing_room.live.outbox_waiting == 0


def test_N1_a_receipt_with_a_wrong_signature_settles_nothing(sensing_room: NodeAtNight) -> None:
    receipt = sensing_room.console.receipt(sensing_room.outbox.outbox_id, 1)
    sensing_room.send(receipt.model_copy(update={"issued_at": receipt.issued_at + timedelta(seconds=1)}))
    sensing_room.step()
    assert sensing_room.outbox.count == 1
    assert sensing_room.node.refused[Refusal.BAD_SIGNATURE] == 1


def test_N1_a_receipt_older_than_30_s_is_refused(sensing_room: NodeAtNight) -> None:
    receipt = sensing_room.console.receipt(sensing_room.outbox.outbox_id, 1)
    sensing_room.clock.advance(31)
    sensing_room.send(receipt)
    sensing_room.step()
    assert sensing_room.node.refused[Refusal.STALE] == 1


def test_N1_what_was_retained_is_malformed_or_is_for_another_node_is_refused_and_counted(room: NodeAtNight) -> None:
    lease = encode(room.console.open_lease())
    topic = str(room.topic(Leaf.LEASE))
    room.broker.inject(topic, lease, retained=True)
    room.broker.inject(topic, b"\x00\xff")
    room.broker.inject(topic, lease[:-1] + b',"more":1}')
    room.broker.inject(topic, encode(room.console.open_lease(node_id="room-7")))
    room.broker.inject(topic, b"x" * 5000)
    room.step()
    assert room.node.refused == {
        Refusal.RETAINED: 1,
        Refusal.NOT_JSON: 1,
        Refusal.MALFORMED: 1,
        Refusal.WRONG_NODE: 1,
        Refusal.TOO_LARGE: 1,
    }
    assert set(room.sensing.orders) == {None}


def test_an_outbox_that_takes_no_record_keeps_the_sensor_closed_and_pays_later(tmp_path: Path) -> None:
    room = node_at_night(tmp_path, outbox_capacity=1000)
    fill(room, 1000)
    room.send(room.console.open_lease())
    room.step(3)
    assert room.sensing.state is CLOSED
    assert HealthFlag.OUTBOX_FULL in room.live.health.flags
    room.send(room.console.receipt(room.outbox.outbox_id, 900))
    room.step(3)
    assert HealthFlag.OUTBOX_FULL not in room.live.health.flags
    assert room.sensing.state is OPEN
    room.outbox.close()


def test_F27_eight_hours_without_a_broker_are_kept_and_arrive_once_and_in_order(room: NodeAtNight) -> None:
    hours = timedelta(hours=9)
    room.send(room.console.open_lease(for_s=hours.total_seconds(), offline_until=NIGHT + hours))
    room.step()
    room.link.cut()
    for _ in range(8 * 60):
        room.clock.advance(59)
        room.sense()
    waiting = room.outbox.count
    assert waiting >= 8 * 60
    room.link.mend()
    while room.outbox.count:
        room.step(0.1)
        room.send(room.console.receipt(room.outbox.outbox_id, len(room.records)))
    assert [one.sequence for one in room.records] == list(range(1, room.outbox.last_sequence + 1))
    assert sum(isinstance(body, MinuteMeasurement) for body in room.bodies) >= 8 * 60 - 1
    assert not any(isinstance(body, LossReport) for body in room.bodies)
