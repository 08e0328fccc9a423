"""Which fault comes when: a schedule that a seed decides wholly, so that a drill can be had again."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is done to the ward; the value is how the report says it."""

    NODE_KILLED = "a node is killed (-9)"
    CONSOLE_KILLED = "the console is killed (-9)"
    BROKER_KILLED = "the broker is killed (-9)"
    BROKER_AWAY = "the broker is away"
    NODE_STOPPED = "a node stands still"
    CONSOLE_STOPPED = "the console stands still"
    NODE_DISK = "a node's disk refuses every write"
    CONSOLE_DISK = "the console's disk refuses every write"
    CLOCK_AHEAD = "a node's clock jumps two hours ahead"
    CLOCK_BEHIND = "a node's clock jumps two hours back"
    LINK_SLOW = "a node's link is slow"
    LINK_DEAF = "a node's link is cut in one direction"
    NODE_TWICE = "a node is started a second time"
    SOURCE_FROZEN = "a node's frames repeat"
    POWER_CUT = "a node loses power, mid-write"


SHOWS = {
    Kind.NODE_KILLED: "F01",
    Kind.CONSOLE_KILLED: "F34",
    Kind.BROKER_KILLED: "F25",
    Kind.BROKER_AWAY: "F22, F27",
    Kind.NODE_STOPPED: "F03",
    Kind.CONSOLE_STOPPED: "F30",
    Kind.NODE_DISK: "F14, F15",
    Kind.CONSOLE_DISK: "F36",
    Kind.CLOCK_AHEAD: "F19",
    Kind.CLOCK_BEHIND: "F19",
    Kind.LINK_SLOW: "F24",
    Kind.LINK_DEAF: "F23",
    Kind.NODE_TWICE: "T19, in one folder",
    Kind.SOURCE_FROZEN: "F05",
    Kind.POWER_CUT: "F02",
}
"""Rows of the table of faults that each kind shows."""

OF_WARD = frozenset(
    {Kind.CONSOLE_KILLED, Kind.BROKER_KILLED, Kind.BROKER_AWAY, Kind.CONSOLE_STOPPED, Kind.CONSOLE_DISK}
)
"""Kinds that concern no single node."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of the schedule.

    Attributes:
        number: its place, from 1.
        kind: what is done.
        node_id: to which node; empty when it is the ward's.
        after_s: quiet before it [ward seconds].
        lasts_s: how long it lasts [ward seconds].
    """

    number: int
    kind: Kind
    node_id: str
    after_s: float
    lasts_s: float


def schedule(
    seed: int, faults: int, nodes: Sequence[str], recorded: str | None, kinds: Sequence[Kind] = tuple(Kind)
) -> tuple[Fault, ...]:
    """Make a schedule.

    Args:
        seed: decides all of it.
        faults: how many; each kind comes equally often, as far as the number allows.
        nodes: those that faults may hit.
        recorded: the node whose writes are recorded, which alone can lose power; None where none is.
        kinds: those that may come.

    Returns:
        The faults in order.
    """
    chance = random.Random(seed)
    usable = [one for one in kinds if recorded is not None or one is not Kind.POWER_CUT]
    order: list[Kind] = []
    while len(order) < faults:
        turn = list(usable)
        chance.shuffle(turn)
        order += turn
    return tuple(
        Fault(
            number,
            kind,
            "" if kind in OF_WARD else recorded if kind is Kind.POWER_CUT and recorded else chance.choice(nodes),
            round(chance.uniform(2.0, 12.0), 1),
            round(chance.uniform(8.0, 30.0), 1),
        )
        for number, kind in enumerate(order[:faults], start=1)
    )
