"""The pictures of the thirty nights."""

from collections.abc import Callable, Mapping
from pathlib import Path

from matplotlib import pyplot

from console.rules.alerting.alerts import AlertKind
from models.recipes.ward_nights.figures import Nights
from models.recipes.ward_nights.page import KINDS, spread_words
from models.recipes.ward_nights.runs import VARIED

# Colours that stay apart for most colour-blind eyes (Okabe and Ito, 2008).
COLOURS = {
    AlertKind.ENSUITE: "#0072b2",
    AlertKind.FLOOR: "#d55e00",
    AlertKind.BED_EXIT: "#e69f00",
    AlertKind.SECOND_PERSON: "#cc79a7",
}
SHORT = {
    AlertKind.ENSUITE: "en-suite",
    AlertKind.FLOOR: "on the floor",
    AlertKind.BED_EXIT: "out of bed",
    AlertKind.SECOND_PERSON: "more than one person",
}
FREE: tuple[tuple[str, str, Callable[[int], bool]], ...] = (
    ("nobody free", "#d55e00", lambda count: count == 0),
    ("one free", "#e69f00", lambda count: count == 1),
    ("two or more free", "#0072b2", lambda count: count > 1),
)
CHANGED: tuple[tuple[str, Callable[[Nights], float]], ...] = (
    ("calls a night", lambda ward: ward.calls_per_night),
    ("seconds to the door, nine in ten", lambda ward: ward.to_door().ninth or 0.0),
    ("wakings, each person and night", lambda ward: ward.wakings()),
)
HALVED, DOUBLED = "#56b4e9", "#d55e00"


def draw(told: Mapping[str, Nights], folder: Path) -> None:
    """Draw every picture into a folder."""
    pyplot.switch_backend("agg")
    _nights(told["shipped"], folder / "thirty-nights.png")
    _changes(told, folder / "thirty-nights-sensitivity.png")


def _nights(ward: Nights, file: Path) -> None:
    figure, (calls, door) = pyplot.subplots(1, 2, figsize=(11, 3.8), width_ratios=(3, 2), layout="constrained")
    numbers, bottom = range(1, len(ward.seen) + 1), [0] * len(ward.seen)
    for kind in KINDS:
        heights = [sum(call.alert.kind is kind for call in one.calls) for one in ward.seen]
        calls.bar(numbers, heights, bottom=bottom, color=COLOURS[kind], label=SHORT[kind], width=0.8)
        bottom = [low + high for low, high in zip(bottom, heights, strict=True)]
    calls.set(xlabel="night", ylabel="calls", title="Calls of each night", ylim=(0, max(bottom) + 2))
    calls.legend(fontsize=8, frameon=False, ncols=4, loc="upper left")
    for name, colour, free in FREE:
        found = sorted(
            call.at_door_s for one in ward.seen for call in one.calls if call.at_door_s is not None and free(call.free)
        )
        if found:
            shares = [100 * place / len(found) for place in range(1, len(found) + 1)]
            door.step(found, shares, where="post", color=colour, label=f"{name} ({len(found)} calls)")
    door.set(xlabel="seconds from the call to the door", ylabel="% of calls", ylim=(0, 102))
    door.set_title("All calls: " + spread_words(ward.to_door()), fontsize=9)
    door.grid(color="#e5e5e5", lw=0.6)
    door.legend(fontsize=8, frameon=False, loc="lower right")
    figure.savefig(file, dpi=90, metadata={"Software": None})
    pyplot.close(figure)


def _changes(told: Mapping[str, Nights], file: Path) -> None:
    figure, axes = pyplot.subplots(1, 3, figsize=(11, 6.2), sharey=True, layout="constrained")
    places = range(len(VARIED))
    for axis, (name, value) in zip(axes, CHANGED, strict=True):
        base = value(told["unchanged"])
        for factor, colour, words, shift in ((0.5, HALVED, "halved", 0.2), (2.0, DOUBLED, "doubled", -0.2)):
            widths = [value(told[f"{one} {factor:g}"]) - base for one in VARIED]
            axis.barh([place + shift for place in places], widths, height=0.4, left=base, color=colour, label=words)
        axis.axvline(base, color="#333333", lw=0.8)
        axis.set_xlabel(name)
        axis.grid(axis="x", color="#e5e5e5", lw=0.6)
    axes[0].set_yticks(list(places), [one.replace("_", " ") for one in VARIED], fontsize=8)
    axes[0].legend(fontsize=8, frameon=False)
    figure.savefig(file, dpi=90, metadata={"Software": None})
    pyplot.close(figure)
