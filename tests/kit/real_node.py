"""A node as a real process at a real broker, with a console's voice at the other end."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from broker.acl import CONSOLE
from broker.clock import SystemClock
from broker.codec import decode, encode
from broker.link import Delivery
from broker.messages import ConsentLease, LiveState, NodeAnnouncement, Record, SensorChange
from broker.topics import Leaf, Topic, parse, upward_filters
from broker.vocabulary import CloseReason, Modality, SensorState
from tests.kit.nodes import SigningConsole
from tests.kit.processes import BrokerProcess, Process, broker_process, eventually
from tests.kit.service_manager import ServiceManager

NODE = "room1"


class RealNode:
    """One node at its broker, and a console that gives leases to whoever announces itself and settles what it hears.

    Attributes:
        heard: every record payload by (outbox, sequence), with all the contents it ever had.
        payloads: all that ever came from the node, as it came.
        says_yes: whether an announcement is answered by an open lease.
        manager: what the node's service manager heard.
    """

    def __init__(
        self, folder: Path, broker: BrokerProcess, source: str = "seed = 4", modality: Modality = Modality.RADAR
    ) -> None:
        self.folder = folder
        self._modality = modality
        self.payloads: list[bytes] = []
        self._source = source
        self.broker = broker
        self.voice = SigningConsole(SystemClock(), node_id=NODE)
        self.heard: dict[tuple[str, int], set[bytes]] = {}
        self.live: LiveState | None = None
        self.says_yes = True
        self._link = broker.link(CONSOLE, upward_filters("site", "ward"))
        self._link.start(self._hear, lambda _up: None)
        self.manager = ServiceManager(str(folder / "notify"), patience_s=3)
        command = [sys.executable, "-m", "edge", "--config", str(self._settings())]
        self.node = Process(command, folder / "node.log", self.manager.environment)

    def stop(self) -> None:
        try:
            if self.node.running is not None and self.node.running.poll() is None:
                self.node.end()
        finally:
            self.manager.close()
            self._link.stop()
            self.broker.process.kill()

    def say(self, lease: ConsentLease) -> None:
        self._link.publish(Topic("site", "ward", NODE, Leaf.LEASE), encode(lease))

    def wait_for(self, state: SensorState, reason: CloseReason | None = None, within_s: float = 15.0) -> None:
        eventually(lambda: self._is(state, reason), within_s, f"{state} ({self.node.output[-2000:]})")

    def sensing(self) -> list[int]:
        """Return the ids of the node's child processes."""
        assert self.node.running is not None
        pid = self.node.running.pid
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]

    @property
    def sequences(self) -> list[int]:
        return sorted(sequence for _, sequence in self.heard)

    @property
    def changes(self) -> list[tuple[SensorState, CloseReason | None]]:
        records = [Record.model_validate_json(min(self.heard[key])) for key in sorted(self.heard)]
        return [(one.body.state, one.body.reason) for one in records if isinstance(one.body, SensorChange)]

    def _is(self, state: SensorState, reason: CloseReason | None) -> bool:
        if self.live is None or self.live.boot_id != self.voice.boot_id:
            return False
        sensor = self.live.sensor
        return sensor.state is state and (reason is None or sensor.reason is reason)

    def _hear(self, delivery: Delivery) -> None:
        self.payloads.append(delivery.payload)
        topic = parse(delivery.topic)
        assert topic is not None
        message = decode(topic, delivery.payload)
        if isinstance(message, NodeAnnouncement):
            self.voice.boot_id = message.boot_id
            self.say(self.voice.open_lease(sensor=self._modality) if self.says_yes else self.voice.closed_lease())
        elif isinstance(message, LiveState):
            self.live = message
        elif isinstance(message, Record):
            self.heard.setdefault((message.outbox_id, message.sequence), set()).add(delivery.payload)
            self._settle(message.outbox_id)
        delivery.settle()

    def _settle(self, outbox_id: str) -> None:
        through = 0
        while (outbox_id, through + 1) in self.heard:
            through += 1
        self._link.publish(Topic("site", "ward", NODE, Leaf.RECEIPT), encode(self.voice.receipt(outbox_id, through)))

    def _settings(self) -> Path:
        data = self.folder / "data"
        data.mkdir()
        told = self.broker.told_to(NODE, data)
        path = self.folder / "node.toml"
        path.write_text(
            f'site = "site"\nward = "ward"\nnode_id = "{NODE}"\ndata_dir = "data"\n'
            f'console_key = "{self.voice.public_hex}"\nmodality = "{self._modality}"\n[source]\n{self._source}\n'
            f"[broker]\n{told}"
        )
        return path


@contextmanager
def real_node(folder: Path, source: str = "seed = 4", modality: Modality = Modality.RADAR) -> Iterator[RealNode]:
    """Yield a node that has been started; its `[source]` table is given as text."""
    (folder / "broker").mkdir()
    broker = broker_process("embedded", folder / "broker", [NODE])
    broker.start()
    made = RealNode(folder, broker, source, modality)
    made.node.start()
    try:
        yield made
    finally:
        made.stop()
