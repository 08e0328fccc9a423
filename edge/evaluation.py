"""Recordings in, one line per second out: what `hushward estimate` and `hushward simulate` do."""

import json
import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, TextIO

import numpy as np

from edge.errors import SettingsError, SourceError
from edge.estimates import Estimate, Estimator, Moment
from edge.frames import Frame, FrameSource, LoopMark, Quiet
from edge.senses import shipped_models
from edge.sources.formats import open_recording
from edge.zones import Zones, zones_in
from models.errors import ModelError
from models.simulator.night import Night
from models.simulator.scenes import SCENES

# Recordings carry no trustworthy time of day: their estimates count from here.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EXIT_READ, EXIT_UNREADABLE = 0, 2


class Watcher(Protocol):
    """Takes frames in and answers once a second: the shipped estimator, another one, or a baseline."""

    @property
    def model(self) -> str:
        """Hex digest of the model behind the rate, or the name of what has none."""
        ...

    def restart(self) -> None:
        """Forget everything: another recording, or the same once more."""
        ...

    def add(self, frame: Frame) -> None:
        """Take one frame in."""
        ...

    def estimate(self, moment: Moment) -> Estimate:
        """Answer for one second, from the frames up to now."""
        ...


def new_estimator(zones: Zones) -> Estimator:
    """Load the shipped models, checked against their cards, and build an estimator.

    Raises:
        ModelError: a model file is missing or is not the one on its card.
    """
    return Estimator(shipped_models(), zones)


def estimates_of(source: FrameSource, estimator: Watcher) -> Iterator[Estimate]:
    """Work through a source as fast as it gives frames.

    Yields:
        One estimate for each whole second 1 .. floor(duration), from frames up to that second only.

    Raises:
        SourceError: the source could not be read at all.
    """
    second, last_s = 1, 0.0
    period_s = 0.0
    for frame in source:
        if isinstance(frame, LoopMark):
            estimator.restart()
            continue
        if isinstance(frame, Quiet):
            continue
        while frame.t_s > second:
            yield estimator.estimate(_moment(second, source))
            second += 1
        estimator.add(frame)
        period_s = max(0.0, frame.t_s - last_s) if last_s else 0.0
        last_s = frame.t_s
    # A frame stands for its whole period, so a recording of 10 s at 20 frames/s has a tenth second.
    while second <= math.floor(last_s + min(period_s, 0.2) + 1e-6):
        yield estimator.estimate(_moment(second, source))
        second += 1


def _moment(second: int, source: FrameSource) -> Moment:
    count = source.count
    captured_at = EPOCH + timedelta(seconds=second)
    return Moment(float(second), captured_at, float(second), count.read, count.lost, count.bad)


def json_line(estimate: Estimate) -> str:
    """Write an estimate as the fixed line of the evaluation interface (SENSING)."""
    return json.dumps(
        {
            "t_s": estimate.t_s,
            "presence": str(estimate.presence),
            "state": str(estimate.state),
            "movement": estimate.movement,
            "people": estimate.people,
            "respiratory_rate_per_min": estimate.respiratory_rate_per_min,
            "respiratory_rate_uncertainty_per_min": estimate.respiratory_rate_uncertainty_per_min,
            "pulse_rate_per_min": estimate.pulse_rate_per_min,
            "pulse_rate_uncertainty_per_min": estimate.pulse_rate_uncertainty_per_min,
            "quality": estimate.quality,
            "withheld": {
                "respiratory_rate": _word(estimate.respiratory_rate_withheld),
                "pulse_rate": _word(estimate.pulse_rate_withheld),
            },
            "model": f"sha256:{estimate.model}",
        }
    )


def _word(reason: object) -> str | None:
    return None if reason is None else str(reason)


def _text_line(estimate: Estimate) -> str:
    rate = estimate.respiratory_rate_per_min
    told = f"{rate:5.1f} /min" if rate is not None else f"withheld ({_word(estimate.respiratory_rate_withheld)})"
    return f"{estimate.t_s:7.0f} s  {estimate.presence:8} {estimate.state:18} breathing {told}"


@dataclass(frozen=True)
class EstimateOptions:
    """What a person may say about a recording."""

    sensor: str | None = None
    """radar, camera or trace; None lets the content decide."""
    format: str | None = None
    """A format's name; None lets the content decide."""
    config: Path | None = None
    """Settings of a raw recording, for the formats that need them."""
    jsonl: bool = True
    """One JSON object a line; False writes a short text line."""


def estimate_file(path: Path, options: EstimateOptions, out: TextIO | None = None, err: TextIO | None = None) -> int:
    """Read a recording as fast as possible and write one line per second.

    Args:
        path: file or folder.
        options: how to read it.
        out: for the lines; standard output when None.
        err: for the summary and for the one sentence of a failure; standard error when None.

    Returns:
        0 with estimates, 2 for a file that cannot be read.
    """
    out, err = out or sys.stdout, err or sys.stderr
    try:
        source = open_recording(path, options.format, options.sensor, config=options.config)
        estimator = new_estimator(zones_in(options.config))
    except (SourceError, SettingsError, ModelError) as error:
        err.write(f"{error}\n")
        return EXIT_UNREADABLE
    write = json_line if options.jsonl else _text_line
    try:
        for estimate in estimates_of(source, estimator):
            out.write(write(estimate) + "\n")
    except SourceError as error:
        err.write(f"{error}\n")
        return EXIT_UNREADABLE
    finally:
        source.close()
    count = source.count
    for warning in count.warnings:
        err.write(f"warning: {warning}\n")
    err.write(f"{count.read} frames read, {count.lost} lost, {count.bad} bad\n")
    return EXIT_READ


def simulate_file(path: Path, *, seed: int, seconds: float, scenario: str = "night") -> Mapping[str, Any]:
    """Write a simulated night as a neutral `.npz` that `estimate` reads, with its truth beside it.

    Args:
        path: the `.npz`; the truth is written to the same name with `.truth.jsonl`.
        seed: the same seed gives the same night.
        seconds: [s] how long.
        scenario: which story, by its name in SCENES.

    Returns:
        What was written: frames, seconds and the two paths.

    Raises:
        SourceError: no such scenario.
    """
    if scenario not in SCENES:
        raise SourceError(f"There is no scenario '{scenario}'; there are {', '.join(SCENES)}.")
    night = Night(seed, SCENES[scenario]())
    settings = night.scene.receiver
    frames, times_s, truths = [], [], []
    next_s = 1.0
    for look in night:
        if look.t_s > seconds:
            break
        frames.append(look.iq)
        times_s.append(look.t_s)
        if look.t_s >= next_s:
            truths.append({"t_s": next_s, **vars(look.truth)})
            next_s += 1
    from_first_m = night.receiver.range_m
    np.savez_compressed(
        path,
        iq=np.array(frames),
        t_s=np.array(times_s),
        frame_rate_hz=settings.frame_rate_hz,
        wavelength_m=settings.wavelength_m,
        range_m=from_first_m,
    )
    truth_path = path.with_suffix(".truth.jsonl")
    truth_path.write_text("".join(json.dumps(row) + "\n" for row in truths), encoding="utf-8")
    return {"frames": len(frames), "seconds": len(truths), "recording": str(path), "truth": str(truth_path)}
