"""`hushward doctor` on the road to the broker: each check, with the fault put in."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from broker.certificates import read
from broker.clock import HandClock, SystemClock
from broker.configuration import BrokerSettings
from deploy.examining import broker_road, clocks
from tests.kit.findings import only

REAL = SystemClock()


@contextmanager
def listening(ward: Path, host: str = "127.0.0.1") -> Iterator[int]:
    """Play a broker up to its certificate, to one who comes."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ward / "broker" / "broker.pem", ward / "broker" / "broker.key")
    context.load_verify_locations(ward / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    with socket.create_server((host, 0)) as server:
        server.settimeout(20)

        def meet() -> None:
            try:
                raw, _ = server.accept()
                raw.settimeout(20)
                with context.wrap_socket(raw, server_side=True) as one:
                    one.recv(1)
            except OSError:
                return

        meeting = threading.Thread(target=meet)
        meeting.start()
        yield int(server.getsockname()[1])
        meeting.join()


def way(enrolled: Path, port: int, host: str = "127.0.0.1") -> BrokerSettings:
    tls = enrolled / "node" / "tls"
    return BrokerSettings(
        host=host,
        port=port,
        ca_file=tls / "ca.pem",
        certificate_file=tls / "node.pem",
        key_file=tls / "node.key",
    )


def test_a_broker_that_can_be_reached_and_believed_is_well(enrolled: Path, tmp_path: Path) -> None:
    with listening(enrolled / "ward") as port:
        assert "takes this node's certificate" in only(broker_road.road(way(enrolled, port), REAL, tmp_path)).what


@pytest.mark.parametrize(
    ("ward", "host", "told"),
    [("other", "127.0.0.1", "compare the fingerprints"), ("ward", "127.0.0.2", "another name or address")],
)
def test_a_broker_of_another_ward_or_at_another_address_is_told_apart(
    enrolled: Path, tmp_path: Path, ward: str, host: str, told: str
) -> None:
    with listening(enrolled / ward, host) as port:
        found = only(broker_road.road(way(enrolled, port, host), REAL, tmp_path))
    assert found.is_needed
    assert told in str(found.remedy)


def test_a_broker_that_is_silent_unknown_or_not_admitted_is_a_problem(tmp_path: Path) -> None:
    nobody = BrokerSettings(host="127.0.0.1", port=1)
    assert "does not answer" in only(broker_road.road(nobody, REAL, tmp_path)).what
    assert "no address" in only(broker_road.road(BrokerSettings(host="no.such.invalid"), REAL, tmp_path)).what
    (tmp_path / "10-peer.conf").write_text("[Service]\nIPAddressAllow=192.0.2.9 \n")
    assert "may reach 192.0.2.9" in next(iter(broker_road.road(nobody, REAL, tmp_path / "10-peer.conf"))).what


def test_F31_a_certificate_that_ends_ended_or_is_to_begin_is_named(enrolled: Path) -> None:
    file = enrolled / "node" / "tls" / "node.pem"
    until = read(file).not_valid_after_utc

    def mark_at(moment: datetime) -> str:
        return only(clocks.against_certificate(file, HandClock(moment))).mark

    marks = [mark_at(until - timedelta(days=days)) for days in (100, 10, -1, 900)]
    assert marks == ["ok", "note", "PROBLEM", "PROBLEM"]
