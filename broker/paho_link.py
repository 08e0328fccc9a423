"""`Link` over paho-mqtt: manual acknowledgement, a will, reconnects with back-off (the only importer of paho)."""

import logging
import random
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from broker.errors import LinkError
from broker.link import Delivery, Receiver
from broker.topics import Topic

log = logging.getLogger(__name__)


FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 10.0
"""[s] between two attempts to connect, at most: the first, and the longest after many in vain."""


@dataclass(frozen=True, slots=True)
class Address:
    """How to reach the broker.

    Attributes:
        host: name or address.
        port: TCP port.
        username: the node's or console's name at the broker; None only on a broker of one machine's own.
        password: its password; None with a client certificate.
        ca_file: the ward's CA; None means no TLS, which is for one machine alone.
        certificate_file: client certificate, with `key_file`.
        key_file: its key.
    """

    host: str = "127.0.0.1"
    port: int = 1883
    username: str | None = None
    password: str | None = None
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None


class PahoLink:
    """A link that comes back by itself.

    The session is kept (`clean_start` false) and subscriptions are made anew at every connection, because a broker
    that was killed may have lost them. `is_up` is true only once the broker has granted every subscription. Every
    reason code from 0x80 is a refusal (RELIABILITY, fact 5): it is counted, and the first of its sort is logged.
    """

    def __init__(
        self,
        address: Address,
        client_id: str,
        subscriptions: Sequence[str],
        will: tuple[Topic, bytes] | None = None,
        *,
        keepalive_s: int = 5,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._address = address
        self._subscriptions = tuple(subscriptions)
        self._up = threading.Event()
        self._receive: Receiver | None = None
        self._on_change: Callable[[bool], None] = _ignore_change
        self._keepalive_s = keepalive_s
        self._denied: Counter[str] = Counter()
        client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, protocol=paho.MQTTv5, manual_ack=True, userdata=None
        )
        client.username_pw_set(address.username, address.password)
        if address.ca_file is not None:
            client.tls_set_context(_tls(address))
        if will is not None:
            client.will_set(str(will[0]), will[1], qos=1, retain=False)
        # Records are kept by the outbox; what paho queues while down would only be sent a second time.
        client.max_queued_messages_set(1000)
        first_s, longest_s = reconnect_waits_s(chance)
        client.reconnect_delay_set(min_delay=first_s, max_delay=longest_s)  # type: ignore[arg-type]
        client.on_connect = self._connected
        client.on_disconnect = self._disconnected
        client.on_subscribe = self._subscribed
        client.on_publish = self._published
        client.on_message = self._arrived
        self._client = client

    @property
    def is_up(self) -> bool:
        """Return whether we are connected and subscribed."""
        return self._up.is_set()

    @property
    def denied(self) -> int:
        """Return how many of our connections, subscriptions and QoS 1 messages the broker has refused so far."""
        return sum(list(self._denied.values()))

    def start(self, receive: Receiver, on_change: Callable[[bool], None]) -> None:
        """Begin to connect, on paho's own thread."""
        self._receive, self._on_change = receive, on_change
        kept = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        kept.SessionExpiryInterval = 86400
        self._client.connect_async(
            self._address.host, self._address.port, keepalive=self._keepalive_s, clean_start=False, properties=kept
        )
        self._client.loop_start()

    def publish(self, topic: Topic, payload: bytes) -> bool:
        """Hand a message to the connection, or say that it is down."""
        if not self._up.is_set():
            return False
        return (
            self._client.publish(str(topic), payload, qos=topic.qos, retain=False).rc is MQTTErrorCode.MQTT_ERR_SUCCESS
        )

    def stop(self) -> None:
        """Disconnect cleanly and end the thread."""
        self._receive = None
        self._client.disconnect()
        self._client.loop_stop()
        self._up.clear()

    def _connected(self, client: paho.Client, _userdata: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if self._is_denied("the connection", reason):
            return
        if not self._subscriptions:
            self._come_up()
        else:
            client.subscribe([(one, 1) for one in self._subscriptions])

    def _subscribed(self, _client: Any, _userdata: Any, _mid: int, reasons: list[Any], _properties: Any) -> None:
        denied = [one for one in reasons if self._is_denied("a subscription", one)]
        if not denied:
            self._come_up()

    def _published(self, _client: Any, _userdata: Any, _mid: int, reason: Any, _properties: Any) -> None:
        self._is_denied("a message", reason)

    def _is_denied(self, what: str, reason: Any) -> bool:
        """Return whether the broker's answer is a refusal; count it, and log the first of its sort."""
        if not reason.is_failure:
            return False
        sort = f"{what}: {reason.getName()}"
        self._denied[sort] += 1
        if self._denied[sort] == 1:
            log.error("the broker refused %s; check our name, password and its access rules", sort)
        return True

    def _come_up(self) -> None:
        if not self._up.is_set():
            self._up.set()
            self._on_change(True)

    def _disconnected(self, _client: Any, _userdata: Any, _flags: Any, _reason: Any, _properties: Any) -> None:
        if self._up.is_set():
            self._up.clear()
            self._on_change(False)

    def _arrived(self, client: paho.Client, _userdata: Any, message: paho.MQTTMessage) -> None:
        if self._receive is None:
            return
        mid, qos = message.mid, message.qos
        self._receive(
            Delivery(message.topic, bytes(message.payload), message.retain, lambda: _acknowledge(client, mid, qos))
        )


def reconnect_waits_s(chance: Callable[[], float]) -> tuple[float, float]:
    """Return how long a link waits before it tries again: the first time, and at most; it doubles in between [s].

    Each link has waits of its own, so that a ward whose broker comes back is not all at its door in one moment.

    Args:
        chance: gives numbers of 0..1.
    """
    share = 0.5 + chance() / 2
    return FIRST_WAIT_S * share, LONGEST_WAIT_S * share


def _ignore_change(_up: bool) -> None:
    """Stand in until `start` says who wants to know."""


def _acknowledge(client: paho.Client, mid: int, qos: int) -> None:
    if qos > 0:
        client.ack(mid, qos)


def _tls(address: Address) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=address.ca_file)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        if address.certificate_file is not None:
            context.load_cert_chain(address.certificate_file, address.key_file)
    except (OSError, ssl.SSLError) as error:
        raise LinkError(
            f"TLS files for {address.host} cannot be used: {error}; check ca_file, certificate_file, key_file"
        ) from error
    return context
