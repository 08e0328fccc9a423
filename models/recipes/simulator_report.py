"""The page docs/explanation/simulator.md: the simulator's figures beside those of the recordings that are here.

Run `python -m models.recipes.simulator_report` from the root of the checkout; `make docs` does.
"""

import sys
from dataclasses import fields
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.cases import ENVIRONMENT, recordings_dir
from models.recipes import simulator_plots as plots
from models.recipes.marginals import (
    Marginals,
    Take,
    TraceMarginals,
    acconeer,
    bgt60,
    depth_traces,
    iwr6843,
    marginals_of,
    takes_of,
    trace_marginals,
)
from models.simulator.night import Night
from models.simulator.profiles import draw_timing
from models.simulator.receiver import ReceiverSettings
from models.simulator.scenes import SCENES
from models.simulator.traces import draw_traces
from models.simulator.walls import Wall, loss_db
from models.simulator.windows import draw_windows
from models.simulator.worlds import WORLDS

PAGE = Path("docs/explanation/simulator.md")
RADAR = ReceiverSettings(bins=21, step_m=0.06, pulse_fwhm_m=0.14)
WINDOWS, TRACES, NIGHTS = 192, 192, 24
WORDS = {
    "swing_mm": "swing in the breathing band, mm",
    "line_over_quiet_db": "breathing band over 2 to 4 Hz, dB",
    "stir_over_noise_db": "what moves over the noise of a frame, dB",
    "clutter_over_stir_db": "what stands still over what moves, dB",
    "drift_per_10_s": "wandering of the stillest bin in 10 s, share",
}
TRACE_WORDS = {
    "white_mm": "white noise, mm",
    "swing_mm": "swing in the breathing band, mm",
    "slow_mm": "swing below it, mm",
    "interval_spread": "spread of the frame interval, share",
}


def _still_people(folder: Path | None) -> list[Take]:
    """Read the recordings of one still person."""
    if folder is None:
        return []
    radar = folder / "radar"
    return [
        acconeer(radar / "acconeer" / "breathing-sitting.h5", is_still=True),
        bgt60(radar / "bgt60tr13c_breath" / "recording_breath" / "RadarIfxAvian_00", is_still=True),
        iwr6843(radar / "iwr6843_dca1000" / "demo.bin"),
    ]


def _moving_people(folder: Path | None) -> list[Take]:
    if folder is None:
        return []
    found = [
        acconeer(path, is_still=False)
        for path in sorted((folder / "radar" / "acconeer").glob("*presence*.h5"))
        if not path.name.startswith("tests__")
    ]
    people = sorted((folder / "radar" / "bgt60tr13c_people").glob("*/RadarIfxAvian_00"))
    return found + [bgt60(path, is_still=False) for path in people]


def _nights() -> list[Take]:
    """Play half a minute of many sleepers' nights, frame by frame."""
    takes = []
    for seed in range(NIGHTS):
        night = Night(seed, SCENES["sleeper"]())
        looks = list(islice(night, 600))
        iq, t_s = np.array([look.iq for look in looks]), np.array([look.t_s for look in looks])
        noise = np.mean([look.noise_power for look in looks], axis=0).astype(np.float64)
        takes.append(Take("night", iq, t_s, night.scene.receiver.wavelength_m, night.receiver.range_m, noise))
    return takes


def _traces() -> list[TraceMarginals]:
    drawn = draw_traces(np.random.default_rng(2), TRACES, seconds=60.0, shares={"seated": 1.0})
    found = []
    for mm, t_s, range_m in zip(drawn.mm, drawn.timing.t_s, drawn.labels.range_m[:, -1], strict=True):
        seen = ~np.isnan(mm)
        found.append(trace_marginals(mm[seen].astype(np.float64), t_s[seen], float(range_m)))
    return found


def _spread(values: list[float]) -> str:
    known = [value for value in values if np.isfinite(value)]
    if not known:
        return "-"
    low, middle, high = np.quantile(known, [0.1, 0.5, 0.9])
    return f"{middle:.3g} ({low:.3g} to {high:.3g})"


def _radar_table(columns: dict[str, list[Marginals]]) -> str:
    lines = ["| figure | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for field in fields(Marginals):
        cells = [_spread([getattr(one, field.name) for one in column]) for column in columns.values()]
        lines.append(f"| {WORDS[field.name]} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _trace_table(simulated: list[TraceMarginals], recorded: list[TraceMarginals]) -> str:
    lines = ["| figure | distance | simulated | recorded |", "|---|---|---|---|"]
    for name, word in TRACE_WORDS.items():
        for range_m in (1, 2, 3):
            near = [one for one in simulated if abs(one.range_m - range_m) < 0.4]
            same = [one for one in recorded if abs(one.range_m - range_m) < 0.4]
            cells = (_spread([getattr(one, name) for one in group]) for group in (near, same))
            lines.append(f"| {word} | {range_m} m | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _steps(takes: list[Take]) -> dict[str, NDArray[np.float64]]:
    """Return the frame intervals of recordings over their period, losses left out; only where a clock was read."""
    found = {}
    for take in takes:
        steps = np.diff(take.t_s) / np.median(np.diff(take.t_s))
        if np.ptp(steps) > 1e-6:
            found[take.name] = steps
    return found


def _interval_table(simulated: NDArray[np.float64], recorded: dict[str, NDArray[np.float64]]) -> str:
    lines = ["| frames | spread of the interval | shortest | longest |", "|---|---|---|---|"]
    for name, steps in {"simulated, all that jitter": simulated, **recorded}.items():
        lines.append(f"| {name} | {steps.std():.3f} | {steps.min():.2f} | {steps.max():.2f} |")
    return "\n".join(lines)


def _labels_table() -> str:
    labels = draw_windows(np.random.default_rng(3), 900, radar=ReceiverSettings(bins=16, frame_rate_hz=10.0)).labels
    lines = [
        "| world | share | people at the end | presence could be known | state | rate |",
        "|---|---|---|---|---|---|",
    ]
    for name in WORLDS:
        of = labels.world == name
        could = (labels.is_presence_observable, labels.is_state_observable, labels.is_rate_observable)
        shares = " | ".join(f"{100 * one[of].mean():.0f} %" for one in could)
        lines.append(f"| {name} | {100 * of.mean():.0f} % | {labels.people[of, -1].mean():.1f} | {shares} |")
    return "\n".join(lines)


def main() -> None:
    """Draw the pictures and write the page."""
    plots.begin()
    folder = recordings_dir()
    if folder is not None and not (folder / "radar").is_dir():
        folder = None
    still, moving = _still_people(folder), _moving_people(folder)
    depth = depth_traces(folder / "camera" / "depth_chest_belt") if folder else []
    shares = {"sleeper": 0.5, "seated": 0.5}
    drawn = draw_windows(np.random.default_rng(1), WINDOWS, radar=RADAR, shares=shares)
    takes, nights, traces = list(takes_of(drawn)), _nights(), _traces()
    columns = {
        "simulated windows": [marginals_of(one) for one in takes],
        "simulated nights": [marginals_of(one) for one in nights],
        **{one.name: [marginals_of(one)] for one in still},
    }
    if not still:
        columns["recorded"] = []
    timing = draw_timing(np.random.default_rng(4), 200, 300, 10.0)
    steps = np.diff(timing.t_s, axis=1) * 10
    simulated_steps = steps[steps.std(axis=1) > 1e-6].ravel()
    recorded_steps = _steps(still + moving)
    plots.swings(columns["simulated windows"], {one.name: marginals_of(one) for one in still})
    plots.spectra(takes, still)
    plots.trace_noise(traces, depth)
    plots.receiver_noise([take for take in still + moving if not take.name.startswith(("BGT60", "IWR"))])
    plots.intervals(simulated_steps, recorded_steps)
    plots.gallery()
    here = "" if folder else f"\n**The recordings were not here ({ENVIRONMENT}), so the recorded columns are empty.**\n"
    text = (Path(__file__).with_name("simulator_page.md")).read_text("utf-8")
    for mark, part in {
        "HERE": here,
        "RADAR": _radar_table(columns),
        "TRACES": _trace_table(traces, depth),
        "INTERVALS": _interval_table(simulated_steps, recorded_steps),
        "LABELS": _labels_table(),
        "WALLS": ", ".join(
            f"{boards} boards {loss_db(Wall(boards=boards), wavelength):.0f} dB at {name}"
            for name, wavelength in (("60 GHz", 0.00496), ("24 GHz", 0.0124))
            for boards in (2, 4)
        ),
        "SCENES": ", ".join(f"`{name}`" for name in SCENES),
    }.items():
        text = text.replace("{{" + mark + "}}", part)
    PAGE.write_text(text, "utf-8")
    sys.stdout.write(f"wrote {PAGE}\n")


if __name__ == "__main__":
    main()
