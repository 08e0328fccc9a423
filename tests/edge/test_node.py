from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broker.clock import HandClock
from broker.codec import canonical, encode
from broker.errors import Refusal
from broker.messages import (
    Cosignature,
    LiveState,
    MinuteMeasurement,
    NodeAnnouncement,
    NodeLost,
    Record,
    RoomEvent,
    SensorChange,
)
from broker.topics import Leaf
from broker.vocabulary import (
    CheckpointOutcome,
    CloseReason,
    HealthFlag,
    Lamp,
    Movement,
    Origin,
    Presence,
    Purpose,
    RoomEventKind,
    SensorState,
    Withheld,
    Zone,
)
from edge.pipe import Loop
from edge.trust import UNSIGNED, NodeKey, signature_holds
from tests.kit.nodes import NIGHT, NODE, NodeAtNight, node_at_night, replay_source

OPEN, CLOSED, FAULT = SensorState.OPEN, SensorState.CLOSED, SensorState.FAULT


@pytest.fixture
def room(tmp_path: Path) -> Iterator[NodeAtNight]:
    made = node_at_night(tmp_path)
    yield made
    made.outbox.close()


@pytest.fixture
def sensing_room(room: NodeAtNight) -> NodeAtNight:
    room.send(room.console.open_lease())
    room.step()
    return room


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


def test_a_node_announces_itself_signed_until_a_lease_comes(room: NodeAtNight, tmp_path: Path) -> None:
    room.step(11)
    assert len(room.announcements) == 3
    first = room.announcements[0]
    assert signature_holds(NodeKey.open(tmp_path).public_hex, canonical(first), first.signature)
    room.send(room.console.closed_lease())
    room.step(11)
    assert len(room.announcements) == 3


def test_T10_whatever_a_node_says_is_signed_by_its_own_key(sensing_room: NodeAtNight, tmp_path: Path) -> None:
    sensing_room.sense()
    sensing_room.link.cut()
    key = NodeKey.open(tmp_path).public_hex
    said = [one for one in sensing_room.heard if isinstance(one, NodeAnnouncement | LiveState | NodeLost | Record)]
    assert {type(one) for one in said} == {NodeAnnouncement, LiveState, NodeLost, Record}
    assert all(signature_holds(key, canonical(one), one.signature) for one in said)


def test_C1_a_node_whose_clock_was_never_set_says_so_and_stays_closed(tmp_path: Path) -> None:
    room = node_at_night(tmp_path, clock=HandClock(datetime(1970, 1, 1, tzinfo=UTC)))
    room.step(1)
    assert HealthFlag.CLOCK_UNTRUSTED in room.live.health.flags
    room.send(room.console.open_lease(opens_at=room.clock.utc_now()))
    room.step(1)
    assert room.live.sensor.reason is CloseReason.TIME_UNTRUSTED
    room.outbox.close()


def test_a_node_announces_itself_again_when_the_link_comes_back(sensing_room: NodeAtNight) -> None:
    sensing_room.link.cut()
    sensing_room.step(1)
    sensing_room.link.mend()
    sensing_room.step(1)
    assert len(sensing_room.announcements) == 2


def test_a_live_message_comes_every_second(room: NodeAtNight) -> None:
    room.step(10)
    assert 9 <= len(room.lives) <= 11


def test_C2_a_node_that_has_just_started_is_closed_and_dark(room: NodeAtNight) -> None:
    room.step(5)
    assert set(room.sensing.orders) == {None}
    assert room.live.sensor.reason is CloseReason.NO_LEASE
    assert room.lamp.shows is Lamp.OFF


def test_C1_an_open_lease_opens_the_sensor_lights_the_lamp_and_is_recorded(sensing_room: NodeAtNight) -> None:
    assert (sensing_room.live.sensor.state, sensing_room.lamp.shows) == (OPEN, Lamp.ON)
    assert sensing_room.changes == [(OPEN, None)]


def test_C5_a_no_closes_the_sensor_in_the_same_step_and_says_so_at_once(sensing_room: NodeAtNight) -> None:
    no = sensing_room.console.closed_lease()
    sensing_room.send(no)
    sensing_room.step()
    live = sensing_room.live
    assert (live.sensor.state, live.sensor.reason) == (CLOSED, CloseReason.LEASE_CLOSED)
    assert live.sensor.lease_serial == no.serial
    assert sensing_room.changes[-1] == (CLOSED, CloseReason.LEASE_CLOSED)
    assert sensing_room.lamp.shows is Lamp.OFF


def test_C5_closed_is_not_said_before_the_process_is_gone(sensing_room: NodeAtNight) -> None:
    sensing_room.sensing.is_slow = True
    sensing_room.send(sensing_room.console.closed_lease())
    sensing_room.step(1)
    assert sensing_room.live.sensor.state is SensorState.CLOSING
    assert sensing_room.lamp.shows is Lamp.ON
    assert (CLOSED, CloseReason.LEASE_CLOSED) not in sensing_room.changes
    sensing_room.sensing.is_slow = False
    sensing_room.step()
    assert sensing_room.live.sensor.state is CLOSED


def test_C5_a_yes_that_comes_while_a_no_is_being_obeyed_does_not_change_why_it_closed(
    sensing_room: NodeAtNight,
) -> None:
    sensing_room.sensing.is_slow = True
    sensing_room.send(sensing_room.console.closed_lease())
    sensing_room.step()
    sensing_room.send(sensing_room.console.open_lease())
    sensing_room.sensing.is_slow = False
    sensing_room.step(1)
    assert sensing_room.changes == [(OPEN, None), (CLOSED, CloseReason.LEASE_CLOSED), (OPEN, None)]


def test_C3_a_renewal_with_fewer_purposes_narrows_what_is_said_at_once(sensing_room: NodeAtNight) -> None:
    sensing_room.send(sensing_room.console.open_lease(lease_id="d" * 32, purposes=(Purpose.PRESENCE,)))
    # A line that was on its way, sensed under the wider lease.
    sensing_room.sense()
    readings = sensing_room.live.readings
    assert readings is not None
    assert readings.presence.value is Presence.PRESENT
    assert readings.respiratory_rate.withheld is Withheld.NOT_PERMITTED
    assert readings.place.withheld is Withheld.NOT_PERMITTED


def test_a_backlog_after_the_node_stood_still_is_not_said_as_now(sensing_room: NodeAtNight) -> None:
    sensing_room.clock.advance(20)
    sensing_room.sense(captured_at=NIGHT + timedelta(seconds=1))
    assert sensing_room.live.readings is None
    sensing_room.sense()
    assert sensing_room.live.readings is not None


def test_C5_without_the_network_sensing_carries_on_with_the_lamp_on_where_it_was_chosen(room: NodeAtNight) -> None:
    room.send(room.console.open_lease(offline_until=NIGHT + timedelta(hours=1)))
    room.step()
    room.link.cut()
    room.step(120, every_s=1.0)
    assert (room.sensing.state, room.lamp.shows) == (OPEN, Lamp.ON)
    order = room.sensing.orders[-1]
    assert order is not None
    assert order.until_s == pytest.approx(room.clock.elapsed_s() + 60)
    room.step(3600, every_s=10.0)
    assert (room.sensing.state, room.lamp.shows) == (CLOSED, Lamp.OFF)


def test_C5_a_lease_sent_again_after_a_no_opens_nothing(sensing_room: NodeAtNight) -> None:
    yes = sensing_room.console.open_lease()
    sensing_room.send(yes)
    sensing_room.step()
    sensing_room.send(sensing_room.console.closed_lease())
    sensing_room.step()
    sensing_room.send(yes)
    sensing_room.step(5)
    assert sensing_room.live.sensor.state is CLOSED


def test_C1_a_console_that_falls_silent_ends_the_sensing_with_the_lease(sensing_room: NodeAtNight) -> None:
    sensing_room.step(59)
    assert sensing_room.live.sensor.state is OPEN
    sensing_room.step(2)
    assert sensing_room.live.sensor.reason is CloseReason.LEASE_ENDED


def test_S3_the_control_in_the_room_closes_without_any_network(sensing_room: NodeAtNight) -> None:
    sensing_room.link.cut()
    sensing_room.press.presses = 1
    sensing_room.step()
    assert (sensing_room.sensing.state, sensing_room.lamp.shows) == (CLOSED, Lamp.OFF)
    sensing_room.link.mend()
    sensing_room.step()
    assert sensing_room.live.sensor.reason is CloseReason.LOCAL_PAUSE
    assert sensing_room.changes == [(OPEN, None), (CLOSED, CloseReason.LOCAL_PAUSE)]


def test_K3_a_lamp_that_cannot_be_lit_keeps_the_sensor_closed(room: NodeAtNight) -> None:
    room.lamp.is_broken = True
    room.send(room.console.open_lease())
    room.step(2)
    assert room.live.sensor.reason is CloseReason.LAMP_FAULT
    assert set(room.sensing.orders) == {None}


def test_K3_a_lamp_that_fails_closes_a_sensor_that_is_open(sensing_room: NodeAtNight) -> None:
    sensing_room.lamp.is_broken = True
    sensing_room.step()
    assert sensing_room.changes[-1] == (CLOSED, CloseReason.LAMP_FAULT)
    assert sensing_room.live.sensor.lamp is Lamp.FAULT


def test_what_is_sensed_is_said_under_its_lease(sensing_room: NodeAtNight) -> None:
    sensing_room.sense()
    readings = sensing_room.live.readings
    assert readings is not None
    assert readings.lease_id == sensing_room.live.sensor.lease_id
    assert readings.respiratory_rate.value_per_min == 14.0


def test_a_last_reading_is_not_held_when_nothing_more_comes(sensing_room: NodeAtNight) -> None:
    sensing_room.sense()
    sensing_room.step(4)
    assert sensing_room.live.readings is None
    sensing_room.step(3)
    assert HealthFlag.SENSOR_LOST in sensing_room.live.health.flags


def test_what_was_sensed_before_a_no_is_not_said_after_it(sensing_room: NodeAtNight) -> None:
    sensing_room.sense()
    sensing_room.send(sensing_room.console.closed_lease())
    sensing_room.step()
    assert sensing_room.live.readings is None


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


def test_X3_a_checkpoint_is_cosigned_once_and_a_conflict_is_told(room: NodeAtNight, tmp_path: Path) -> None:
    room.send(room.console.checkpoint(5, "a" * 64))
    room.send(room.console.checkpoint(5, "a" * 64))
    room.step()
    room.send(room.console.checkpoint(5, "b" * 64))
    room.send(room.console.checkpoint(5, "b" * 64))
    room.step()
    answers = [one for one in room.bodies if isinstance(one, Cosignature)]
    assert [one.outcome for one in answers] == [CheckpointOutcome.ACCEPTED, CheckpointOutcome.CONFLICT]
    assert HealthFlag.AUDIT_CONFLICT in room.live.health.flags


def set_back(sensing_room: NodeAtNight) -> None:
    """Let the console show a log that the node has seen grow, and then the shorter log of an older backup."""
    sensing_room.send(sensing_room.console.checkpoint(12, "a" * 64))
    sensing_room.step(1)
    sensing_room.send(sensing_room.console.checkpoint(7, "b" * 64))
    sensing_room.step(1)


def test_T10_T22_F37_a_console_restored_from_an_older_backup_cannot_open_the_sensor_again(
    sensing_room: NodeAtNight, tmp_path: Path
) -> None:
    room = sensing_room
    set_back(room)
    assert room.changes[-1] == (SensorState.CLOSED, CloseReason.AUDIT_CONFLICT)
    room.send(room.console.open_lease())
    room.step(1)
    assert (room.sensing.state, room.live.sensor.reason) == (SensorState.CLOSED, CloseReason.AUDIT_CONFLICT)
    room.outbox.close()

    again = node_at_night(tmp_path, clock=room.clock, console=room.console)
    again.send(again.console.open_lease())
    again.step(1)
    assert again.sensing.orders == [None] * len(again.sensing.orders)
    assert again.live.sensor.reason is CloseReason.AUDIT_CONFLICT
    assert HealthFlag.AUDIT_CONFLICT in again.live.health.flags
    again.outbox.close()

    (tmp_path / "witness.json").rename(tmp_path / "evidence.json")
    cleared = node_at_night(tmp_path, clock=room.clock, console=room.console)
    cleared.send(cleared.console.open_lease())
    cleared.step(1)
    assert cleared.sensing.state is SensorState.OPEN


def test_T22_a_no_still_counts_when_the_log_does_not_match(sensing_room: NodeAtNight) -> None:
    set_back(sensing_room)
    closed = sensing_room.console.closed_lease()
    sensing_room.send(closed)
    sensing_room.step(1)
    assert sensing_room.live.sensor.reason is CloseReason.LEASE_CLOSED
    assert sensing_room.live.sensor.lease_serial == closed.serial


def test_T22_a_conflict_that_the_disk_cannot_keep_still_closes(sensing_room: NodeAtNight, tmp_path: Path) -> None:
    sensing_room.send(sensing_room.console.checkpoint(12, "a" * 64))
    sensing_room.step(1)
    (tmp_path / ".witness.json.new").mkdir()
    sensing_room.send(sensing_room.console.checkpoint(7, "b" * 64))
    sensing_room.step(1)
    assert sensing_room.live.sensor.reason is CloseReason.AUDIT_CONFLICT


def test_a_crash_of_sensing_is_recorded_as_a_fault_and_a_no_afterwards_as_closed(sensing_room: NodeAtNight) -> None:
    sensing_room.sensing.fail("the driver is gone")
    sensing_room.step()
    assert (sensing_room.live.sensor.state, sensing_room.live.sensor.reason) == (FAULT, CloseReason.SENSOR_FAULT)
    sensing_room.send(sensing_room.console.closed_lease())
    sensing_room.step()
    assert sensing_room.changes == [
        (OPEN, None),
        (FAULT, CloseReason.SENSOR_FAULT),
        (CLOSED, CloseReason.LEASE_CLOSED),
    ]


def test_C2_a_node_killed_while_sensing_records_at_its_next_start_that_the_sensor_closed(
    sensing_room: NodeAtNight, tmp_path: Path
) -> None:
    # No goodbye: the second node starts on what the first left on the disk.
    again = node_at_night(tmp_path, clock=sensing_room.clock, console=sensing_room.console)
    again.step()
    assert again.changes == [(OPEN, None), (CLOSED, CloseReason.NODE_STOPPED)]
    assert again.live.sensor.state is CLOSED
    assert [one.sequence for one in again.records] == [1, 2]
    again.outbox.close()


def test_an_asked_end_closes_the_sensor_and_records_it(sensing_room: NodeAtNight) -> None:
    sensing_room.node.begin_to_end()
    sensing_room.step()
    assert sensing_room.changes[-1] == (CLOSED, CloseReason.NODE_STOPPED)
    assert sensing_room.node.sensor_is_closed
    assert sensing_room.lamp.shows is Lamp.OFF


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


def test_A11_a_real_rooms_rates_are_not_permitted_in_a_demonstration(tmp_path: Path) -> None:
    room = node_at_night(tmp_path, origin=Origin.SENSOR)
    room.send(room.console.open_lease())
    room.step()
    room.sense()
    assert room.sensing.orders[-1] is not None
    assert not room.sensing.orders[-1].vital_signs
    assert room.live.readings is not None
    assert room.live.readings.respiratory_rate.value_per_min is None
    assert room.live.readings.presence.value is Presence.PRESENT
    room.outbox.close()


def test_a_recording_that_begins_again_says_which_time_it_is(tmp_path: Path) -> None:
    room = node_at_night(tmp_path, origin=Origin.REPLAY, source=replay_source(tmp_path / "night.h5", loop=True))
    room.send(room.console.open_lease())
    room.step()
    assert room.live.loop == 1
    room.sense()
    room.sensing.say(Loop(2))
    room.step(1)
    assert room.live.loop == 2
    assert [one.sensed_s for one in room.bodies if isinstance(one, MinuteMeasurement)] == [1]
    room.outbox.close()


def test_no_message_names_anything_but_ids(sensing_room: NodeAtNight) -> None:
    sensing_room.sense()
    assert all(len(payload) <= 2048 for _, payload in sensing_room.broker.log)
    assert all(f"/{NODE}/" in topic for topic, _ in sensing_room.broker.log)
