"""Many kills in quick succession: what dies when is the seed's alone, and how long each took to be back is measured."""

import random
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from deploy.drill.faults import Scene
from deploy.drill.log_check import faults_of_log
from deploy.drill.ward import Forked, Running


class Target(StrEnum):
    """What is killed with -9; the value is how the page says it."""

    NODE = "a node"
    CONSOLE = "the console"
    BROKER = "the broker"


SHOWS = {Target.NODE: "F01", Target.CONSOLE: "F34", Target.BROKER: "F25"}
"""Rows of the table of faults that each shows."""
_OF_TEN = (*[Target.NODE] * 6, *[Target.CONSOLE] * 2, *[Target.BROKER] * 2)
_AGAIN_AT_ONCE = 0.25
"""Share of kills that do not wait until what they hit is back from the kill before."""
_LOOK_EVERY_S = 0.05
_BEFORE_BOARD_S = 3.0
"""[s] in which leases go out and sensors open, before the board is looked at."""


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill.

    Attributes:
        target: what.
        node_id: which node; empty for the others.
        after_s: real time since the kill before it [s].
        waits: what it hits is first let come back from the kill before.
    """

    target: Target
    node_id: str
    after_s: float
    waits: bool


def kills_of(seed: int, count: int, node_ids: Sequence[str]) -> tuple[Kill, ...]:
    """Make the kills of a drill: of ten in a row six hit a node, two the console, two the broker.

    Args:
        seed: decides all of it.
        count: how many.
        node_ids: nodes that may be hit.
    """
    chance, order = random.Random(f"kills:{seed}"), list[Target]()
    while len(order) < count:
        turn = list(_OF_TEN)
        chance.shuffle(turn)
        order += turn
    return tuple(
        Kill(
            one,
            chance.choice(node_ids) if one is Target.NODE else "",
            round(chance.uniform(1.0, 3.0), 2),
            chance.random() >= _AGAIN_AT_ONCE,
        )
        for one in order[:count]
    )


@dataclass(slots=True)
class Batch:
    """What came of a number of kills.

    Attributes:
        found: what did not hold at its end; empty when all did.
        back_s: by target, how long each took to be back, where it was not killed again before [s].
        overtaken: kills that came before the one before was over.
    """

    found: list[str] = field(default_factory=list)
    back_s: dict[str, list[float]] = field(default_factory=dict)
    overtaken: int = 0


@dataclass(frozen=True, slots=True)
class _Away:
    """Something that was killed and is not back yet."""

    target: Target
    since_s: float
    is_back: Callable[[], bool]


def look_at_everything(scene: Scene) -> list[str]:
    """Wait until the board is as it was before; return what is not, and what is wrong with the records and the log."""
    scene.pause(_BEFORE_BOARD_S)
    return [*scene.expect_well(), *scene.records(), *faults_of_log(scene.ward.laid.plan.data)]


def strike_batch(scene: Scene, kills: Sequence[Kill], look: Callable[[Scene], list[str]] = look_at_everything) -> Batch:
    """Kill one after the other without waiting; then wait until the ward is well, and look at everything.

    Args:
        scene: the ward.
        kills: in order.
        look: says at the end what does not hold.

    Returns:
        What did not hold, and how long each took to be back.
    """
    batch, away = Batch(), dict[str, _Away]()
    for kill in kills:
        name = kill.node_id or kill.target
        _watch(scene, batch, away, scene.real.elapsed_s() + kill.after_s)
        if kill.waits:
            _watch(scene, batch, away, scene.real.elapsed_s() + scene.patience_s, name)
        batch.overtaken += away.pop(name, None) is not None
        since_s = scene.real.elapsed_s()
        away[name] = _Away(kill.target, since_s, _kill(scene, kill, since_s))
    for name in list(away):
        _watch(scene, batch, away, scene.real.elapsed_s() + scene.patience_s, name)
    batch.found += [f"{name} does not come back" for name in away]
    batch.found += look(scene)
    return batch


def _watch(scene: Scene, batch: Batch, away: dict[str, _Away], end_s: float, wanted: str | None = None) -> None:
    """Note who comes back, up to a moment, or until the one that is waited for is away no more."""
    while scene.real.elapsed_s() < end_s and (wanted is None or wanted in away):
        for name, one in list(away.items()):
            if one.is_back():
                batch.back_s.setdefault(one.target, []).append(round(scene.real.elapsed_s() - one.since_s, 2))
                del away[name]
        scene.pause(min(_LOOK_EVERY_S, max(0.0, end_s - scene.real.elapsed_s())))


def _kill(scene: Scene, kill: Kill, since_s: float) -> Callable[[], bool]:
    """Kill and start again at once; return how it is seen that it is back."""
    ward = scene.ward
    if kill.target is Target.CONSOLE:
        ward.console.end()
        ward.console.start()
        return lambda: _lives(ward.console) and scene.board.is_ready()
    if kill.target is Target.BROKER:
        ward.broker.end()
        ward.broker.start()
        return lambda: _lives(ward.broker) and _listens(ward.laid.broker_port)
    ward.kill_node(kill.node_id)
    ward.start_node(kill.node_id)
    return lambda: ward.relay.cables[kill.node_id].joined_s > since_s


def _lives(one: Running | Forked) -> bool:
    """Say whether it lives; one that has ended, as when its port was still taken, is started once more."""
    if one.pid is None:
        one.start()
        return False
    return True


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        tried.settimeout(0.2)
        return tried.connect_ex(("127.0.0.1", port)) == 0
