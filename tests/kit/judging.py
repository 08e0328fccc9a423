"""Made-up estimates and cases, for judging the judge."""

from dataclasses import replace
from pathlib import Path

from broker.vocabulary import Presence, SensedState, Withheld
from edge.cases import Case, Expect, ExpectedEvent
from edge.estimates import Estimate, withheld_estimate
from edge.references import Reference
from tests.kit.sleeper import moment


def silent(second: float, reason: Withheld = Withheld.LOW_QUALITY) -> Estimate:
    """Return a second of which nothing is said."""
    return withheld_estimate(moment(second), reason, "0" * 64)


def shown(second: float, rate_per_min: float, uncertainty_per_min: float | None = 0.5) -> Estimate:
    """Return a second with a rate."""
    return replace(
        silent(second),
        presence=Presence.PRESENT,
        state=SensedState.BREATHING,
        people=1,
        respiratory_rate_per_min=rate_per_min,
        respiratory_rate_uncertainty_per_min=uncertainty_per_min,
        respiratory_rate_withheld=None,
    )


def stopped(second: float) -> Estimate:
    """Return a second in which no breathing is seen."""
    return replace(
        silent(second, Withheld.NO_BREATHING_SEEN), presence=Presence.PRESENT, state=SensedState.NO_BREATHING_SEEN
    )


def recorded(
    expect: Expect = Expect.RATE,
    reference: Reference | None = None,
    presence: str | None = None,
    events: tuple[ExpectedEvent, ...] = (),
) -> Case:
    """Return the case of a recording that is never opened."""
    return Case("made-up", Path("made-up.h5"), expect, reference=reference, presence=presence, events=events)
