"""The people of many windows: from their scripts to their echoes, and from both to the labels."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.simulator.chests import Excursion, draw_breathing, draw_chests, draw_hearts, excursion, heartbeat
from models.simulator.labels import (
    CALM_M_PER_S,
    PRESENCE_DB,
    RATE_AFTER_S,
    RATE_DB,
    Labels,
    TrueState,
    calm_stretch,
    energy_db,
    mean_rate,
    motion_power,
)
from models.simulator.profiles import Spoilt, Timing
from models.simulator.torsos import Doing, Echoes, Posture, draw_torsos, echoes_of
from models.simulator.worlds import UPRIGHT_GAIN, Script, World, lying

Float = NDArray[np.float64]

# A window in which more of the calm stretch than this was lost or clipped tells no rate.
MAY_MISS = 0.5


@dataclass(frozen=True, eq=False)
class People:
    """One body of each window; a window without it has no echo."""

    echoes: Echoes
    doing: Doing
    breath: Excursion
    beats: Float
    posture: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Seen:
    """What a radar saw of many windows, for the question of what could be known."""

    stride: int
    """Every so-many-th frame is looked at for the three echoes below."""
    own: NDArray[np.complex64]
    """(windows, some times, channels), the sleeper's echo alone, without noise."""
    breath: NDArray[np.complex64]
    """The same shape: what breathing changed of it."""
    everything: NDArray[np.complex64]
    """The same shape: the echo of all that is there, without noise."""
    spoilt: Spoilt
    is_shaken: NDArray[np.bool_]
    """(windows,), the radar's own mount moved."""


def draw_people(rng: np.random.Generator, worlds: list[World], t_s: Float, scripts: list[Script | None]) -> People:
    """Draw one body for each window and let it do what its script says.

    Args:
        rng: where the randomness comes from.
        worlds: the windows.
        t_s: shape (windows, times) [s].
        scripts: of this body, None where it is not there.
    """
    count, dt_s = len(worlds), float(np.median(np.diff(t_s[0])))
    doing = _doing(worlds, scripts)
    told = draw_breathing(rng, count)
    for row, world in enumerate(worlds):
        if scripts[row] is world.sleeper and world.sleeper is not None:
            told.stop_at_s[row], told.is_obstructive[row] = world.stop_at_s, world.is_obstructive
    breath = excursion(draw_chests(rng, told, float(t_s[:, -1].max())), t_s)
    heart_mm, beats = heartbeat(rng, draw_hearts(rng, count), breath.breaths, dt_s)
    seated = np.array([world.is_seated for world in worlds])
    postures = rng.choice([Posture.SUPINE, Posture.SIDE, Posture.PRONE], size=(2, count), p=[0.5, 0.38, 0.12])
    before, after = (draw_torsos(rng, np.where(seated, Posture.SEATED, one)) for one in postures)
    echoes = echoes_of(rng, before, after, doing, breath, heart_mm, dt_s)
    posture = np.where(doing.turned[:, -1] > 0.5, after.posture, before.posture)
    return People(echoes, doing, breath, beats, posture)


def _doing(worlds: list[World], scripts: list[Script | None]) -> Doing:
    lines = []
    for world, script in zip(worlds, scripts, strict=True):
        one = script or lying(world, world.bed_m)
        size = world.size * one.gain * np.where(one.is_upright, UPRIGHT_GAIN, 1.0) * one.is_in_view
        lines.append((one.range_m, one.restless_m_per_s, one.turned, size * (script is not None)))
    return Doing(*(np.array(parts) for parts in zip(*lines, strict=True)))


def label(worlds: list[World], sleepers: People, others: People, timing: Timing, seen: Seen) -> Labels:
    """Say what is true of each window and whether it could be known."""
    outside = np.array([world.is_other_outside for world in worlds])[:, None]
    is_here, is_guest = sleepers.doing.size > 0, (others.doing.size > 0) & ~outside
    moves = is_here & (sleepers.doing.restless_m_per_s > CALM_M_PER_S)
    guest_moves = is_guest & (others.doing.restless_m_per_s > CALM_M_PER_S)
    breath = sleepers.breath
    state = np.select(
        [moves | guest_moves, ~is_here & ~is_guest, ~is_here, breath.is_obstructed, breath.is_still],
        [TrueState.MOVING, TrueState.EMPTY, TrueState.BREATHING, TrueState.OBSTRUCTED, TrueState.NO_BREATHING_SEEN],
        TrueState.BREATHING,
    ).astype(np.int8)
    inside, calm_s = calm_stretch(is_here & ~moves & ~breath.is_still & ~breath.is_obstructed, timing.t_s)
    rate = mean_rate(breath.breaths, timing.t_s, inside, calm_s)
    evidence, could = _could_be_known(sleepers, is_guest, state, inside, calm_s, timing, seen)
    return Labels(
        world=np.array([world.name for world in worlds]),
        state=state,
        people=(is_here.astype(np.int8) + is_guest).astype(np.int8),
        range_m=np.where(is_here, sleepers.doing.range_m, math.nan).astype(np.float32),
        rate_per_min=rate,
        calm_s=calm_s.astype(np.float32),
        pulse_rate_per_min=mean_rate(sleepers.beats, timing.t_s, inside, calm_s),
        machine_rate_per_min=np.array([world.phantom_per_min for world in worlds], dtype=np.float32),
        posture=sleepers.posture.astype(np.int8),
        excursion_mm=(breath.level_mm * is_here).astype(np.float32),
        evidence_db=evidence.astype(np.float32),
        is_presence_observable=could[0],
        is_state_observable=could[1],
        is_rate_observable=could[2],
    )


def _could_be_known(
    sleepers: People,
    is_guest: NDArray[np.bool_],
    state: NDArray[np.int8],
    inside: NDArray[np.bool_],
    calm_s: Float,
    timing: Timing,
    seen: Seen,
) -> tuple[Float, tuple[NDArray[np.bool_], ...]]:
    """Judge each window as a perfect observer would, who knows what to look for.

    Returns:
        The evidence [dB], and whether presence, state and rate could be known.
    """
    good = ~timing.is_lost & ~timing.is_repeated & ~seen.spoilt.is_saturated
    has_calm = calm_s >= RATE_AFTER_S - 0.2
    use = np.where(has_calm[:, None], inside, True) & good
    evidence, stirred = _energy_db(seen.breath, use, seen), _energy_db(seen.own, good, seen)
    enough = (inside & good).sum(axis=1) > MAY_MISS * np.maximum(inside.sum(axis=1), 1)
    is_here = sleepers.doing.size[:, -1] > 0
    last = state[:, -1]
    calm_evidence = has_calm & (evidence >= RATE_DB)
    crowd = np.where(inside | ~has_calm[:, None], is_guest, False).any(axis=1)
    seen_at_all = stirred >= PRESENCE_DB
    # A stillness can be told from a weak echo only where the breathing before it was strong.
    still_known = seen_at_all & (evidence >= RATE_DB)
    knows = np.where(last == TrueState.NO_BREATHING_SEEN, still_known, seen_at_all) & (last != TrueState.OBSTRUCTED)
    shaken = seen.is_shaken
    return evidence, (
        ~is_here | seen_at_all,
        (~is_here | knows) & ~shaken,
        calm_evidence & enough & ~crowd & ~shaken & (last == TrueState.BREATHING),
    )


def _energy_db(moved: NDArray[np.complex64], use: NDArray[np.bool_], seen: Seen) -> Float:
    """Weigh one motion over the frames in use, with whatever is not the sleeper's hiding it."""
    some = use[:, :: seen.stride]
    own, everything = motion_power(seen.own, some), motion_power(seen.everything, some)
    noise = seen.spoilt.noise_power.astype(np.float64)
    return energy_db(motion_power(moved, some), np.maximum(everything - own, 0), noise, use.sum(axis=1).astype(float))
