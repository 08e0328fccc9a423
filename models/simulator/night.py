"""A room at night, frame by frame, with the truth of each moment beside it."""

import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.simulator.acts import BED_M, BEDSIDE_M, DOOR_M, ENSUITE_M, Act, ActKind, demo_acts
from models.simulator.body import Body
from models.simulator.breathing import BreathingStyle
from models.simulator.receiver import Receiver, ReceiverSettings

TRUTH_WINDOW_S = 30.0
TRUTH_FIRST_S = 10.0


@dataclass(frozen=True)
class Truth:
    """What is really so at one moment."""

    state: str
    """breathing, no_breathing_seen, moving or empty."""
    people: int
    """0, 1 or 2."""
    zone: str | None
    """bed, room, ensuite or door of the sleeper; None when nobody is in view."""
    rate_per_min: float | None
    """Mean rate over the calm stretch of the last 10 to 30 s; None when nobody breathes calmly."""
    is_observable: bool
    """A perfect observer could give a rate from what the sensor saw."""


@dataclass(frozen=True)
class Look:
    """One frame of the simulated radar."""

    t_s: float
    iq: NDArray[np.complex64]
    """shape (bins,)."""
    noise_power: NDArray[np.float32]
    """shape (bins,)."""
    lost_before: int
    truth: Truth


@dataclass(frozen=True)
class Fan:
    """A thing that moves all the time and is not alive."""

    range_m: float = 2.2
    rate_hz: float = 0.25
    """An oscillating head turns at 0.05 to 0.15 Hz, a curtain at 0.1 to 0.5 Hz."""
    swing_mm: float = 8.0
    echo: float = 60.0
    jitter: float = 0.0
    """Standard deviation of its period, as a share; machines are near 0."""


@dataclass(frozen=True)
class Scene:
    """Everything that a simulated room is made of."""

    acts: Iterable[Act] | None = None
    """The sleeper's acts; None draws a demonstration night for ever, an empty list is an empty room."""
    visitor: Iterable[Act] = ()
    """A second person's acts, begun behind the door."""
    style: BreathingStyle | None = None
    """How the sleeper breathes; None draws one."""
    receiver: ReceiverSettings = field(default_factory=ReceiverSettings)
    bed_m: float = BED_M
    fan: Fan | None = None
    shake: tuple[float, float] | None = None
    """(rate [Hz], swing [mm]) of the sensor's own mount."""


def zone_of(range_m: float) -> str:
    """Name the zone of the simulated room at a distance."""
    if range_m < (BED_M + BEDSIDE_M) / 2 + 0.1:
        return "bed"
    if range_m < ENSUITE_M - 0.3:
        return "room"
    return "ensuite" if range_m < (ENSUITE_M + DOOR_M) / 2 else "door"


class _Person:
    """A body and what it does."""

    def __init__(self, acts: Iterable[Act], body: Body, rng: np.random.Generator) -> None:
        self.body = body
        self._rng = rng
        self._acts = iter(acts)
        self._act: Act | None = None
        self._left_s = 0.0
        self._next()

    def _next(self) -> None:
        before = self._act
        if before is not None and before.kind is ActKind.TURN:
            self.body.lie_anew()
        self._act = next(self._acts, None)
        if self._act is None:
            self.body.is_in_view = False
            self._left_s = math.inf
            return
        self.body.is_in_view = self._act.kind is not ActKind.AWAY
        distance_m = abs(self._act.to_m - self.body.range_m)
        is_walk = self._act.kind is ActKind.WALK
        self.body.is_upright = is_walk or self._act.kind is ActKind.STAND
        self._left_s = distance_m / self._act.speed_m_per_s if is_walk else self._act.duration_s

    @property
    def kind(self) -> ActKind:
        """What is being done now; away when there is nothing left to do."""
        return self._act.kind if self._act else ActKind.AWAY

    def step(self, dt_s: float) -> None:
        """Move on by one frame."""
        if self._left_s <= 0:
            self._next()
        self._left_s -= dt_s
        act, speed, restless = self._act, 0.0, 0.0
        if act is not None and act.kind is ActKind.WALK:
            speed = math.copysign(act.speed_m_per_s, act.to_m - self.body.range_m)
            restless = 0.4
        elif act is not None and act.kind is ActKind.TURN:
            restless = 0.15
        elif act is not None and act.kind is ActKind.STAND:
            restless = 0.03
        self.body.step(dt_s, is_held=self.kind is ActKind.HOLD, restlessness_m_per_s=restless, walk_m_per_s=speed)


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
        self._sleeper = _Person(acts, Body(style, scene.bed_m, rng), rng)
        guest = Body(_drawn_style(rng), DOOR_M, rng)
        self._visitor = _Person(scene.visitor, guest, rng)
        self._fan_phase = 0.0
        self._fan_pace = 1.0
        self._calm: deque[tuple[float, float]] = deque()

    def _truth(self, t_s: float) -> Truth:
        kind = self._sleeper.kind
        guests = int(self._visitor.body.is_in_view)
        if kind is ActKind.LIE:
            self._calm.append((t_s, self._sleeper.body.breaths))
            while t_s - self._calm[0][0] > TRUTH_WINDOW_S:
                self._calm.popleft()
        else:
            self._calm.clear()
        rate = None
        if self._calm and t_s - self._calm[0][0] >= TRUTH_FIRST_S:
            (t0, b0), (t1, b1) = self._calm[0], self._calm[-1]
            rate = 60 * (b1 - b0) / (t1 - t0)
        states = {ActKind.LIE: "breathing", ActKind.HOLD: "no_breathing_seen", ActKind.AWAY: "empty"}
        state = states.get(kind, "moving")
        if guests and state != "moving":
            state = "moving"
        in_view = self._sleeper.body.is_in_view
        zone = zone_of(self._sleeper.body.range_m) if in_view else None
        return Truth(state, int(in_view) + guests, zone, rate, rate is not None and not guests)

    def _extra_echo(self, dt_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        fan = self.scene.fan
        if fan is None:
            return np.zeros(0), np.zeros(0)
        self._fan_phase += dt_s * fan.rate_hz * self._fan_pace
        if self._fan_phase >= 1:
            self._fan_phase -= 1
            self._fan_pace = max(0.3, 1 + float(self._rng.normal(0, fan.jitter)))
        swing_m = fan.swing_mm / 2000 * math.sin(2 * math.pi * self._fan_phase)
        return np.array([fan.range_m + swing_m]), np.array([fan.echo])

    def __iter__(self) -> Iterator[Look]:
        """Give one look after the other, as the frame rate has it, lost ones left out."""
        settings = self.scene.receiver
        dt_s = 1 / settings.frame_rate_hz
        lost, to_lose, index = 0, 0, 0
        while True:
            t_s = index * dt_s
            index += 1
            self._sleeper.step(dt_s)
            self._visitor.step(dt_s)
            truth = self._truth(t_s)
            if to_lose == 0 and settings.loss_share and self._rng.random() < settings.loss_share:
                to_lose = int(self._rng.integers(1, 12))
            if to_lose:
                to_lose, lost = to_lose - 1, lost + 1
                continue
            shake = self.scene.shake
            shake_mm = shake[1] / 2 * math.sin(2 * math.pi * shake[0] * t_s) if shake else 0.0
            parts = [self._sleeper.body.echoes(), self._visitor.body.echoes(), self._extra_echo(dt_s)]
            place = np.concatenate([part[0] for part in parts])
            echo = np.concatenate([part[1] for part in parts])
            iq, noise = self.receiver.profile(place, echo, dt_s, shake_mm)
            yield Look(t_s, iq, noise, lost, truth)
            lost = 0


def _drawn_style(rng: np.random.Generator) -> BreathingStyle:
    return BreathingStyle(
        rate_per_min=float(rng.uniform(10, 20)),
        depth_mm=float(rng.uniform(3.5, 9)),
        rate_jitter=float(rng.uniform(0.02, 0.08)),
        depth_jitter=float(rng.uniform(0.06, 0.18)),
        inspired_share=float(rng.uniform(0.3, 0.48)),
    )
