"""Scores laid out: a table for reading, JSON for programs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from edge.scores.breaks import Found
from edge.scores.contenders import BASELINES
from edge.scores.known import HOLD_GRACE_S
from edge.scores.score import SET, Score, by_group, of_estimator, total, worst_over_best

NONE = "-"
HEAD = (
    *("case", "by", "s", "MAE/min", "<=2/min", "coverage", "gap s", "first s", "in interval", "+-/min"),
    *("false rr", "presence", "false pres", "missed", "holds", "false hold s", "2nd person", "events", "cpu/s", "note"),
)


def number(value: float | None, form: str) -> str:
    """Write a figure, or a dash where there is none."""
    return NONE if value is None else form.format(value)


def _row(one: Score) -> tuple[str, ...]:
    accuracy, honesty = one.accuracy, one.honesty
    return (
        one.id,
        one.estimator,
        str(one.seconds),
        number(accuracy.mae_per_min, "{:.2f}"),
        number(accuracy.within_2, "{:.1%}"),
        number(accuracy.coverage, "{:.1%}"),
        number(accuracy.longest_gap_s, "{:d}"),
        number(accuracy.first_s, "{:.0f}"),
        number(accuracy.inside, "{:.0%}"),
        number(accuracy.mean_stated_per_min, "{:.2f}"),
        number(honesty.false_rates if honesty.forbidden else None, "{:d}"),
        number(honesty.presence_share, "{:.1%}"),
        str(honesty.false_presence),
        str(honesty.missed_presence),
        found(one.holds),
        str(one.holds.false_s),
        found(one.crowds),
        found(one.events),
        f"{one.cpu_s_per_s:.4f}",
        _told(one),
    )


def found(it: Found) -> str:
    """Write how many changes were found, and how late the latest was."""
    if not it.real:
        return NONE
    return f"{it.found}/{it.real}" + (f" by {it.latest_s:.0f} s" if it.latest_s is not None else "")


def _told(one: Score) -> str:
    told = [one.note] if one.note else []
    for it in one.agreements:
        figure = it.note or (
            f"{it.seconds} s, spread {number(it.spread_per_min, '{:.2f}')}/min, "
            f"medians {', '.join(number(median, '{:.1f}') for median in it.medians_per_min)}"
        )
        told.append(f"agreement of {it.of}: {figure}")
    return "; ".join(told)


def table(scores: Sequence[Score]) -> str:
    """Lay the scores out for reading, each case's contenders one under the other, with totals and groups at the end."""
    rows = [HEAD, *(_row(one) for one in [*scores, *totals(scores)])]
    lines = _aligned(rows)
    for kind, groups in by_group(of_estimator(scores, _first(scores))).items():
        lines += ["", f"by {kind}" + ("" if kind == SET else _compared(groups))]
        lines += _aligned([HEAD, *(_row(one) for one in groups)])
    return "\n".join(lines)


def _compared(groups: Sequence[Score]) -> str:
    withheld, errors = (number(ratio, "{:.2f}") for ratio in worst_over_best(groups))
    return f": worst over best {withheld} in what is withheld, {errors} in error"


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Align columns; one that has nothing to say in any row is left out."""
    told = [place for place in range(len(rows[0])) if any(row[place] not in ("", NONE) for row in rows[1:])]
    widths = {place: max(len(row[place]) for row in rows) for place in told}
    return ["  ".join(row[place].ljust(widths[place]) for place in told).rstrip() for row in rows]


def _first(scores: Sequence[Score]) -> str:
    return scores[0].estimator if scores else ""


def totals(scores: Sequence[Score]) -> list[Score]:
    """Add up the cases of each contender, the estimator first."""
    names = dict.fromkeys(one.estimator for one in scores)
    return [total(of_estimator(scores, name)) for name in names]


def flat(one: Score) -> dict[str, Any]:
    """Write one score as plain figures, each accuracy with its coverage beside it."""
    accuracy, honesty = one.accuracy, one.honesty
    return {
        "id": one.id,
        "estimator": one.estimator,
        "seconds": one.seconds,
        "note": one.note,
        "eligible": accuracy.eligible,
        "shown": accuracy.shown,
        "judged": len(accuracy.errors),
        "coverage": accuracy.coverage,
        "mae_per_min": accuracy.mae_per_min,
        "within_2": accuracy.within_2,
        "longest_gap_s": accuracy.longest_gap_s,
        "first_s": accuracy.first_s,
        "inside_interval": accuracy.inside,
        "mean_uncertainty_per_min": accuracy.mean_stated_per_min,
        "forbidden": honesty.forbidden,
        "false_rates": honesty.false_rates,
        "presence_right": honesty.presence_share,
        "false_presence": honesty.false_presence,
        "missed_presence": honesty.missed_presence,
        "open": honesty.open,
        "false_covered": honesty.false_covered,
        "people_right": honesty.people_share,
        "holds": _changes(one.holds),
        "second_person": _changes(one.crowds),
        "events": _changes(one.events),
        "agreement": [asdict(it) for it in one.agreements],
        "cpu_s_per_s": one.cpu_s_per_s,
        "groups": one.groups,
    }


def _changes(it: Found) -> dict[str, Any]:
    return {
        "real": it.real,
        "found": it.found,
        "found_within_6_s": it.within(HOLD_GRACE_S),
        "latest_s": it.latest_s,
        "latest_cleared_s": it.latest_cleared_s,
        "false": it.false_s,
    }


def as_json(scores: Sequence[Score], models: Iterable[tuple[str, str]]) -> str:
    """Write the scores as JSON.

    Args:
        scores: of every case and contender.
        models: name and sha256 of each model that stands behind them.
    """
    first = _first(scores)
    document = {
        "models": dict(models),
        "estimator": first,
        **_figures(of_estimator(scores, first)),
        "baselines": {name: _figures(of_estimator(scores, name)) for name in BASELINES if of_estimator(scores, name)},
    }
    return json.dumps(document, indent=2)


def _figures(scores: Sequence[Score]) -> dict[str, Any]:
    """Write all of one contender: each case, the total, and each kind of group."""
    return {
        "cases": [flat(one) for one in scores],
        "all": flat(total(scores)),
        "groups": {kind: _group(groups) for kind, groups in by_group(scores).items()},
    }


def _group(groups: Sequence[Score]) -> dict[str, Any]:
    withheld, errors = worst_over_best(groups)
    rows = [flat(one) for one in groups]
    return {"rows": rows, "worst_over_best_withheld": withheld, "worst_over_best_error": errors}
