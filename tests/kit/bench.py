"""Timing two ways of doing a thing in the same run, so that the ratio holds on any machine."""

from collections.abc import Callable
from dataclasses import dataclass

from broker.clock import SystemClock

_CLOCK = SystemClock()
_ROUNDS = 3


@dataclass(frozen=True)
class Figure:
    """One line of the table at the end of a run.

    Attributes:
        name: what was measured.
        ours: what it came to, with its unit.
        baseline: what it was measured against in the same run, with its figure.
        ratio: ours against the baseline.
    """

    name: str
    ours: str
    baseline: str
    ratio: float


FIGURES: list[Figure] = []
"""What this run has measured so far, in order."""


def table() -> str:
    """Return all figures of this run as one table."""
    rows = [("what", "measured", "baseline of the same run", "ratio")]
    rows += [(one.name, one.ours, one.baseline, f"{one.ratio:.3g}") for one in FIGURES]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def seconds(work: Callable[[], None]) -> float:
    """Return the best of three runs [s]."""
    best = float("inf")
    for _ in range(_ROUNDS):
        started_s = _CLOCK.elapsed_s()
        work()
        best = min(best, _CLOCK.elapsed_s() - started_s)
    return best


def compare(name: str, ours: Callable[[], None], baseline: str, theirs: Callable[[], None], count: int) -> float:
    """Note both rates and return how many times slower ours is.

    Args:
        name: what is measured.
        ours: does it `count` times.
        baseline: what it is measured against.
        theirs: does that `count` times.
        count: how often.
    """
    ours_s, theirs_s = seconds(ours), seconds(theirs)
    ratio = ours_s / theirs_s
    each_us = 1e6 * ours_s / count
    told = f"{count / ours_s:,.0f}/s, {each_us:.1f} us each"
    FIGURES.append(Figure(name, told, f"{baseline}: {count / theirs_s:,.0f}/s", ratio))
    return ratio
