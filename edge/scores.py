"""How well a set of recordings was estimated: accuracy and coverage side by side, never one without the other."""

import json
import math
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TextIO

from broker.vocabulary import Presence
from edge.cases import FIRST_NUMBER_S, Case, Expect, read_cases, recordings_dir
from edge.errors import EdgeError
from edge.estimates import Estimate
from edge.evaluation import EXIT_READ, EXIT_UNREADABLE, estimates_of, new_estimator
from edge.sources.formats import open_recording
from edge.zones import Zones
from models.errors import ModelError

NEAR_PER_MIN = 2.0
# The window must fill before a rate can be asked for.
ELIGIBLE_FROM_S = 10.0


@dataclass(frozen=True)
class Score:
    """What came of one case, or of all."""

    id: str
    seconds: int = 0
    note: str = ""
    """Why there is no score: absent, unreadable, too short to judge."""
    eligible: int = 0
    """Seconds at which a rate is known and could have been shown."""
    shown: int = 0
    mae_per_min: float | None = None
    within_2: float | None = None
    """Share of the shown seconds within 2/min."""
    longest_gap_s: int | None = None
    """Longest stretch of eligible seconds without a rate."""
    first_s: float | None = None
    """Time of the first rate [s]."""
    false_rates: int = 0
    """Rates shown where none may be."""
    false_presence: int = 0
    """Seconds of `present` in an empty scene."""
    cpu_s_per_s: float = 0.0
    """Processor seconds per second of recording."""
    errors: tuple[float, ...] = field(default=(), repr=False)

    @property
    def coverage(self) -> float | None:
        """Share of eligible seconds with a rate; None when none is eligible."""
        return self.shown / self.eligible if self.eligible else None


def score_case(case: Case) -> Score:
    """Work through one case."""
    if not case.path.exists():
        return Score(case.id, note="recording absent")
    began_s = time.process_time()
    try:
        source = open_recording(case.path, case.format, case.sensor, config=case.config)
        estimates = list(estimates_of(source, new_estimator(Zones())))
        source.close()
    except (EdgeError, ModelError) as error:
        return Score(case.id, note=f"unreadable: {error}")
    cost = (time.process_time() - began_s) / max(1, len(estimates))
    if case.expect is Expect.RATE and len(estimates) < FIRST_NUMBER_S:
        return Score(case.id, len(estimates), "too short to judge", cpu_s_per_s=cost)
    return _scored(case, estimates, cost)


def _scored(case: Case, estimates: Sequence[Estimate], cost: float) -> Score:
    eligible, errors, missed, gap, longest, first = 0, [], 0, 0, 0, None
    for estimate in estimates:
        rate = estimate.respiratory_rate_per_min
        truth = case.reference.at(estimate.t_s) if case.reference else None
        if rate is not None and first is None:
            first = estimate.t_s
        if case.expect is not Expect.RATE or truth is None or estimate.t_s < ELIGIBLE_FROM_S:
            continue
        eligible += 1
        gap = gap + 1 if rate is None else 0
        longest = max(longest, gap)
        if rate is None:
            missed += 1
        else:
            errors.append(abs(rate - truth))
    is_quiet = case.expect is Expect.WITHHELD
    vital = [e for e in estimates if e.respiratory_rate_per_min is not None or e.pulse_rate_per_min is not None]
    ghosts = [e for e in estimates if e.presence is Presence.PRESENT] if case.presence == "absent" else []
    return Score(
        id=case.id,
        seconds=len(estimates),
        eligible=eligible,
        shown=eligible - missed,
        mae_per_min=sum(errors) / len(errors) if errors else None,
        within_2=sum(error <= NEAR_PER_MIN for error in errors) / len(errors) if errors else None,
        longest_gap_s=longest if eligible else None,
        first_s=first,
        false_rates=len(vital) if is_quiet else 0,
        false_presence=len(ghosts),
        cpu_s_per_s=cost,
        errors=tuple(errors),
    )


def total(scores: Sequence[Score]) -> Score:
    """Add up all cases, second by second."""
    errors = [error for score in scores for error in score.errors]
    seconds = sum(score.seconds for score in scores)
    firsts = [score.first_s for score in scores if score.first_s is not None and score.eligible]
    gaps = [score.longest_gap_s for score in scores if score.longest_gap_s is not None]
    return Score(
        id="all",
        seconds=seconds,
        eligible=sum(score.eligible for score in scores),
        shown=sum(score.shown for score in scores),
        mae_per_min=sum(errors) / len(errors) if errors else None,
        within_2=sum(error <= NEAR_PER_MIN for error in errors) / len(errors) if errors else None,
        longest_gap_s=max(gaps, default=None),
        first_s=max(firsts, default=None),
        false_rates=sum(score.false_rates for score in scores),
        false_presence=sum(score.false_presence for score in scores),
        cpu_s_per_s=sum(score.cpu_s_per_s * score.seconds for score in scores) / max(1, seconds),
    )


def table(scores: Sequence[Score]) -> str:
    """Lay the scores out for reading."""
    head = (
        "case",
        "s",
        "MAE/min",
        "<=2/min",
        "coverage",
        "gap s",
        "first s",
        "false rr",
        "false pres",
        "cpu/s",
        "note",
    )
    rows = [head, *(_row(score) for score in scores)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def _row(score: Score) -> tuple[str, ...]:
    return (
        score.id,
        str(score.seconds),
        _number(score.mae_per_min, "{:.2f}"),
        _number(score.within_2, "{:.1%}"),
        _number(score.coverage, "{:.1%}"),
        _number(score.longest_gap_s, "{:d}"),
        _number(score.first_s, "{:.0f}"),
        str(score.false_rates),
        str(score.false_presence),
        f"{score.cpu_s_per_s:.4f}",
        score.note,
    )


def _number(value: float | None, form: str) -> str:
    return "-" if value is None or math.isnan(value) else form.format(value)


def as_json(scores: Sequence[Score]) -> str:
    """Write the scores as JSON, each with its coverage."""
    rows = []
    for score in scores:
        row = asdict(score)
        del row["errors"]
        rows.append({**row, "coverage": score.coverage})
    return json.dumps({"cases": rows[:-1], "all": rows[-1]}, indent=2)


def evaluate(cases_path: Path, *, out: TextIO | None = None, err: TextIO | None = None, json_only: bool = False) -> int:
    """Run a list of cases and print the table, then the JSON.

    Args:
        cases_path: TOML list of cases.
        out: for table and JSON; standard output when None.
        err: for the one sentence of a failure; standard error when None.
        json_only: leave the table out.

    Returns:
        0 when the list was run, 2 when it or the recordings cannot be found.
    """
    out, err = out or sys.stdout, err or sys.stderr
    recordings = recordings_dir()
    if recordings is None:
        err.write("No recordings: set HUSHWARD_RECORDINGS to their folder.\n")
        return EXIT_UNREADABLE
    try:
        cases = read_cases(cases_path, recordings)
    except EdgeError as error:
        err.write(f"{error}\n")
        return EXIT_UNREADABLE
    scores = [score_case(case) for case in cases]
    scores.append(total(scores))
    if not json_only:
        out.write(table(scores) + "\n\n")
    out.write(as_json(scores) + "\n")
    return EXIT_READ
