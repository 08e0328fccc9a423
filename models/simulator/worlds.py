"""What goes on in a window of half a minute: a draw from all the worlds a radar may have to read."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.simulator.walls import Wall, echo_gain

Float = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Amplitude of a person at one metre, in units of a receiver whose noise is 8 a frame: an A121 shows some 500.
USUAL_SIZE = 500.0
UPRIGHT_GAIN = 1.6
WALKING_M_PER_S, STANDING_M_PER_S = 0.4, 0.03


@dataclass(eq=False)
class Script:
    """What one body does in one window; every array has the shape (times,)."""

    range_m: Float
    restless_m_per_s: Float
    turned: Float
    is_in_view: Bools
    is_upright: Bools
    gain: float = 1.0
    """Amplitude left by what stands between: a wall, or 1."""
    may_breathe: bool = True


@dataclass(eq=False)
class World:
    """One window, before any radar has seen it."""

    name: str
    t_s: Float
    bed_m: float
    wavelength_m: float
    sleeper: Script | None = None
    other: Script | None = None
    is_other_outside: bool = False
    """The other one is a neighbour behind a wall, and so not in this room."""
    stop_at_s: float = math.inf
    is_obstructive: bool = False
    is_seated: bool = False
    size: float = USUAL_SIZE
    machines: int = 0
    phantom_per_min: float = math.nan
    phantom_jumps: bool = False


def lying(world: World, range_m: float) -> Script:
    """Lie still throughout."""
    times = len(world.t_s)
    still = np.zeros(times)
    return Script(np.full(times, range_m), still.copy(), still.copy(), np.ones(times, bool), np.zeros(times, bool))


def stir(world: World, script: Script, at_s: float, for_s: float, speed_m_per_s: float, *, turns: bool) -> None:
    """Move in bed for a while, into another posture if it `turns`."""
    inside = (world.t_s >= at_s) & (world.t_s < at_s + for_s)
    script.restless_m_per_s[inside] = speed_m_per_s
    if turns:
        script.turned = np.clip((world.t_s - at_s) / for_s, 0, 1)


def walk(world: World, script: Script, at_s: float, to_m: float, speed_m_per_s: float) -> float:
    """Walk to a distance and stand there; returns when one arrives [s]."""
    start_m = float(np.interp(at_s, world.t_s, script.range_m))
    for_s = abs(to_m - start_m) / speed_m_per_s
    after = world.t_s >= at_s
    way = np.clip((world.t_s[after] - at_s) / max(for_s, 1e-3), 0, 1)
    script.range_m[after] = start_m + way * (to_m - start_m)
    script.restless_m_per_s[after] = np.where(way < 1, WALKING_M_PER_S, STANDING_M_PER_S)
    script.is_upright[after] = True
    return at_s + for_s


Rng = np.random.Generator
Builder = Callable[[Rng, World], None]


def _sleeper(rng: Rng, world: World) -> None:
    del rng
    world.sleeper = lying(world, world.bed_m)


def _weak(rng: Rng, world: World) -> None:
    _sleeper(rng, world)
    world.size *= 10 ** rng.uniform(-2.2, -0.8)


def _seated(rng: Rng, world: World) -> None:
    _sleeper(rng, world)
    world.is_seated = True
    assert world.sleeper is not None
    world.sleeper.is_upright[:] = rng.random() < 0.5


def _apnoea(rng: Rng, world: World) -> None:
    _sleeper(rng, world)
    world.stop_at_s = rng.uniform(-20, world.t_s[-1] - 1)


def _obstructive(rng: Rng, world: World) -> None:
    _apnoea(rng, world)
    world.is_obstructive = True


def _restless(rng: Rng, world: World) -> None:
    _sleeper(rng, world)
    assert world.sleeper is not None
    end_s = world.t_s[-1]
    at_s = rng.uniform(-2, end_s)
    kind = rng.choice(["twitch", "turn", "toss", "sit"])
    if kind == "twitch":
        for _ in range(rng.integers(1, 4)):
            for_s = rng.uniform(0.3, 1.0)
            stir(world, world.sleeper, rng.uniform(0, end_s), for_s, rng.uniform(0.02, 0.1), turns=False)
    elif kind == "turn":
        stir(world, world.sleeper, at_s, rng.uniform(2, 6), rng.uniform(0.08, 0.25), turns=True)
    elif kind == "toss":
        stir(world, world.sleeper, at_s, rng.uniform(5, 25), 10 ** rng.uniform(-1.7, -0.3), turns=True)
    else:
        stir(world, world.sleeper, at_s, rng.uniform(2, 4), rng.uniform(0.1, 0.25), turns=True)
        world.sleeper.range_m -= rng.uniform(-0.3, 0.5) * world.sleeper.turned
        world.sleeper.is_upright |= world.sleeper.turned >= 1


def _leaving(rng: Rng, world: World) -> None:
    _sleeper(rng, world)
    assert world.sleeper is not None
    at_s = rng.uniform(-8, world.t_s[-1] - 2)
    stir(world, world.sleeper, at_s, 3.0, 0.2, turns=True)
    far_m = world.bed_m + rng.uniform(1.0, 3.0)
    gone_s = walk(world, world.sleeper, at_s + 3, far_m, rng.uniform(0.3, 1.5)) + rng.uniform(0, 3)
    world.sleeper.is_in_view = world.t_s < gone_s


def _arriving(rng: Rng, world: World) -> None:
    world.sleeper = script = lying(world, world.bed_m + rng.uniform(1.0, 3.0))
    at_s = rng.uniform(0, world.t_s[-1] / 2)
    here_s = walk(world, script, at_s, world.bed_m, rng.uniform(0.3, 1.5)) + rng.uniform(0, 1)
    script.is_in_view = world.t_s >= at_s
    after = world.t_s >= here_s
    script.restless_m_per_s[after] = 0
    script.is_upright[after] = False
    stir(world, script, here_s, rng.uniform(3, 6), 0.2, turns=True)


def _walker(rng: Rng, world: World, near_m: float, far_m: float) -> Script:
    script = lying(world, near_m)
    at_s, to_m = -1.0, far_m
    while at_s < world.t_s[-1]:
        at_s = walk(world, script, max(at_s, 0.0), to_m, rng.uniform(0.3, 1.5)) + rng.exponential(1.0)
        to_m = rng.uniform(near_m, far_m)
    return script


def _walking(rng: Rng, world: World) -> None:
    world.sleeper = _walker(rng, world, max(0.4, world.bed_m - 0.5), world.bed_m + rng.uniform(0.5, 3))


def _visited(rng: Rng, world: World) -> None:
    _sleeper(rng, world)
    door_m = world.bed_m + rng.uniform(1.5, 3)
    world.other = visitor = lying(world, door_m)
    at_s = rng.uniform(-5, world.t_s[-1] - 3)
    visitor.is_in_view = world.t_s >= at_s
    near_m = max(0.5, world.bed_m + rng.uniform(-0.5, 1.2))
    there_s = walk(world, visitor, at_s, near_m, rng.uniform(0.5, 1.5)) + rng.uniform(3, 20)
    if there_s < world.t_s[-1]:
        gone_s = walk(world, visitor, there_s, door_m, rng.uniform(0.5, 1.5))
        visitor.is_in_view &= world.t_s < gone_s


def _shared(rng: Rng, world: World) -> None:
    _sleeper(rng, world)
    world.other = lying(world, max(0.3, world.bed_m + rng.choice([-1, 1]) * rng.uniform(0.2, 1.5)))


def _empty(rng: Rng, world: World) -> None:
    del rng, world


def _machine(rng: Rng, world: World) -> None:
    world.machines = int(rng.integers(1, 3))


def _neighbour(rng: Rng, world: World) -> None:
    wall = Wall(range_m=world.bed_m + rng.uniform(0.3, 1.5), boards=int(rng.choice([2, 4])))
    place_m = wall.range_m + rng.uniform(0.3, 1.5)
    world.other = lying(world, place_m) if rng.random() < 0.6 else _walker(rng, world, place_m, place_m + 1.5)
    world.other.gain = echo_gain(wall, world.wavelength_m)
    world.is_other_outside = True


def _phantom(rng: Rng, world: World) -> None:
    world.phantom_per_min = float(rng.choice([8.0, 12.0, 18.0, 25.0, rng.uniform(6, 40)]))
    world.phantom_jumps = bool(rng.random() < 0.4)


WORLDS: Mapping[str, tuple[float, Builder]] = {
    "sleeper": (0.26, _sleeper),
    "seated": (0.08, _seated),
    "weak": (0.05, _weak),
    "apnoea": (0.14, _apnoea),
    "obstructive": (0.03, _obstructive),
    "restless": (0.12, _restless),
    "leaving": (0.04, _leaving),
    "arriving": (0.04, _arriving),
    "walking": (0.04, _walking),
    "visited": (0.05, _visited),
    "shared": (0.04, _shared),
    "empty": (0.04, _empty),
    "machine": (0.04, _machine),
    "neighbour": (0.02, _neighbour),
    "phantom": (0.01, _phantom),
}
"""Each world with its share of the draw."""


def draw_world(rng: Rng, name: str, t_s: Float, wavelength_m: float, bed_m: float) -> World:
    """Draw one window of the named world.

    Args:
        rng: where the randomness comes from.
        name: a key of WORLDS.
        t_s: shape (times,) [s].
        wavelength_m: [m] of the carrier; walls weaken it.
        bed_m: [m] distance of whoever lies there.
    """
    world = World(name, t_s, bed_m, wavelength_m)
    world.size *= 10 ** rng.uniform(-0.8, 0.4)
    # Something else moves in one window in six; in a machine's world always.
    world.machines = int(rng.random() < 0.16)
    WORLDS[name][1](rng, world)
    return world
