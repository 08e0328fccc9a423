"""A node behind a bad network: real packets on a link that loses, delays, doubles, reorders, narrows and cuts them."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from broker import mosquitto
from broker.messages import Record
from broker.outbox import Outbox
from broker.paho_link import Address, PahoLink
from broker.vocabulary import Origin, SensorState
from deploy.plan import free_port
from edge.trust import UNSIGNED, NodeKey
from tests.kit import contract
from tests.kit.certificates import Authority
from tests.kit.nodes import BOOT, NIGHT
from tests.kit.own_spaces import CUT, FINE, WARD_SIDE, RoughLink, Weather, rough_link
from tests.kit.processes import Process, answers, eventually
from tests.kit.real_node import NODE, RealNode

pytestmark = [pytest.mark.mosquitto, pytest.mark.slow]
OPEN = SensorState.OPEN
LOSSY = Weather(lost=0.3, doubled=0.05, delay_s=0.1, jitter_s=0.05)
TELEPHONE = Weather(delay_s=0.4, jitter_s=0.2, bytes_per_s=4000)
"""What a modem of the second generation gives: 32 kbit/s, and packets out of order."""
WAITED = 150
"""Records that wait in the node when it begins: two hours and a half without a broker, one a minute."""


@dataclass
class TlsBroker:
    """A ward's own broker at the good end of the link; the node knows it by name alone."""

    authority: Authority
    port: int
    process: Process

    def link(self, name: str, subscriptions: Sequence[str]) -> PahoLink:
        certificate, key = self.authority.issue(name)
        return PahoLink(Address("127.0.0.1", self.port, None, None, self.authority.ca_file, certificate, key), name,
                        subscriptions)  # fmt: skip

    def told_to(self, name: str, _data: Path) -> str:
        certificate, key = self.authority.issue(name)
        files = {"ca_file": self.authority.ca_file, "certificate_file": certificate, "key_file": key}
        lines = "".join(f'{setting} = "{file}"\n' for setting, file in files.items())
        return f'host = "broker"\nport = {self.port}\n{lines}'


class Names:
    """What the room's network knows by name; a file of its own in place of /etc/hosts, and no server to ask."""

    def __init__(self, folder: Path) -> None:
        self._hosts, self._servers = folder / "hosts", folder / "resolv.conf"
        self._servers.write_text("nameserver 10.77.0.9\noptions timeout:1 attempts:1\n")
        self.forget()

    def forget(self) -> None:
        self._hosts.write_text("127.0.0.1 localhost\n")

    def know(self) -> None:
        self._hosts.write_text(f"127.0.0.1 localhost\n{WARD_SIDE} broker\n")

    def command(self, *words: str) -> list[str]:
        script = f'mount --bind "{self._hosts}" /etc/hosts; mount --bind "{self._servers}" /etc/resolv.conf; exec "$@"'
        return ["unshare", "--mount", "sh", "-c", script, "sh", *words]


@contextmanager
def room_behind(folder: Path) -> Iterator[tuple[RealNode, RoughLink, Names]]:
    with rough_link() as link:
        authority, port, names = Authority(folder), free_port(), Names(folder)
        certificate, key = authority.issue("broker")
        tls = mosquitto.Tls(authority.ca_file, certificate, key, "0.0.0.0")
        config = mosquitto.prepare(folder / "broker", port, "site", "ward", (NODE,), tls=tls)
        command = [sys.executable, "-m", "broker", "serve", str(config), "--kind", "mosquitto"]
        broker = TlsBroker(authority, port, Process(command, folder / "broker.log"))
        broker.process.start()
        eventually(lambda: answers(port), 30, f"the broker ({broker.process.output})")
        node = RealNode(folder, broker)  # type: ignore[arg-type]
        node.node.command = names.command(*node.node.command)
        try:
            yield node, link, names
        finally:
            node.stop()


def fill_outbox(folder: Path, count: int) -> None:
    """Leave in a node's outbox what it recorded while there was no broker."""
    outbox = Outbox.open(folder / "outbox.db", NodeKey.open(folder).sign)

    def make(sequence: int) -> Record:
        told = {"boot_id": BOOT, "uptime_s": 1.0, "captured_at": NIGHT, "origin": Origin.SIMULATED}
        identity = {"node_id": NODE, "outbox_id": outbox.outbox_id, "sequence": sequence, "signature": UNSIGNED}
        return Record.model_validate({**told, **identity, "body": contract.minute()})

    for _ in range(count):
        outbox.append(make)
    outbox.close()


def test_F22_F23_F24_F27_over_a_link_that_loses_delays_and_cuts_each_record_arrives_once(tmp_path: Path) -> None:
    with room_behind(tmp_path) as (node, link, names):
        fill_outbox(tmp_path / "data", WAITED)
        names.know()
        link.set(TELEPHONE)
        with link.in_the_room():
            node.node.start()
        eventually(lambda: len(node.heard) >= 5, 60, f"the first records ({node.node.output[-2000:]})")
        link.set(LOSSY)
        before = len(node.heard)
        eventually(lambda: len(node.heard) > before, 60, "a record through a link that loses a third of its packets")
        for up, down in ((FINE, CUT), (CUT, FINE)):
            link.set(up, down)
            before = link.dropped
            eventually(lambda before=before: link.dropped >= before + 8, 60, "packets that are cut off")  # type: ignore[misc]
        link.set(FINE)
        eventually(lambda: len(node.heard) >= WAITED, 60, "everything that had waited")
        node.wait_for(OPEN, within_s=60)
        eventually(lambda: node.live is not None and node.live.outbox_waiting == 0, 30, "the last receipt")
    assert link.dropped >= 16
    assert node.sequences == list(range(1, len(node.heard) + 1))
    assert all(len(contents) == 1 for contents in node.heard.values())


def test_F21_a_node_whose_broker_has_no_name_yet_goes_round_and_comes_in_when_it_has_one(tmp_path: Path) -> None:
    with room_behind(tmp_path) as (node, link, names):
        with link.in_the_room():
            node.node.start()
        words: list[str] = []
        eventually(lambda: words.extend(node.manager.heard()) or words.count("WATCHDOG=1") >= 3, 60, "three rounds")
        assert node.live is None
        names.know()
        node.wait_for(OPEN, within_s=60)
