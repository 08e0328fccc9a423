"""Walk lists of cases: read, try, judge, print. What `hushward eval` does."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from edge.cases import Case, Expect, read_cases, recordings_dir
from edge.errors import EdgeError, SettingsError
from edge.evaluation import EXIT_READ, EXIT_UNREADABLE
from edge.scores.agreement import agreements_of
from edge.scores.contenders import SHIPPED, contenders
from edge.scores.page import as_json, table
from edge.scores.score import Score, score_of
from edge.scores.trial import Maker, Trial, try_case
from models.card import card_paths, read_card
from models.errors import ModelError

Look = Callable[[Sequence[Trial]], None]


@dataclass(frozen=True)
class JudgeOptions:
    """What a person may say about a judgement."""

    estimator: str = SHIPPED
    """Who is judged."""
    with_baselines: bool = False
    """The named baselines beside it."""
    json_only: bool = False
    """Leave the table out."""
    only: str | None = None
    """Only cases whose id begins so."""


def judged(cases: Sequence[Case], makers: dict[str, Maker], look: Look | None = None) -> Iterator[Score]:
    """Judge case after case, every contender of each.

    Args:
        cases: what to judge.
        makers: the contenders, the estimator first.
        look: is shown the trials of each case, to draw them.

    Yields:
        One score for each case and contender.
    """
    estimator = next(iter(makers))
    for case in cases:
        trials = try_case(case, makers)
        agreements = []
        if case.expect is Expect.RATE and not trials[0].note:
            agreements = agreements_of(case, trials[0].estimates, estimator, makers[estimator])
        for trial in trials:
            yield score_of(trial, agreements if trial.estimator == estimator else ())
        if look is not None:
            look(trials)


def listed(lists: Sequence[Path], only: str | None = None) -> list[Case]:
    """Read lists of cases, one after the other.

    Raises:
        SettingsError: a list cannot be read, two cases share an id, nothing is left, or only recordings are asked for
            and their folder is not there.
    """
    recordings = recordings_dir()
    cases = [case for path in lists for case in read_cases(path, recordings)]
    cases = [case for case in cases if only is None or case.id.startswith(only)]
    ids = [case.id for case in cases]
    twice = next((one for one in ids if ids.count(one) > 1), None)
    if twice is not None:
        raise SettingsError(f"Two cases are called '{twice}'; give each its own id.")
    if not cases:
        raise SettingsError("No case is left to judge.")
    if recordings is None and all(case.simulation is None for case in cases):
        raise SettingsError("No recordings: set HUSHWARD_RECORDINGS to their folder.")
    return cases


def models_behind() -> list[tuple[str, str]]:
    """List the shipped models with their digests, by name.

    Raises:
        ModelError: a card cannot be read.
    """
    return [(card.name, card.sha256) for card in map(read_card, card_paths())]


def evaluate(
    lists: Sequence[Path],
    options: JudgeOptions,
    look: Look | None = None,
    out: TextIO | None = None,
    err: TextIO | None = None,
) -> int:
    """Run lists of cases and print the table, then the JSON.

    Args:
        lists: TOML lists of cases.
        options: how.
        look: is shown the trials of each case, to draw them.
        out: for table and JSON; standard output when None.
        err: for the one sentence of a failure; standard error when None.

    Returns:
        0 when the lists were run, 2 when one, or the recordings, cannot be found.
    """
    out, err = out or sys.stdout, err or sys.stderr
    try:
        makers = contenders(options.estimator, with_baselines=options.with_baselines)
        scores = list(judged(listed(lists, options.only), makers, look))
        document = as_json(scores, models_behind())
    except (EdgeError, ModelError) as error:
        err.write(f"{error}\n")
        return EXIT_UNREADABLE
    if not options.json_only:
        out.write(table(scores) + "\n\n")
    out.write(document + "\n")
    return EXIT_READ
