from datetime import UTC, datetime, timedelta
from pathlib import Path

from broker.clock import HandClock
from broker.codec import canonical
from broker.messages import (
    LiveState,
    MinuteMeasurement,
    NodeAnnouncement,
    NodeLost,
    Record,
)
from broker.vocabulary import (
    CloseReason,
    HealthFlag,
    Origin,
    Presence,
    SensorState,
)
from edge.pipe import Loop
from edge.trust import NodeKey, signature_holds
from tests.kit.nodes import NIGHT, NODE, NodeAtNight, node_at_night, replay_source

OPEN, CLOSED, FAULT = SensorState.OPEN, SensorState.CLOSED, SensorState.FAULT


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


def test_a_backlog_after_the_node_stood_still_is_not_said_as_now(sensing_room: NodeAtNight) -> None:
    sensing_room.clock.advance(20)
    sensing_room.sense(captured_at=NIGHT + timedelta(seconds=1))
    assert sensing_room.live.readings is None
    sensing_room.sense()
    assert sensing_room.live.readings is not None


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
