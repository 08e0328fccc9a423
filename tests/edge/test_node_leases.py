"""A node follows its lease: what opens and closes the sensor, and what the lamp then shows."""

from datetime import timedelta
from pathlib import Path

import pytest

from broker.vocabulary import (
    CloseReason,
    Lamp,
    Presence,
    Purpose,
    SensorState,
    Withheld,
)
from tests.kit.nodes import NIGHT, NodeAtNight, node_at_night

OPEN, CLOSED, FAULT = SensorState.OPEN, SensorState.CLOSED, SensorState.FAULT


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
