"""The access rules of a real mosquitto: T29 to T33 of the attacks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from broker import acl, topics
from broker.paho_link import Address, PahoLink
from broker.topics import Leaf, Topic
from tests.kit import contract
from tests.kit.processes import BrokerProcess, Heard, broker_process, eventually

NODES = ("room1", "room2")


class Intruder:
    """A client with one node's password that does as it likes; keeps every answer of the broker."""

    def __init__(self, broker: BrokerProcess, name: str, client_id: str = "", will: str | None = None) -> None:
        self.answers: dict[int, int] = {}
        self.granted: list[int] = []
        self.heard: list[tuple[str, bytes]] = []
        login = broker.logins[name]
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=paho.MQTTv5)
        client.username_pw_set(login.username, login.password)
        if will is not None:
            client.will_set(will, b"forged", qos=1)
        client.on_publish = self._published
        client.on_subscribe = self._subscribed
        client.on_message = lambda _c, _u, message: self.heard.append((message.topic, message.payload))
        client.connect("127.0.0.1", broker.port)
        client.loop_start()
        self.client = client
        eventually(client.is_connected, what="the intruder's connection")

    def publish(self, topic: str, payload: bytes = b"forged", *, retain: bool = False) -> int:
        told = self.client.publish(topic, payload, qos=1, retain=retain)
        eventually(lambda: told.mid in self.answers, what="the answer")
        return self.answers[told.mid]

    def subscribe(self, one: str) -> None:
        before = len(self.granted)
        self.client.subscribe(one, qos=1)
        eventually(lambda: len(self.granted) > before, what="the answer")

    def _published(self, _c: Any, _u: Any, mid: int, reason: Any, _p: Any) -> None:
        self.answers[mid] = reason.value

    def _subscribed(self, _c: Any, _u: Any, _mid: int, reasons: list[Any], _p: Any) -> None:
        self.granted += [one.value for one in reasons]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[BrokerProcess]:
    made = broker_process("mosquitto", tmp_path, NODES)
    made.start()
    yield made
    made.process.kill()


@pytest.fixture
def console(broker: BrokerProcess) -> Iterator[Heard]:
    heard = Heard()
    link = broker.link("console", topics.upward_filters("site", "ward"))
    link.start(heard.receive, heard.changed)
    eventually(lambda: link.is_up, what="the console's link")
    yield heard
    link.stop()


def test_every_grant_stands_for_one_leaf_and_one_side() -> None:
    for grant in acl.node_grants("site", "ward", "room1"):
        topic = topics.parse(grant.topic)
        assert topic is not None
        assert topic.node_id == "room1"
        assert (grant.access == "write") == (topic.leaf in topics.UPWARD)
    for grant in acl.console_grants("site", "ward"):
        leaf = Leaf(grant.topic.rsplit("/", 1)[-1])
        assert (grant.access == "read") == (leaf in topics.UPWARD)


def test_the_access_file_grants_anonymous_clients_nothing() -> None:
    lines = acl.mosquitto_acl("site", "ward", NODES).splitlines()
    assert not [line for line in lines[: lines.index("user console")] if line.startswith(("topic", "pattern"))]


@pytest.mark.mosquitto
def test_T29_a_node_cannot_speak_on_another_nodes_topic(broker: BrokerProcess, console: Heard) -> None:
    intruder = Intruder(broker, "room2")
    for leaf in Leaf:
        assert intruder.publish(str(contract.topic(leaf, "room1"))) == 0x87, leaf
    assert intruder.publish(str(contract.topic(Leaf.RECORD, "room2")), b"own") < 0x80
    eventually(lambda: console.payloads == [b"own"], what="the node's own record")
    intruder.client.loop_stop()


@pytest.mark.mosquitto
def test_T29_a_denial_by_the_broker_is_counted_and_logged_once(
    broker: BrokerProcess, caplog: pytest.LogCaptureFixture
) -> None:
    link = broker.link("room2")
    link.start(lambda _delivery: None, lambda _up: None)
    eventually(lambda: link.is_up, what="the link")
    assert link.publish(contract.topic(Leaf.RECORD, "room2"), b"own")
    for _ in range(3):
        assert link.publish(contract.topic(Leaf.RECORD, "room1"), b"another's")
    eventually(lambda: link.denied == 3, what="the denials")
    told = [one.getMessage() for one in caplog.records if one.name == "broker.paho_link"]
    assert len(told) == 1
    assert "Not authorized" in told[0]
    link.stop()


@pytest.mark.mosquitto
def test_a_password_that_the_broker_does_not_take_is_counted_and_not_silent(broker: BrokerProcess) -> None:
    link = PahoLink(Address(port=broker.port, username="room1", password="wrong"), "room1", ())
    link.start(lambda _delivery: None, lambda _up: None)
    eventually(lambda: link.denied >= 1, what="the refusal")
    assert not link.is_up
    link.stop()


@pytest.mark.mosquitto
def test_T29_a_node_cannot_speak_for_the_console(broker: BrokerProcess) -> None:
    intruder = Intruder(broker, "room2")
    for leaf in topics.DOWNWARD:
        assert intruder.publish(str(contract.topic(leaf, "room2"))) == 0x87, leaf
    intruder.client.loop_stop()


@pytest.mark.mosquitto
def test_T30_a_node_cannot_take_another_nodes_place(broker: BrokerProcess) -> None:
    heard = Heard()
    victim = broker.link("room1", topics.downward_filters("site", "ward", "room1"))
    victim.start(heard.receive, heard.changed)
    eventually(lambda: victim.is_up)
    intruder = Intruder(broker, "room2", client_id="room1")
    assert intruder.publish(str(contract.topic(Leaf.RECORD, "room2"))) < 0x80
    assert victim.is_up
    assert heard.changes == [True]
    victim.stop()
    intruder.client.loop_stop()


@pytest.mark.mosquitto
def test_T31_a_will_on_another_nodes_topic_is_not_delivered(broker: BrokerProcess, console: Heard) -> None:
    intruder = Intruder(broker, "room2", will=str(contract.topic(Leaf.LIVE, "room1")))
    intruder.client.loop_stop()
    intruder.client.socket().shutdown(2)
    after = Intruder(broker, "room1")
    after.publish(str(contract.topic(Leaf.RECORD, "room1")), b"after")
    eventually(lambda: b"after" in console.payloads, what="a later record")
    assert b"forged" not in console.payloads
    after.client.loop_stop()


@pytest.mark.mosquitto
@pytest.mark.parametrize("wide", ["#", "$SYS/#", "ward/#", "+/+/+/+/+/lease", "$share/x/ward/#"])
def test_T32_a_node_that_listens_to_everything_hears_nothing(broker: BrokerProcess, wide: str) -> None:
    intruder = Intruder(broker, "room2")
    intruder.subscribe(wide)
    own = contract.topic(Leaf.LEASE, "room2")
    intruder.subscribe(str(own))
    console = broker.link("console", ())
    console.start(lambda _delivery: None, lambda _up: None)
    eventually(lambda: console.is_up)
    for leaf in topics.DOWNWARD:
        console.publish(contract.topic(leaf, "room1"), b"for room1")
    Intruder(broker, "room1").publish(str(contract.topic(Leaf.RECORD, "room1")), b"of room1")
    console.publish(own, b"own")
    eventually(lambda: (str(own), b"own") in intruder.heard, what="the node's own lease")
    assert {topic for topic, _ in intruder.heard} == {str(own)}
    console.stop()
    intruder.client.loop_stop()


@pytest.mark.mosquitto
def test_T33_nothing_can_be_left_behind_for_whoever_comes_later(broker: BrokerProcess) -> None:
    intruder = Intruder(broker, "room2")
    topic = str(contract.topic(Leaf.LIVE, "room2"))
    left: list[bool] = []
    intruder.client.on_disconnect = lambda *_: left.append(True)
    told = intruder.client.publish(topic, b"poison", qos=1, retain=True)
    eventually(lambda: bool(left) or intruder.answers.get(told.mid, 0) >= 0x80, what="the refusal")
    heard = Heard()
    console = broker.link("console", topics.upward_filters("site", "ward"))
    console.start(heard.receive, heard.changed)
    eventually(lambda: console.is_up)
    Intruder(broker, "room1").publish(str(Topic("site", "ward", "room1", Leaf.RECORD)), b"after")
    eventually(lambda: b"after" in heard.payloads)
    assert b"poison" not in heard.payloads
    console.stop()
    intruder.client.loop_stop()


@pytest.mark.mosquitto
def test_T34_a_payload_beyond_the_limit_ends_the_connection_and_harms_nobody(
    broker: BrokerProcess, console: Heard
) -> None:
    intruder = Intruder(broker, "room2")
    left: list[bool] = []
    intruder.client.on_disconnect = lambda *_: left.append(True)
    intruder.client.publish(str(contract.topic(Leaf.RECORD, "room2")), b"x" * 1_000_000, qos=1)
    eventually(lambda: bool(left), what="the end of the connection")
    Intruder(broker, "room1").publish(str(contract.topic(Leaf.RECORD, "room1")), b"after")
    eventually(lambda: b"after" in console.payloads, what="another node's record")
    assert max(len(one) for one in console.payloads) < 4096
    intruder.client.loop_stop()
