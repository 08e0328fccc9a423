"""One estimator at work on one case: every second's estimate beside what is known of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from edge.cases import Case, Expect, Simulation
from edge.errors import EdgeError
from edge.estimates import Estimate
from edge.evaluation import Watcher, estimates_of
from edge.scores.contenders import fit_for
from edge.scores.filmed import filmed
from edge.scores.known import Known, SimulatedKnowledge, known_of
from edge.scores.simulated import simulated
from edge.sources.formats import open_recording
from edge.zones import DEMO_ZONES, Zones
from models.errors import ModelError

Maker = Callable[[Zones], Watcher]


@dataclass(frozen=True)
class Trial:
    """What came of one estimator on one case."""

    case: Case
    estimator: str
    estimates: tuple[Estimate, ...] = ()
    known: tuple[Known, ...] = ()
    """One for each estimate."""
    cost: float = 0.0
    """Processor seconds per second of recording."""
    note: str = ""
    """Why there is nothing: absent, unreadable."""


def try_case(case: Case, makers: dict[str, Maker]) -> list[Trial]:
    """Let every estimator work through a case; what cannot be read becomes a note, never a missing line."""
    makers = fit_for(case, makers)
    if case.simulation is not None:
        return _simulated(case, case.simulation, makers)
    return [_recorded(case, name, make, case.config) for name, make in makers.items()]


def try_alone(case: Case, estimator: str, make: Maker, config: Path) -> Trial:
    """Let an estimator work through a recording with other settings, such as one receiver alone."""
    return _recorded(case, estimator, make, config)


def _recorded(case: Case, estimator: str, make: Maker, config: Path | None) -> Trial:
    if not case.path.exists():
        return Trial(case, estimator, note="recording absent")
    began_s = time.process_time()
    try:
        source = open_recording(case.path, case.format, case.sensor, config=config)
        try:
            estimates = tuple(estimates_of(source, make(Zones())))
        finally:
            source.close()
    except (EdgeError, ModelError) as error:
        return Trial(case, estimator, note=f"unreadable: {error}")
    cost = (time.process_time() - began_s) / max(1, len(estimates))
    known = tuple(known_of(case, estimate.t_s) for estimate in estimates)
    return Trial(case, estimator, estimates, known, cost)


def _simulated(case: Case, simulation: Simulation, makers: dict[str, Maker]) -> list[Trial]:
    try:
        if simulation.is_film:
            source, truths, events = filmed(simulation)
            # Only where the case is about events: a sleeper's film is judged by its rates.
            case = replace(case, events=events if case.expect is Expect.EVENTS else case.events)
        else:
            source, truths = simulated(simulation)
    except EdgeError as error:
        return [Trial(case, name, note=f"not simulated: {error}") for name in makers]
    knowledge = SimulatedKnowledge(case.expect)
    known = [knowledge.of(float(second), truth) for second, truth in enumerate(truths, start=1)]
    trials = []
    for name, make in makers.items():
        began_s = time.process_time()
        estimates = tuple(estimates_of(source, make(DEMO_ZONES)))[: len(known)]
        cost = (time.process_time() - began_s) / max(1, len(estimates))
        trials.append(Trial(case, name, estimates, tuple(known[: len(estimates)]), cost))
    return trials
