"""Who may say and hear what, derived from the topic grammar: least for each side, everything else denied."""

from collections.abc import Iterable
from dataclasses import dataclass

from broker.topics import DOWNWARD, ROOT, UPWARD, Topic

CONSOLE = "console"
"""The console's name at the broker."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One permission.

    Attributes:
        who: the name at the broker: `console` or a node id.
        access: `read` or `write`.
        topic: topic or filter it stands for.
    """

    who: str
    access: str
    topic: str


def node_grants(site: str, ward: str, node_id: str) -> tuple[Grant, ...]:
    """Return what one node may do: write its own two topics, read its own three."""
    own = {leaf: str(Topic(site, ward, node_id, leaf)) for leaf in (*UPWARD, *DOWNWARD)}
    return (
        *(Grant(node_id, "write", own[leaf]) for leaf in UPWARD),
        *(Grant(node_id, "read", own[leaf]) for leaf in DOWNWARD),
    )


def console_grants(site: str, ward: str) -> tuple[Grant, ...]:
    """Return what the console may do: read all that its nodes write, write all that they read."""
    return (
        *(Grant(CONSOLE, "read", f"{ROOT}/{site}/{ward}/+/{leaf}") for leaf in UPWARD),
        *(Grant(CONSOLE, "write", f"{ROOT}/{site}/{ward}/+/{leaf}") for leaf in DOWNWARD),
    )


def mosquitto_acl(site: str, ward: str, node_ids: Iterable[str]) -> str:
    """Write mosquitto's access file.

    Args:
        site: the hospital's slug.
        ward: the ward's slug.
        node_ids: every node of the ward.

    Returns:
        The file's text. What it does not name is denied, for every user and for anonymous clients.
    """
    lines = ["# Generated from the topic grammar; what is not named here is denied."]
    for who, grants in (
        (CONSOLE, console_grants(site, ward)),
        *((node_id, node_grants(site, ward, node_id)) for node_id in sorted(node_ids)),
    ):
        lines += ["", f"user {who}", *(f"topic {grant.access} {grant.topic}" for grant in grants)]
    return "\n".join(lines) + "\n"
