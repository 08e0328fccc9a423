"""What tests of a node need: a console that signs, a gate before a sensor, a clock set by hand."""

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.clock import Clock, HandClock
from broker.codec import canonical, decode, encode
from broker.link import Delivery, MemoryBroker, MemoryLink
from broker.messages import (
    Checkpoint,
    ConsentLease,
    Downward,
    LiveState,
    NodeAnnouncement,
    Receipt,
    Record,
    RecordBody,
    SensorChange,
)
from broker.outbox import Outbox
from broker.topics import Leaf, Topic, downward_filters, parse, upward_filters
from broker.vocabulary import (
    Context,
    Lamp,
    LeaseKind,
    LeaseState,
    Modality,
    Movement,
    Origin,
    Presence,
    Purpose,
    SensedState,
    SensorState,
    Zone,
)
from edge.admission import Identity
from edge.brake import Brake
from edge.commissioning.drawing import DrawingFile
from edge.compose import compose, will_of
from edge.gate import Gate
from edge.illuminator import Illuminator
from edge.lamp import SimulatedLamp
from edge.memory import GateMemory
from edge.node import Node
from edge.pipe import Loop, SensedLine
from edge.recorder import Start
from edge.settings import NodeSettings
from edge.source_settings import SourceKind, SourceSettings
from edge.supervisor import Happening, Order, Sensed, SensorClosed, SensorFailed, SensorOpened
from edge.trials import TrialSaid
from edge.trust import UNSIGNED, ConsoleKey
from edge.witness import Witness

NIGHT = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
NODE = "room-6"
BOOT = "b" * 32
M = TypeVar("M", ConsentLease, Receipt, Checkpoint)


@dataclass
class SigningConsole:
    """The console's voice: signs leases, receipts and checkpoints with a key of its own."""

    clock: Clock
    node_id: str = NODE
    boot_id: str = BOOT
    serial: int = 0
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public_hex(self) -> str:
        return self.key.public_key().public_bytes_raw().hex()

    @property
    def public_key(self) -> ConsoleKey:
        return ConsoleKey(self.public_hex)

    def signed(self, message: M) -> M:
        signature = base64.b64encode(self.key.sign(canonical(message))).decode()
        return message.model_copy(update={"signature": signature})

    def open_lease(self, *, for_s: float = 8 * 3600, **changes: Any) -> ConsentLease:
        self.serial += 1
        now = self.clock.utc_now()
        told: dict[str, Any] = {
            "node_id": self.node_id,
            "lease_id": secrets.token_hex(16),
            "sensor": Modality.RADAR,
            "serial": self.serial,
            "boot_id": self.boot_id,
            "state": LeaseState.OPEN,
            "purposes": (Purpose.PRESENCE, Purpose.BED_EXIT, Purpose.BREATHING_SPOT),
            "context": Context.DEMONSTRATION,
            "opens_at": now - timedelta(seconds=60),
            "closes_at": now + timedelta(seconds=for_s),
            "issued_at": now,
            "lamp": Lamp.ON,
            "policy_version": 1,
            "signature": UNSIGNED,
        }
        return self.signed(ConsentLease(**(told | changes)))

    def closed_lease(self, **changes: Any) -> ConsentLease:
        return self.open_lease(**({"state": LeaseState.CLOSED, "purposes": (), "lamp": Lamp.OFF} | changes))

    def commissioning_lease(self, **changes: Any) -> ConsentLease:
        now = self.clock.utc_now()
        told = {"lease_kind": LeaseKind.COMMISSIONING, "lamp": Lamp.BLINK, "opens_at": now}
        return self.open_lease(**(told | {"closes_at": now + timedelta(minutes=15)} | changes))

    def receipt(self, outbox_id: str, through: int) -> Receipt:
        now = self.clock.utc_now()
        return self.signed(
            Receipt(
                node_id=self.node_id, outbox_id=outbox_id, settled_through=through, issued_at=now, signature=UNSIGNED
            )
        )

    def checkpoint(self, tree_size: int, root: str, *, from_size: int = 0, proof: tuple[str, ...] = ()) -> Checkpoint:
        return self.signed(
            Checkpoint(
                node_id=self.node_id,
                tree_size=tree_size,
                root=root,
                from_size=from_size,
                consistency=proof,
                issued_at=self.clock.utc_now(),
                signature=UNSIGNED,
            )
        )


@dataclass
class GateAtNight:
    """A gate before a simulated radar at 23:00, and the console that may open it."""

    clock: HandClock
    console: SigningConsole
    gate: Gate
    memory: GateMemory

    def give(self, lease: ConsentLease) -> object:
        return self.gate.offer(lease, self.clock.elapsed_s())

    @property
    def is_open(self) -> bool:
        return self.gate.decide().is_open


def gate_at_night(folder: Path, *, origin: Origin = Origin.SIMULATED, clock: HandClock | None = None) -> GateAtNight:
    """Return a closed gate whose memory lies in a folder."""
    hand = clock or HandClock(NIGHT)
    console = SigningConsole(hand)
    memory = GateMemory(folder / "gate.json")
    identity = Identity(NODE, BOOT, Modality.RADAR, origin)
    return GateAtNight(
        hand, console, Gate(identity, console.public_key, memory, Witness(folder / "witness.json"), hand), memory
    )


def sensed_line(**changes: Any) -> SensedLine:
    """Return a second of somebody who lies in bed, still, and breathes 14 times a minute."""
    told: dict[str, Any] = {
        "captured_at": NIGHT,
        "t_s": 60.0,
        "model": "e" * 64,
        "quality": 0.9,
        "presence": Presence.PRESENT,
        "presence_withheld": None,
        "movement": Movement.STILL,
        "movement_withheld": None,
        "zone": Zone.BED,
        "breathing": SensedState.BREATHING,
        "breathing_withheld": None,
        "respiratory_rate_per_min": 14.0,
        "respiratory_rate_uncertainty_per_min": 0.5,
        "respiratory_rate_withheld": None,
        "living_age_s": 0.0,
    }
    return SensedLine(**(told | changes))


class FakeSensing:
    """A sensing process without a process: opens and closes at the next step, says what it is given.

    Attributes:
        orders: every order it followed, None for closed.
        is_slow: set to play a process that does not end yet.
    """

    def __init__(self) -> None:
        self.state = SensorState.CLOSED
        self.is_crash_loop = False
        self.is_slow = False
        self.brake = Brake()
        self.orders: list[Order | None] = []
        self._order: Order | None = None
        self._to_say: list[SensedLine | Loop | TrialSaid] = []
        self._fails: str | None = None

    def say(self, line: SensedLine | Loop | TrialSaid) -> None:
        self._to_say.append(line)

    def fail(self, sentence: str) -> None:
        self._fails = sentence

    def follow(self, order: Order | None) -> list[Happening]:
        self.orders.append(order)
        said, self._to_say = self._to_say, []
        if order is not None and self.brake.is_on:
            self.state = SensorState.CLOSING if self._order is not None else self.state
            return []
        if order is None or self.state is SensorState.CLOSING:
            return self._close()
        if self._order is None:
            self._order, self.state = order, SensorState.OPEN
            return [SensorOpened(order.lease_id)]
        self._order = order
        if self._fails is not None:
            sentence, self._fails, self._order = self._fails, None, None
            self.state = SensorState.FAULT
            return [SensorFailed(order.lease_id, sentence)]
        return [Sensed(order, one) if isinstance(one, SensedLine) else one for one in said]

    def _close(self) -> list[Happening]:
        if self._order is None:
            self.state = SensorState.CLOSED
            return []
        if self.is_slow:
            self.state = SensorState.CLOSING
            return []
        closed, self._order = SensorClosed(self._order.lease_id), None
        self.state = SensorState.CLOSED
        return [closed]


@dataclass
class Press:
    """A pause control that is pressed by a test."""

    presses: int = 0

    def take_presses(self) -> int:
        taken, self.presses = self.presses, 0
        return taken


@dataclass
class NodeAtNight:
    """A whole node on a memory broker at 23:00, with a console's ear and voice at the other end."""

    clock: HandClock
    console: SigningConsole
    broker: MemoryBroker
    link: MemoryLink
    node: Node
    outbox: Outbox
    sensing: FakeSensing
    lamp: SimulatedLamp
    press: Press
    settings: NodeSettings
    heard: list[object]
    sensed_s: float = 0.0

    def step(self, seconds: float = 0.0, *, every_s: float = 0.1) -> None:
        """Step once, or for some seconds of the hand-set clock."""
        self.node.step()
        for _ in range(round(seconds / every_s)):
            self.clock.advance(every_s)
            self.node.step()

    def send(self, message: Downward) -> None:
        leaf = {ConsentLease: Leaf.LEASE, Receipt: Leaf.RECEIPT, Checkpoint: Leaf.CHECKPOINT}[type(message)]
        self.broker.inject(str(self.topic(leaf)), encode(message))

    def topic(self, leaf: Leaf) -> Topic:
        return Topic(self.settings.site, self.settings.ward, self.settings.node_id, leaf)

    def sense(self, **changes: Any) -> None:
        """Let one second pass in which a line is sensed."""
        self.clock.advance(1)
        self.sensed_s += 1.0
        told = {"captured_at": self.clock.utc_now(), "t_s": self.sensed_s, "frames_read": int(20 * self.sensed_s)}
        self.sensing.say(sensed_line(**(told | changes)))
        self.node.step()

    @property
    def announcements(self) -> list[NodeAnnouncement]:
        return [one for one in self.heard if isinstance(one, NodeAnnouncement)]

    @property
    def lives(self) -> list[LiveState]:
        return [one for one in self.heard if isinstance(one, LiveState)]

    @property
    def live(self) -> LiveState:
        return self.lives[-1]

    @property
    def records(self) -> list[Record]:
        """Each record once, in order, however often it was sent."""
        by_sequence = {one.sequence: one for one in self.heard if isinstance(one, Record)}
        return [by_sequence[sequence] for sequence in sorted(by_sequence)]

    @property
    def bodies(self) -> list[RecordBody]:
        return [one.body for one in self.records]

    @property
    def changes(self) -> list[tuple[SensorState, object]]:
        return [(one.state, one.reason) for one in self.bodies if isinstance(one, SensorChange)]


def node_settings(folder: Path, console_key: str, **changes: Any) -> NodeSettings:
    """Return the settings of a simulated room whose data lie in a folder."""
    told: dict[str, Any] = {"site": "demo", "ward": "rowan", "node_id": NODE, "data_dir": folder}
    return NodeSettings(**(told | {"console_key": console_key} | changes))


def replay_source(file: Path, *, loop: bool = False) -> SourceSettings:
    return SourceSettings(kind=SourceKind.REPLAY, file=file, loop=loop)


def node_at_night(
    folder: Path,
    *,
    clock: HandClock | None = None,
    console: SigningConsole | None = None,
    origin: Origin = Origin.SIMULATED,
    fitted: Callable[[HandClock], tuple[Any, Any]] = lambda _clock: (SimulatedLamp(), Press()),
    illuminator: Illuminator | None = None,
    drawing: DrawingFile | None = None,
    **changes: Any,
) -> NodeAtNight:
    """Return a node whose link is up and that has not stepped yet."""
    hand = clock or HandClock(NIGHT)
    voice = console or SigningConsole(hand)
    voice.boot_id = secrets.token_hex(16)
    settings = node_settings(folder, voice.public_hex, **changes)
    broker, heard = MemoryBroker(), list[object]()

    def hear(delivery: Delivery) -> None:
        topic = parse(delivery.topic)
        assert topic is not None
        heard.append(decode(topic, delivery.payload))
        delivery.settle()

    broker.link(upward_filters("demo", "rowan")).start(hear, lambda _up: None)
    start = Start(NODE, voice.boot_id, origin, hand.elapsed_s())
    link = broker.link(downward_filters("demo", "rowan", NODE), will_of(settings, start))
    sensing, (lamp, press) = FakeSensing(), fitted(hand)
    fittings = {"lamp": lamp, "control": press, "illuminator": illuminator}
    node, outbox = compose(settings, hand, start, link, sensing, drawing=drawing, **fittings)
    return NodeAtNight(hand, voice, broker, link, node, outbox, sensing, lamp, press, settings, heard)
