"""Is what a node tells of breathing too even to be alive? A word for whoever keeps the machines (threat T28).

A node that was broken into can say that all is well for ever. That cannot be prevented; but what a chest does varies
from minute to minute, and so does every estimate of it. Who forges more cleverly is not found by this, and a check in
person is never replaced by any of it.
"""

from dataclasses import dataclass, replace

EVEN_WITHIN_PER_MIN = 0.05
"""[1/min] between the highest and the lowest rate of a run. What is told of the simulator's calm sleepers ranges over
1.9 or more within three minutes and stays this even for 8 s at most; breath by breath, the rate of 65 people at rest
had a coefficient of variation of 20.8 % (SD 11.5) over 15 min (Tobin et al. 1988, "Variability of resting respiratory
drive and timing in healthy subjects", J Appl Physiol 65: 309-317)."""
EVEN_FOR_S = 600.0
"""[s] for which a run must last before anything is said (RELIABILITY: within ten minutes)."""
FEWEST_TOLD = 60
"""Rates in a run, so that a few that happen to agree say nothing."""


@dataclass(frozen=True, slots=True)
class EvenRun:
    """The newest stretch over which the told rates hardly differ.

    Attributes:
        began_s: when its first was told, on the elapsed clock [s].
        newest_s: when its newest was told [s].
        lowest_per_min: lowest rate in it [1/min].
        highest_per_min: highest [1/min].
        count: how many were told.
    """

    began_s: float
    newest_s: float
    lowest_per_min: float
    highest_per_min: float
    count: int = 1

    @property
    def is_too_even(self) -> bool:
        """Return whether it has lasted for longer than anything alive stays so even."""
        return self.newest_s - self.began_s >= EVEN_FOR_S and self.count >= FEWEST_TOLD


def run_with(run: EvenRun | None, rate_per_min: float | None, now_s: float) -> EvenRun | None:
    """Take one more second into a run.

    Args:
        run: so far; None before the first rate.
        rate_per_min: what was told [1/min]; None when it was withheld, which ends no run: else one second of
            "cannot tell" now and then would hide all the rest.
        now_s: on the elapsed clock [s].

    Returns:
        The run with it; a new one when it differs.
    """
    if rate_per_min is None:
        return run
    if run is None:
        return EvenRun(now_s, now_s, rate_per_min, rate_per_min)
    lowest, highest = min(run.lowest_per_min, rate_per_min), max(run.highest_per_min, rate_per_min)
    if highest - lowest > EVEN_WITHIN_PER_MIN:
        return EvenRun(now_s, now_s, rate_per_min, rate_per_min)
    return replace(run, newest_s=now_s, lowest_per_min=lowest, highest_per_min=highest, count=run.count + 1)
