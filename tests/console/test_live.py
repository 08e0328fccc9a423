from datetime import UTC, datetime, timedelta

import pytest

from broker.clock import HandClock
from broker.readings import BreathingReading
from broker.vocabulary import SensedState
from console.receiving.live import Live
from console.rules.policy import shipped_policy
from console.rules.sensing.staleness import Loss
from console.store.leases import Boot
from tests.kit import contract
from tests.kit.boxed_ward import boxed_ward
from tests.kit.contract import NIGHT


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path) as made:
        yield made


def test_A9_a_room_is_not_monitored_five_seconds_after_its_last_word(box):
    box.clock.advance(5)
    assert box.tile("room1").kind == "still"
    box.clock.advance(0.1)

    assert box.tile("room1").headline.text == "NOT MONITORED · check in person"


def test_A9_the_age_is_counted_on_elapsed_time_whatever_the_time_of_day_says(box):
    box.clock.jump(box.clock.utc_now() - timedelta(hours=2))
    box.clock.advance(6)

    assert box.ward.live.loss("node1", link_up=True) is Loss.SILENT


def test_a_broken_link_is_believed_at_once(box):
    node = box.nodes["room1"]
    node.lost()
    box.ward.step()
    assert box.tile("room1").kind == "not_monitored"

    node.live()
    box.ward.step()
    assert box.tile("room1").kind == "still"


def test_the_will_of_an_old_boot_says_nothing(box):
    node = box.nodes["room1"]
    node.lost(boot_id="f" * 32)
    box.ward.step()

    assert box.tile("room1").kind == "still"


def test_the_board_says_since_when_it_was_last_certain(box):
    box.pass_time(1)
    certain = box.clock.utc_now()
    box.clock.advance(2)
    box.nodes["room1"].sees(breathing=BreathingReading(value=SensedState.NO_BREATHING_SEEN, since=certain))
    box.ward.step()

    detail = box.tile("room1").detail
    assert detail.values["certain"].values["at"] == certain


def test_what_was_certain_under_one_lease_is_not_said_under_the_next(box):
    box.pass_time(1)
    box.pause("room1")
    box.pass_time(2)

    assert box.ward.live.of("node1").certain_at is None
    assert box.ward.live.of("node1").rated is None


def test_a_node_never_heard_is_not_monitored():
    live = Live(HandClock(datetime(2026, 11, 20, tzinfo=UTC)), shipped_policy())
    live.announced("node1", Boot("b" * 32, "0.1.0"), 0.0)

    assert live.loss("node1", link_up=True) is Loss.NEVER_HEARD


def test_T28_a_rate_that_never_changes_is_marked_and_another_lease_begins_anew():
    clock, state = HandClock(NIGHT), contract.live()
    live = Live(clock, shipped_policy())
    for _ in range(62):
        live.put(state)
        clock.advance(10)
    assert live.of(state.node_id).even.is_too_even

    live.put(state.model_copy(update={"sensor": state.sensor.model_copy(update={"lease_id": "9" * 32})}))
    assert not live.of(state.node_id).even.is_too_even
