"""Many chests at a time: breath after breath, with pauses, sighs, apnoeas and a heart."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.simulator.randomwalks import remembered, wander

Float = NDArray[np.float64]
Bools = NDArray[np.bool_]

# The chest was breathing before the window began, so that an apnoea may already be under way at its start.
LEAD_S = 30.0
# Rows of different chests are searched in one sorted line; this keeps them apart.
ROW_S = 1e5


def breath_shape(phase: Float, inspired_share: ArrayLike, rest_share: ArrayLike) -> Float:
    """One breath from rest (0) to full (1) and back: a raised cosine in, one out, then rest.

    Args:
        phase: any shape, 0..1 through the breath.
        inspired_share: share of the breath spent breathing in (1:1 is 0.5, 1:3 is 0.25).
        rest_share: share of the rest of the breath in which nothing moves.
    """
    inspired, rest = np.asarray(inspired_share), np.asarray(rest_share)
    out = np.clip((phase - inspired) / ((1 - rest) * (1 - inspired)), 0, 1)
    turn = np.where(phase < inspired, phase / inspired, 1 + out)
    return np.asarray(0.5 - 0.5 * np.cos(math.pi * turn))


@dataclass(frozen=True, eq=False)
class Chests:
    """The breaths of many chests; every array has the shape (chests, breaths)."""

    onset_s: Float
    length_s: Float
    depth_mm: Float
    inspired_share: Float
    rest_share: Float
    is_still: Bools
    """Not a breath but a central apnoea or a breath that is held."""
    is_full: Bools
    """Held after breathing in; else after breathing out."""
    is_obstructed: Bools
    """Chest and belly work against each other and no air moves."""


@dataclass(frozen=True, eq=False)
class Excursion:
    """How chests moved; every array has the shape (chests, times)."""

    level_mm: Float
    """0 at rest."""
    breaths: Float
    """Breaths so far, with the fraction of the present one."""
    is_still: Bools
    is_obstructed: Bools


@dataclass(frozen=True, eq=False)
class BreathingDraw:
    """How each of many people breathes; every array has the shape (chests,)."""

    rate_per_min: Float
    depth_mm: Float
    rate_jitter: Float
    stop_at_s: Float
    """[s] of an apnoea or held breath; infinity for none."""
    stop_for_s: Float
    is_obstructive: Bools
    cycle_s: Float
    """[s] period of Cheyne-Stokes breathing; infinity for none."""


def draw_breathing(rng: np.random.Generator, count: int) -> BreathingDraw:
    """Draw people's ways of breathing as SENSING lists them: mostly ordinary, some slow, fast, shallow or deep."""
    usual = rng.random(count) < 0.7
    rate = np.where(usual, rng.uniform(9, 22, count), np.exp(rng.uniform(math.log(6), math.log(40), count)))
    kind = rng.random(count)
    depth = np.select(
        [kind < 0.65, kind < 0.85, kind < 0.93],
        [rng.uniform(4, 12, count), rng.uniform(1.5, 4, count), rng.uniform(0.5, 1.5, count)],
        rng.uniform(12, 20, count),
    )
    # Fast breaths are shallow ones: minute volume is what the body keeps.
    depth = np.clip(depth * np.minimum(1, 20 / rate), 0.5, 20)
    return BreathingDraw(
        rate,
        depth,
        rng.uniform(0.02, 0.10, count),
        np.full(count, math.inf),
        np.exp(rng.uniform(math.log(5), math.log(60), count)),
        np.zeros(count, dtype=bool),
        np.where(rng.random(count) < 0.04, rng.uniform(40, 90, count), math.inf),
    )


def draw_chests(rng: np.random.Generator, told: BreathingDraw, seconds: float) -> Chests:
    """Draw the breaths of many chests from before a window until after its end.

    Args:
        rng: where the randomness comes from.
        told: how each chest breathes.
        seconds: [s] length of the window; it begins at 0.
    """
    count = len(told.rate_per_min)
    usual_s = (60 / told.rate_per_min)[:, None]
    breaths = math.ceil((seconds + LEAD_S + 8) / float(usual_s.min()) * 1.3) + 4
    shape = (count, breaths)
    drift = told.rate_jitter[:, None] * wander(rng, shape, 0.7)
    length = usual_s * np.maximum(0.5, 1 + drift)
    depth = told.depth_mm[:, None] * np.maximum(0.4, 1 + rng.uniform(0.06, 0.18, (count, 1)) * rng.normal(size=shape))
    depth *= np.where(rng.random(shape) < 0.01, 2.0, 1.0)
    share = np.clip(rng.uniform(0.25, 0.5, (count, 1)) + rng.normal(0, 0.03, shape), 0.2, 0.55)
    start = -LEAD_S - rng.uniform(size=(count, 1)) * usual_s
    onset = _onsets(start, length)
    still, full, obstructed = (np.zeros(shape, dtype=bool) for _ in range(3))
    _wax_and_wane(rng, onset, depth, still, told.cycle_s)
    _stop(rng, onset, length, depth, still, full, obstructed, told)
    onset = _onsets(start, length)
    rest = np.broadcast_to(rng.uniform(0.0, 0.35, (count, 1)), shape)
    return Chests(onset, length, np.minimum(depth, 25.0), share, rest, still, full, obstructed)


def _onsets(start: Float, length: Float) -> Float:
    return np.asarray(start + np.cumsum(length, axis=1) - length)


def _wax_and_wane(rng: np.random.Generator, onset: Float, depth: Float, still: Bools, cycle_s: Float) -> None:
    """Cheyne-Stokes: the depth swells and fades, and between the swells nothing moves."""
    turn = onset / cycle_s[:, None] + rng.uniform(size=(len(onset), 1))
    gain = np.clip(0.9 - 1.3 * np.cos(2 * math.pi * turn), 0, 2) / 1.6
    has_cycle = np.isfinite(cycle_s)[:, None]
    depth *= np.where(has_cycle, gain, 1.0)
    still |= has_cycle & (gain < 0.06)


def _stop(
    rng: np.random.Generator,
    onset: Float,
    length: Float,
    depth: Float,
    still: Bools,
    full: Bools,
    obstructed: Bools,
    told: BreathingDraw,
) -> None:
    """Put the apnoeas in: one long still stretch, or breaths against a closed throat; then some deep, fast breaths."""
    rows = np.flatnonzero(np.isfinite(told.stop_at_s))
    for row in rows:
        first = int(np.searchsorted(onset[row], told.stop_at_s[row]))
        stop_s = told.stop_for_s[row]
        if told.is_obstructive[row]:
            after = int(np.searchsorted(onset[row], told.stop_at_s[row] + stop_s))
            obstructed[row, first:after] = True
            depth[row, first:after] *= rng.uniform(0.3, 0.9)
        else:
            after = first + 1
            length[row, first] = stop_s
            still[row, first] = True
            full[row, first] = rng.random() < 0.3
        gain = 1 + min(1.0, stop_s / 30) * rng.uniform(0.2, 1.0) * np.exp(-np.arange(6) / 2)
        room = len(gain[: max(0, length.shape[1] - after)])
        depth[row, after : after + room] *= gain[:room]
        length[row, after : after + room] /= np.sqrt(gain[:room])


def excursion(chests: Chests, t_s: Float) -> Excursion:
    """Say how far each chest has risen.

    Args:
        chests: of which.
        t_s: shape (chests, times) [s], rising.
    """
    rows = ROW_S * np.arange(len(t_s))[:, None]
    flat = np.searchsorted((chests.onset_s + rows).ravel(), (t_s + rows).ravel(), side="right").reshape(t_s.shape) - 1
    breaths = chests.onset_s.shape[1]
    index = np.clip(flat - breaths * np.arange(len(t_s))[:, None], 0, breaths - 1)

    def of(values: NDArray[np.generic]) -> NDArray[np.generic]:
        return np.take_along_axis(values, index, axis=1)

    onset, length = of(chests.onset_s).astype(float), of(chests.length_s).astype(float)
    passed_s = t_s - onset
    phase = np.clip(passed_s / length, 0, 1)
    level = breath_shape(phase, of(chests.inspired_share).astype(float), of(chests.rest_share).astype(float))
    still, full = of(chests.is_still).astype(bool), of(chests.is_full).astype(bool)
    # A full breath is held between breathing in (1.5 s) and out (1.2 s).
    held = np.minimum(np.clip(passed_s / 1.5, 0, 1), np.clip((length - passed_s) / 1.2, 0, 1))
    level = np.where(still, np.where(full, 0.5 - 0.5 * np.cos(math.pi * held), 0.0), level)
    return Excursion(
        of(chests.depth_mm).astype(float) * level,
        index + phase,
        still & (~full | (held >= 1)),
        of(chests.is_obstructed).astype(bool),
    )


@dataclass(frozen=True, eq=False)
class HeartDraw:
    """Many hearts; every array has the shape (hearts,)."""

    rate_per_min: Float
    size_mm: Float


def draw_hearts(rng: np.random.Generator, count: int) -> HeartDraw:
    """Draw hearts of 40 to 140 beats a minute, most of them at rest."""
    usual = rng.random(count) < 0.8
    rate = np.where(usual, rng.uniform(48, 90, count), rng.uniform(40, 140, count))
    return HeartDraw(rate, rng.uniform(0.1, 0.5, count))


def heartbeat(rng: np.random.Generator, told: HeartDraw, breaths: Float, dt_s: float) -> tuple[Float, Float]:
    """Move many chest walls by their hearts: two or three lobes a beat, hurried by breathing in.

    Args:
        rng: where the randomness comes from.
        told: the hearts.
        breaths: shape (hearts, times), breaths with their fraction.
        dt_s: [s] between times.

    Returns:
        The excursion [mm] and the beats so far, each of shape (hearts, times).
    """
    count, times = breaths.shape
    keep = np.exp(-dt_s * told.rate_per_min / 60)[:, None]
    flutter = rng.uniform(0.02, 0.06, (count, 1)) * wander(rng, (count, times), keep)
    coupling = rng.uniform(0.0, 0.08, (count, 1)) * np.sin(2 * math.pi * breaths)
    pace = (told.rate_per_min / 60)[:, None] * (1 + flutter + coupling)
    beats = np.cumsum(pace, axis=1) * dt_s + rng.uniform(size=(count, 1))
    turn = 2 * math.pi * beats
    lobes = rng.uniform((0.5, 0.2, 0.0), (0.8, 0.5, 0.3), (count, 3))
    ahead = rng.uniform(0, 2 * math.pi, (count, 3))
    signal = sum(lobes[:, k, None] * np.sin((k + 1) * turn + ahead[:, k, None]) for k in range(3))
    return np.asarray(told.size_mm[:, None] * signal / 2), beats


def lagged(level: Float, dt_s: float, lag_s: float = 0.25) -> Float:
    """Follow a signal with a lag, as the chest follows the belly.

    Args:
        level: shape (chests, times).
        dt_s: [s] between times.
        lag_s: [s] time constant.
    """
    keep = lag_s / (lag_s + dt_s)
    kicks = (1 - keep) * level.astype(np.float32)
    kicks[:, 0] = level[:, 0]
    return remembered(kicks, keep).astype(np.float64)
