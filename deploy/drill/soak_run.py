"""The part of the drill that only waits: a ward with real sensing at real rate, and how its processes grow."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from broker.clock import SystemClock
from deploy.drill.board import SENSING, Board, accounts_of
from deploy.drill.coming_up import rooms_on
from deploy.drill.faults import Scene
from deploy.drill.ledger import Count, count
from deploy.drill.log_check import faults_of_log
from deploy.drill.memory import SampleFile
from deploy.drill.part_file import PartFile
from deploy.drill.sampler import Sampler
from deploy.drill.trend import Trend, against_goal, trend
from deploy.drill.ward import DrillWard, lay_out_ward
from deploy.progress import Progress

CAMERA_ROOM = "room4"
"""Where the camera hangs, when its node has a sensing process; the other sensors are radars."""
_LOOK_EVERY_S = 30.0


@dataclass(frozen=True, slots=True)
class SoakWanted:
    """What the part was asked for.

    Attributes:
        seed: of stories and simulated sensors.
        nodes: 1 to 18.
        sensing: nodes with a real sensing process; a list, as it is kept.
        warm_s: how long the ward lives before memory is watched [s].
        calm_s: how long memory is watched [s].
    """

    seed: int
    nodes: int
    sensing: list[str]
    warm_s: float
    calm_s: float


@dataclass
class SoakState:
    """How far the part has come.

    Attributes:
        calm_s: how long memory was watched, over all stretches [s].
        stretches: how often it was begun or gone on with.
        rooms: rooms whose sensor was on.
        looks: how often the board was looked at.
        dark: looks at a room with its sensor on that knew nothing of it, and said why.
        found: what did not hold.
    """

    calm_s: float = 0.0
    stretches: int = 0
    rooms: tuple[str, ...] = ()
    looks: int = 0
    dark: int = 0
    found: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, told: dict[str, Any]) -> "SoakState":
        """Read what was kept."""
        return cls(**{name: told[name] for name in cls.__dataclass_fields__ if name in told})


@dataclass(frozen=True, slots=True)
class Soaked:
    """What came of the part.

    Attributes:
        wanted: what was asked for.
        state: how far it came.
        trends: how each process went that lived long enough.
        counted: the records.
        at_the_end: what did not hold once the ward had ended.
    """

    wanted: SoakWanted
    state: SoakState
    trends: tuple[Trend, ...]
    counted: Count
    at_the_end: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Return whether nothing was lost, doubled or unexplained, and nothing is seen to grow above the goal."""
        grows = any(against_goal(one) == "above" for one in self.trends)
        return not self.at_the_end and not self.state.found and not grows


def soak(folder: Path, wanted: SoakWanted, say: Progress, *, is_enough: Callable[[], bool] = lambda: False) -> Soaked:
    """Run the part, or go on with what is left of its calm.

    Args:
        folder: its own.
        wanted: what is asked for.
        say: where the steps are said.
        is_enough: asked again and again; True leaves the rest for later.

    Raises:
        DeployError: the ward cannot be started, or the folder holds another part.
        BrokerMissing: mosquitto is not installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file, kept, real = PartFile(folder, "soak"), SampleFile(folder / "samples.jsonl"), SystemClock()
    state = SoakState.of(file.begin(asdict(wanted)))
    cameras = frozenset({CAMERA_ROOM} if CAMERA_ROOM.replace("room", "node") in wanted.sensing else ())
    laid = lay_out_ward(folder / "ward", wanted.nodes, 1.0, say, cameras)
    ward = DrillWard(laid, wanted.seed, None, sensing=tuple(wanted.sensing))
    scene = Scene(
        ward, Board(laid.plan.address, accounts_of(laid.layout.accounts)), 1.0, patience_s=300.0, look_every_s=2.0
    )

    def keep(sampler: Sampler) -> None:
        kept.add(sampler.fresh)
        sampler.fresh.clear()
        file.keep(asdict(wanted), asdict(state))

    try:
        if state.calm_s < wanted.calm_s:
            state.stretches += 1
            ward.start()
            state.rooms = scene.sensing = rooms_on(scene)
            say.done(f"{len(state.rooms)} sensors are on; warming up")
            scene.rest(wanted.warm_s)
            sampler = Sampler(ward, real, real.elapsed_s() - state.calm_s)
            scene.also = sampler.look
            _watch(scene, state, wanted, keep, sampler, say, is_enough)
    finally:
        ward.close()
    names = ("console", "broker", *laid.plan.node_ids, *(f"{one} sensing" for one in wanted.sensing))
    trends = [one for one in (trend(kept.all(), name) for name in names) if one is not None]
    counted = count([ward.outbox(one) for one in laid.plan.node_ids], ward.database)
    return Soaked(wanted, state, tuple(trends), counted, (*scene.records(), *faults_of_log(laid.plan.data)))


def _watch(
    scene: Scene,
    state: SoakState,
    wanted: SoakWanted,
    keep: Callable[[Sampler], None],
    sampler: Sampler,
    say: Progress,
    is_enough: Callable[[], bool],
) -> None:
    """Let the ward live in peace, look at its board now and then, and keep what was sampled."""
    while state.calm_s < wanted.calm_s and not is_enough():
        began_s = scene.real.elapsed_s()
        scene.rest(min(_LOOK_EVERY_S, wanted.calm_s - state.calm_s))
        tiles = scene.board.tiles()
        state.looks += 1
        state.dark += sum(1 for room in state.rooms if room not in tiles or tiles[room].kind not in SENSING)
        state.found += [f"{room} does not say why: {one.words[:80]}" for room, one in tiles.items()
                        if not one.is_explained]  # fmt: skip
        state.calm_s += scene.real.elapsed_s() - began_s
        keep(sampler)
        say.done(f"{state.calm_s / 60:.1f} of {wanted.calm_s / 60:.0f} minutes")
