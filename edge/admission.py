"""Is this lease for this sensor, at this boot, now, and newer than any before? (GOVERNANCE, 'Lease')."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from broker.messages import ConsentLease
from broker.vocabulary import Context, LeaseKind, Modality, Origin

CLOCKS_AGREE_S = 30.0
"""[s] a lease's `issued_at` may lie from the node's clock, and the largest step of that clock (GOVERNANCE, 'Lease')."""
COMMISSIONING_S = 900.0
"""[s] the longest commissioning: 15 min (GOVERNANCE, 'Commissioning lease')."""
CLOCK_WAS_NEVER_SET = datetime(2024, 1, 1, tzinfo=UTC)
"""A node that believes it is earlier than this has not been told the time."""


class LeaseRefusal(StrEnum):
    """Why a lease was not taken; counted by this word."""

    BAD_SIGNATURE = "bad_signature"
    WRONG_NODE = "wrong_node"
    WRONG_SENSOR = "wrong_sensor"
    OTHER_BOOT = "other_boot"
    OLD_SERIAL = "old_serial"
    NOT_OF_NOW = "not_of_now"
    TIME_UNTRUSTED = "time_untrusted"
    COMMISSIONING_TOO_LONG = "commissioning_too_long"
    CONTEXT_NEEDS_A_SENSOR = "context_needs_a_sensor"
    AUDIT_CONFLICT = "audit_conflict"
    CANNOT_REMEMBER = "cannot_remember"


class Verifier(Protocol):
    """Whoever knows the console's signature."""

    def verifies(self, message: ConsentLease, /) -> bool:
        """Return whether the console signed exactly this lease."""
        ...


class History(Protocol):
    """Whoever remembers what the console's log was."""

    @property
    def in_conflict(self) -> bool:
        """Return whether the console has shown another history than the one remembered."""
        ...


@dataclass(frozen=True, slots=True)
class Identity:
    """Which sensor of which boot this gate stands before.

    Attributes:
        node_id: this node.
        boot_id: this start of the node process.
        modality: its sensor.
        origin: where its frames come from.
    """

    node_id: str
    boot_id: str
    modality: Modality
    origin: Origin


def objection(
    lease: ConsentLease, identity: Identity, verifier: Verifier, *, highest_serial: int, now: datetime
) -> LeaseRefusal | None:
    """Say what speaks against taking a lease.

    Args:
        lease: as decoded from the link.
        identity: the sensor it would open.
        verifier: knows the console's signature.
        highest_serial: of any lease taken before, 0 for none.
        now: the node's time of day.

    Returns:
        The first condition that does not hold; None when all do. The signature comes first, so that a forger learns
        nothing but that he failed.
    """
    checks = (
        (verifier.verifies(lease), LeaseRefusal.BAD_SIGNATURE),
        (lease.node_id == identity.node_id, LeaseRefusal.WRONG_NODE),
        (lease.sensor is identity.modality, LeaseRefusal.WRONG_SENSOR),
        (lease.boot_id == identity.boot_id, LeaseRefusal.OTHER_BOOT),
        (lease.serial > highest_serial, LeaseRefusal.OLD_SERIAL),
        (now >= CLOCK_WAS_NEVER_SET, LeaseRefusal.TIME_UNTRUSTED),
        (abs((now - lease.issued_at).total_seconds()) <= CLOCKS_AGREE_S, LeaseRefusal.NOT_OF_NOW),
        (_commissioning_is_short(lease), LeaseRefusal.COMMISSIONING_TOO_LONG),
        (_context_is_honest(lease, identity), LeaseRefusal.CONTEXT_NEEDS_A_SENSOR),
    )
    return next((refusal for holds, refusal in checks if not holds), None)


def _context_is_honest(lease: ConsentLease, identity: Identity) -> bool:
    """Rule A11: what is simulated or replayed is never shown outside a demonstration."""
    return lease.context is Context.DEMONSTRATION or identity.origin is Origin.SENSOR


def _commissioning_is_short(lease: ConsentLease) -> bool:
    if lease.lease_kind is not LeaseKind.COMMISSIONING:
        return True
    length_s = (lease.closes_at - lease.opens_at).total_seconds()
    return length_s <= COMMISSIONING_S and lease.offline_until is None
