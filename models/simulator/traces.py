"""Many windows of a displacement trace at a time: what a depth camera makes of a chest, with the labels."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.simulator.labels import Labels, joined
from models.simulator.nuisances import NUISANCES, NuisanceMotion
from models.simulator.people import Seen, draw_people, label
from models.simulator.phantom import Phantom, PhantomMotion
from models.simulator.profiles import Spoilt, Timing, draw_timing
from models.simulator.randomwalks import wander
from models.simulator.torsos import Echoes
from models.simulator.worlds import World, draw_world

Float = NDArray[np.float64]

RATE_HZ = 15.0
NEAR_M, FAR_M = 0.7, 4.0
# Noise of the mean over a chest at one metre, and the power of distance with which it grows: a depth camera's random
# error grows with the square of the distance (Khoshelham and Oude Elberink 2012, doi:10.3390/s120201437), and the chest
# covers fewer of its pixels the farther it is. The spread covers what one camera does better than another; it was made
# rougher once, after the noise of recorded traces had been looked at (docs/explanation/simulator.md).
NOISE_AT_1_M_MM, NOISE_SPREAD, NOISE_POWER = 0.5, 4.0, 2.0
# Files hold thousandths of a millimetre.
STEP_MM = 0.001
BATCH = 16

TRACE_WORLDS: Mapping[str, float] = {
    "sleeper": 0.35,
    "seated": 0.20,
    "apnoea": 0.14,
    "obstructive": 0.03,
    "restless": 0.12,
    "walking": 0.03,
    "empty": 0.06,
    "machine": 0.04,
    "phantom": 0.03,
}
"""Share of each world; one that needs two ranges has no meaning for a single trace."""


@dataclass(frozen=True, eq=False)
class Traces:
    """Many windows as one depth camera saw them."""

    mm: NDArray[np.float32]
    """(windows, times) [mm], either sign towards the camera, any offset; NaN where a frame was lost."""
    noise_mm: NDArray[np.float32]
    """(windows,) [mm], standard deviation of the white noise."""
    timing: Timing
    labels: Labels


def draw_traces(
    rng: np.random.Generator,
    count: int,
    *,
    seconds: float = 30.0,
    rate_hz: float = RATE_HZ,
    shares: Mapping[str, float] = TRACE_WORLDS,
) -> Traces:
    """Draw windows of a trace with their labels.

    Args:
        rng: where the randomness comes from.
        count: how many.
        seconds: [s] length of each.
        rate_hz: frames a second.
        shares: share of each world by its name.
    """
    names = rng.choice(list(shares), size=count, p=np.array(list(shares.values())) / sum(shares.values()))
    parts = [
        _batch(rng, [str(one) for one in names[at : at + BATCH]], seconds, rate_hz) for at in range(0, count, BATCH)
    ]
    return Traces(
        np.concatenate([part.mm for part in parts]),
        np.concatenate([part.noise_mm for part in parts]),
        joined([part.timing for part in parts]),
        joined([part.labels for part in parts]),
    )


def _batch(rng: np.random.Generator, names: list[str], seconds: float, rate_hz: float) -> Traces:
    count, times = len(names), max(4, round(seconds * rate_hz))
    timing = draw_timing(rng, count, times, rate_hz)
    beds_m = rng.uniform(NEAR_M, FAR_M, count)
    worlds = [
        draw_world(rng, name, t_s, math.inf, float(bed_m))
        for name, t_s, bed_m in zip(names, timing.t_s, beds_m, strict=True)
    ]
    people = draw_people(rng, worlds, timing.t_s, [world.sleeper for world in worlds])
    clean = _mean_place_mm(people.echoes) + _lifeless_mm(rng, worlds, 1 / rate_hz)
    spread = NOISE_SPREAD ** rng.uniform(-1, 1, count)
    noise = NOISE_AT_1_M_MM * spread * beds_m**NOISE_POWER
    mm = clean + noise[:, None] * rng.standard_normal((count, times)) + _unsteady_mm(rng, noise, times, 1 / rate_hz)
    mm = np.where(rng.random(count) < 0.5, 1, -1)[:, None] * mm + rng.uniform(-5, 5, (count, 1))
    for row in np.flatnonzero(timing.is_repeated.any(axis=1)):
        again = np.flatnonzero(timing.is_repeated[row, 1:]) + 1
        mm[row, again] = mm[row, again - 1]
    mm = np.where(timing.is_lost, math.nan, np.round(mm / STEP_MM) * STEP_MM)
    own = _mean_place_mm(people.echoes)[..., None].astype(np.complex64)
    held = replace(people.echoes, place_m=people.echoes.place_m + people.echoes.breath_m)
    breath = own - _mean_place_mm(held)[..., None].astype(np.complex64)
    power = (noise**2)[:, None]
    never = np.zeros((count, times), dtype=bool)
    spoilt = Spoilt(own, power.astype(np.float32), never)
    nobody = replace(people, doing=replace(people.doing, size=np.zeros((count, times))))
    labels = label(
        worlds,
        people,
        nobody,
        timing,
        Seen(1, own, breath, clean[..., None].astype(np.complex64), spoilt, np.zeros(count, dtype=bool)),
    )
    return Traces(mm.astype(np.float32), noise.astype(np.float32), timing, labels)


def _mean_place_mm(echoes: Echoes) -> Float:
    """The mean over the chest's pixels; a person who leaves the picture leaves the wall behind.

    The camera's region is laid over the chest, not over the arms: parts that breathe more weigh more.
    """
    weight = echoes.amplitude * (echoes.breath_m.std(axis=2, keepdims=True) + 1e-6)
    total = weight.sum(axis=1)
    place = 1000 * (echoes.place_m * weight).sum(axis=1) / np.maximum(total, 1e-12)
    place -= place[:, :1]
    return np.asarray(np.where(total > 0, place, 0.0))


def _lifeless_mm(rng: np.random.Generator, worlds: list[World], dt_s: float) -> Float:
    """What machines and plates add: a curtain, a draught, a pump in the picture."""
    moved = np.zeros((len(worlds), len(worlds[0].t_s)))
    for row, world in enumerate(worlds):
        times = moved.shape[1]
        if world.machines:
            thing = NUISANCES[str(rng.choice(["curtain", "draught", "pump"]))]
            moved[row] += (
                1000 * (NuisanceMotion(thing, rng).run(times, dt_s)[0] - thing.range_m) * rng.uniform(0.05, 0.5)
            )
        if not math.isnan(world.phantom_per_min):
            jump_m = rng.uniform(0.003, 0.03) if world.phantom_jumps else 0.0
            plate = Phantom(world.phantom_per_min, rng.uniform(1, 12), 0.0, 1.0, jump_m)
            moved[row] += 1000 * PhantomMotion(plate, rng).run(times, dt_s)[0]
    return moved


def _unsteady_mm(rng: np.random.Generator, noise: Float, times: int, dt_s: float) -> Float:
    """Warm-up drift, noise with a memory, and now and then a frame whose pixels flew elsewhere."""
    count = len(noise)
    walk = np.cumsum(rng.standard_normal((count, times)), axis=1) * math.sqrt(dt_s)
    walk *= (noise * 10 ** rng.uniform(-2, -0.3, count))[:, None]
    red = wander(rng, (count, times), np.exp(-dt_s / rng.uniform(0.3, 3.0, (count, 1)))) * (noise * 0.3)[:, None]
    flies = rng.random((count, times)) < np.where(rng.random((count, 1)) < 0.2, 0.01, 0.0)
    return np.asarray(walk + red + flies * rng.normal(0, 8, (count, times)) * noise[:, None])
