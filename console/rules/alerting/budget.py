"""Whether alerts are worth the walk, counted without persons; and limits that are tried in silence first (A12, A13)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from console.rules.alerting.alerts import Alert, AlertKind, Progress
from console.rules.policy import Policy
from console.showing.views import Words


@dataclass(frozen=True, slots=True)
class NightFigures:
    """One night's alerts as counts; nothing of a person is in them.

    Attributes:
        alerts: raised.
        useful: that somebody called worth the walk.
        rated: about which somebody said so or not.
        person_nights: people on the ward.
        tag_faults: closed without a working tag.
        unanswered: for which nobody answered the last rung.
        longest_to_door_s: [s] from raised to the door; None when nobody went.
    """

    alerts: int
    useful: int
    rated: int
    person_nights: int
    tag_faults: int = 0
    unanswered: int = 0
    longest_to_door_s: float | None = None

    @property
    def precision(self) -> float | None:
        """Return the share of rated alerts that were useful; None when none was rated."""
        return self.useful / self.rated if self.rated else None

    @property
    def not_needed_per_person(self) -> float:
        """Return alerts that somebody called not worth the walk, for each person and night."""
        return (self.rated - self.useful) / self.person_nights if self.person_nights else 0.0


def figures_of(
    alerts: Iterable[tuple[Alert, Progress]], reached: Mapping[str, datetime], person_nights: int
) -> NightFigures:
    """Count a night.

    Args:
        alerts: raised in it.
        reached: when somebody first proved to be at the door, by alert.
        person_nights: people on the ward.
    """
    known = list(alerts)
    rated = [progress.useful for _, progress in known if progress.useful is not None]
    walks = [(reached[one.alert_id] - one.raised_at).total_seconds() for one, _ in known if one.alert_id in reached]
    return NightFigures(
        len(known),
        sum(rated),
        len(rated),
        person_nights,
        sum(progress.tag_fault for _, progress in known),
        sum(progress.nobody_answered_at is not None for _, progress in known),
        max(walks, default=None),
    )


def over_budget(figures: NightFigures, policy: Policy) -> bool:
    """Return whether too many alerts were not worth the walk, so that a tuning task opens (rule A12)."""
    return figures.not_needed_per_person > policy.number("A12", "not_needed_per_person_night")


@dataclass(frozen=True, slots=True)
class Trial:
    """A proposed limit that runs forward in silence (rule A12).

    Attributes:
        kind: of condition.
        after_s: [s] the proposed time.
        began_at: when the trial began.
    """

    kind: AlertKind
    after_s: float
    began_at: datetime


def would_call(trial: Trial, kind: AlertKind, began_at: datetime, now: datetime, policy: Policy) -> bool:
    """Return whether a proposed limit would have called by now; a trial that is over counts no more."""
    is_its = trial.kind is kind and not trial_is_over(trial, now, policy)
    return is_its and (now - began_at).total_seconds() >= trial.after_s


def trial_is_over(trial: Trial, now: datetime, policy: Policy) -> bool:
    """Return whether the trial has run for as many nights as it must."""
    return now - trial.began_at >= policy.duration("A12", "trial_d")


def trial_sentence(trial: Trial, counted: int, now: datetime, policy: Policy) -> Words:
    """Return what the trial has counted so far."""
    values: dict[str, str | int] = {"count": counted, "nights": (now - trial.began_at).days}
    if not trial_is_over(trial, now, policy):
        return Words("On trial, in silence: it would have called {count} times in {nights} nights.", values)
    return Words("The trial is over: it would have called {count} times in {nights} nights.", values)
