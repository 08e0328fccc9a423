"""The page docs/explanation/camera-simulator.md and its pictures, for people to judge the simulated camera by eye.

Run `python -m models.recipes.camera_sheet` from the root of the checkout; `make docs` does. Every picture says that it
is simulated.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib import pyplot
from numpy.typing import NDArray

from models.simulator.camera import SCENARIOS, CameraScene, film, scene_named
from models.simulator.camera.bedding import Bedding
from models.simulator.camera.scene import Sensor
from models.simulator.camera.stills import BedStage
from models.simulator.torsos import Posture

IMAGES, PAGE = Path("docs/images"), Path("docs/explanation/camera-simulator.md")
TEMPLATE = Path(__file__).with_name("camera_page.txt")
SEED = 3
QUIET = Sensor(read_dn=0, shot_gain=0, pattern_dn=0, row_dn=0, dead_share=0, drop_share=0)
# Scenario and the second of it that is shown.
SHEET = (
    ("sleeper", 5.0),
    ("sleeper_blanket", 5.0),
    ("sleeper_uncovered", 5.0),
    ("side", 5.0),
    ("prone", 5.0),
    ("two_lie", 5.0),
    ("edge", 24.5),
    ("fall", 26.0),
    ("fall", 30.5),
    ("fall", 38.0),
    ("ensuite", 45.0),
    ("staff_visit", 34.0),
    ("empty_room", 3.0),
    ("crumpled_duvet", 3.0),
    ("pet", 4.0),
    ("pet", 20.0),
    ("fan", 3.0),
    ("moth", 2.0),
    ("lamp", 3.0),
    ("daylight", 3.0),
    ("avatar", 3.0),
    ("dust_on_lens", 22.0),
    ("defocus", 22.0),
    ("covered", 20.3),
    ("ir_cut", 22.0),
)
STRIPS = ("sleeper_uncovered", "sleeper", "held", "shallow", "empty_room", "fan", "swaying_photograph", "camera_moved")
STRIP_S, MAGNIFIED = 60.0, 8.0

Picture = NDArray[np.uint8]


def _at(name: str, at_s: float) -> Picture:
    """Film a scenario up to a moment and return that frame."""
    last = None
    for t_s, picture in film(scene_named(name, SEED, at_s + 0.3)).frames():
        if t_s > at_s and last is not None:
            break
        last = picture
    assert last is not None
    return last


def _show(axis: Any, picture: NDArray[Any], title: str) -> None:
    axis.imshow(picture, cmap="gray", vmin=0, vmax=255, interpolation="nearest", aspect="auto")
    axis.set_title(title, fontsize=8, pad=2)
    axis.text(0.98, 0.03, "SIMULATED", color="white", fontsize=7, ha="right", transform=axis.transAxes, weight="bold")
    axis.set_axis_off()


def sheet() -> None:
    """Draw one frame of many scenarios."""
    columns = 5
    figure, axes = pyplot.subplots(-(-len(SHEET) // columns), columns, figsize=(13, 10.6), layout="constrained")
    for axis, (name, at_s) in zip(axes.ravel(), SHEET, strict=False):
        _show(axis, _at(name, at_s), f"{name}, {at_s:g} s")
    figure.savefig(IMAGES / "camera-sheet.png", dpi=75, pil_kwargs={"optimize": True})
    pyplot.close(figure)


def strips() -> None:
    """Draw one column of pixels, through the chest, over a minute, with what changes magnified."""
    figure, axes = pyplot.subplots(len(STRIPS), 1, figsize=(11, 11), layout="constrained", sharex=True)
    for axis, name in zip(axes, STRIPS, strict=True):
        column = np.array([picture[85:165, 88:97].mean(axis=1) for _, picture in _frames(name)])
        still = np.median(column, axis=0)
        smooth = np.apply_along_axis(np.convolve, 0, column - still, np.full(5, 0.2), mode="same")
        _show(axis, np.clip(still + MAGNIFIED * smooth, 0, 255).T, name)
    figure.savefig(IMAGES / "camera-strips.png", dpi=70, pil_kwargs={"optimize": True})
    pyplot.close(figure)


def _frames(name: str) -> Iterator[tuple[float, Picture]]:
    return film(scene_named(name, SEED, STRIP_S)).frames()


def _look_table() -> str:
    """Return how bright and how rough the pictures are, without noise."""
    lines = [
        "| bedding | empty bed's mean, DN | wall's mean, DN | gradient, DN/px rms | with noise |",
        "|---|---|---|---|---|",
    ]
    for bedding in Bedding:
        scene = scene_named("sleeper", SEED, 0.2, bedding=bedding)
        bed = BedStage(scene)
        made, lain, noisy = (
            _first(one) for one in (replace(scene, acts=(), sensor=QUIET), replace(scene, sensor=QUIET), scene)
        )
        wall = lain[bed.room.where("wall")].mean()
        rough, rougher = (np.sqrt(np.square(np.gradient(one)).sum(axis=0).mean()) for one in (lain, noisy))
        mean = made[bed.view.box][bed.made.is_bed].mean()
        lines.append(f"| {bedding} | {mean:.0f} | {wall:.0f} | {rough:.1f} | {rougher:.1f} |")
    return "\n".join(lines)


def _first(scene: CameraScene) -> NDArray[np.float64]:
    return next(picture for _, picture in film(scene).frames()).astype(np.float64)


def _swing_table() -> str:
    """Return how far a breath of 7 mm moves the picture, by posture, bedding and distance."""
    lines = ["| posture | bedding | 2 m | 3 m | 4 m | least that could be told at 3 m |", "|---|---|---|---|---|---|"]
    for posture in (Posture.SUPINE, Posture.SIDE, Posture.PRONE):
        for bedding in Bedding:
            told = []
            for distance_m in (2.0, 3.0, 4.0):
                scene = scene_named("held", SEED, 1.0, posture=posture, bedding=bedding, distance_m=distance_m)
                told.append(film(scene).truth[0])
            swings = " | ".join(f"{one.swing_px:.2f} px" for one in told)
            lines.append(f"| {posture.name.lower()} | {bedding} | {swings} | {told[1].detectable_px:.3f} px |")
    return "\n".join(lines)


def main() -> None:
    """Draw the pictures and write the page."""
    matplotlib.use("Agg")
    IMAGES.mkdir(parents=True, exist_ok=True)
    sheet()
    strips()
    names = ", ".join(f"`{name}`" for name in SCENARIOS)
    page = TEMPLATE.read_text("utf-8").format(scenarios=names, look=_look_table(), swing=_swing_table())
    PAGE.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
