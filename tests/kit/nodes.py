"""What tests of a node need: a console that signs, a gate before a sensor, a clock set by hand."""

import base64
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.clock import HandClock
from broker.codec import canonical
from broker.messages import Checkpoint, ConsentLease, Receipt
from broker.vocabulary import Context, Lamp, LeaseKind, LeaseState, Modality, Origin, Purpose
from edge.admission import Identity
from edge.gate import Gate
from edge.memory import GateMemory
from edge.trust import UNSIGNED, ConsoleKey

NIGHT = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
NODE = "room-6"
BOOT = "b" * 32
M = TypeVar("M", ConsentLease, Receipt, Checkpoint)


@dataclass
class SigningConsole:
    """The console's voice: signs leases, receipts and checkpoints with a key of its own."""

    clock: HandClock
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
    return GateAtNight(hand, console, Gate(identity, console.public_key, memory, hand), memory)
