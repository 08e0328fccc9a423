"""A "no" and a press close while the node's loop waits for a disk, and nothing starts before the loop has heard why."""

from pathlib import Path

import pytest

from broker.vocabulary import CloseReason, Lamp, SensorState
from edge.brake import Brake
from edge.doorkeeper import STANDS_STILL_S, Doorkeeper
from edge.illuminator import SimulatedIlluminator
from edge.supervisor import Order
from tests.kit.nodes import NodeAtNight, Press, node_at_night

OPEN, CLOSED = SensorState.OPEN, SensorState.CLOSED


class Sensing:
    """Something that ends when it is killed, or a moment later."""

    is_killed = False
    is_slow = False

    def kill(self) -> None:
        self.is_killed = True

    def is_gone(self) -> bool:
        return self.is_killed and not self.is_slow


def order_of(room: NodeAtNight) -> Order:
    order = room.sensing.orders[-1]
    assert order is not None
    return order


def test_F15_what_starts_while_the_brake_is_pulled_is_ended() -> None:
    brake, late = Brake(), Sensing()
    brake.pull()
    brake.guard(late)
    assert late.is_killed
    assert brake.has_stopped_all


def test_F15_what_starts_after_it_was_let_go_runs() -> None:
    brake, next_one = Brake(), Sensing()
    brake.pull()
    brake.let_go()
    brake.guard(next_one)
    assert not next_one.is_killed


def test_F15_a_no_is_obeyed_while_the_loop_is_away_and_a_stale_order_opens_nothing(sensing_room: NodeAtNight) -> None:
    sensing_room.send(sensing_room.console.closed_lease())
    # The loop comes back from the disk with a verdict of before.
    assert sensing_room.sensing.brake.is_on
    assert sensing_room.sensing.follow(order_of(sensing_room)) == []
    assert sensing_room.sensing.state is SensorState.CLOSING
    sensing_room.step()
    assert sensing_room.changes == [(OPEN, None), (CLOSED, CloseReason.LEASE_CLOSED)]


def test_F15_a_yes_that_takes_the_place_of_a_no_nobody_heard_opens_anew_and_the_no_stays_on_record(
    sensing_room: NodeAtNight,
) -> None:
    order = order_of(sensing_room)
    sensing_room.send(sensing_room.console.closed_lease())
    sensing_room.send(sensing_room.console.open_lease())
    sensing_room.sensing.follow(order)
    sensing_room.step(0.2)
    assert sensing_room.changes == [(OPEN, None), (CLOSED, CloseReason.LEASE_CLOSED), (OPEN, None)]


def test_F15_S3_a_press_is_obeyed_while_the_loop_is_away_and_counts_when_it_is_back(sensing_room: NodeAtNight) -> None:
    sensing_room.press.presses = 1
    sensing_room.node.keep_the_door(0.0)
    assert sensing_room.sensing.brake.is_on
    sensing_room.step()
    assert sensing_room.changes[-1] == (CLOSED, CloseReason.LOCAL_PAUSE)
    sensing_room.step(590, every_s=10.0)
    assert sensing_room.sensing.state is CLOSED


@pytest.mark.parametrize("is_slow", [False, True])
def test_F15_K3_a_loop_that_stands_still_leaves_no_lamp_on_beside_what_has_ended(is_slow: bool) -> None:
    brake, sensing, press, darkened = Brake(), Sensing(), Press(presses=1), []
    sensing.is_slow = is_slow
    brake.guard(sensing)
    door = Doorkeeper(press, brake, lambda: darkened.append(True))
    for tenth in range(31):
        door.look(tenth / 10)
        assert darkened == [] or tenth / 10 >= STANDS_STILL_S
    assert darkened == ([] if is_slow else [True])


def test_F15_K4_the_light_goes_out_with_the_lamp_and_both_come_back_with_the_loop(tmp_path: Path) -> None:
    light = SimulatedIlluminator()
    room = node_at_night(tmp_path, illuminator=light)
    room.send(room.console.open_lease())
    room.step(0.2)
    assert light.shines and room.lamp.shows is Lamp.ON
    room.send(room.console.closed_lease())
    for real_s in (0.0, STANDS_STILL_S):
        room.node.keep_the_door(real_s)
    assert not light.shines and room.lamp.shows is Lamp.OFF
    room.send(room.console.open_lease())
    room.step(0.2)
    assert light.shines and room.lamp.shows is Lamp.ON
    room.outbox.close()
