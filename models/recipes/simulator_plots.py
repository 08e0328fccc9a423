"""The pictures of docs/explanation/simulator.md: the simulator beside the recordings that are here."""

import math
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib import pyplot
from numpy.typing import NDArray

from models.recipes.marginals import Marginals, Take, TraceMarginals, path_mm, spectrum
from models.simulator.receiver import ReceiverSettings
from models.simulator.windows import draw_windows

IMAGES = Path("docs/images")
GALLERY_SEED = 60
SIMULATED, RECORDED = "#8fb3cf", "#b5341c"
Float = NDArray[np.float64]


def begin() -> None:
    """Draw to files and not to a screen."""
    matplotlib.use("Agg")
    IMAGES.mkdir(parents=True, exist_ok=True)


def _save(figure: Any, name: str, dpi: int = 80) -> None:
    figure.savefig(IMAGES / f"simulator-{name}.png", dpi=dpi)
    pyplot.close(figure)


def swings(simulated: list[Marginals], recorded: dict[str, Marginals]) -> None:
    """Displacement, and what stands still over what moves, of still people."""
    figure, axes = pyplot.subplots(1, 2, figsize=(9, 3), layout="constrained")
    axes[0].hist(np.log10([max(one.swing_mm, 0.01) for one in simulated]), 30, color=SIMULATED, label="simulated")
    axes[0].set(xlabel="swing in the breathing band", ylabel="windows")
    axes[0].set_xticks([-2, -1, 0, 1], ["0.01 mm", "0.1 mm", "1 mm", "10 mm"])
    known = [one for one in simulated if not math.isnan(one.stir_over_noise_db)]
    axes[1].plot(
        [one.stir_over_noise_db for one in known], [one.clutter_over_stir_db for one in known], ".", color=SIMULATED
    )
    axes[1].set(xlabel="what moves over noise, dB", ylabel="what stands still\nover what moves, dB")
    for name, one in recorded.items():
        axes[0].axvline(math.log10(one.swing_mm), color=RECORDED)
        if not math.isnan(one.stir_over_noise_db):
            axes[1].plot(one.stir_over_noise_db, one.clutter_over_stir_db, "o", color=RECORDED)
            axes[1].annotate(name.split()[0], (one.stir_over_noise_db, one.clutter_over_stir_db), fontsize=8)
    axes[0].plot([], [], color=RECORDED, label="recorded")
    axes[0].legend(loc="upper left")
    _save(figure, "swing")


def spectra(simulated: list[Take], recorded: list[Take]) -> None:
    """Spectrum of displacement at the bin that stirs most."""
    figure, axis = pyplot.subplots(figsize=(9, 3), layout="constrained")
    grid = np.linspace(0.05, 5, 300)
    lines = [_spectrum(take, grid) for take in simulated]
    low, middle, high = np.quantile(lines, [0.1, 0.5, 0.9], axis=0)
    axis.fill_between(grid, low, high, color=SIMULATED, alpha=0.5, lw=0, label="simulated, 10 to 90 %")
    axis.plot(grid, middle, color="#14507a", label="simulated, median")
    for take in recorded:
        axis.plot(grid, _spectrum(take, grid), color=RECORDED, lw=0.8)
    axis.plot([], [], color=RECORDED, label="recorded")
    axis.set(xlabel="Hz", ylabel="dB of the greatest line", ylim=(-70, 3))
    axis.legend(loc="upper right")
    _save(figure, "spectra")


def _spectrum(take: Take, grid: Float) -> Float:
    best = int(np.argmax(take.iq.var(axis=0)))
    hz, density = spectrum(*path_mm(take, best))
    level = 10 * np.log10(np.interp(grid, hz, density, right=math.nan) + 1e-12)
    return np.asarray(level - np.nanmax(level))


def trace_noise(simulated: list[TraceMarginals], recorded: list[TraceMarginals]) -> None:
    """Noise and swing of chest traces by distance."""
    figure, axes = pyplot.subplots(1, 2, figsize=(9, 3), layout="constrained")
    for axis, name, label in ((axes[0], "white_mm", "white noise, mm"), (axes[1], "swing_mm", "swing, mm")):
        axis.semilogy(
            [one.range_m for one in simulated], [getattr(one, name) for one in simulated], ".", color=SIMULATED
        )
        axis.semilogy([one.range_m for one in recorded], [getattr(one, name) for one in recorded], "o", color=RECORDED)
        axis.set(xlabel="distance of the chest, m", ylabel=label)
    axes[0].plot([], [], ".", color=SIMULATED, label="simulated")
    axes[0].plot([], [], "o", color=RECORDED, label="recorded")
    axes[0].legend(loc="upper left")
    _save(figure, "trace-noise")


def receiver_noise(recorded: list[Take]) -> None:
    """Noise of a frame by distance, against what the simulated night takes."""
    figure, axis = pyplot.subplots(figsize=(9, 3), layout="constrained")
    settings = ReceiverSettings()
    far = np.linspace(0.2, 6, 200)
    axis.plot(far, np.interp(far, (1.8, 4.2), (settings.noise, settings.far_noise)), color="#14507a", label="simulated")
    for take in recorded:
        if take.noise_power is not None:
            axis.plot(take.range_m, np.sqrt(take.noise_power), ".", ms=4, label=take.name)
    axis.set(xlabel="distance, m", ylabel="noise of a frame, units", ylim=(0, 40))
    axis.legend(loc="upper right", fontsize=8)
    _save(figure, "receiver-noise")


def intervals(simulated: Float, recorded: dict[str, Float]) -> None:
    """Time from frame to frame, over the period."""
    figure, axis = pyplot.subplots(figsize=(9, 3), layout="constrained")
    bins = [0.5 + 0.02 * k for k in range(61)]
    axis.hist(simulated, bins, density=True, color=SIMULATED, label="simulated, all that jitter")
    for name, one in recorded.items():
        axis.hist(one, bins, density=True, histtype="step", label=name)
    axis.set(xlabel="time from frame to frame, over the period", ylabel="density")
    axis.legend(loc="upper right", fontsize=8)
    _save(figure, "intervals")


def gallery() -> None:
    """What eight worlds look like to one radar: how far each bin is from its mean, over range and time."""
    names = ["sleeper", "apnoea", "restless", "leaving", "visited", "machine", "neighbour", "phantom"]
    radar = ReceiverSettings(bins=28, step_m=0.12, frame_rate_hz=20.0)
    figure, axes = pyplot.subplots(2, 4, figsize=(11, 5), layout="constrained", sharex=True, sharey=True)
    for seed, (axis, name) in enumerate(zip(axes.ravel(), names, strict=True)):
        drawn = draw_windows(np.random.default_rng(GALLERY_SEED + seed), 1, radar=radar, shares={name: 1.0})
        level = np.log10(np.abs(drawn.iq[0] - drawn.iq[0].mean(axis=0)) + 1)
        axis.imshow(level.T, aspect="auto", origin="lower", extent=(0, 30, 0.3, 3.6), cmap="viridis")
        could = drawn.labels.is_rate_observable[0]
        axis.set_title(f"{name}: {'a rate could be known' if could else 'no rate could be known'}", fontsize=8)
    figure.supxlabel("seconds", fontsize=9)
    figure.supylabel("metres", fontsize=9)
    _save(figure, "gallery", 60)
