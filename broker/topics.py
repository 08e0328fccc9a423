"""The topic grammar, built and parsed here only: `ward/v1/<site>/<ward>/<node>/<leaf>`."""

import re
from dataclasses import dataclass
from enum import StrEnum

ROOT = "ward/v1"
_SLUG = r"[a-z][a-z0-9-]{0,31}"
_TOPIC = re.compile(rf"ward/v1/({_SLUG})/({_SLUG})/({_SLUG})/(live|record|lease|receipt|checkpoint)")


class Leaf(StrEnum):
    """The last word of a topic: what kind of message it carries."""

    LIVE = "live"
    RECORD = "record"
    LEASE = "lease"
    RECEIPT = "receipt"
    CHECKPOINT = "checkpoint"


UPWARD = (Leaf.LIVE, Leaf.RECORD)
DOWNWARD = (Leaf.LEASE, Leaf.RECEIPT, Leaf.CHECKPOINT)
AT_LEAST_ONCE = frozenset({Leaf.RECORD, Leaf.LEASE, Leaf.RECEIPT, Leaf.CHECKPOINT})
"""Leaves sent with QoS 1; live messages are QoS 0, since the next one is a second away."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic.

    Attributes:
        site: the hospital's slug.
        ward: the ward's slug.
        node_id: the node's slug.
        leaf: what it carries.
    """

    site: str
    ward: str
    node_id: str
    leaf: Leaf

    def __str__(self) -> str:
        """Return the topic as it stands on the wire."""
        return f"{ROOT}/{self.site}/{self.ward}/{self.node_id}/{self.leaf}"

    @property
    def qos(self) -> int:
        """Return 0 for live, 1 for all others."""
        return int(self.leaf in AT_LEAST_ONCE)


def parse(topic: str) -> Topic | None:
    """Parse a topic.

    Returns:
        The topic, or None when it is not one of ours.
    """
    match = _TOPIC.fullmatch(topic)
    if match is None:
        return None
    site, ward, node_id, leaf = match.groups()
    return Topic(site, ward, node_id, Leaf(leaf))


def upward_filters(site: str, ward: str) -> tuple[str, ...]:
    """Return what a console subscribes to."""
    return tuple(f"{ROOT}/{site}/{ward}/+/{leaf}" for leaf in UPWARD)


def downward_filters(site: str, ward: str, node_id: str) -> tuple[str, ...]:
    """Return what a node subscribes to: its own three states and nothing else."""
    return tuple(str(Topic(site, ward, node_id, leaf)) for leaf in DOWNWARD)
