"""A ward with its threads, on the machine's own clock: what a person sees, from a node's word to the board."""

import time
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from broker.clock import HandClock, SystemClock
from broker.link import MemoryBroker
from broker.topics import Leaf, upward_filters
from console.consenting.stops import Via
from console.running.seed import seed
from console.store import viewings
from tests.kit.boxed_ward import MORNING, NURSE, SITE, WARD, HandNode, boxed_ward, open_ward


def eventually(holds, within_s=10.0):
    until = time.monotonic() + within_s
    while not (found := holds()) and time.monotonic() < until:
        time.sleep(0.01)
    return found


@pytest.fixture
def running(tmp_path):
    clock, broker = SystemClock(), MemoryBroker()
    node = HandNode("node1", clock, broker)
    now = clock.utc_now()
    seed(
        lambda one: open_ward(tmp_path, one, broker.link(())),
        {"node1": node.public_key},
        now,
        ZoneInfo("Europe/London"),
    )
    link = broker.link(upward_filters(SITE, WARD))
    ward = open_ward(tmp_path, clock, link)
    ward.start()
    yield ward, node, link
    ward.stop()


def test_a_nodes_word_reaches_the_board_and_a_no_reaches_the_node(running):
    ward, node, _link = running
    node.announce()
    assert eventually(lambda: node.lease)
    node.live()
    assert eventually(lambda: ward.board.view().tiles[0].kind == "still")

    decision = ward.consents.withdraw(None, "room1", via=Via.CARD, device="d" * 32)
    assert eventually(lambda: node.lease.state == "closed")
    node.live()
    assert eventually(lambda: ward.access.stop_status("room1", decision.detail).state == "confirmed")
    assert ward.board.view().tiles[0].kind == "sensor_off"


def test_a_ward_is_ready_while_database_and_broker_are_there(running):
    ward, _node, link = running
    assert ward.is_ready()
    link.cut()

    assert not ward.is_ready()


def test_the_ward_sentence_says_how_many_are_sensed_and_that_everybody_is_checked(tmp_path):
    with boxed_ward(tmp_path, rooms=3) as box:
        box.stop("room3")
        box.pass_time(1)
        sentence = box.ward.board.view().ward_sentence

        assert sentence.values["sensors"].values == {"count": 2}
        assert sentence.values["people"].text == "**All {people} people are checked in person.**"
        box.nodes.pop("room1")
        box.pass_time(6)
        broken = box.ward.board.view().ward_sentence.values["broken"]
        assert broken.values == {"rooms": "Room 1"} and broken.text == "{rooms}: broken, walk."


def test_the_frontier_moves_only_when_the_board_changes(tmp_path):
    with boxed_ward(tmp_path) as box:
        first = box.ward.board.view().frontier

        assert box.ward.board.view().frontier == first
        box.stop("room1")
        assert box.ward.board.view().frontier == first + 1


def test_K8_a_night_without_the_network_shows_no_calm_word(tmp_path):
    with boxed_ward(tmp_path) as box:
        for _ in range(60):
            box.clock.advance(6)
            box.ward.step()
            assert box.tile("room1").kind == "not_monitored"


def test_a_viewing_that_a_killed_console_left_open_ends_at_its_last_heartbeat(tmp_path):
    clock, broker = HandClock(MORNING), MemoryBroker()
    first = open_ward(tmp_path, clock, broker.link(()))
    first.access.open_viewing(NURSE, "d" * 32)
    first.office.store.close()
    clock.advance(timedelta(hours=1).total_seconds())
    second = open_ward(tmp_path, clock, broker.link(()))
    second.viewings.end_left_over()

    (row,) = second.office.store.read(lambda tx: viewings.between(tx, MORNING, clock.utc_now()))
    assert row.closed_at == MORNING
    second.stop()


def test_a_node_that_is_heard_is_shown_the_newest_head_of_the_log(tmp_path):
    with boxed_ward(tmp_path) as box:
        box.pass_time(12)
        shown = box.nodes["room1"].received(Leaf.CHECKPOINT)

        assert shown and shown[-1].tree_size == box.ward.office.audit.checkpoint_size
