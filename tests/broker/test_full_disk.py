"""A real broker whose disk is full acknowledges what it cannot keep; the receipts alone settle a record."""

import signal
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from broker.acl import CONSOLE
from broker.clock import SystemClock
from broker.codec import decode
from broker.messages import Record
from broker.outbox import Outbox
from broker.paho_link import PahoLink
from broker.topics import Leaf, upward_filters
from edge.sender import Sender
from tests.kit import contract
from tests.kit.own_spaces import own_disk
from tests.kit.processes import BrokerProcess, Heard, broker_process, eventually

pytestmark = [pytest.mark.mosquitto, pytest.mark.slow]
NODE, COUNT = "room1", 40
TOPIC = contract.topic(Leaf.RECORD, NODE)


def link_to(broker: BrokerProcess, name: str, heard: Heard, *subscriptions: str) -> PahoLink:
    link = broker.link(name, subscriptions)
    link.start(heard.receive, heard.changed)
    eventually(lambda: link.is_up, 30, f"the link of {name}")
    return link


def publish_and_be_acknowledged(broker: BrokerProcess, payloads: list[bytes]) -> None:
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=NODE, protocol=paho.MQTTv5)
    client.username_pw_set(NODE, broker.logins[NODE].password)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    sent = [client.publish(str(TOPIC), payload, qos=1) for payload in payloads]
    eventually(lambda: all(one.is_published() for one in sent), 30, "the broker's acknowledgements")
    client.disconnect()
    client.loop_stop()


def sequences(heard: Heard) -> list[int]:
    told = [decode(TOPIC, payload) for payload in heard.payloads]
    return sorted({one.sequence for one in told if isinstance(one, Record)})


def lose_what_was_acknowledged(broker: BrokerProcess, payloads: list[bytes]) -> None:
    """The broker takes records for a console that is away, cannot write them down, and dies."""
    link_to(broker, CONSOLE, Heard(), *upward_filters("site", "ward")).stop()
    publish_and_be_acknowledged(broker, payloads)
    assert broker.process.running is not None
    broker.process.running.send_signal(signal.SIGUSR1)
    eventually(lambda: "No space left" in broker.process.output, 30, f"the full disk ({broker.process.output})")
    broker.process.kill()


def test_F26_what_a_broker_with_a_full_disk_acknowledged_and_lost_is_sent_until_its_receipt(tmp_path: Path) -> None:
    broker, heard = broker_process("mosquitto", tmp_path, (NODE,)), Heard()
    outbox = Outbox.open(tmp_path / "outbox.db", lambda record: record)
    for _ in range(COUNT):
        outbox.append(lambda one: contract.record(contract.room_event(), one, NODE, outbox.outbox_id))
    with own_disk(tmp_path / "store") as disk:
        disk.fill()
        broker.process.command = disk.command(*broker.process.command)
        broker.start()
        try:
            lose_what_was_acknowledged(broker, [payload for _, payload in outbox.waiting(0, COUNT)])
            broker.start()
            console = link_to(broker, CONSOLE, heard, *upward_filters("site", "ward"))
            assert (heard.payloads, outbox.count) == ([], COUNT)
            node = link_to(broker, NODE, Heard())
            Sender(outbox, lambda payload: node.publish(TOPIC, payload), SystemClock()).send()
            eventually(lambda: sequences(heard) == list(range(1, COUNT + 1)), 30, "every record")
            node.stop()
            console.stop()
        finally:
            broker.process.kill()
    assert outbox.settle(outbox.outbox_id, COUNT) == COUNT
    outbox.close()
