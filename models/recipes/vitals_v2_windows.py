"""What vitals-v2 learns from: simulated windows, seen through the node's own chain as far as the net's front half.

The net never meets a recording. What it is to say of a window is the mean rate of the one person who lies calm in it,
however faint; and that no rate can be told when nobody does: an empty room, a machine, a movement, a breath that is
held, a second person.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.frames import Frame, FrameKind, Layout
from edge.learned import tapers_for
from edge.resampling import DisplacementField, field_of
from edge.signals import SignalWindow
from models.recipes.vitals_v2_front import CANDIDATE_PER_MIN, CANDIDATES, LINES_PER_OCTAVE, Front
from models.runtime import Model
from models.simulator.labels import Labels, TrueState
from models.simulator.traces import draw_traces
from models.simulator.windows import draw_windows
from models.simulator.worlds import WORLDS

SHORTEST_S, LONGEST_S = 9.0, 30.0
MOVED_BY_S = 3.0
# A hold shorter than this still leaves a rate: the node itself takes up to six seconds to see it.
MAY_HOLD_S = 3.0
WINDOWS_PER_RADAR = 24
# Worlds of which the net need not learn much: another step of the node tells two people apart.
RARE = {"shared": 0.01, "visited": 0.02}
SHARES = {name: RARE.get(name, share) for name, (share, _) in WORLDS.items()}
# How much more or less of a chest a depth camera may see than the simulated one does: of the person's own depth, of the
# region's size, and of the body that sways with the breath (log10).
SWING_LOG = (-0.2, 0.5)
# Width of what counts as right, in lines of the rate axis: the rate of the last half minute is no sharper.
TARGET_LINES = 1.0


@dataclass(frozen=True, eq=False)
class Examples:
    """Windows as the learned half sees them."""

    logs: NDArray[np.float16]
    """(windows, KEPT, TAPERS, LINES)"""
    scalars: NDArray[np.float32]
    """(windows, KEPT, SCALARS)"""
    rate_per_min: NDArray[np.float64]
    """(windows,), NaN where no rate can be told."""
    duration_s: NDArray[np.float64]
    """(windows,) [s] of signal."""
    world: NDArray[np.str_]
    """(windows,), what went on; traces begin with 'trace '."""
    posture: NDArray[np.int8]
    """(windows,), of torsos.Posture."""
    evidence_db: NDArray[np.float32]
    """(windows,) [dB], how strong the sleeper's motion was."""


def targets(rate_per_min: NDArray[np.float64]) -> NDArray[np.float32]:
    """Turn rates into distributions over the candidates and 'none'.

    Returns:
        shape (windows, CANDIDATES + 1), rows adding up to 1.
    """
    is_told = np.isfinite(rate_per_min)
    told = np.where(is_told, rate_per_min, 15.0)
    distance = LINES_PER_OCTAVE * np.log2(told[:, None] / CANDIDATE_PER_MIN[None, :])
    bell = np.exp(-0.5 * (distance / TARGET_LINES) ** 2)
    target = np.zeros((len(told), CANDIDATES + 1), dtype=np.float32)
    target[:, :-1] = np.where(is_told[:, None], bell / bell.sum(axis=1, keepdims=True), 0.0)
    target[:, -1] = ~is_told
    return target


class Workshop:
    """Makes examples with the node's own parts."""

    def __init__(self, movement: Model, front: Front) -> None:
        self._movement = movement
        self._front = front

    def radar(self, rng: np.random.Generator, count: int) -> Examples:
        """Draw windows of one radar and look at them."""
        drawn = draw_windows(rng, count, shares=SHARES)
        layout = Layout(FrameKind.RADAR, drawn.range_m, drawn.settings.wavelength_m, drawn.settings.frame_rate_hz)
        knows_noise = rng.random(count) < 0.5
        rows = []
        for row in range(count):
            t_s, good = drawn.timing.t_s[row], ~drawn.timing.is_lost[row]
            noise = drawn.noise_power[row] if knows_noise[row] else None
            window = SignalWindow(self._movement)
            for t, values in zip(t_s[good], drawn.iq[row][good], strict=True):
                window.add(Frame(layout, float(t), values, noise))
            begin_s = _begin_s(rng, drawn.labels, row, t_s)
            reading = window.read(begin_s)
            if reading is None or not np.isfinite(reading.field.field_mm).all():
                continue
            rows.append(self._row(reading.field, drawn.labels, row, t_s, ""))
        return _stacked(rows)

    def traces(self, rng: np.random.Generator, count: int) -> Examples:
        """Draw windows of one depth camera and look at them."""
        rate_hz = float(rng.choice([8.0, 10.0, 15.0, 15.0, 20.0, 30.0]))
        drawn = draw_traces(rng, count, rate_hz=rate_hz)
        rows = []
        for row in range(count):
            t_s, good = drawn.timing.t_s[row], ~drawn.timing.is_lost[row]
            inside = good & (t_s >= _begin_s(rng, drawn.labels, row, t_s))
            if inside.sum() < 2 * SHORTEST_S:
                continue
            swing = 10 ** rng.uniform(*SWING_LOG)
            path = swing * drawn.mm[row][inside].astype(np.float64) + _cheap_camera_mm(rng, t_s[inside])
            field = field_of(t_s[inside], path[:, None], np.ones(1), np.full(1, np.nan), 1)
            rows.append(self._row(field, drawn.labels, row, t_s, "trace "))
        return _stacked(rows)

    def _row(
        self, field: DisplacementField, labels: Labels, row: int, t_s: NDArray[np.float64], kind: str
    ) -> tuple[object, ...]:
        logs, scalars = self._front(field.field_mm, tapers_for(field.duration_s), field.trust)
        rate = _rate(labels, row, t_s, t_s[-1] - field.duration_s)
        return (
            logs.astype(np.float16),
            scalars,
            rate,
            field.duration_s,
            kind + str(labels.world[row]),
            labels.posture[row],
            labels.evidence_db[row],
        )


def _begin_s(rng: np.random.Generator, labels: Labels, row: int, t_s: NDArray[np.float64]) -> float:
    """Choose where the window begins: mostly in the calm stretch, sometimes a little before it is calm."""
    end_s, calm_s = float(t_s[-1]), float(labels.calm_s[row])
    wanted_s = LONGEST_S if rng.random() < 0.4 else float(rng.uniform(SHORTEST_S, LONGEST_S))
    if calm_s < SHORTEST_S:
        return end_s - wanted_s
    early_s = float(rng.uniform(0, MOVED_BY_S)) if rng.random() < 0.15 else 0.0
    return end_s - min(wanted_s, calm_s + early_s)


def _rate(labels: Labels, row: int, t_s: NDArray[np.float64], begin_s: float) -> float:
    """Return the mean rate of the one calm breather of a window [1/min]; NaN when there is none."""
    inside = t_s >= begin_s - 1e-6
    state, people = labels.state[row][inside], labels.people[row][inside]
    steps_s = np.median(np.diff(t_s))
    held_s = float((state == TrueState.NO_BREATHING_SEEN).sum() * steps_s)
    moved_s = float((state == TrueState.MOVING).sum() * steps_s)
    calm = np.isin(state[-1], (TrueState.BREATHING, TrueState.OBSTRUCTED, TrueState.NO_BREATHING_SEEN))
    if not calm or (people != 1).any() or held_s > MAY_HOLD_S or moved_s > MOVED_BY_S:
        return float("nan")
    breaths = labels.breaths[row][inside]
    rate = 60 * float(breaths[-1] - breaths[0]) / float(t_s[-1] - t_s[inside][0])
    return rate if CANDIDATE_PER_MIN[0] <= rate <= CANDIDATE_PER_MIN[-1] else float("nan")


def _cheap_camera_mm(rng: np.random.Generator, t_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Noise that a worse camera would add: white or heavy in the tails, steady or waxing and waning; and drift."""
    if rng.random() < 0.3:
        return np.zeros(len(t_s))
    white = rng.standard_normal(len(t_s))
    if rng.random() < 0.4:
        white = rng.standard_t(3, len(t_s)) / np.sqrt(3.0)
    if rng.random() < 0.3:
        white = white * (1 + 0.8 * np.sin(2 * np.pi * (t_s / rng.uniform(10, 60) + rng.random())))
    steps = rng.standard_normal(len(t_s)) * np.sqrt(np.gradient(t_s))
    drift = np.cumsum(steps) * 10 ** rng.uniform(-1.5, 0.5)
    return np.asarray(10 ** rng.uniform(-1.3, 1.1) * white + drift)


def _stacked(rows: list[tuple[object, ...]]) -> Examples:
    return Examples(*(np.array(column) for column in zip(*rows, strict=True)))


def joined(parts: list[Examples]) -> Examples:
    """Put examples one after the other."""
    return Examples(*(np.concatenate([getattr(part, name) for part in parts]) for name in Examples.__annotations__))
