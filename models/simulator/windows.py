"""Many windows of half a minute at a time, with their labels: what a model is trained on.

The physics is that of `night`, made for many windows at once and without a loop over frames: a few hundred windows a
second on one core. Every call draws one radar, and what is seen by it varies from window to window.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.simulator.labels import Labels, joined
from models.simulator.nuisances import NuisanceMotion, draw_nuisance
from models.simulator.people import Seen, draw_people, label
from models.simulator.phantom import Phantom, PhantomMotion
from models.simulator.profiles import Profiles, Timing, draw_spoiling, draw_timing, spoil
from models.simulator.receiver import ReceiverSettings
from models.simulator.torsos import SCATTERERS, Echoes
from models.simulator.worlds import WORLDS, World, draw_world

Float = NDArray[np.float64]
Bools = NDArray[np.bool_]

LIGHT_M_PER_S = 299_792_458.0
# So many windows are worked on at once: enough to pay for the calls, few enough for the processor's cache.
BATCH = 8
GHOSTS = 2
# So often a second the sleeper's own echo is looked at to judge what could be known of it.
EVIDENCE_HZ = 5.0


@dataclass(frozen=True, eq=False)
class Windows:
    """Many windows as one radar saw them."""

    settings: ReceiverSettings
    range_m: Float
    """(channels,) [m]; a distance is repeated for each receiver."""
    iq: NDArray[np.complex64]
    """(windows, times, channels), 0 where a frame was lost."""
    noise_power: NDArray[np.float32]
    """(windows, channels), as the receiver itself sees it inside its frames."""
    timing: Timing
    is_saturated: Bools
    """(windows, times)."""
    labels: Labels


def draw_radar(rng: np.random.Generator) -> ReceiverSettings:
    """Draw a radar: 60 or 24 GHz, 1 to 40 bins of 0.02 to 0.15 m, 5 to 50 frames/s, one to four receivers."""
    step_m = float(np.exp(rng.uniform(math.log(0.02), math.log(0.15))))
    fwhm_m = float(np.clip(step_m * rng.uniform(1.0, 4.0), 0.04, 0.35))
    bins = int(rng.choice([1, int(rng.integers(2, 8)), int(rng.integers(8, 41))], p=[0.08, 0.22, 0.7]))
    return ReceiverSettings(
        first_m=float(rng.uniform(0.2, 0.8)),
        step_m=step_m,
        bins=bins,
        pulse_fwhm_m=fwhm_m,
        frame_rate_hz=float(rng.choice([5.0, 10.0, 10.0, 12.5, 15.0, 20.0, 20.0, 20.0, 50.0])),
        wavelength_m=LIGHT_M_PER_S / float(rng.choice([60.5e9, 60.5e9, 62e9, 78e9, 24.1e9])),
        receivers=int(rng.choice([1, 1, 1, 3, 4])),
    )


def draw_windows(
    rng: np.random.Generator,
    count: int,
    *,
    seconds: float = 30.0,
    radar: ReceiverSettings | None = None,
    shares: Mapping[str, float] | None = None,
) -> Windows:
    """Draw windows of one radar with their labels.

    Args:
        rng: where the randomness comes from; the same state gives the same windows.
        count: how many.
        seconds: [s] length of each.
        radar: which radar; None draws one.
        shares: share of each world by its name in WORLDS; None takes those of WORLDS.
    """
    settings = radar or draw_radar(rng)
    told = shares or {name: share for name, (share, _) in WORLDS.items()}
    names = rng.choice(list(told), size=count, p=np.array(list(told.values())) / sum(told.values()))
    parts = [_batch(rng, settings, list(names[at : at + BATCH]), seconds) for at in range(0, count, BATCH)]
    return Windows(
        settings,
        parts[0].range_m,
        np.concatenate([part.iq for part in parts]),
        np.concatenate([part.noise_power for part in parts]),
        joined([part.timing for part in parts]),
        np.concatenate([part.is_saturated for part in parts]),
        joined([part.labels for part in parts]),
    )


def _batch(rng: np.random.Generator, settings: ReceiverSettings, names: list[str], seconds: float) -> Windows:
    times = max(4, round(seconds * settings.frame_rate_hz))
    timing = draw_timing(rng, len(names), times, settings.frame_rate_hz)
    far_m = settings.first_m + settings.step_m * (settings.bins - 1)
    near_m = max(0.3, settings.first_m)
    beds_m = rng.uniform(near_m, max(near_m + 0.05, min(far_m, 3.0)), len(names))
    worlds = [
        draw_world(rng, name, t_s, settings.wavelength_m, float(bed_m))
        for name, t_s, bed_m in zip(names, timing.t_s, beds_m, strict=True)
    ]
    sleepers, others = (
        draw_people(rng, worlds, timing.t_s, scripts)
        for scripts in ([world.sleeper for world in worlds], [world.other for world in worlds])
    )
    profiles = Profiles(settings, len(worlds), times)
    bearings = [_bearings(rng, len(worlds), settings.receivers) for _ in range(2)]
    _add_body(profiles, sleepers.echoes, bearings[0])
    _add_body(profiles, others.echoes, bearings[1])
    _add_ghosts(rng, profiles, sleepers.echoes, settings.receivers)
    _add_machines(rng, profiles, worlds, 1 / settings.frame_rate_hz, settings)
    total = profiles.total()
    stride = max(1, int(settings.frame_rate_hz / EVIDENCE_HZ))
    everything = total[:, ::stride].copy()
    sizes = np.array([world.size for world in worlds], dtype=np.float64)
    target = np.asarray(sizes / np.maximum(beds_m, 0.5) ** 2 / 4, dtype=np.float64)
    told = draw_spoiling(rng, profiles.range_m, total.shape[2], target)
    spoilt = spoil(rng, total, told, timing.t_s, settings.wavelength_m)
    own, breath = _alone(settings, sleepers.echoes, bearings[0], stride)
    seen = Seen(stride, own, breath, everything, spoilt, told.shake_mm > 0)
    labels = label(worlds, sleepers, others, timing, seen)
    for row in np.flatnonzero(timing.is_repeated.any(axis=1)):
        again = np.flatnonzero(timing.is_repeated[row, 1:]) + 1
        spoilt.iq[row, again] = spoilt.iq[row, again - 1]
    spoilt.iq[timing.is_lost] = 0
    range_m = np.repeat(profiles.range_m, settings.receivers)
    return Windows(settings, range_m, spoilt.iq, spoilt.noise_power, timing, spoilt.is_saturated, labels)


def _bearings(rng: np.random.Generator, count: int, receivers: int) -> Float:
    """Draw in which direction each part of a body lies, as phases of the receivers: nearly one, a little beside it.

    Returns:
        Shape (parts, windows, receivers) [rad].
    """
    way = rng.uniform(-3, 3, (count, 1)) + rng.uniform(-0.4, 0.4, (SCATTERERS, count, 1))
    return np.asarray(way * np.arange(receivers))


def _add_body(profiles: Profiles, echoes: Echoes, bearings: Float, stride: int = 1) -> None:
    for part in range(SCATTERERS):
        profiles.add(echoes.place_m[:, part, ::stride], echoes.amplitude[:, part, ::stride], bearings[part])


def _alone(
    settings: ReceiverSettings, echoes: Echoes, bearings: Float, stride: int
) -> tuple[NDArray[np.complex64], NDArray[np.complex64]]:
    """Look at the sleepers alone, without noise, once as they are and once as if they did not breathe.

    Returns:
        The echo, and what breathing changed of it; both of shape (windows, some times, channels).
    """
    held = replace(echoes, place_m=echoes.place_m + echoes.breath_m)
    seen = []
    for which in (echoes, held):
        profiles = Profiles(settings, len(echoes.place_m), echoes.place_m[0, 0, ::stride].size)
        _add_body(profiles, which, bearings, stride)
        seen.append(profiles.total())
    return seen[0], seen[0] - seen[1]


def _add_ghosts(rng: np.random.Generator, profiles: Profiles, echoes: Echoes, receivers: int) -> None:
    """Echoes of the sleeper by way of a wall: later, weaker, from elsewhere; in one window in four."""
    count = len(echoes.place_m)
    for part in range(GHOSTS):
        detour_m = rng.uniform(0.2, 2.0, (count, 1))
        left = np.where(rng.random((count, 1)) < 0.25, 10 ** (-rng.uniform(8, 25, (count, 1)) / 20), 0)
        bearing = rng.uniform(-3, 3, (count, 1)) * np.arange(receivers)
        profiles.add(echoes.place_m[:, part] + detour_m, echoes.amplitude[:, part] * left, bearing)


def _add_machines(
    rng: np.random.Generator, profiles: Profiles, worlds: list[World], dt_s: float, settings: ReceiverSettings
) -> None:
    times = len(worlds[0].t_s)
    far_m = settings.first_m + settings.step_m * settings.bins
    for slot in range(3):
        place, echo = np.ones((len(worlds), times)), np.zeros((len(worlds), times))
        for row, world in enumerate(worlds):
            if slot < world.machines:
                _, thing = draw_nuisance(rng, settings.first_m, far_m)
                place[row], echo[row] = NuisanceMotion(thing, rng).run(times, dt_s)
            elif slot == 2 and not math.isnan(world.phantom_per_min):
                jump_m = rng.uniform(0.03, 0.3) if world.phantom_jumps else 0.0
                swing_mm, every_s = rng.uniform(1, 12), rng.uniform(6, 20)
                plate = Phantom(world.phantom_per_min, swing_mm, world.bed_m, world.size, jump_m, every_s)
                place[row], echo[row] = PhantomMotion(plate, rng).run(times, dt_s)
        profiles.add(place, echo, rng.uniform(-3, 3, (len(worlds), 1)) * np.arange(settings.receivers))
