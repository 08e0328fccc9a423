"""The road to the ward's broker: its name, its port, its certificate and ours, asked without taking anybody's place."""

import ipaddress
import re
import socket
import ssl
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from broker.clock import Clock
from broker.configuration import BrokerSettings
from deploy.examining.finding import Finding

PATIENCE_S = 3.0
DROP_IN = Path("/etc/systemd/system/hushward-node.service.d/10-peer.conf")
_OTHER_WARD = "that broker belongs to another ward's authority, or ca.pem does: compare the fingerprints by eye"
_OTHER_NAME = "the broker's certificate is for another name or address: write that one as [broker] host"
_REASONS = (
    ("expired", "on the ward's machine: hushward provision renew-own, then restart mosquitto"),
    ("not yet valid", "this machine's clock is behind, or that of the machine that signed was ahead: set it right"),
    ("mismatch", _OTHER_NAME),
    ("doesn't match", _OTHER_NAME),
    ("not valid for", _OTHER_NAME),
    ("issuer", _OTHER_WARD),
    ("self-signed", _OTHER_WARD),
    ("self signed", _OTHER_WARD),
    ("revoked", "this node's certificate was taken back, as lost or replaced: enrol it again under a new name"),
    ("alert", "the broker does not take this node's certificate: hushward provision list, on the ward's machine"),
)
"""Words of the TLS library, and what to do."""


def road(settings: BrokerSettings, clock: Clock, drop_in: Path = DROP_IN) -> Iterable[Finding]:
    """Look at every step of the way to the broker, up to where it would ask who we are.

    No MQTT is spoken, so that a node that runs is not put off its place.

    Args:
        settings: the node's `[broker]`.
        clock: the machine's.
        drop_in: the service's list of addresses that it may reach.
    """
    place = f"{settings.host}:{settings.port}"
    addresses = _looked_up(settings.host)
    if not addresses:
        yield Finding(
            f"{settings.host} has no address here",
            "write its address as [broker] host, or a line in /etc/hosts",
        )
        return
    if not _is_address(settings.host):
        yield Finding(
            f"the broker is named, as {settings.host}",
            "write its address as [broker] host: the service may reach one address, and no name server",
            is_needed=False,
        )
    yield from _admitted(addresses, drop_in)
    try:
        raw = socket.create_connection((settings.host, settings.port), timeout=PATIENCE_S)
    except OSError as error:
        yield Finding(
            f"broker {place} does not answer ({error})",
            "refused: systemctl status mosquitto, on the ward's machine; otherwise cable, Wi-Fi or firewall",
        )
        return
    with raw:
        if settings.ca_file is None:
            yield Finding(
                f"broker {place} answers, without TLS",
                None
                if _is_own(addresses)
                else "anybody on that network can read along: enrol the node (hushward first-boot)",
            )
            return
        yield from _greet(raw, settings, clock)


def _greet(raw: socket.socket, settings: BrokerSettings, clock: Clock) -> Iterable[Finding]:
    try:
        context = ssl.create_default_context(cafile=str(settings.ca_file))
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        if settings.certificate_file is not None:
            context.load_cert_chain(settings.certificate_file, settings.key_file)
    except (ssl.SSLError, OSError) as error:
        yield Finding(
            f"this node's TLS files cannot be used ({error})",
            "look at ca_file, certificate_file and key_file under [broker]; key and certificate must belong together",
        )
        return
    try:
        with context.wrap_socket(raw, server_hostname=settings.host) as tls:
            until = datetime.fromtimestamp(ssl.cert_time_to_seconds(str((tls.getpeercert() or {})["notAfter"])), UTC)
            _await_a_refusal(tls)
    except (ssl.SSLError, OSError) as error:
        told = str(getattr(error, "verify_message", None) or error)
        remedy = next(
            (one for word, one in _REASONS if word in told.lower()), "see the reason, and the broker's own log"
        )
        yield Finding(f"broker {settings.host}:{settings.port} and this node do not trust each other ({told})", remedy)
        return
    days = (until - clock.utc_now()).days
    soon = "on the ward's machine: hushward provision renew-own, then restart mosquitto by day" if days < 30 else None
    yield Finding(f"the broker proves who it is, for {days} more days, and takes this node's certificate", soon, False)


def _await_a_refusal(tls: ssl.SSLSocket) -> None:
    """Wait a moment: in TLS 1.3 a broker refuses a certificate after the handshake has ended for its client.

    Raises:
        ssl.SSLError, OSError: it refuses.
    """
    tls.settimeout(0.5)
    try:
        if tls.recv(1) == b"":
            raise ConnectionResetError("alert: it hung up on this node's certificate")
    except TimeoutError:
        return


def _admitted(addresses: list[str], drop_in: Path) -> Iterable[Finding]:
    """Look whether the service may reach what the settings name."""
    try:
        allowed = set(re.findall(r"[0-9a-fA-F.:]+", drop_in.read_text("ascii").partition("IPAddressAllow=")[2]))
    except OSError:
        return
    if not allowed & set(addresses):
        yield Finding(
            f"the service may reach {', '.join(sorted(allowed)) or 'nobody'}, and the broker is {', '.join(addresses)}",
            "run bash deploy/install.sh node again: it writes down whom the service may reach",
        )


def _looked_up(host: str) -> list[str]:
    try:
        return sorted({str(one[4][0]) for one in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)})
    except OSError:
        return []


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_own(addresses: list[str]) -> bool:
    return all(ipaddress.ip_address(one).is_loopback for one in addresses)
