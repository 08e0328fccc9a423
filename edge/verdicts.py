"""What is said of a window of displacement: a rate with its uncertainty, or why there is none; and who says it."""

from dataclasses import dataclass
from typing import Protocol

from broker.vocabulary import Withheld
from edge.chest import Chest
from edge.resampling import DisplacementField

FIRST_RATE_S = 10.0
"""[s] of calm before a rate may be told: two breaths of a slow breather."""


@dataclass(frozen=True)
class Verdict:
    """A rate, or why there is none."""

    rate_per_min: float | None
    uncertainty_per_min: float | None
    """Half-width of the interval that holds 90 % of true rates [1/min]; None exactly when the rate is."""
    withheld: Withheld | None
    """None exactly when there is a rate."""
    quality: float
    """0..1: share of the evidence that agrees."""
    is_alive: bool | None
    """True: moves as a chest does. False: moves as no living thing does. None: cannot tell."""


class Judge(Protocol):
    """Says what a window of displacement shows."""

    @property
    def model(self) -> str:
        """Hex digest of the model behind its rates."""
        ...

    def judge(self, field: DisplacementField, *, accepts_machines: bool = False) -> tuple[Verdict, Chest]:
        """Decide whether a field shows a breathing rate that may be stood behind.

        Args:
            field: the calm part of the window.
            accepts_machines: take a motion that is too regular to be alive for a rate all the same; for the
                breathing phantom of an installation, never for a person.

        Returns:
            The verdict, and what moves at the rate that was most likely, told or not.
        """
        ...
