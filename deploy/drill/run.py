"""The drill itself: the ward is laid out, struck by each fault in turn, left in peace, ended, and counted."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from broker.clock import SystemClock
from deploy.drill.board import Board, accounts_of
from deploy.drill.coming_up import rooms_on
from deploy.drill.faults import Scene, strike
from deploy.drill.ledger import Count, count
from deploy.drill.memory import Growth, Sample, growth
from deploy.drill.sampler import Sampler
from deploy.drill.schedule import Fault, Kind, schedule
from deploy.drill.state import State, StateFile, Wanted
from deploy.drill.ward import DrillWard, lay_out_ward
from deploy.progress import Progress

SPARED, RECORDED = "node1", "node2"
"""The node that no fault of its own hits, so that its memory can be watched all through; the one that loses power."""
GROWS_AT_MOST_MB = {"console": 12.0, "broker": 3.0, "node": 3.0}
"""[MB] by which a process's resident memory may grow over the calm end; a leak of a message a second exceeds it."""


@dataclass(frozen=True, slots=True)
class Drilled:
    """What came of a drill.

    Attributes:
        state: how far it came, with each outcome.
        faults: its schedule.
        at_the_end: what did not hold once all was over.
        counted: the records.
        growths: how memory went over the calm end, of each process that lived through it.
        all_through: how that of the spared node went over all of the last part; None when it was seen too seldom.
    """

    state: State
    faults: tuple[Fault, ...]
    at_the_end: tuple[str, ...]
    counted: Count
    growths: tuple[Growth, ...]
    all_through: Growth | None = None

    @property
    def holds(self) -> bool:
        """Return whether everything held."""
        return not self.at_the_end and not any(self.state.outcomes)


def drill(
    folder: Path,
    wanted: Wanted,
    say: Progress,
    *,
    kinds: tuple[Kind, ...] = tuple(Kind),
    patience_s: float = 120.0,
    is_enough: Callable[[], bool] = lambda: False,
) -> Drilled:
    """Run a drill, or go on with one that was cut off.

    Args:
        folder: its own; the ward lies in it.
        wanted: what was asked for.
        say: where each fault is said.
        kinds: the faults that may come.
        patience_s: real seconds within which the ward must show a fault or be well again [s].
        is_enough: asked before each fault; True leaves the rest for when the drill is gone on with.

    Returns:
        What came of it so far.

    Raises:
        DeployError: the ward cannot be started.
        BrokerMissing: mosquitto is not installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    real, file = SystemClock(), StateFile(folder)
    state, began_s = file.begin(wanted), real.elapsed_s()
    laid = lay_out_ward(folder / "ward", wanted.nodes, wanted.speed, say)
    recorded = RECORDED if wanted.nodes > 1 and shutil.which("strace") and Kind.POWER_CUT in kinds else None
    struck = [one for one in laid.plan.node_ids if one != SPARED] or [SPARED]
    faults = schedule(wanted.seed, wanted.faults, struck, recorded, kinds)
    ward = DrillWard(laid, wanted.seed, recorded)
    sampler = Sampler(ward, real, began_s - state.ran_s)
    board = Board(laid.plan.address, accounts_of(laid.layout.accounts))
    scene = Scene(ward, board, wanted.speed, patience_s, also=sampler.look)
    before_s = state.ran_s

    def keep(kept: State) -> State:
        kept = replace(kept, ran_s=round(before_s + real.elapsed_s() - began_s, 1))
        file.keep(kept, sampler.fresh)
        sampler.fresh.clear()
        return kept

    try:
        ward.start()
        scene.sensing = state.sensing or rooms_on(scene)
        state = keep(replace(state, sensing=scene.sensing))
        for fault in faults[len(state.outcomes) :]:
            if is_enough():
                break
            found = strike(scene, fault)
            say.done(f"{fault.number:3}/{len(faults)} {fault.kind} {fault.node_id}: {'; '.join(found) or 'held'}")
            state = keep(replace(state, outcomes=(*state.outcomes, tuple(found)),
                                 recovered_s=(*state.recovered_s, *scene.recovered_s)))  # fmt: skip
            scene.recovered_s.clear()
        calm_from_s = before_s + real.elapsed_s() - began_s
        scene.rest(wanted.calm_s * wanted.speed)
        at_the_end = scene.expect_well()
    finally:
        ward.close()
    state = keep(state)
    at_the_end += scene.records()
    samples = [one for one in file.samples() if one.at_s >= before_s]
    growths = _growths([one for one in samples if one.at_s >= calm_from_s], laid.plan.node_ids)
    at_the_end += [f"{one.name} grew by {one.late_mb - one.early_mb:.1f} MB" for one in growths if _is_leak(one)]
    counted = count([ward.outbox(one) for one in laid.plan.node_ids], ward.database)
    return Drilled(state, faults, tuple(at_the_end), counted, growths, growth(samples, SPARED))


def _growths(calm: list[Sample], node_ids: tuple[str, ...]) -> tuple[Growth, ...]:
    found = (growth(calm, name) for name in ("console", "broker", *node_ids))
    return tuple(one for one in found if one is not None)


def _is_leak(one: Growth) -> bool:
    return one.late_mb - one.early_mb > GROWS_AT_MOST_MB.get(one.name, GROWS_AT_MOST_MB["node"])
