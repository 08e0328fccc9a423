"""The pictures of docs/explanation/sensing.md: a simulated night, and a recording where there is one.

Run `python -m models.recipes.sensing_plots` from the root of the checkout.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib import pyplot

from edge.cases import recordings_dir
from edge.estimates import Estimate, Moment
from edge.evaluation import EPOCH, estimates_of, new_estimator
from edge.frames import Frame, FrameKind, Layout
from edge.sources.formats import open_recording
from edge.zones import DEMO_ZONES, Zones
from models.simulator.acts import ENSUITE_M, hold, lie, trip
from models.simulator.breathing import BreathingStyle
from models.simulator.night import Night, Scene, Truth
from models.simulator.receiver import WAVELENGTH_M

IMAGES = Path("docs/images")
COLOURS = {
    "breathing": "#cfe8cf",
    "no_breathing_seen": "#f3b0a6",
    "moving": "#f6e3a1",
    "empty": "#dddddd",
    "unsure": "#ffffff",
}


def _night() -> Iterator[tuple[Estimate, Truth]]:
    style = BreathingStyle(rate_per_min=14.0)
    acts = [lie(60), hold(15), lie(45), *trip(ENSUITE_M, 30), lie(60)]
    night, estimator, second = Night(11, Scene(acts=acts, style=style)), new_estimator(DEMO_ZONES), 1
    layout = Layout(FrameKind.RADAR, night.receiver.range_m, WAVELENGTH_M, 20.0)
    for look in islice(night, 20 * 225):
        while look.t_s > second:
            yield estimator.estimate(Moment(float(second), EPOCH, float(second))), look.truth
            second += 1
        estimator.add(Frame(layout, look.t_s, look.iq, look.noise_power, look.lost_before))


def _draw(axis: Any, estimates: list[Estimate]) -> None:
    for estimate in estimates:
        axis.axvspan(estimate.t_s - 1, estimate.t_s, color=COLOURS[estimate.state], lw=0)
    shown = [one for one in estimates if one.respiratory_rate_per_min is not None]
    axis.errorbar(
        [one.t_s for one in shown],
        [one.respiratory_rate_per_min for one in shown],
        [one.respiratory_rate_uncertainty_per_min for one in shown],
        fmt=".",
        color="#14507a",
        ecolor="#9dbdd4",
        label="shown",
    )
    axis.set(xlabel="seconds", ylabel="breaths per minute", ylim=(5, 25))


def main() -> None:
    """Draw and write the pictures."""
    matplotlib.use("Agg")
    IMAGES.mkdir(parents=True, exist_ok=True)
    seen = list(_night())
    figure, axis = pyplot.subplots(figsize=(9, 3), layout="constrained")
    _draw(axis, [estimate for estimate, _ in seen])
    known = [(estimate.t_s, truth.rate_per_min) for estimate, truth in seen if truth.rate_per_min is not None]
    axis.plot(*zip(*known, strict=True), "k,", label="true")
    axis.legend(loc="upper right")
    figure.savefig(IMAGES / "sensing-night.png", dpi=80)
    folder = recordings_dir()
    recording = None if folder is None else folder / "radar" / "acconeer" / "breathing-sitting.h5"
    if recording is not None and recording.exists():
        figure, axis = pyplot.subplots(figsize=(9, 3), layout="constrained")
        _draw(axis, list(estimates_of(open_recording(recording), new_estimator(Zones()))))
        axis.axhline(18.4, color="black", lw=0.8, label="the maker's own")
        axis.legend(loc="upper right")
        figure.savefig(IMAGES / "sensing-a121.png", dpi=80)


if __name__ == "__main__":
    main()
