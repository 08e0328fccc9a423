"""What an estimator has to beat: the simple pipelines of textbooks, which always print a number. No node runs them."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from broker.vocabulary import Presence, SensedState, Withheld
from edge.estimates import Estimate, Moment, withheld_estimate
from edge.frames import Frame, FrameKind, Layout

WINDOW_S = 30.0
# The first number comes when this much has been seen, whatever it was.
FIRST_S = 10.0
BAND_HZ = (0.1, 0.7)
RESAMPLED_HZ = 10.0
# The spectrum is interpolated so finely that the grid adds no error.
PADDED = 1 << 14
# Frames that hold something to take a spectrum of.
_KINDS = (FrameKind.RADAR, FrameKind.TRACE)


class SpectralPeak:
    """DC removal, the angle of the strongest bin unwrapped, a band-pass and the highest spectral peak over 30 s.

    The pipeline of most papers on radar breathing; it has no doubts, so that its coverage is whole and its errors are
    what doubts are for.
    """

    model = "0" * 64
    """No file stands behind it."""

    def __init__(self) -> None:
        self._frames: deque[Frame] = deque()
        self._layout: Layout | None = None

    def restart(self) -> None:
        """Forget everything: another recording, or the same once more."""
        self._frames.clear()

    def add(self, frame: Frame) -> None:
        """Take one frame in."""
        if self._layout is not frame.layout:
            self.restart()
            self._layout = frame.layout
        self._frames.append(frame)
        while frame.t_s - self._frames[0].t_s > WINDOW_S:
            self._frames.popleft()

    def estimate(self, moment: Moment) -> Estimate:
        """Answer for one second, from the frames up to now: a rate as soon as there are ten seconds of them."""
        base = withheld_estimate(moment, Withheld.WARMING_UP, self.model)
        seen = list(self._frames)
        if len(seen) < 2 or seen[-1].t_s - seen[0].t_s < FIRST_S - 0.5 or seen[0].layout.kind not in _KINDS:
            return base
        return _undoubted(base, _peak_per_min(np.array([frame.t_s for frame in seen]), _path_mm(seen)))


Picture = NDArray[np.uint8]


def brightness(picture: Picture, _before: Picture) -> float:
    """Return the mean of a picture: it follows the breath's shadow, and the lamp and the camera's own gain as well."""
    return float(picture.mean())


def difference(picture: Picture, before: Picture) -> float:
    """Return how much a picture differs from the one before: it doubles the rate, for a chest moves in and out."""
    return float(np.abs(picture.astype(np.float32) - before).mean())


class PicturePeak:
    """One number of each picture, and the highest peak in its spectrum over 30 s: what a first attempt does."""

    model = "0" * 64
    """No file stands behind it."""

    def __init__(self, number: Callable[[Picture, Picture], float]) -> None:
        self._number = number
        self.restart()

    def restart(self) -> None:
        """Forget everything: another recording, or the same once more."""
        self._before: Picture | None = None
        self._seen: deque[tuple[float, float]] = deque()

    def add(self, frame: Frame) -> None:
        """Take one frame in; all but pictures are passed over."""
        if frame.picture is None:
            return
        before = frame.picture if self._before is None else self._before
        self._seen.append((frame.t_s, self._number(frame.picture, before)))
        self._before = frame.picture
        while frame.t_s - self._seen[0][0] > WINDOW_S:
            self._seen.popleft()

    def estimate(self, moment: Moment) -> Estimate:
        """Answer for one second, from the pictures up to now: a rate as soon as there are ten seconds of them."""
        base = withheld_estimate(moment, Withheld.WARMING_UP, self.model)
        if len(self._seen) < 2 or self._seen[-1][0] - self._seen[0][0] < FIRST_S - 0.5:
            return base
        t_s, number = np.array(self._seen).T
        return _undoubted(base, _peak_per_min(t_s, number))


def _undoubted(base: Estimate, rate_per_min: float) -> Estimate:
    return replace(
        base,
        presence=Presence.PRESENT,
        state=SensedState.BREATHING,
        people=1,
        respiratory_rate_per_min=round(rate_per_min, 2),
        respiratory_rate_withheld=None,
        quality=1.0,
    )


def _path_mm(seen: list[Frame]) -> NDArray[np.float64]:
    """Follow the displacement of the strongest bin, shape (frames,) [mm]; of a trace, the channel that moves most."""
    values = np.array([frame.values for frame in seen])
    if seen[0].layout.kind is FrameKind.TRACE:
        path = values.real.astype(np.float64)
        return path[:, int(np.argmax(path.std(axis=0)))]
    moved = values - values.mean(axis=0)
    strongest = int(np.argmax((np.abs(moved) ** 2).sum(axis=0)))
    radians: NDArray[np.float64] = np.unwrap(np.angle(moved[:, strongest])).astype(np.float64)
    return radians * (1000 * seen[0].layout.wavelength_m / (4 * np.pi))


def _peak_per_min(t_s: NDArray[np.float64], path_mm: NDArray[np.float64]) -> float:
    grid_s = np.arange(t_s[0], t_s[-1], 1 / RESAMPLED_HZ)
    wave = np.interp(grid_s, t_s, path_mm)
    n = np.arange(len(wave))
    wave = (wave - np.polyval(np.polyfit(n, wave, 1), n)) * np.hanning(len(wave))
    size = np.abs(np.fft.rfft(wave, PADDED))
    hz = np.fft.rfftfreq(PADDED, 1 / RESAMPLED_HZ)
    band = (hz >= BAND_HZ[0]) & (hz <= BAND_HZ[1])
    return float(60 * hz[band][np.argmax(size[band])])
