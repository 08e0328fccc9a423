"""The empty room, listened to for some minutes: frames in, a noise profile or a refusal out; frames are not kept.

It runs inside the sensing process, which has no file to write: what it found leaves as a few numbers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from broker.vocabulary import Presence, SensedState, Zone
from edge.estimates import Estimate
from edge.frames import Frame, FrameKind
from edge.motion import RECENT_S
from edge.noise_profile import MAX_BINS, MAX_LINES, NoiseFile, RoomLine, three_digits
from edge.permitted import FAULTS
from edge.zones import Zones

Float = NDArray[np.float64]
Complex = NDArray[np.complex64]

SETTLE_S = 40.0
"""[s] in which the estimator tells a machine from a body; judged on the seconds after it."""
MOST_MOVING_S = 2
"""[s] of somebody moving, at any time, that end the survey."""
MOST_BREATHING_S = 3
"""[s] with a breathing rate that end it."""
MOST_PRESENT = 0.1
"""Share of the judged seconds in which somebody seemed to be there."""
MOST_RESTLESS_BINS = 0.34
"""Share of the bins that stir without a period: more is a room in a draught, or a sensor on a loose mount."""
RESTLESS_SLOW = 6.0
"""Structure function above which a bin without a period is restless; noise stays below 2 (simulator)."""
BED_SLOW = 3.0
"""Structure function above which the empty bed is not still. Allowing for more would hide a still person in it; noise
alone stays below 2 (simulator)."""
MOST_LOST = 0.05
"""Share of lost frames."""
SHORTEST_PERIOD_S, LONGEST_PERIOD_S = 0.5, 20.0
"""[s] periods looked for: from a pump to a slowly oscillating head (0.05 to 0.15 Hz)."""
LEAST_LIKENESS = 0.55
"""Autocorrelation of one period with the next at which a bin has a line; a machine has 0.9, a draught under 0.4."""
LEAST_STIR = 1.5
"""Median structure function below which a bin is noise, and has no line."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why the room cannot be commissioned now.

    Attributes:
        sentence: what was seen and what to do.
    """

    sentence: str


class Survey:
    """Listens to one room from now on."""

    def __init__(self, seconds: float, zones: Zones) -> None:
        """Begin.

        Args:
            seconds: [s] how long to listen.
            zones: of the room; its bed has to be still.
        """
        self._zones = zones
        self._wanted_s = seconds
        self._times: list[float] = []
        self._values: list[Complex] = []
        self._noise: list[NDArray[np.float32]] = []
        self._range_m: Float | None = None
        self._lost = 0
        self._moving = self._breathing = self._present = self._judged = 0
        self._fault: str | None = None

    @property
    def passed_s(self) -> float:
        """Seconds listened so far."""
        return self._times[-1] - self._times[0] if len(self._times) > 1 else 0.0

    @property
    def is_done(self) -> bool:
        """Return whether it has listened long enough."""
        return self.passed_s >= self._wanted_s

    def add(self, frame: Frame) -> None:
        """Take one frame in."""
        if frame.layout.kind is not FrameKind.RADAR:
            self._fault = "this sensor gives no radar frames, so there is no noise profile of its room"
        elif frame.layout.channels > MAX_BINS:
            self._fault = f"this sensor gives {frame.layout.channels} range bins; at most {MAX_BINS} can be profiled"
        elif self._range_m is not None and not np.array_equal(self._range_m, frame.layout.range_m):
            self._fault = "the sensor changed its range bins while it was measuring; measure again"
        if self._fault is not None:
            return
        self._range_m = frame.layout.range_m
        self._times.append(frame.t_s)
        self._values.append(frame.values)
        self._lost += frame.lost_before
        if frame.noise_power is not None:
            self._noise.append(frame.noise_power)

    def look(self, estimate: Estimate) -> Refused | None:
        """Look at what the estimator believes of one second.

        Returns:
            Why to stop at once, such as somebody who moves; None to go on.
        """
        reason = estimate.respiratory_rate_withheld
        if self._fault is not None:
            return Refused(self._fault)
        if reason in FAULTS:
            return Refused(f"the sensor reports a fault ({reason}); put that right and measure again")
        is_judged = self.passed_s >= SETTLE_S
        self._moving += estimate.state is SensedState.MOVING
        self._breathing += is_judged and estimate.respiratory_rate_per_min is not None
        if self._moving > MOST_MOVING_S:
            return Refused("somebody or something moves in the room; leave it empty, close the door and measure again")
        if self._breathing > MOST_BREATHING_S:
            return Refused("something in the room breathes as a person does; make sure that nobody is in it")
        self._judged += is_judged
        self._present += is_judged and estimate.presence is Presence.PRESENT
        return None

    def finish(self, at: datetime) -> NoiseFile | Refused:
        """Work out the profile.

        Args:
            at: UTC, now.

        Returns:
            The profile; or why this room is not an empty, quiet one.
        """
        if Zone.BED not in self._zones.named:
            return Refused("the node's settings draw no zones; draw at least the bed, start the node and measure again")
        if self._range_m is None or len(self._times) < 4:
            return Refused("no frames came from the sensor; see to it and measure again")
        if self._lost > MOST_LOST * (self._lost + len(self._times)):
            return Refused(f"{self._lost} frames were lost on the way; see to the sensor's cable and measure again")
        if self._judged and self._present > MOST_PRESENT * self._judged:
            return Refused("something in the room stirs as a body does; make sure that it is empty and measure again")
        times, iq = np.array(self._times), np.array(self._values)
        noise = self._noise_power(iq)
        slow = slow_by_second(times, iq, noise)
        median, high = np.quantile(slow, [0.5, 0.99], axis=0)
        lines = lines_of(times, iq, noise, self._range_m, median)
        in_bed = self._in_bed(self._range_m)
        if (high[in_bed] > BED_SLOW).any():
            at_m = float(self._range_m[in_bed][int(np.argmax(high[in_bed]))])
            return Refused(
                f"something moves by itself at the bed, {at_m:.1f} m from the sensor, and would hide who lies there; "
                "switch it off or move it and measure again"
            )
        restless = (median > RESTLESS_SLOW) & ~_near(self._range_m, lines)
        if restless.mean() > MOST_RESTLESS_BINS:
            return Refused(
                "the whole room is restless, as in a draught or on a loose mount; close the window, see to the mount "
                "and measure again"
            )
        return NoiseFile(
            measured_at=at,
            seconds=round(self.passed_s, 1),
            range_m=three_digits(self._range_m),
            noise_power=three_digits(noise),
            slow_median=three_digits(median),
            slow_high=three_digits(high),
            lines=tuple(lines),
        )

    def _in_bed(self, range_m: Float) -> NDArray[np.bool_]:
        """Say which bins lie at the bed."""
        inside = np.zeros(len(range_m), dtype=bool)
        for near_m, far_m in self._zones.distances(Zone.BED):
            inside |= (range_m >= near_m) & (range_m <= far_m)
        return inside

    def _noise_power(self, iq: Complex) -> Float:
        """What the frames themselves saw, or else what differs between neighbours: shape (bins,)."""
        if len(self._noise) == len(self._times):
            noise = np.median(np.array(self._noise), axis=0).astype(np.float64)
        else:
            # Noise in both neighbours, and the median of an exponentially distributed power is ln 2 of its mean.
            noise = np.median(np.abs(np.diff(iq, axis=0)) ** 2, axis=0).astype(np.float64) / (2 * math.log(2))
        least = 1e-12 + 1e-9 * float(np.abs(iq).max()) ** 2
        return np.maximum(noise, least)


def slow_by_second(times: Float, iq: Complex, noise: Float) -> Float:
    """Work out the structure function at one second for each second, as `edge.motion` does.

    Args:
        times: shape (frames,) [s].
        iq: shape (frames, bins).
        noise: shape (bins,), noise power.

    Returns:
        shape (seconds, bins); 1 is noise alone.
    """
    back = np.searchsorted(times, times - RECENT_S)
    late = np.flatnonzero(times - times[0] >= RECENT_S)
    moved = np.abs(iq[late] - iq[back[late]]) ** 2 / (2 * noise)
    second = np.floor(times[late] - times[0]).astype(int)
    rows = [moved[second == one].mean(axis=0) for one in np.unique(second)]
    return np.array(rows, dtype=np.float64)


def lines_of(times: Float, iq: Complex, noise: Float, range_m: Float, stir: Float) -> list[RoomLine]:
    """Find what moves to and fro, by the likeness of one period of the echo with the next.

    The autocorrelation of the complex echo has its peak at the period whatever the swing, where a spectrum of a swing
    of many wavelengths falls apart into harmonics.

    Args:
        times: shape (frames,) [s].
        iq: shape (frames, bins).
        noise: shape (bins,), noise power.
        range_m: shape (bins,) [m].
        stir: shape (bins,), median structure function; quiet bins are left out.

    Returns:
        At most MAX_LINES, the strongest stirring first; neighbours with one rate are one line.
    """
    step_s = float(np.median(np.diff(times)))
    even = np.arange(times[0], times[-1], step_s)
    lines: list[RoomLine] = []
    for at in np.argsort(stir)[::-1]:
        if stir[at] < LEAST_STIR or len(lines) == MAX_LINES:
            break
        wave = np.interp(even, times, iq[:, at].real) + 1j * np.interp(even, times, iq[:, at].imag)
        period_s, likeness = period_of(wave, step_s, float(noise[at]))
        if likeness < LEAST_LIKENESS:
            continue
        line = RoomLine(range_m=round(float(range_m[at]), 3), rate_per_min=60 / period_s, strength=min(1.0, likeness))
        if not any(_is_same(line, other) for other in lines):
            lines.append(line.model_copy(update={"rate_per_min": round(line.rate_per_min, 2)}))
    return lines


def period_of(wave: NDArray[np.complex128], step_s: float, noise: float) -> tuple[float, float]:
    """Find the period of an echo.

    Args:
        wave: shape (samples,), evenly sampled.
        step_s: [s] between samples.
        noise: its noise power, which no period can explain.

    Returns:
        The period [s] and the likeness 0..1 of one period with the next; likeness 0 when there is none.
    """
    calm = wave - wave.mean()
    spectrum = np.abs(np.fft.fft(calm, 2 * len(calm))) ** 2
    likeness = np.fft.ifft(spectrum).real[: len(calm)] / (len(calm) - np.arange(len(calm)))
    living = float(likeness[0]) - noise
    first, last = math.ceil(SHORTEST_PERIOD_S / step_s), min(int(LONGEST_PERIOD_S / step_s), len(calm) // 3)
    below = np.flatnonzero(likeness[:last] < 0.3 * likeness[0])
    if living <= 0 or last <= first + 2 or not len(below):
        return math.inf, 0.0
    begin = max(first, int(below[0]))
    ahead = likeness[begin:last]
    if len(ahead) < 3:
        return math.inf, 0.0
    # The first peak nearly as high as the highest: a multiple of a period is as like as the period itself.
    peaks = [one for one in range(1, len(ahead) - 1) if ahead[one - 1] <= ahead[one] > ahead[one + 1]]
    good = [one for one in peaks if ahead[one] >= 0.9 * float(ahead.max())]
    if not good:
        return math.inf, 0.0
    at = good[0] + begin
    low, middle, high = (float(likeness[at + one]) for one in (-1, 0, 1))
    bend = low - 2 * middle + high
    shift = 0.5 * (low - high) / bend if bend < 0 else 0.0
    return (at + shift) * step_s, max(0.0, middle / living)


def _is_same(line: RoomLine, other: RoomLine) -> bool:
    return abs(line.rate_per_min - other.rate_per_min) < 0.05 * other.rate_per_min and (
        abs(line.range_m - other.range_m) < 0.5
    )


def _near(range_m: Float, lines: Sequence[RoomLine]) -> NDArray[np.bool_]:
    """Say which bins lie at a line."""
    near = np.zeros(len(range_m), dtype=bool)
    for line in lines:
        near |= np.abs(range_m - line.range_m) < 0.5
    return near
