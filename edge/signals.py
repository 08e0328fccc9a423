"""Frames to a window of one signal: a displacement field in millimetres, and how restless it was."""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.frames import Frame, FrameKind, Layout
from edge.motion import RECENT_S, Motion, motion_of
from edge.resampling import WINDOW_S, DisplacementField, bridged, field_of
from models.runtime import Model

# A longer hole ends the window: nothing is known about the motion inside it.
MAX_GAP_S = 1.5
CHURN_LAG_S = 0.8
# Half width of a group of range bins: a chest is about 0.3 m deep and wide.
POOL_M = 0.15
# Mean over median of an exponentially distributed power.
MEAN_OVER_MEDIAN = 1.0 / math.log(2)

Float = NDArray[np.float64]
Float32 = NDArray[np.float32]


def pool_for(range_m: Float) -> Float32:
    """Make the groups of range bins whose echoes are added up before the phase is taken.

    Args:
        range_m: shape (bins,) [m].

    Returns:
        shape (bins, 2 x bins): each bin alone, then a bell of POOL_M around each.
    """
    distance = np.subtract.outer(range_m, range_m)
    bell = np.exp(-0.5 * (np.nan_to_num(distance) / POOL_M) ** 2)
    return np.hstack([np.eye(len(range_m)), bell]).astype(np.float32)


class SignalWindow:
    """The last 30 s of frames of one layout."""

    def __init__(self, movement: Model) -> None:
        self._movement = movement
        self._frames: deque[Frame] = deque()
        self.layout: Layout | None = None
        """Of the frames inside; None while empty."""
        self.centre: NDArray[np.complex64] | None = None
        """shape (2, bins), what was taken off each bin at the last reading; None for traces."""
        self._noise: Float | None = None

    def add(self, frame: Frame) -> bool:
        """Take one frame in; frames older than the window fall out.

        Returns:
            False when the window had to start again: another layout, a hole, or time that went back.
        """
        is_new = self.layout is not frame.layout
        step_s = frame.t_s - self._frames[-1].t_s if self._frames else 0.0
        is_cut = bool(self._frames) and not 0 < step_s <= MAX_GAP_S
        if is_new or is_cut:
            self._frames.clear()
            self.layout = frame.layout
        self._frames.append(frame)
        while frame.t_s - self._frames[0].t_s > WINDOW_S + RECENT_S:
            self._frames.popleft()
        return not (is_new or is_cut)

    def recent(self, seconds: float) -> list[Frame]:
        """Return the frames of the last seconds, oldest first."""
        if not self._frames:
            return []
        end_s = self._frames[-1].t_s
        return [frame for frame in self._frames if end_s - frame.t_s < seconds]

    @property
    def duration_s(self) -> float:
        """Seconds between the first and the last frame."""
        return self._frames[-1].t_s - self._frames[0].t_s if len(self._frames) > 1 else 0.0

    def read(self, calm_since_s: float, floor: Float | None = None) -> "WindowReading | None":
        """Work the frames out.

        Args:
            calm_since_s: [s] frame time from which the body was calm; older frames do not enter the field.

            floor: shape (channels,), noise power of the empty room, for frames that do not see their own; None when it
                was not measured.

        Returns:
            Motion and displacement; None while there are fewer than a second's worth of frames.
        """
        if len(self._frames) < 4 or self.duration_s < RECENT_S or self.layout is None:
            return None
        times = np.array([frame.t_s for frame in self._frames])
        values = np.array([frame.values for frame in self._frames])
        if self.layout.kind is FrameKind.TRACE:
            reading, self._noise = _read_trace(times, values.real.astype(np.float64), self.layout, calm_since_s)
            return reading
        noise = _noise_inside([frame.noise_power for frame in self._frames])
        noise = floor if noise is None else noise
        return self._read_radar(times, values, noise, self.layout, calm_since_s)

    def path(self, seconds: float, centre: NDArray[np.complex64] | None) -> Float | None:
        """Follow the displacement over the newest seconds, about a centre that is given.

        Args:
            seconds: [s] to look back.
            centre: shape (2, bins); None for traces.

        Returns:
            shape (frames, channels) [mm], from 0 at the first frame; None while there is less than that.
        """
        frames = self.recent(seconds)
        if len(frames) < 8 or self.layout is None or self.duration_s < seconds:
            return None
        values = np.array([frame.values for frame in frames])
        if self.layout.kind is FrameKind.TRACE or centre is None:
            return values.real.astype(np.float64)
        steps = self._moved(values, centre, pool_for(self.layout.range_m), self.layout)["step_mm"]
        flat = steps.transpose(1, 0, 2).reshape(len(frames) - 1, -1).astype(np.float64)
        flat = bridged(np.array([frame.t_s for frame in frames]), flat)
        return np.vstack([np.zeros(flat.shape[1]), np.cumsum(flat, axis=0)])

    def churn(self, seconds: float) -> Float:
        """Follow how far the echo has moved from where it was CHURN_LAG_S before.

        Args:
            seconds: [s] to look back; both ends of each pair lie inside.

        Returns:
            shape (pairs,), energy over that of the noise, 0 where nothing moved; empty while there is too little.
        """
        frames = self.recent(seconds)
        if len(frames) < 8 or self._noise is None:
            return np.zeros(0)
        times = np.array([frame.t_s for frame in frames])
        values = np.array([frame.values for frame in frames])
        back = np.searchsorted(times, times - CHURN_LAG_S)
        late = times - times[0] >= CHURN_LAG_S
        moved = np.abs(values[late] - values[back[late]]) ** 2
        energy: Float = (moved / (2 * self._noise) - 1).sum(axis=1)
        return np.maximum(energy, 0)

    def _moved(
        self, iq: NDArray[np.complex64], centre: NDArray[np.complex64], pool: Float32, layout: Layout
    ) -> dict[str, Float32]:
        mm_per_radian = np.array([-1000 * layout.wavelength_m / (4 * math.pi)], dtype=np.float32)
        return self._movement(_pairs(iq), _pairs(centre), pool, mm_per_radian)

    def _read_radar(
        self, times: Float, iq: NDArray[np.complex64], noise: Float | None, layout: Layout, calm_since_s: float
    ) -> "WindowReading":
        first = min(int(np.searchsorted(times, calm_since_s)), len(times) - 4)
        centre = np.stack([np.zeros(layout.channels, dtype=np.complex64), iq[first:].mean(axis=0)])
        self.centre = centre
        pool = pool_for(layout.range_m)
        answer = self._moved(iq, centre, pool, layout)
        innovation = answer["innovation"].astype(np.float64)
        if noise is None:
            noise = np.median(innovation, axis=0) * MEAN_OVER_MEDIAN / 2
        noise = np.maximum(noise, 1e-12 + 1e-9 * float(np.abs(iq).max()) ** 2)
        self._noise = noise
        motion = motion_of(times, iq, innovation, noise)
        steps = bridged(times, answer["step_mm"].transpose(1, 0, 2).reshape(len(times) - 1, -1).astype(np.float64))
        path = np.vstack([np.zeros(steps.shape[1]), np.cumsum(steps, axis=0)])
        power = answer["power"].reshape(-1).astype(np.float64)
        floor = np.tile(noise @ pool, 2)
        trust = power / (power + 10 * floor)
        return WindowReading(
            motion, field_of(times[first:], path[first:], trust, np.tile(layout.range_m, 4), layout.channels)
        )


@dataclass(frozen=True, eq=False)
class WindowReading:
    """All that the estimator needs to know of a window."""

    motion: Motion
    field: DisplacementField


def _pairs(iq: NDArray[np.complex64]) -> Float32:
    return np.stack([iq.real, iq.imag], axis=-1).astype(np.float32)


def _noise_inside(noises: list[Float32 | None]) -> Float | None:
    """Return the typical noise that the frames themselves saw; a low quantile, since motion adds to it."""
    known = [noise for noise in noises if noise is not None]
    return np.quantile(np.array(known), 0.3, axis=0).astype(np.float64) if known else None


def _read_trace(times: Float, path: Float, layout: Layout, calm_since_s: float) -> tuple[WindowReading, Float]:
    """Read a displacement trace: the field is given, and noise is what differs between neighbours.

    Returns:
        The reading, and the noise power of each channel, shape (channels,) [mm^2].
    """
    first = min(int(np.searchsorted(times, calm_since_s)), len(times) - 4)
    bends = np.diff(path, n=2, axis=0)
    noise = np.maximum(np.median(bends**2, axis=0) / (6 * 0.455), 1e-6)
    recent = (bends[times[2:] > times[-1] - RECENT_S] ** 2).mean(axis=0) / (6 * noise)
    spread = path[times > times[-1] - 3 * RECENT_S].std(axis=0)
    slow = 1 + (spread**2) / noise
    motion = Motion(float(recent.max()), 0.0, slow, np.maximum(recent - 1, 0), slow)
    trust = np.ones(layout.channels)
    field = field_of(times[first:], path[first:], trust, layout.range_m, layout.channels)
    return WindowReading(motion, field), noise
