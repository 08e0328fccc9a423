"""The broker of a ward on one machine: rumqttd from the package `iotcore`, on the loopback address only.

It has no access rules and it keeps nothing over a restart. The outbox and the receipts carry reliability; the access
rules of a real ward need mosquitto (`broker/mosquitto.py`).
"""

import logging
from collections.abc import Iterable
from pathlib import Path

from broker.errors import BrokerError
from broker.logins import Login, write_private
from broker.messages import MAX_MESSAGE_BYTES

_ROOM_FOR_HEADERS = 2048
LIMITS_SENTENCE = (
    "embedded broker: for one machine only; it listens on 127.0.0.1, knows no access rules and keeps nothing"
)


class BrokerMissing(BrokerError):
    """The program or package that would be the broker is not installed."""


def configuration(port: int, logins: Iterable[Login], *, most_clients: int = 64) -> str:
    """Write rumqttd's configuration.

    Args:
        port: TCP port on 127.0.0.1.
        logins: names and passwords of its clients; without one nobody connects.
        most_clients: connections at once; a ward has one per node and one for the console.

    Returns:
        TOML. A packet is at most twice the largest message.
    """
    names = "\n".join(f'{login.username} = "{login.password}"' for login in logins)
    return f"""# Generated at each start of the ward.
id = 0

[router]
id = 0
max_connections = {most_clients}
max_outgoing_packet_count = 200
max_segment_size = 1048576
max_segment_count = 10

[v5.1]
name = "ward"
listen = "127.0.0.1:{port}"
next_connection_delay_ms = 1

[v5.1.connections]
connection_timeout_ms = 10000
max_payload_size = {MAX_MESSAGE_BYTES + _ROOM_FOR_HEADERS}
max_inflight_count = 100
dynamic_filters = true

[v5.1.connections.auth]
{names}
"""


def prepare(folder: Path, port: int, logins: Iterable[Login]) -> Path:
    """Write the configuration where only we can read it.

    Returns:
        The configuration file, mode 0600.
    """
    path = folder / "rumqttd.toml"
    write_private(path, configuration(port, logins))
    return path


def serve(config: Path) -> None:
    """Run the broker in this process until it is told to stop by a signal.

    Raises:
        BrokerMissing: `iotcore` is not installed.
        BrokerError: the port is taken or the configuration cannot be used.
    """
    try:
        from iotcore.iotcore import IotCoreBroker
    except ImportError as error:
        raise BrokerMissing(
            "the embedded broker is not installed (package iotcore); run make setup, or use --broker mosquitto"
        ) from error
    # rumqttd says each routed packet as an error record; nothing of it is news.
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("rumqttd").setLevel(logging.CRITICAL)
    try:
        broker = IotCoreBroker(config_path=str(config))
        broker.check_ports()
        broker.run_forever()
    except (OSError, RuntimeError, ValueError) as error:
        raise BrokerError(f"{config}: the broker cannot start: {error}") from error
