"""The accuracy page, written from the figures of `hushward eval`: never an error without its coverage."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from models.release import MOST_ERROR, MOST_WITHHELD

Figures = Mapping[str, Any]

NONE = "-"
MARK = "<!-- judged with: {models} -->"
SKIN = (
    "Skin tone does not apply to a radar: at 60 GHz it sees motion and no colour. The camera sees grey in infra-red "
    "and follows movement; the simulator's light and dark skin stand below."
)
FAIRNESS = (
    f"Rule E3 keeps a model from clinical use whose worst group has more than {MOST_ERROR:g} times the best group's "
    f"error, or more than {MOST_WITHHELD:g} times its time without a value; `hushward safety release` says which. A "
    "radar's groups and a camera's are told apart."
)
PLAIN = ("spectral-peak", "brightness-peak")
"""The baselines without any doubt: of radar and traces, and of films."""
_HEAD = """# Accuracy and coverage

Written by `make docs`; do not edit.
{mark}

Hushward is not a medical device, and these figures have not been validated on patients. A recording of a few people is
no proof for a sleeping ward, and a simulator is no proof of anything but itself.

**Coverage** is the share of calm seconds, from the tenth on, at which a rate was shown. **Interval** is the share of
errors inside the stated uncertainty, which is to hold 90 % of them, with its mean half-width. **First** is when the
first rate came, of a set the latest. **False rates** are seconds with a vital sign, of those in which none may be
shown: in an empty room, with two people after 5 s, deeper than 6 s in a held breath, more than 3 s into a movement.
Beside each figure stands the same of a **plain** baseline: of radar and traces `spectral-peak`, which is DC removal,
the unwrapped angle of the strongest bin, a band-pass and the highest peak over 30 s; of films `brightness-peak`, the
same peak of the picture's mean. It has no doubts, so its coverage is whole. **Without the net** is the shipped
estimator with the judge that has none (`spectral`, vitals-v1). `hushward eval --baselines` prints every baseline.

Judged: {named}.
"""


def mark(models: Mapping[str, str]) -> str:
    """Return the line that says which models the page was judged with.

    Args:
        models: name and sha256.
    """
    return MARK.format(models=", ".join(f"{name} sha256:{sha256}" for name, sha256 in sorted(models.items())))


def page(document: Figures) -> str:
    """Write the page.

    Args:
        document: as `hushward eval --json --baselines` prints it.
    """
    models = document["models"]
    named = ", ".join(f"`{name}` ({sha256[:12]})" for name, sha256 in sorted(models.items()))
    parts = [
        _HEAD.format(mark=mark(models), named=named),
        "## By set\n",
        _by_group(document, "set"),
        "## Held breath, somebody else, presence\n",
        "Presence is `said rightly` in the share of seconds in which it is known; the rest was `unsure` or wrong. "
        "A lens that is said to be covered pauses the room (rule S3), so each second in which it is not counts as "
        f"falsely covered: {_falsely_covered(document['all'])} of all simulated films.\n",
        _changes(document["groups"]["set"]["rows"]),
        _groups(document),
        "## Where no reference is\n",
        "Agreement is no accuracy: looks that share a sensor can be wrong together.\n",
        _agreements(document["cases"]),
        "## Every case\n",
        _cases(document),
        "## Judge it again\n",
        "    HUSHWARD_RECORDINGS=recordings hushward eval tests/golden/cases.toml tests/golden/simulated.toml "
        "tests/golden/films.toml --baselines --plots out/plots\n",
    ]
    return "\n".join(parts)


def _by_group(document: Figures, kind: str) -> str:
    rows = document["groups"][kind]["rows"]
    return _table(kind, rows, document, lambda figures: figures["groups"].get(kind, {}).get("rows", []))


def _cases(document: Figures) -> str:
    return _table("case", document["cases"], document, lambda figures: figures["cases"])


def _of(document: Figures, names: Sequence[str], rows_of: Callable[[Figures], Sequence[Figures]]) -> dict[str, Figures]:
    """Return the rows of the first of some baselines that judged each."""
    judged = [document["baselines"][name] for name in reversed(names) if name in document["baselines"]]
    return {row["id"]: row for figures in judged for row in rows_of(figures)}


def _table(
    kind: str, rows: Sequence[Figures], document: Figures, rows_of: Callable[[Figures], Sequence[Figures]]
) -> str:
    plain, netless = _of(document, PLAIN, rows_of), _of(document, ("spectral",), rows_of)
    head = [kind, "seconds", "mean error", "within 2", "coverage", "interval", "first", "false rates"]
    head += ["plain: error", "within 2", "false rates", "without the net: error", "coverage", "false rates", "note"]
    lines = [_line(head), _line(["---"] * len(head))]
    for row in rows:
        other, third = plain.get(row["id"], {}), netless.get(row["id"], {})
        lines.append(
            _line(
                (
                    row["id"],
                    str(row["seconds"]),
                    per_min(row["mae_per_min"]),
                    share(row["within_2"]),
                    share(row["coverage"]),
                    _interval(row),
                    NONE if row["first_s"] is None else f"{row['first_s']:.0f} s",
                    false_rates(row),
                    per_min(other.get("mae_per_min")),
                    share(other.get("within_2")),
                    false_rates(other) if other else NONE,
                    per_min(third.get("mae_per_min")),
                    share(third.get("coverage")),
                    false_rates(third) if third else NONE,
                    row["note"],
                )
            )
        )
    return "\n".join(lines) + "\n"


def _changes(rows: Sequence[Figures]) -> str:
    head = ["set", "held breaths found", "within 6 s", "latest", "cleared by", "false", "second person found", "latest"]
    head += ["presence said rightly", "false presence", "missed", "falsely covered"]
    lines = [_line(head), _line(["---"] * len(head))]
    for row in rows:
        holds, crowd = row["holds"], row["second_person"]
        cells = (
            row["id"],
            _found(holds),
            str(holds["found_within_6_s"]) if holds["real"] else NONE,
            _seconds(holds["latest_s"]),
            _seconds(holds["latest_cleared_s"]),
            f"{holds['false']} s",
            _found(crowd),
            _seconds(crowd["latest_s"]),
            share(row["presence_right"]),
            f"{row['false_presence']} s",
            f"{row['missed_presence']} s",
            _falsely_covered(row),
        )
        lines.append(_line(cells))
    return "\n".join(lines) + "\n"


def _groups(document: Figures) -> str:
    """Write the simulator's groups, each of one kind of sensor, with worst over best (rule E3)."""
    parts = ["## By group of the simulator\n", f"{FAIRNESS} {SKIN}\n"]
    for kind, group in document["groups"].items():
        if kind == "set":
            continue
        withheld, error = group["worst_over_best_withheld"], group["worst_over_best_error"]
        told = f"Worst over best: {ratio(withheld)} in what is withheld, {ratio(error)} in error."
        parts += [f"### By {kind}\n", told + "\n", _by_group(document, kind)]
    return "\n".join(parts)


def _agreements(cases: Sequence[Figures]) -> str:
    head = ("case", "looks", "shared seconds", "mean spread", "within 2", "median of each", "coverage")
    lines = [_line(head), _line(["---"] * len(head))]
    for row in cases:
        for one in row["agreement"]:
            medians = ", ".join(NONE if median is None else f"{median:.1f}" for median in one["medians_per_min"])
            seconds = one["note"] or str(one["seconds"])
            cells = (per_min(one["spread_per_min"]), share(one["within_2"]), medians, share(row["coverage"]))
            lines.append(_line((row["id"], one["of"], seconds, *cells)))
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def per_min(value: float | None) -> str:
    """Write a rate's error."""
    return NONE if value is None else f"{value:.2f} /min"


def share(value: float | None) -> str:
    """Write a share in per cent; what is not whole never reads as whole."""
    if value is None:
        return NONE
    if 0.95 < value < 1:
        return f"{min(value, 0.999):.1%}".replace("%", " %")
    return f"{value:.0%}".replace("%", " %")


def false_rates(row: Figures) -> str:
    """Write how many of the seconds that forbid a vital sign had one; a dash where none forbids it."""
    return f"{row['false_rates']} of {row['forbidden']} s" if row["forbidden"] else NONE


def _falsely_covered(row: Figures) -> str:
    """Write how much of the time with an open lens was said to be covered; a dash of what has no lens."""
    if not row["open"]:
        return NONE
    return f"{row['false_covered']} of {row['open']} s ({share(row['false_covered'] / row['open'])})"


def _interval(row: Figures) -> str:
    if row["inside_interval"] is None:
        return NONE
    return f"{share(row['inside_interval'])}, ± {row['mean_uncertainty_per_min']:.2f}"


def _found(change: Figures) -> str:
    return f"{change['found']} of {change['real']}" if change["real"] else NONE


def _seconds(value: float | None) -> str:
    return NONE if value is None else f"{value:.0f} s"


def ratio(value: float | None) -> str:
    """Write how many times the best the worst is."""
    if value is None:
        return "cannot be told"
    return "without bound" if math.isinf(value) else f"{value:.2f}"
