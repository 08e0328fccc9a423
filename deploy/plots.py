"""Pictures of how an estimator did on a case, for a clinician (only importer of matplotlib outside the workshop)."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any

from broker.vocabulary import Presence, Withheld
from edge.cases import Expect
from edge.errors import SettingsError
from edge.estimates import Estimate
from edge.scores.score import score_of
from edge.scores.trial import Trial

# Colours that stay apart for most colour-blind eyes (Okabe and Ito, 2008), pale where they lie behind other marks.
RATE, BAND, BASELINE, TRUTH = "#0072b2", "#9ecae6", "#a8a8a8", "#000000"
HELD = "#d55e00"
REASONS = {
    Withheld.WARMING_UP: ("warming up", "#eeeeee"),
    Withheld.MOVING: ("moving", "#f9e79f"),
    Withheld.NO_PRESENCE: ("nobody there", "#d5d8dc"),
    Withheld.SECOND_PERSON: ("second person", "#d7bde2"),
    Withheld.NO_BREATHING_SEEN: ("no breathing seen", "#f5b7a0"),
    Withheld.LOW_QUALITY: ("cannot tell", "#d6eaf8"),
}
FAULT = ("sensor or model fault", "#f1948a")
PRESENCE = {Presence.PRESENT: "#009e73", Presence.ABSENT: "#d5d8dc", Presence.UNSURE: "#f0e442"}
LOWEST_PER_MIN, HIGHEST_PER_MIN = 4.0, 30.0


class Drawer:
    """Draws every case into a folder."""

    def __init__(self, folder: Path) -> None:
        """Make ready to draw.

        Raises:
            SettingsError: matplotlib is not installed, or the folder cannot be made.
        """
        try:
            matplotlib = import_module("matplotlib")
            matplotlib.use("Agg")
            self._pyplot = import_module("matplotlib.pyplot")
        except ModuleNotFoundError as error:
            raise SettingsError(
                "Plots need matplotlib, which is a tool of development: run `make check` once."
            ) from error
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(f"{folder} cannot be made: {error.strerror}.") from error
        self._folder = folder

    def draw(self, trials: Sequence[Trial]) -> None:
        """Draw one case: the first trial in full, the others as grey dots; a case of which nothing came is left out."""
        if not trials or not trials[0].estimates:
            return
        figure, (rates, strip) = self._pyplot.subplots(
            2, 1, figsize=(11, 4.4), sharex=True, height_ratios=(12, 1), layout="constrained"
        )
        first = trials[0]
        _shade(rates, first.estimates)
        for other in trials[1:]:
            _dots(rates, other)
        _reference(rates, first)
        _rate(rates, first.estimates)
        _presence(strip, first.estimates)
        rates.set(ylabel="breaths per minute", ylim=_limits(trials), xlim=(0, len(first.estimates)))
        rates.set_title(_title(first), loc="left", fontsize=10)
        rates.grid(axis="y", color="#e5e5e5", lw=0.6)
        rates.legend(loc="center left", bbox_to_anchor=(1.005, 0.5), fontsize=8, frameon=False)
        strip.legend(loc="center left", bbox_to_anchor=(1.005, 0.5), fontsize=8, frameon=False)
        figure.savefig(self._folder / f"{first.case.id}.png", dpi=100)
        self._pyplot.close(figure)


def _shade(axis: Any, estimates: Sequence[Estimate]) -> None:
    """Colour each stretch without a rate by its reason."""
    told = set()
    for (name, colour), stretch in _stretches(estimates):
        axis.axvspan(*stretch, color=colour, lw=0, label=None if name in told else f"withheld: {name}", zorder=0)
        told.add(name)


def _stretches(estimates: Sequence[Estimate]) -> Iterator[tuple[tuple[str, str], tuple[float, float]]]:
    for reason, group in groupby(estimates, key=lambda one: one.respiratory_rate_withheld):
        seconds = [one.t_s for one in group]
        if reason is not None:
            yield REASONS.get(reason, FAULT), (seconds[0] - 1, seconds[-1])


def _dots(axis: Any, other: Trial) -> None:
    shown = [one for one in other.estimates if one.respiratory_rate_per_min is not None]
    rates = [one.respiratory_rate_per_min for one in shown]
    axis.plot(
        [one.t_s for one in shown], rates, ".", ms=4, color=BASELINE, label=f"baseline: {other.estimator}", zorder=2
    )


def _reference(axis: Any, trial: Trial) -> None:
    """Draw the true rate as a line that breaks where nothing is known, and held breaths as bars at the top."""
    seconds = [one.t_s for one in trial.estimates]
    rates = [float("nan") if one.rate_per_min is None else one.rate_per_min for one in trial.known]
    if any(one.rate_per_min is not None for one in trial.known):
        axis.plot(seconds, rates, "-", color=TRUTH, lw=1.3, label="reference", zorder=3)
    label: str | None = "breath held (reference)"
    for is_held, group in groupby(zip(seconds, trial.known, strict=True), key=lambda one: bool(one[1].is_held)):
        span = [second for second, _ in group]
        if is_held:
            axis.axvspan(span[0] - 1, span[-1], ymin=0.96, color=HELD, lw=0, label=label, zorder=4)
            label = None


def _rate(axis: Any, estimates: Sequence[Estimate]) -> None:
    """Draw the shown rates with their stated intervals, stretch by stretch."""
    labels = iter(["shown rate", "stated interval"])
    for is_shown, group in groupby(estimates, key=lambda one: one.respiratory_rate_per_min is not None):
        if not is_shown:
            continue
        run = list(group)
        seconds = [one.t_s for one in run]
        middle = [one.respiratory_rate_per_min or 0.0 for one in run]
        half = [one.respiratory_rate_uncertainty_per_min or 0.0 for one in run]
        axis.plot(seconds, middle, ".-", ms=5, lw=1.2, color=RATE, label=next(labels, None), zorder=5)
        low = [rate - width for rate, width in zip(middle, half, strict=True)]
        high = [rate + width for rate, width in zip(middle, half, strict=True)]
        axis.fill_between(seconds, low, high, color=BAND, alpha=0.6, lw=0, label=next(labels, None), zorder=1)


def _presence(axis: Any, estimates: Sequence[Estimate]) -> None:
    told = set()
    for presence, group in groupby(estimates, key=lambda one: one.presence):
        seconds = [one.t_s for one in group]
        label = None if presence in told else f"{presence}"
        axis.axvspan(seconds[0] - 1, seconds[-1], color=PRESENCE[presence], lw=0, label=label)
        told.add(presence)
    axis.set(yticks=[], xlabel="seconds", ylabel="presence")
    axis.yaxis.label.set(rotation=0, ha="right", va="center")


def _limits(trials: Sequence[Trial]) -> tuple[float, float]:
    """Leave room for everything that is drawn."""
    shown = [one.respiratory_rate_per_min or 0.0 for trial in trials for one in trial.estimates]
    true = [one.rate_per_min or 0.0 for one in trials[0].known]
    return LOWEST_PER_MIN, max(HIGHEST_PER_MIN, max(shown, default=0.0) + 2, max(true, default=0.0) + 2)


def _title(trial: Trial) -> str:
    """Say in one line how it went; never an error without its coverage."""
    judged = score_of(trial)
    accuracy, told = judged.accuracy, [trial.case.id]
    if accuracy.mae_per_min is not None:
        told.append(f"mean error {accuracy.mae_per_min:.2f} /min")
    if accuracy.coverage is not None:
        told.append(f"shown in {accuracy.coverage:.0%} of calm seconds")
    if judged.note:
        told.append(judged.note)
    if trial.case.expect is not Expect.RATE or judged.honesty.false_rates:
        told.append(f"false rates in {judged.honesty.false_rates} of {judged.seconds} s")
    return "   |   ".join(told)
