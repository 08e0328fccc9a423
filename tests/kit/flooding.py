"""A node that was broken into and shouts: `python -m tests.kit.flooding PORT CA CERTIFICATE KEY NAME MANNER`."""

import signal
import ssl
import sys
from itertools import count

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from broker.topics import Leaf, Topic

SITE, WARD = "site", "ward"
ADDRESS = "127.0.0.5"
"""Another one than that of the nodes that behave."""
_LISTEN_EVERY = 2000


def topic_of(manner: str, name: str, number: int) -> str:
    """Return where the message of a number goes: each onto a topic that is nobody's, or all onto its own one."""
    own = Topic(SITE, WARD, name, Leaf.LIVE)
    return f"{own}/{number}" if manner == "topics" else str(own)


def main(words: list[str]) -> None:
    """Flood until SIGTERM, then say how often it shouted."""
    port, ca, certificate, key, name, manner = words
    sent = 0
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=paho.MQTTv5)
    context = ssl.create_default_context(cafile=ca)
    context.load_cert_chain(certificate, key)
    client.tls_set_context(context)
    client.connect("127.0.0.1", int(port), bind_address=ADDRESS)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for sent in count(1):
            client.publish(topic_of(manner, name, sent), b"x" * 100, qos=0)
            while client.want_write():
                client.loop_write()
            if sent % _LISTEN_EVERY == 0:
                client.loop(0.0)
    except KeyboardInterrupt:
        sys.stdout.write(f"{sent}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
