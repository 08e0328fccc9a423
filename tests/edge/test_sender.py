from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker.clock import HandClock
from broker.messages import Record, SensorChange
from broker.outbox import Outbox
from broker.vocabulary import CloseReason, Lamp, Origin, SensorState
from edge.recorder import Recorder, Start
from edge.sender import LONGEST_WAIT_S, WINDOW, Sender
from tests.kit.nodes import BOOT, NIGHT, NODE

BODY = SensorChange(state=SensorState.CLOSED, reason=CloseReason.NO_LEASE, lamp=Lamp.OFF)


class Wire:
    """A link that takes what it is given, or nothing while it is down; a console that has heard what was taken."""

    def __init__(self, folder: Path) -> None:
        self.clock = HandClock(NIGHT)
        self.outbox = Outbox.open(folder / "outbox.db", lambda record: record)
        self.recorder = Recorder(self.outbox, Start(NODE, BOOT, Origin.SIMULATED, 0.0), self.clock)
        self.is_up = True
        self.sent: list[int] = []
        self.sender = Sender(self.outbox, self.publish, self.clock)

    def publish(self, payload: bytes) -> bool:
        if self.is_up:
            self.sent.append(Record.model_validate_json(payload).sequence)
        return self.is_up

    def keep(self, count: int) -> None:
        for _ in range(count):
            self.recorder.record(BODY)


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    made = Wire(tmp_path)
    yield made
    made.outbox.close()


def test_records_go_out_once_and_in_order(wire: Wire) -> None:
    wire.keep(3)
    wire.sender.send()
    wire.sender.send()
    assert wire.sent == [1, 2, 3]


def test_no_more_than_a_window_is_under_way(wire: Wire) -> None:
    wire.keep(WINDOW + 10)
    wire.sender.send()
    wire.sender.send()
    assert wire.sent == list(range(1, WINDOW + 1))
    wire.outbox.settle(wire.outbox.outbox_id, 5)
    wire.sender.send()
    assert wire.sent[-1] == WINDOW + 5


def test_without_a_receipt_everything_goes_again_after_a_second_and_then_ever_more_seldom(wire: Wire) -> None:
    wire.keep(2)
    for _ in range(300):
        wire.sender.send()
        wire.clock.advance(0.1)
    assert wire.sent[:6] == [1, 2, 1, 2, 1, 2]
    assert len(wire.sent) == 2 * (1 + 5)
    assert LONGEST_WAIT_S == 8


def test_a_console_that_is_slow_is_not_told_the_same_window_again_and_again(wire: Wire) -> None:
    wire.keep(WINDOW)
    for _ in range(300):
        wire.sender.send()
        wire.clock.advance(0.1)
    assert len(wire.sent) == WINDOW + WINDOW // 2 + WINDOW // 4 + WINDOW // 8 + WINDOW // 16 + WINDOW // 32
    assert set(wire.sent[WINDOW:]) == set(range(1, WINDOW // 2 + 1))


def test_with_each_receipt_twice_as_many_are_repeated(wire: Wire) -> None:
    wire.keep(WINDOW)
    for _ in range(100):
        wire.sender.send()
        wire.clock.advance(0.1)
    bursts = []
    for _ in range(3):
        before = len(wire.sent)
        wire.outbox.settle(wire.outbox.outbox_id, wire.sent[-1])
        wire.sender.send()
        bursts.append(len(wire.sent) - before)
    assert bursts == [WINDOW // 4, WINDOW // 2, WINDOW // 8]


def test_F23_what_is_new_goes_once_at_once_however_long_no_receipt_came(wire: Wire) -> None:
    wire.keep(2)
    for _ in range(100):
        wire.sender.send()
        wire.clock.advance(1)
    before = len(wire.sent)
    wire.keep(1)
    wire.sender.send()
    wire.sender.send()
    assert wire.sent[before:] == [3]


def test_a_receipt_ends_the_repeating(wire: Wire) -> None:
    wire.keep(2)
    wire.sender.send()
    wire.outbox.settle(wire.outbox.outbox_id, 2)
    wire.clock.advance(100)
    wire.sender.send()
    assert wire.sent == [1, 2]


def test_what_the_link_did_not_take_goes_when_it_is_back(wire: Wire) -> None:
    wire.is_up = False
    wire.keep(2)
    wire.sender.send()
    wire.is_up = True
    wire.sender.begin_again()
    wire.sender.send()
    assert wire.sent == [1, 2]


def test_a_restarted_sender_goes_on_after_the_last_settled_record(wire: Wire) -> None:
    wire.keep(4)
    wire.outbox.settle(wire.outbox.outbox_id, 2)
    Sender(wire.outbox, wire.publish, wire.clock).send()
    assert wire.sent == [3, 4]


@settings(max_examples=20, deadline=None)
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("keep"), st.integers(1, 30)),
            st.tuples(st.just("lose"), st.just(0)),
            st.tuples(st.just("settle"), st.integers(0, 200)),
            st.tuples(st.just("wait"), st.integers(1, 20)),
        ),
        max_size=25,
    )
)
def test_every_record_arrives_at_last_whatever_the_link_does(
    steps: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    wire, heard = Wire(tmp_path_factory.mktemp("wire")), set[int]()
    for step, value in steps:
        if step == "keep":
            wire.keep(value)
        elif step == "lose":
            wire.sent.clear()
        elif step == "wait":
            wire.clock.advance(value)
        else:
            settle(wire, heard, value)
        wire.sender.send()
    for _ in range(100):
        settle(wire, heard, 1000)
        wire.sender.send()
        wire.clock.advance(8)
    assert wire.outbox.count == 0
    wire.outbox.close()


def settle(wire: Wire, heard: set[int], at_most: int) -> None:
    """Play a console that settles what it has heard without holes."""
    heard |= set(wire.sent)
    through = wire.outbox.first_unsettled - 1
    while through + 1 in heard and through < at_most:
        through += 1
    wire.outbox.settle(wire.outbox.outbox_id, through)
