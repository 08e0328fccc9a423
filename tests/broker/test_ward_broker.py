"""The broker of a real ward: TLS 1.3, and a client is who its certificate says."""

import socket
import ssl
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from broker import mosquitto
from broker.errors import LinkError
from broker.paho_link import Address, PahoLink
from broker.topics import Leaf, downward_filters, upward_filters
from deploy.plan import free_port
from tests.kit import contract
from tests.kit.certificates import Authority
from tests.kit.processes import Heard, Process, answers, eventually

pytestmark = pytest.mark.mosquitto


@dataclass
class WardBroker:
    authority: Authority
    port: int
    process: Process

    def address(self, name: str, by: Authority | None = None) -> Address:
        certificate, key = (by or self.authority).issue(name)
        return Address(port=self.port, ca_file=self.authority.ca_file, certificate_file=certificate, key_file=key)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[WardBroker]:
    authority, port = Authority(tmp_path), free_port()
    certificate, key = authority.issue("broker")
    tls = mosquitto.Tls(authority.ca_file, certificate, key, "127.0.0.1")
    config = mosquitto.prepare(tmp_path / "broker", port, "site", "ward", ("room1", "room2"), tls=tls)
    command = [sys.executable, "-m", "broker", "serve", str(config), "--kind", "mosquitto"]
    process = Process(command, tmp_path / "broker.log")
    process.start()
    eventually(lambda: answers(port), what=f"the broker ({process.output})")
    yield WardBroker(authority, port, process)
    process.kill()


def test_a_node_with_the_wards_certificate_reaches_the_console_over_tls(broker: WardBroker) -> None:
    heard, own = Heard(), Heard()
    console = PahoLink(broker.address("console"), "console", upward_filters("site", "ward"))
    node = PahoLink(broker.address("room1"), "room1", downward_filters("site", "ward", "room1"))
    console.start(heard.receive, heard.changed)
    node.start(own.receive, own.changed)
    eventually(lambda: console.is_up and node.is_up, what="both links")
    node.publish(contract.topic(Leaf.RECORD, "room2"), b"forged")
    node.publish(contract.topic(Leaf.RECORD, "room1"), b"own")
    console.publish(contract.topic(Leaf.LEASE, "room1"), b"lease")
    eventually(lambda: heard.payloads == [b"own"] and own.payloads == [b"lease"], what="the deliveries")
    console.stop()
    node.stop()


def test_a_certificate_of_another_authority_is_refused(broker: WardBroker, tmp_path: Path) -> None:
    stranger = PahoLink(broker.address("room1", Authority(tmp_path, "stranger")), "room1", ())
    heard = Heard()
    stranger.start(heard.receive, heard.changed)
    console = PahoLink(broker.address("console"), "console", ())
    console.start(lambda _delivery: None, lambda _up: None)
    eventually(lambda: console.is_up)
    assert not stranger.is_up
    assert heard.changes == []
    stranger.stop()
    console.stop()


def test_T12_a_broker_of_another_authority_is_not_believed(broker: WardBroker, tmp_path: Path) -> None:
    other = Authority(tmp_path, "other")
    certificate, key = other.issue("room1")
    address = Address(port=broker.port, ca_file=other.ca_file, certificate_file=certificate, key_file=key)
    victim = PahoLink(address, "room1", ())
    heard = Heard()
    victim.start(heard.receive, heard.changed)
    eventually(lambda: "unknown ca" in broker.process.output.lower() or "alert" in broker.process.output.lower())
    assert heard.changes == []
    victim.stop()


def test_older_tls_is_refused(broker: WardBroker) -> None:
    context = ssl.create_default_context(cafile=str(broker.authority.ca_file))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with socket.create_connection(("127.0.0.1", broker.port)) as raw, pytest.raises(ssl.SSLError):
        context.wrap_socket(raw, server_hostname="127.0.0.1")


def test_certificates_that_cannot_be_read_are_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LinkError, match="check ca_file"):
        PahoLink(Address(ca_file=tmp_path / "none.pem"), "room1", ())
