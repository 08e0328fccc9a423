"""A room at night, frame by frame, with the truth of each moment beside it."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.simulator.actors import Actor
from models.simulator.acts import demo_acts
from models.simulator.body import Body
from models.simulator.breathing import BreathingStyle
from models.simulator.nuisances import NuisanceMotion
from models.simulator.phantom import PhantomMotion
from models.simulator.receiver import Receiver, knock_mm
from models.simulator.scene import Fan, Scene
from models.simulator.truth import Truth, TruthKeeper
from models.simulator.walls import echo_gain

__all__ = ["Fan", "Look", "Moment", "Night", "Scene", "Truth"]

Float = NDArray[np.float64]
Echo = tuple[Float, Float]
NOTHING: Echo = (np.zeros(0), np.zeros(0))
# Lifeless things are moved by a second at a time.
STRETCH_S = 1.0
# A hose moves by this much of the belly's excursion, a little after it.
HOSE_SHARE, HOSE_ECHO = 0.25, 60.0


@dataclass(frozen=True, eq=False)
class Moment:
    """What there is to be seen at one moment, before any radar has looked."""

    t_s: float
    dt_s: float
    """[s] since the moment before."""
    place_m: Float
    """shape (echoes,) [m]."""
    amplitude: Float
    """shape (echoes,), in receiver units."""
    bearing: Float
    """shape (echoes,) [rad], the phase by which a second receiver sees an echo turned."""
    shake_mm: float
    """[mm] how far the sensor's mount is from its place."""
    excursion_mm: float
    """[mm] how far the sleeper's belly has risen; meaningless with nobody in view."""
    truth: Truth


@dataclass(frozen=True)
class Look:
    """One frame of the simulated radar."""

    t_s: float
    iq: NDArray[np.complex64]
    """shape (channels,)."""
    noise_power: NDArray[np.float32]
    """shape (channels,)."""
    lost_before: int
    truth: Truth
    is_saturated: bool = False
    is_late: bool = False


class Night:
    """A simulated night: iterate over it for looks, for ever or as long as the script lasts."""

    def __init__(self, seed: int, scene: Scene | None = None) -> None:
        """Make a room.

        Args:
            seed: the same seed and scene give the same night.
            scene: what is in it; by default one sleeper who leads a demonstration's life.
        """
        scene = scene or Scene()
        rng = np.random.default_rng(seed)
        self._rng = rng
        self.scene = scene
        self.receiver = Receiver(scene.receiver, rng)
        style = scene.style or _drawn_style(rng)
        acts = demo_acts(rng) if scene.acts is None else scene.acts
        self._sleeper = Actor(acts, Body(style, scene.bed_m, rng, scene.size, scene.posture))
        self._visitor = Actor(scene.visitor, Body(_drawn_style(rng), scene.visitor_m, rng))
        self._neighbour: Actor | None = None
        if scene.neighbour is not None:
            gain = echo_gain(scene.neighbour.wall, scene.receiver.wavelength_m)
            body = Body(_drawn_style(rng), scene.neighbour.range_m, rng, gain)
            self._neighbour = Actor(scene.neighbour.acts, body)
        rate = scene.phantom.rate_per_min if scene.phantom else None
        self._truth = TruthKeeper(self._sleeper, self._visitor, self.receiver, rate)
        things = ((scene.fan,) if scene.fan else ()) + scene.nuisances
        dt_s = 1 / scene.receiver.frame_rate_hz
        movers: list[NuisanceMotion | PhantomMotion] = [NuisanceMotion(thing, rng) for thing in things]
        if scene.phantom:
            movers.append(PhantomMotion(scene.phantom, rng))
        self._movers = [_frames(mover.run, dt_s) for mover in movers]
        self._hose_mm = 0.0

    def moments(self) -> Iterator[Moment]:
        """Give one moment after the other, at the frame rate, as nobody's receiver has spoilt them."""
        settings = self.scene.receiver
        period_s, last_s, index = 1 / settings.frame_rate_hz, 0.0, 0
        while True:
            t_s = index * period_s
            if settings.jitter:
                t_s += period_s * float(np.clip(settings.jitter * self._rng.standard_normal(), -0.45, 0.45))
                t_s = max(t_s, last_s)
            dt_s = t_s - last_s if index else period_s
            index += 1
            last_s = t_s
            self._step(dt_s)
            place, amplitude, bearing = self._echoes(dt_s)
            risen_mm = self._sleeper.body.excursion_mm
            mount_mm = self._mount_mm(t_s)
            yield Moment(t_s, dt_s, place, amplitude, bearing, mount_mm, risen_mm, self._truth.at(t_s))

    def __iter__(self) -> Iterator[Look]:
        """Give one look after the other, as the frame rate has it, lost ones left out."""
        settings, rng = self.scene.receiver, self._rng
        lost, to_lose = 0, 0
        before: Look | None = None
        for moment in self.moments():
            if to_lose == 0 and settings.loss_share and rng.random() < settings.loss_share:
                to_lose = int(rng.integers(1, settings.longest_loss + 1))
            if to_lose:
                to_lose, lost = to_lose - 1, lost + 1
                continue
            is_late = bool(settings.late_share) and rng.random() < settings.late_share
            t_s = moment.t_s + (0.5 / settings.frame_rate_hz if is_late else 0.0)
            if before is not None:
                t_s = max(t_s, before.t_s + 0.1 / settings.frame_rate_hz)
            seen = self.receiver.profile(moment.place_m, moment.amplitude, moment.dt_s, moment.shake_mm, moment.bearing)
            iq, noise, is_saturated = seen.iq, seen.noise_power, seen.is_saturated
            if before is not None and settings.repeat_share and rng.random() < settings.repeat_share:
                iq, noise, is_saturated = before.iq, before.noise_power, before.is_saturated
            before = Look(t_s, iq, noise, lost, moment.truth, is_saturated, is_late)
            yield before
            lost = 0

    def _step(self, dt_s: float) -> None:
        self._sleeper.step(dt_s)
        self._visitor.step(dt_s)
        if self._neighbour is not None:
            self._neighbour.step(dt_s)

    def _mount_mm(self, t_s: float) -> float:
        shake = self.scene.shake
        swing = shake[1] / 2 * math.sin(2 * math.pi * shake[0] * t_s) if shake else 0.0
        return swing + sum(knock_mm(t_s - at_s) for at_s in self.scene.knock_at_s)

    def _echoes(self, dt_s: float) -> tuple[Float, Float, Float]:
        """Return places [m], amplitudes and bearings [rad] of all that answers."""
        sleeper = self._sleeper.body.echoes()
        parts = [sleeper, self._visitor.body.echoes(), self._ghosts(sleeper), self._hose(dt_s)]
        if self._neighbour is not None:
            parts.append(self._neighbour.body.echoes())
        for frames in self._movers:
            place, amplitude = next(frames)
            parts.append((np.array([place]), np.array([amplitude])))
        place_m = np.concatenate([part[0] for part in parts])
        # Each source lies in a direction of its own, each of its parts a little beside it.
        bearing = np.concatenate(
            [1.3 * k - 2 + 0.3 * np.sin(5.0 * np.arange(len(part[0]))) for k, part in enumerate(parts)]
        )
        return place_m, np.concatenate([part[1] for part in parts]), bearing

    def _ghosts(self, sleeper: Echo) -> Echo:
        ghost = self.scene.ghost
        if ghost is None:
            return NOTHING
        return sleeper[0][:3] + ghost.detour_m, sleeper[1][:3] * 10 ** (-ghost.loss_db / 20)

    def _hose(self, dt_s: float) -> Echo:
        if self.scene.hose_m is None or not self._sleeper.body.is_in_view:
            return NOTHING
        self._hose_mm += dt_s / (0.4 + dt_s) * (HOSE_SHARE * self._sleeper.body.excursion_mm - self._hose_mm)
        return np.array([self.scene.hose_m + self._hose_mm / 1000]), np.array([HOSE_ECHO])


def _frames(run: Callable[[int, float], Echo], dt_s: float) -> Iterator[tuple[float, float]]:
    """Give one frame after the other of something that is moved a stretch at a time."""
    while True:
        place, amplitude = run(max(1, round(STRETCH_S / dt_s)), dt_s)
        yield from zip(place.tolist(), amplitude.tolist(), strict=True)


def _drawn_style(rng: np.random.Generator) -> BreathingStyle:
    return BreathingStyle(
        rate_per_min=float(rng.uniform(10, 20)),
        depth_mm=float(rng.uniform(3.5, 9)),
        rate_jitter=float(rng.uniform(0.02, 0.08)),
        depth_jitter=float(rng.uniform(0.06, 0.18)),
        inspired_share=float(rng.uniform(0.3, 0.48)),
    )
