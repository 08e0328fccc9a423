"""Judging estimates against cases with a known answer: the figures of `hushward eval`."""

import csv
import io
import json
import os
import statistics
import time
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from deploy.errors import DeployError
from edge.evaluation import EstimateOptions, estimate_file

RECORDINGS = "HUSHWARD_RECORDINGS"
SHORTEST_S = 30
"""[s] before the first number may come; a shorter case is too short to judge a rate."""
CLOSE_PER_MIN = 2.0


class Expect(StrEnum):
    """What a case asks for."""

    RATE = "rate"
    WITHHELD = "withheld"
    EVENTS = "events"


class Case(BaseModel):
    """One `[[case]]`: a recording and what is known of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(min_length=1, max_length=64)]
    path: Path
    sensor: str | None = None
    format: str | None = None
    config: Path | None = None
    expect: Expect
    reference: float | Path | None = None
    """[1/min] or a CSV file with the columns t_s and rate_per_min; needed for `rate`."""
    is_empty: bool = False
    """Nobody is in the room: any presence is false."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found in one case.

    Attributes:
        case: its id.
        outcome: `judged`, or why it was not.
        seconds: [s] of recording.
        mean_error_per_min: [1/min] mean absolute error; None without a number or a reference.
        share_close: 0..1 of numbers within 2 /min.
        coverage: 0..1 of seconds with a number.
        longest_gap_s: [s] longest stretch without a number after the first.
        first_number_s: [s] until the first number; None when there was none.
        false_presence: 0..1 of seconds with presence in a case where nobody is there.
        numbers_not_allowed: numbers given in a case that asks for none.
        cost: processor seconds per second of recording.
    """

    case: str
    outcome: str
    seconds: int = 0
    mean_error_per_min: float | None = None
    share_close: float | None = None
    coverage: float | None = None
    longest_gap_s: int | None = None
    first_number_s: float | None = None
    false_presence: float | None = None
    numbers_not_allowed: int | None = None
    cost: float | None = None


def read_cases(path: Path) -> list[Case]:
    """Read a list of cases.

    Raises:
        DeployError: file, case and remedy in one sentence.
    """
    try:
        told = tomllib.loads(path.read_text("utf-8"))
        cases = [Case.model_validate(one) for one in told.get("case", [])]
    except OSError as error:
        raise DeployError(f"{path}: cannot be read ({error.strerror}); give a file with [[case]] tables") from error
    except tomllib.TOMLDecodeError as error:
        raise DeployError(f"{path}: not TOML: {error}; correct that line") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise DeployError(f"{path}: a case has a wrong `{field}`: {first['msg']}; correct it") from error
    if not cases:
        raise DeployError(f"{path}: holds no [[case]]; add one with id, path and expect")
    for case in cases:
        if case.expect is Expect.RATE and case.reference is None:
            raise DeployError(f"{path}: case {case.id} expects a rate and has no `reference`; add one")
    return cases


def judge(case: Case, recordings: Path, processor_s: Callable[[], float] = time.process_time) -> Judgement:
    """Run the estimates over one case and compare.

    Args:
        case: what to run.
        recordings: the folder that its paths are relative to.
        processor_s: processor time so far [s].
    """
    file = recordings / case.path
    if not file.exists():
        return Judgement(case.id, "not there")
    out, faults = io.StringIO(), io.StringIO()
    options = EstimateOptions(case.sensor, case.format, None if case.config is None else recordings / case.config)
    before_s = processor_s()
    if estimate_file(file, options, out, faults) != 0:
        return Judgement(case.id, f"not readable: {faults.getvalue().strip().splitlines()[-1]}")
    spent_s = processor_s() - before_s
    rows: list[dict[str, Any]] = [json.loads(line) for line in out.getvalue().splitlines()]
    if not rows or (case.expect is Expect.RATE and len(rows) < SHORTEST_S):
        return Judgement(case.id, "too short to judge", len(rows))
    return _compare(case, rows, _references(case, recordings, rows), spent_s)


def as_table(judgements: Sequence[Judgement]) -> str:
    """Return the figures as a table, with a line for all that were judged."""
    heads = " ".join(f"{head:>6}" for head in ("MAE", "<=2", "cover", "gap s", "first"))
    lines = [f"{'case':<28} {'outcome':<20} {'s':>5} {heads} {'cost':>7}"]
    for one in [*judgements, _total(judgements)]:
        figures = (one.mean_error_per_min, one.share_close, one.coverage, one.longest_gap_s, one.first_number_s)
        told = " ".join(f"{'-' if figure is None else format(figure, '.2f'):>6}" for figure in figures)
        cost = "-" if one.cost is None else f"{one.cost:.4f}"
        extra = "".join(
            f"  {name} {figure:g}"
            for name, figure in (("false presence", one.false_presence), ("not allowed", one.numbers_not_allowed))
            if figure is not None
        )
        lines.append(f"{one.case:<28} {one.outcome[:20]:<20} {one.seconds:>5} {told} {cost:>7}{extra}")
    return "\n".join(lines) + "\n"


def as_json(judgements: Sequence[Judgement]) -> str:
    """Return the figures as JSON: the cases, then the total."""
    return (
        json.dumps({"cases": [asdict(one) for one in judgements], "total": asdict(_total(judgements))}, indent=2) + "\n"
    )


def recordings_folder(beside: Path) -> Path:
    """Return where recordings lie: HUSHWARD_RECORDINGS, or the folder of the list of cases."""
    told = os.environ.get(RECORDINGS)
    return Path(told) if told else beside.parent


def _compare(case: Case, rows: list[dict[str, Any]], references: list[float | None], spent_s: float) -> Judgement:
    rates: list[float | None] = [row["respiratory_rate_per_min"] for row in rows]
    at_s = [row["t_s"] for row, rate in zip(rows, rates, strict=True) if rate is not None]
    errors = [
        abs(rate - known)
        for rate, known in zip(rates, references, strict=True)
        if rate is not None and known is not None
    ]
    present = sum(row["presence"] == "present" for row in rows)
    return Judgement(
        case.id,
        "judged",
        len(rows),
        statistics.fmean(errors) if errors else None,
        sum(one <= CLOSE_PER_MIN for one in errors) / len(errors) if errors else None,
        len(at_s) / len(rows),
        _longest_gap(rates),
        at_s[0] if at_s else None,
        present / len(rows) if case.is_empty else None,
        len(at_s) if case.expect is Expect.WITHHELD else None,
        spent_s / len(rows),
    )


def _longest_gap(rates: Sequence[float | None]) -> int | None:
    """Return the longest stretch without a number after the first one [s]."""
    longest, run, begun = 0, 0, False
    for rate in rates:
        begun = begun or rate is not None
        run = run + 1 if begun and rate is None else 0
        longest = max(longest, run)
    return longest if begun else None


def _references(case: Case, recordings: Path, rows: Sequence[dict[str, Any]]) -> list[float | None]:
    match case.reference:
        case None:
            return [None] * len(rows)
        case Path() as name:
            with (recordings / name).open(newline="", encoding="utf-8") as file:
                known = [(float(row["t_s"]), float(row["rate_per_min"])) for row in csv.DictReader(file)]
            return [_nearest(known, row["t_s"]) for row in rows]
        case number:
            return [float(number)] * len(rows)


def _nearest(known: Sequence[tuple[float, float]], t_s: float) -> float | None:
    """Return the reference within half a window of a second, None when there is none."""
    near = min(known, key=lambda one: abs(one[0] - t_s), default=None)
    return near[1] if near is not None and abs(near[0] - t_s) <= 5 else None


def _total(judgements: Sequence[Judgement]) -> Judgement:
    judged = [one for one in judgements if one.outcome == "judged"]

    def mean(figures: Sequence[float | None]) -> float | None:
        told = [one for one in figures if one is not None]
        return statistics.fmean(told) if told else None

    gaps = [one.longest_gap_s for one in judged if one.longest_gap_s is not None]
    return Judgement(
        "all",
        f"{len(judged)} of {len(judgements)} judged",
        sum(one.seconds for one in judged),
        mean([one.mean_error_per_min for one in judged]),
        mean([one.share_close for one in judged]),
        mean([one.coverage for one in judged]),
        max(gaps, default=None),
        mean([one.first_number_s for one in judged]),
        mean([one.false_presence for one in judged]),
        sum(one.numbers_not_allowed or 0 for one in judged),
        mean([one.cost for one in judged]),
    )
