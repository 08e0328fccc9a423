"""May a model be released: no group of people may be served much worse than the best (rule E3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_ERROR, MOST_WITHHELD = 1.5, 2.0
"""Times the best group's, above which the worst group's error, or share of time without a value, blocks a release."""
ERROR, WITHHELD = "error", "withheld"
"""What the card compares, worst over best, in tables of these names."""


@dataclass(frozen=True, slots=True)
class Unfairness:
    """One way in which a model serves a group much worse than another."""

    kind: str
    """What the groups differ in, and the sensor: `posture, camera`."""
    what: str
    """ERROR or WITHHELD."""
    times: float
    """The worst group's over the best's; infinite where the best has none."""
    most: float
    """What would still be released."""

    def __str__(self) -> str:
        """Say it in one sentence."""
        told = "mean error" if self.what == ERROR else "time without a value"
        return (
            f"By {self.kind}: the worst group's {told} is {self.times:.2f} times the best group's, not {self.most:g}."
        )


def unfairness_in(
    judged: Mapping[str, Any], sensor: str = "", most_error: float = MOST_ERROR, most_withheld: float = MOST_WITHHELD
) -> list[Unfairness]:
    """Find the groups of a card that block its release.

    Args:
        judged: the card's `[judged]` table; its `worst_over_best` holds a table for ERROR and one for WITHHELD, each
            with the kinds of groups that could be compared.
        sensor: radar or camera, whose groups alone are asked; empty for all.
        most_error: times the best, above which an error blocks.
        most_withheld: the same of the share of time without a value.

    Returns:
        Each that blocks, in the card's order; none where everybody is served alike.
    """
    compared = judged.get("worst_over_best", {})
    return [
        Unfairness(kind, what, float(times), most)
        for what, most in ((ERROR, most_error), (WITHHELD, most_withheld))
        for kind, times in compared.get(what, {}).items()
        if kind.endswith(sensor) and times > most
    ]
