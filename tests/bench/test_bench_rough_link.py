"""How long a record takes over a bad network (F24): real packets, real TLS, a real mosquitto, the node's own sender."""

import os
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from broker import mosquitto
from broker.codec import decode
from broker.link import Delivery
from broker.messages import Record
from broker.outbox import Outbox
from broker.paho_link import Address, PahoLink
from broker.topics import Leaf, downward_filters, upward_filters
from deploy.plan import free_port
from edge.sender import Sender
from tests.kit import contract
from tests.kit.bench import FIGURES, Figure
from tests.kit.certificates import Authority
from tests.kit.own_spaces import FINE, WARD_SIDE, Weather, rough_link
from tests.kit.processes import Process, answers, eventually
from tests.kit.storm import CLOCK, percentile

pytestmark = pytest.mark.mosquitto
NODE = "room1"
EVERY_S, STEP_S = 0.5, 0.05
COUNT = int(os.environ.get("HUSHWARD_ROUGH", "120"))
WEATHERS = {
    "fine": FINE,
    "30 % lost, 100 ms": Weather(lost=0.3, doubled=0.05, delay_s=0.1, jitter_s=0.05),
    "400 ms with jitter, 32 kbit/s": Weather(delay_s=0.4, jitter_s=0.2, bytes_per_s=4000),
}


@dataclass
class Way:
    """A node's records on their way to a console that settles them.

    Attributes:
        came_s: when each first came [s].
        settled: what the last receipt said.
    """

    node: PahoLink
    console: PahoLink
    outbox: Outbox
    came_s: dict[int, float] = field(default_factory=dict)
    settled: int = 0

    def heard(self, delivery: Delivery) -> None:
        told = decode(contract.topic(Leaf.RECORD, NODE), delivery.payload)
        assert isinstance(told, Record)
        self.came_s.setdefault(told.sequence, CLOCK.elapsed_s())
        through = 0
        while through + 1 in self.came_s:
            through += 1
        self.console.publish(contract.topic(Leaf.RECEIPT, NODE), str(through).encode())
        delivery.settle()

    def carry(self, count: int) -> list[float]:
        """Record one event after the other; return how long each took to the console [s]."""
        made_s: dict[int, float] = {}
        never, topic = threading.Event(), contract.topic(Leaf.RECORD, NODE)
        sender = Sender(self.outbox, lambda payload: self.node.publish(topic, payload), CLOCK)
        next_s = CLOCK.elapsed_s()
        while len(made_s) < count or self.outbox.count:
            if len(made_s) < count and CLOCK.elapsed_s() >= next_s:
                next_s += EVERY_S
                event = contract.room_event()
                made = self.outbox.append(
                    lambda one, event=event: contract.record(event, one, NODE, self.outbox.outbox_id)
                )  # type: ignore[misc]
                made_s[made.sequence] = CLOCK.elapsed_s()
            self.outbox.settle(self.outbox.outbox_id, self.settled)
            sender.send()
            CLOCK.wait(never, STEP_S)
        return [self.came_s[sequence] - at_s for sequence, at_s in made_s.items()]


def test_F24_how_long_a_record_takes_over_a_bad_network_is_stated(tmp_path: Path) -> None:
    with rough_link() as link:
        authority, port = Authority(tmp_path), free_port()
        certificate, key = authority.issue("broker", WARD_SIDE)
        tls = mosquitto.Tls(authority.ca_file, certificate, key, "0.0.0.0")
        config = mosquitto.prepare(tmp_path / "broker", port, "site", "ward", (NODE,), tls=tls)
        command = [sys.executable, "-m", "broker", "serve", str(config), "--kind", "mosquitto"]
        broker = Process(command, tmp_path / "broker.log")
        broker.start()
        eventually(lambda: answers(port), 60, f"the broker ({broker.output})")

        def linked(name: str, *subscriptions: str) -> PahoLink:
            return PahoLink(Address(WARD_SIDE, port, None, None, authority.ca_file, *authority.issue(name)), name,
                            subscriptions)  # fmt: skip

        outbox = Outbox.open(tmp_path / "outbox.db", lambda record: record)
        way = Way(
            linked(NODE, *downward_filters("site", "ward", NODE)), linked("console", *upward_filters("site", "ward")),
            outbox,
        )  # fmt: skip

        def settle(delivery: Delivery) -> None:
            way.settled = max(way.settled, int(delivery.payload))
            delivery.settle()

        way.console.start(way.heard, lambda _up: None)
        with link.in_the_room():
            way.node.start(settle, lambda _up: None)
        try:
            eventually(lambda: way.console.is_up and way.node.is_up, 60, "both links")
            took = {}
            for name, weather in WEATHERS.items():
                link.set(weather)
                took[name] = way.carry(COUNT)
        finally:
            way.node.stop()
            way.console.stop()
            broker.kill()
            outbox.close()
    for name, each in took.items():
        told = f"half {percentile(each, 0.5):.2f} s, 99 of 100 {percentile(each, 0.99):.2f} s, all {max(each):.2f} s"
        ratio = percentile(each, 0.99) / percentile(took["fine"], 0.99)
        FIGURES.append(Figure(f"a record to the console: {name}, load {os.getloadavg()[0]:.0f}", told, "fine", ratio))
    assert all(len(each) == COUNT for each in took.values())
