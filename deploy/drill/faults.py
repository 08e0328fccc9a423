"""Each fault of a drill: what is done, what must be seen while it lasts, and how it is undone."""

import os
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from broker.clock import Clock, SystemClock
from deploy.drill.board import SENSING, Board, Tile
from deploy.drill.ledger import faults_of_console, faults_of_node, forgotten
from deploy.drill.node import FROZEN, SET_BY
from deploy.drill.schedule import Fault, Kind
from deploy.drill.ward import DrillWard, is_alive, refuse_writes

_TWO_HOURS_S = 7200
_SLOW_S = 0.4
"""[s] that each piece waits on a slow link; 400 ms is what RELIABILITY's F24 asks."""
_LOOK_EVERY_S = 0.3


@dataclass
class Scene:
    """What a fault needs: the ward, its board, and time.

    Attributes:
        ward: the ward.
        board: its board.
        speed: ward seconds per real second.
        patience_s: real seconds within which a ward must show a fault, or be well again [s].
        look_every_s: real seconds between two looks at what is waited for [s].
        sensing: rooms whose sensor is on when all is well.
        also: called while something is waited for.
        real: on which processes start and links come back, whatever the ward's clock says.
        recovered_s: how long each return of the board took, in real seconds [s].
    """

    ward: DrillWard
    board: Board
    speed: float
    patience_s: float
    look_every_s: float = _LOOK_EVERY_S
    sensing: tuple[str, ...] = ()
    also: Callable[[], None] = lambda: None
    real: Clock = field(default_factory=SystemClock)
    recovered_s: list[float] = field(default_factory=list)
    _never: threading.Event = field(default_factory=threading.Event)

    def rest(self, ward_s: float) -> None:
        """Let the ward live for so many of its seconds."""
        deadline_s = self.real.elapsed_s() + ward_s / self.speed
        while self.real.elapsed_s() < deadline_s:
            self.also()
            self.pause(min(_LOOK_EVERY_S, max(0.0, deadline_s - self.real.elapsed_s())))

    def pause(self, real_s: float) -> None:
        """Wait for so many real seconds [s]."""
        self.real.wait(self._never, real_s)

    def until(self, holds: Callable[[], bool], within_s: float | None = None) -> bool:
        """Wait until something holds; False when it does not within the patience, or within so many real seconds."""
        deadline_s = self.real.elapsed_s() + (self.patience_s if within_s is None else within_s)
        while not holds():
            if self.real.elapsed_s() >= deadline_s:
                return False
            self.also()
            self.pause(self.look_every_s)
        return True

    def expect_blind(self, rooms: tuple[str, ...]) -> list[str]:
        """Wait until rooms say that nothing is known of them, and why; return what does not."""
        wanted = [one for one in rooms if one in self.sensing]
        seen: dict[str, Tile] = {}

        def holds() -> bool:
            seen.update(self.board.tiles())
            return all(one in seen and seen[one].kind not in SENSING for one in wanted)

        if not wanted or self.until(holds):
            return _unexplained(seen)
        return [f"{one} went on as {seen[one].kind if one in seen else 'nothing'}" for one in wanted
                if one not in seen or seen[one].kind in SENSING]  # fmt: skip

    def expect_well(self) -> list[str]:
        """Wait until every room is as it was before all faults; return what is not."""
        seen: dict[str, Tile] = {}
        began_s = self.real.elapsed_s()

        def holds() -> bool:
            seen.clear()
            seen.update(self.board.tiles())
            return bool(seen) and all(one in seen and seen[one].kind in SENSING for one in self.sensing)

        if self.until(holds):
            self.recovered_s.append(self.real.elapsed_s() - began_s)
            return _unexplained(seen)
        told = {one: seen[one] for one in self.sensing if one in seen and seen[one].kind not in SENSING}
        return [f"{one} does not come back: {tile.words[:120]}" for one, tile in told.items()] or ["no board came back"]

    def records(self) -> list[str]:
        """Return what is lost, doubled or refused without a reason."""
        ward, found = self.ward, []
        for node_id in ward.laid.plan.node_ids:
            found += faults_of_node(node_id, ward.outbox(node_id), ward.database)
        return found + faults_of_console(ward.database)


def _unexplained(tiles: Mapping[str, Tile]) -> list[str]:
    return [f"{room} does not say why: {one.kind}: {one.words[:80]}" for room, one in tiles.items()
            if not one.is_explained]  # fmt: skip


def strike(scene: Scene, fault: Fault) -> list[str]:
    """Do one fault, undo it, and look at everything.

    Args:
        scene: the ward.
        fault: what comes.

    Returns:
        One sentence for each thing that did not hold; none when all did.
    """
    scene.rest(fault.after_s)
    found = _STRIKES[fault.kind](scene, fault)
    return [*found, *scene.expect_well(), *scene.records()]


def _room_of(fault: Fault) -> tuple[str, ...]:
    return (fault.node_id.replace("node", "room"),)


def _node_killed(scene: Scene, fault: Fault) -> list[str]:
    scene.ward.kill_node(fault.node_id)
    found = scene.expect_blind(_room_of(fault))
    scene.ward.start_node(fault.node_id)
    return found


def _power_cut(scene: Scene, fault: Fault) -> list[str]:
    scene.ward.cut_power(fault.node_id, fault.number)
    found = scene.expect_blind(_room_of(fault))
    found += forgotten(scene.ward.outbox(fault.node_id), scene.ward.database)
    scene.ward.start_node(fault.node_id)
    return found


def _node_stopped(scene: Scene, fault: Fault) -> list[str]:
    scene.ward.signal_node(fault.node_id, signal.SIGSTOP)
    found = scene.expect_blind(_room_of(fault))
    scene.rest(fault.lasts_s)
    scene.ward.signal_node(fault.node_id, signal.SIGCONT)
    return found


def _console_killed(scene: Scene, fault: Fault) -> list[str]:
    scene.ward.console.end()
    scene.rest(fault.lasts_s / 4)
    scene.ward.console.start()
    return [] if scene.until(scene.board.is_ready) else ["the console does not come back"]


def _console_stopped(scene: Scene, fault: Fault) -> list[str]:
    pid = scene.ward.console.pid
    if pid is None:
        return ["the console does not live"]
    os.kill(pid, signal.SIGSTOP)
    scene.rest(fault.lasts_s)
    os.kill(pid, signal.SIGCONT)
    return [] if scene.until(scene.board.is_ready) else ["the console does not come back"]


def _broker_killed(scene: Scene, fault: Fault) -> list[str]:
    scene.ward.broker.end()
    scene.rest(fault.lasts_s / 8)
    scene.ward.broker.start()
    return []


def _broker_away(scene: Scene, fault: Fault) -> list[str]:
    scene.ward.broker.end(signal.SIGTERM)
    found = scene.expect_blind(scene.sensing)
    scene.rest(fault.lasts_s)
    scene.ward.broker.start()
    return found


def _node_disk(scene: Scene, fault: Fault) -> list[str]:
    pid = scene.ward.pid_of(fault.node_id)
    if pid is None:
        return [f"{fault.node_id} does not live"]
    refuse_writes(pid, refused=True)
    scene.rest(fault.lasts_s)
    if scene.ward.pid_of(fault.node_id) != pid:
        scene.ward.start_node(fault.node_id)
        return [f"{fault.node_id} ended because its disk was full"]
    refuse_writes(pid, refused=False)
    return []


def _console_disk(scene: Scene, fault: Fault) -> list[str]:
    pid = scene.ward.console.pid
    if pid is None:
        return ["the console does not live"]
    refuse_writes(pid, refused=True)
    scene.rest(fault.lasts_s)
    if scene.ward.console.pid != pid:
        scene.ward.console.start()
        return ["the console ended because its disk was full"]
    refuse_writes(pid, refused=False)
    return []


def _clock(seconds: int) -> Callable[[Scene, Fault], list[str]]:
    def jump(scene: Scene, fault: Fault) -> list[str]:
        set_by = scene.ward.control(fault.node_id) / SET_BY
        set_by.write_text(str(seconds), "ascii")
        found = scene.expect_blind(_room_of(fault))
        scene.rest(fault.lasts_s)
        set_by.unlink()
        return found

    return jump


def _link_slow(scene: Scene, fault: Fault) -> list[str]:
    cable = scene.ward.relay.cables[fault.node_id]
    cable.delay_s = _SLOW_S
    scene.rest(fault.lasts_s)
    cable.delay_s = 0.0
    return []


def _link_deaf(scene: Scene, fault: Fault) -> list[str]:
    cable = scene.ward.relay.cables[fault.node_id]
    cable.is_deaf = True
    scene.rest(fault.lasts_s)
    cable.is_deaf = False
    return []


def _node_twice(scene: Scene, fault: Fault) -> list[str]:
    twin = scene.ward.start_twin(fault.node_id)
    if scene.until(lambda: not is_alive(twin)):
        return []
    os.kill(twin, signal.SIGKILL)
    return [f"a second {fault.node_id} ran beside the first"]


def _source_frozen(scene: Scene, fault: Fault) -> list[str]:
    frozen = scene.ward.control(fault.node_id) / FROZEN
    frozen.touch()
    found = scene.expect_blind(_room_of(fault))
    frozen.unlink()
    return found


_STRIKES: Mapping[Kind, Callable[[Scene, Fault], list[str]]] = {
    Kind.NODE_KILLED: _node_killed,
    Kind.CONSOLE_KILLED: _console_killed,
    Kind.BROKER_KILLED: _broker_killed,
    Kind.BROKER_AWAY: _broker_away,
    Kind.NODE_STOPPED: _node_stopped,
    Kind.CONSOLE_STOPPED: _console_stopped,
    Kind.NODE_DISK: _node_disk,
    Kind.CONSOLE_DISK: _console_disk,
    Kind.CLOCK_AHEAD: _clock(_TWO_HOURS_S),
    Kind.CLOCK_BEHIND: _clock(-_TWO_HOURS_S),
    Kind.LINK_SLOW: _link_slow,
    Kind.LINK_DEAF: _link_deaf,
    Kind.NODE_TWICE: _node_twice,
    Kind.SOURCE_FROZEN: _source_frozen,
    Kind.POWER_CUT: _power_cut,
}
