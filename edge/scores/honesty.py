"""What was said that is not so: rates where none may be, people who are not there, and those who were missed."""

from collections.abc import Iterable
from dataclasses import dataclass

from broker.vocabulary import Presence, Withheld
from edge.estimates import Estimate
from edge.scores.known import Known


@dataclass(frozen=True)
class Honesty:
    """Seconds of one trial, or of many."""

    forbidden: int = 0
    """Seconds in which no vital sign may be shown."""
    false_rates: int = 0
    """Of these, those in which one was."""
    present: int = 0
    """Seconds in which presence is known."""
    present_right: int = 0
    """Of these, those in which it was said rightly; the rest was said wrongly, or was `unsure`."""
    false_presence: int = 0
    """Seconds of `present` in an empty scene."""
    missed_presence: int = 0
    """Seconds of `absent` with somebody there."""
    open: int = 0
    """Seconds of a film in which nothing lies over the lens."""
    false_covered: int = 0
    """Of these, those in which it was said to be covered, which pauses the room (rule S3)."""
    people: int = 0
    """Seconds in which the number of people is known."""
    people_right: int = 0
    """Of these, those in which it was said rightly."""

    @property
    def presence_share(self) -> float | None:
        """Share of known seconds in which presence was said rightly; None when it is not known."""
        return self.present_right / self.present if self.present else None

    @property
    def false_covered_share(self) -> float | None:
        """Share of open seconds that were said to be covered; None when it is not known."""
        return self.false_covered / self.open if self.open else None

    @property
    def people_share(self) -> float | None:
        """Share of known seconds in which the number of people was said rightly; None when it is not known."""
        return self.people_right / self.people if self.people else None


def honesty_of(estimates: Iterable[Estimate], known: Iterable[Known]) -> Honesty:
    """Judge one trial."""
    return honesty_of_all(_second(estimate, truth) for estimate, truth in zip(estimates, known, strict=True))


def _second(estimate: Estimate, truth: Known) -> Honesty:
    has_vital = estimate.respiratory_rate_per_min is not None or estimate.pulse_rate_per_min is not None
    said, real = estimate.presence, truth.presence
    return Honesty(
        forbidden=int(not truth.may_show),
        false_rates=int(has_vital and not truth.may_show),
        present=int(real is not None),
        present_right=int(real is not None and said is real),
        false_presence=int(real is Presence.ABSENT and said is Presence.PRESENT),
        missed_presence=int(real is Presence.PRESENT and said is Presence.ABSENT),
        open=int(truth.is_covered is False),
        false_covered=int(truth.is_covered is False and estimate.respiratory_rate_withheld is Withheld.COVERED),
        people=int(truth.people is not None),
        people_right=int(truth.people is not None and estimate.people == truth.people),
    )


def honesty_of_all(parts: Iterable[Honesty]) -> Honesty:
    """Add trials up."""
    listed = list(parts)
    names = Honesty.__dataclass_fields__
    return Honesty(**{name: sum(getattr(one, name) for one in listed) for name in names})
