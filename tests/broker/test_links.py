"""What every link does, be it in memory, over the embedded broker, or over a real mosquitto."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from broker.codec import encode
from broker.link import Link, MemoryBroker
from broker.paho_link import reconnect_waits_s
from broker.topics import Leaf, Topic, downward_filters, upward_filters
from tests.kit import contract
from tests.kit.processes import BrokerProcess, Heard, broker_process, eventually

NODES = ("room1", "room2")
WILL = (contract.topic(Leaf.LIVE, "room1"), encode(contract.lost("room1")))
RECORD = contract.topic(Leaf.RECORD, "room1")
LEASE = contract.topic(Leaf.LEASE, "room1")


class MakeLink(Protocol):
    def __call__(self, name: str, subscriptions: Sequence[str], will: tuple[Topic, bytes] | None = None) -> Link: ...


@dataclass
class World:
    """A broker, how to link to it, and how to break a link as a network would."""

    make: MakeLink
    cut: Callable[[Link], None]
    mend: Callable[[Link], None]

    def console(self, heard: Heard) -> Link:
        return self._started(self.make("console", upward_filters("site", "ward")), heard)

    def node(self, heard: Heard, node_id: str = "room1") -> Link:
        will = WILL if node_id == "room1" else None
        return self._started(self.make(node_id, downward_filters("site", "ward", node_id), will), heard)

    def _started(self, link: Link, heard: Heard) -> Link:
        link.start(heard.receive, heard.changed)
        eventually(lambda: link.is_up, what="the link")
        return link


def memory_world() -> World:
    broker = MemoryBroker()

    def make(_name: str, subscriptions: Sequence[str], will: tuple[Topic, bytes] | None = None) -> Link:
        return broker.link(subscriptions, will)

    return World(make, lambda link: link.cut(), lambda link: link.mend())  # type: ignore[attr-defined]


def real_world(broker: BrokerProcess) -> World:
    def make(name: str, subscriptions: Sequence[str], will: tuple[Topic, bytes] | None = None) -> Link:
        return broker.link(name, subscriptions, will)

    # A cable that is pulled: the socket ends under paho, which then comes back by itself.
    return World(make, lambda link: link._client.socket().shutdown(2), lambda _link: None)  # type: ignore[attr-defined]


@pytest.fixture(params=["memory", "embedded", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "memory":
        yield memory_world()
        return
    broker = broker_process(request.param, tmp_path, NODES)
    broker.start()
    made: list[Link] = []
    real = real_world(broker)
    make = real.make

    def remembered(name: str, subscriptions: Sequence[str], will: tuple[Topic, bytes] | None = None) -> Link:
        made.append(make(name, subscriptions, will))
        return made[-1]

    real.make = remembered
    yield real
    for link in made:
        link.stop()
    broker.process.kill()


def test_a_record_reaches_the_console_whole_and_in_order(world: World) -> None:
    heard = Heard()
    world.console(heard)
    node = world.node(Heard())
    sent = [f"record {number}".encode() for number in range(200)]
    assert all(node.publish(RECORD, one) for one in sent)
    eventually(lambda: len(heard.payloads) == len(sent), what="the delivery")
    assert heard.payloads == sent
    assert {one.topic for one in heard.deliveries} == {str(RECORD)}
    assert not any(one.retained for one in heard.deliveries)


def test_what_the_console_says_reaches_its_node_and_no_other(world: World) -> None:
    ours, theirs = Heard(), Heard()
    console = world.console(Heard())
    world.node(ours)
    world.node(theirs, "room2")
    assert console.publish(LEASE, b"lease")
    eventually(lambda: ours.payloads == [b"lease"], what="the lease")
    assert theirs.payloads == []


def test_the_largest_message_passes(world: World) -> None:
    heard = Heard()
    world.console(heard)
    node = world.node(Heard())
    assert node.publish(RECORD, b"x" * 2048)
    eventually(lambda: heard.payloads == [b"x" * 2048], what="the delivery")


def test_what_was_not_settled_comes_again_after_the_link_was_lost(world: World) -> None:
    heard = Heard(settles=False)
    console = world.console(heard)
    node = world.node(Heard())
    assert node.publish(RECORD, b"unsettled")
    eventually(lambda: heard.payloads == [b"unsettled"], what="the first delivery")
    heard.settles = True
    world.cut(console)
    world.mend(console)
    eventually(lambda: heard.payloads == [b"unsettled"] * 2, what="the second delivery")


def test_what_was_settled_does_not_come_again(world: World) -> None:
    heard, told = Heard(), Heard()
    console = world.console(heard)
    node = world.node(told)
    assert node.publish(RECORD, b"first")
    assert node.publish(RECORD, b"next")
    eventually(lambda: heard.payloads == [b"first", b"next"], what="the delivery")
    # Whoever heard the second has said that the first is settled, and what is said after that passes the broker later.
    assert console.publish(LEASE, b"lease")
    eventually(lambda: told.payloads == [b"lease"], what="the lease")
    world.cut(console)
    world.mend(console)
    eventually(lambda: heard.changes == [True, False, True], what="the link's return")
    assert node.publish(RECORD, b"second")
    eventually(lambda: heard.payloads[-1] == b"second", what="the next delivery")
    assert heard.payloads.count(b"first") == 1


def test_a_lost_link_is_a_state_and_comes_back_by_itself(world: World) -> None:
    heard, console_heard = Heard(), Heard()
    world.console(console_heard)
    node = world.node(heard)
    world.cut(node)
    eventually(lambda: False in heard.changes, what="the loss")
    world.mend(node)
    eventually(lambda: heard.changes[-1] and node.is_up, what="the return")
    assert node.publish(RECORD, b"again")
    eventually(lambda: b"again" in console_heard.payloads, what="the delivery")


def test_the_broker_says_that_a_node_was_lost(world: World) -> None:
    heard = Heard()
    world.console(heard)
    world.cut(world.node(Heard()))
    eventually(lambda: WILL[1] in heard.payloads, what="the will")


def test_a_node_that_says_goodbye_is_not_reported_lost(world: World) -> None:
    heard = Heard()
    world.console(heard)
    node = world.node(Heard())
    node.publish(RECORD, b"goodbye")
    eventually(lambda: heard.payloads == [b"goodbye"], what="the delivery")
    node.stop()
    other = world.node(Heard(), "room2")
    other.publish(contract.topic(Leaf.RECORD, "room2"), b"later")
    eventually(lambda: b"later" in heard.payloads, what="a later delivery")
    assert WILL[1] not in heard.payloads


def test_nothing_can_be_published_while_the_link_is_down() -> None:
    world = memory_world()
    node = world.node(Heard())
    world.cut(node)
    assert not node.publish(RECORD, b"lost")


def test_F28_each_link_waits_a_time_of_its_own_before_it_tries_again_and_never_longer_than_ten_seconds() -> None:
    assert reconnect_waits_s(lambda: 0.0) == (0.5, 5.0)
    assert reconnect_waits_s(lambda: 1.0) == (1.0, 10.0)
