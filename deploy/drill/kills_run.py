"""The part of the drill that kills: a ward that makes many records, struck again and again, batch by batch."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from broker.clock import SystemClock
from deploy.drill.board import Board, accounts_of
from deploy.drill.coming_up import rooms_on
from deploy.drill.faults import Scene
from deploy.drill.kills import Kill, kills_of, strike_batch
from deploy.drill.ledger import Count, count
from deploy.drill.log_check import faults_of_log
from deploy.drill.part_file import PartFile
from deploy.drill.ward import DrillWard, lay_out_ward
from deploy.progress import Progress


@dataclass(frozen=True, slots=True)
class KillsWanted:
    """What the part was asked for.

    Attributes:
        seed: of kills and stories.
        nodes: 1 to 18.
        kills: how many.
        batch: after so many everything is looked at.
        per_s: seconds of its story that each node tells in one; each makes about half a record.
    """

    seed: int
    nodes: int
    kills: int
    batch: int
    per_s: float


@dataclass
class KillsState:
    """How far the part has come.

    Attributes:
        outcomes: by batch, what did not hold.
        back_s: by target, how long each took to be back [s].
        overtaken: kills of what was not back yet.
        ran_s: real seconds, over all its stretches [s].
        stretches: how often it was begun or gone on with.
        sensing: rooms whose sensor was on before the first kill.
    """

    outcomes: list[list[str]] = field(default_factory=list)
    back_s: dict[str, list[float]] = field(default_factory=dict)
    overtaken: int = 0
    ran_s: float = 0.0
    stretches: int = 0
    sensing: tuple[str, ...] = ()

    @classmethod
    def of(cls, told: dict[str, Any]) -> "KillsState":
        """Read what was kept."""
        return cls(**{name: told[name] for name in cls.__dataclass_fields__ if name in told})


@dataclass(frozen=True, slots=True)
class Killed:
    """What came of the part.

    Attributes:
        wanted: what was asked for.
        state: how far it came.
        kills: those that were done.
        counted: the records.
        at_the_end: what did not hold once the ward had ended.
    """

    wanted: KillsWanted
    state: KillsState
    kills: tuple[Kill, ...]
    counted: Count
    at_the_end: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Return whether everything held."""
        return not self.at_the_end and not any(self.state.outcomes)


def kill(
    folder: Path,
    wanted: KillsWanted,
    say: Progress,
    *,
    patience_s: float = 300.0,
    is_enough: Callable[[], bool] = lambda: False,
) -> Killed:
    """Run the part, or go on with the batch after the last that was done.

    Args:
        folder: its own.
        wanted: what is asked for.
        say: where each batch is said.
        patience_s: real seconds within which the ward must be well after a batch [s].
        is_enough: asked before each batch; True leaves the rest for later.

    Raises:
        DeployError: the ward cannot be started, or the folder holds another part.
        BrokerMissing: mosquitto is not installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file, real = PartFile(folder, "kills"), SystemClock()
    state, began_s = KillsState.of(file.begin(asdict(wanted))), real.elapsed_s()
    before_s = state.ran_s
    laid = lay_out_ward(folder / "ward", wanted.nodes, 1.0, say)
    kills = kills_of(wanted.seed, wanted.kills, laid.plan.node_ids)
    batches = [kills[at : at + wanted.batch] for at in range(0, len(kills), wanted.batch)]
    ward = DrillWard(laid, wanted.seed, None, per_s=wanted.per_s, forks_console=True)
    scene = Scene(ward, Board(laid.plan.address, accounts_of(laid.layout.accounts)), 1.0, patience_s, look_every_s=2.0)

    def keep() -> None:
        state.ran_s = round(before_s + real.elapsed_s() - began_s, 1)
        file.keep(asdict(wanted), asdict(state))

    try:
        if len(state.outcomes) < len(batches):
            _strike_all(scene, batches, state, wanted, say, keep, is_enough)
    finally:
        ward.close()
    keep()
    at_the_end = (*scene.records(), *faults_of_log(laid.plan.data))
    counted = count([ward.outbox(one) for one in laid.plan.node_ids], ward.database)
    done_kills = tuple(one for batch in batches[: len(state.outcomes)] for one in batch)
    return Killed(wanted, state, done_kills, counted, at_the_end)


def _strike_all(
    scene: Scene,
    batches: Sequence[Sequence[Kill]],
    state: KillsState,
    wanted: KillsWanted,
    say: Progress,
    keep: Callable[[], None],
    is_enough: Callable[[], bool],
) -> None:
    """Start the ward, and go through the batches that are left."""
    state.stretches += 1
    scene.ward.start()
    on = rooms_on(scene)
    state.sensing = tuple(state.sensing) or on
    scene.sensing = state.sensing
    keep()
    for number, batch in enumerate(batches[len(state.outcomes) :], start=len(state.outcomes) + 1):
        if is_enough():
            break
        done = strike_batch(scene, batch)
        state.outcomes.append(done.found)
        state.overtaken += done.overtaken
        for target, times in done.back_s.items():
            state.back_s.setdefault(target, []).extend(times)
        keep()
        say.done(f"{number:3}/{len(batches)} batches of {wanted.batch} kills: {'; '.join(done.found) or 'held'}")
