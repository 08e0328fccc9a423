from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broker.clock import HandClock
from broker.vocabulary import Presence, Zone
from edge.commissioning.guide import Guide
from edge.commissioning.requests import Doing
from edge.errors import SettingsError
from edge.trials import Tried
from tests.kit.nodes import NIGHT, NodeAtNight, node_at_night


class Passing(HandClock):
    """A clock on which waiting lets the node walk on."""

    def __init__(self) -> None:
        super().__init__(NIGHT)
        self.meanwhile: Callable[[], None] = lambda: None

    def wait(self, event: object, timeout_s: float) -> bool:
        self.advance(timeout_s)
        self.meanwhile()
        return False


class Bench:
    """An engineer with a guide, at a running node."""

    def __init__(self, folder: Path) -> None:
        self.clock = Passing()
        self.node: NodeAtNight = node_at_night(folder, clock=self.clock)
        self.said: list[str] = []
        self.asked: list[str] = []
        self.is_ready = True
        self.rate = 12.0
        self.clock.meanwhile = self.walk_on
        self.guide = Guide(folder, self.clock, self.said.append, self.ready)

    def ready(self, words: str) -> bool:
        self.asked.append(words)
        return self.is_ready

    def commission(self) -> None:
        self.node.send(self.node.console.commissioning_lease())
        self.node.step(0.2)

    def walk_on(self) -> None:
        order = self.node.sensing.orders[-1] if self.node.sensing.orders else None
        if order is not None and order.trial is not None:
            passed_s = self.clock.elapsed_s() - 1000
            told = Tried(order.trial.number, passed_s, Presence.PRESENT, False, Zone.BED, None, self.rate, 0.3, None)
            self.node.sensing.say(told)
        self.node.step()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.node.outbox.close()


def test_a_phantom_is_guided_rate_by_rate_and_each_result_is_said(bench: Bench) -> None:
    bench.commission()
    assert bench.guide.phantom((12.0,))
    assert "set it to 12 a minute" in bench.asked[0]
    assert bench.said[-1].startswith("  PASSED: phantom at 12 a minute")


def test_a_phantom_that_is_told_wrong_is_not_passed(bench: Bench) -> None:
    bench.commission()
    bench.rate = 24.0
    assert not bench.guide.phantom((12.0,))
    assert bench.said[-1].startswith("  NOT PASSED")


def test_N3_outside_a_commissioning_the_engineer_is_told_why_not(bench: Bench) -> None:
    bench.node.step()
    assert not bench.guide.walk((Zone.BED,))
    assert "ask for it at the console" in bench.said[-1]


def test_who_is_not_ready_begins_nothing(bench: Bench) -> None:
    bench.commission()
    bench.is_ready = False
    assert not bench.guide.empty(180)
    assert not bench.guide.neighbour("room 7", tuple(Doing))
    assert {order.trial for order in bench.node.sensing.orders if order} == {None}


def test_a_node_that_does_not_run_is_said_after_some_seconds(bench: Bench) -> None:
    bench.clock.meanwhile = lambda: None
    with pytest.raises(SettingsError, match="no running node answers"):
        bench.guide.walk((Zone.BED,))


def test_a_node_that_dies_meanwhile_is_said(bench: Bench) -> None:
    bench.commission()
    bench.clock.meanwhile = bench.node.step
    with pytest.raises(SettingsError, match="stopped answering"):
        bench.guide.walk((Zone.BED,))


def test_a_space_with_somebodys_name_in_odd_letters_is_refused(bench: Bench) -> None:
    with pytest.raises(SettingsError, match="room 7"):
        bench.guide.neighbour("<b>", (Doing.LYING,))


def test_a_folder_without_a_node_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no node has run on this folder"):
        Guide(tmp_path, HandClock(NIGHT), print, lambda _words: True)


def test_the_report_says_what_is_still_to_be_tried(bench: Bench) -> None:
    with pytest.raises(SettingsError, match="nothing has been tried"):
        bench.guide.report()
    bench.commission()
    bench.guide.phantom((12.0,))
    text, is_whole = bench.guide.report()
    assert "passed      breathing phantom 12 a minute" in text
    assert "NOT TRIED   empty room" in text
    assert not is_whole
