"""Does a chest that was seen to breathe still move: the causal watch over held breath."""

import math
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edge.chest import Chest
from edge.resampling import FIELD_HZ


class Followed(Protocol):
    """A window in which the same channels can be looked at again."""

    @property
    def centre(self) -> NDArray[Any] | None:
        """What the channels that were judged last are taken about or chosen by; None before any were."""
        ...

    def path(self, seconds: float, centre: NDArray[Any] | None) -> NDArray[np.float64] | None:
        """Follow the displacement over the newest seconds, about a centre that is given.

        Args:
            seconds: [s] to look back.
            centre: as `centre` was when the chest was learned.

        Returns:
            shape (frames, channels) [mm]; None while there is less than that.
        """
        ...

    def churn(self, seconds: float) -> NDArray[np.float64]:
        """Follow how far things have moved from where they were a little before.

        Args:
            seconds: [s] to look back; both ends of each pair lie inside.

        Returns:
            shape (pairs,), energy over that of the noise, about 0 where nothing moved and below it by chance; empty
            while there is too little.
        """
        ...


class HoldWatch:
    """Watches a chest that was seen to breathe, and says within seconds when it stops.

    Causal: the root mean square of the last few seconds against that of the breathing before, on the same channels.
    """

    # On simulated sleepers 999 breathing seconds in a thousand stay above 0.46, and half of the held ones below 0.20.
    STOPPED_SHARE = 0.42
    WANING_SHARE = 0.52
    RESUMED_SHARE = 0.6
    SHORTEST_S, LONGEST_S = 3.6, 5.6
    RESUME_S = 2.6
    # One second of creep in a held breath is not a breath: it must be as large as one, or go on.
    RESUME_LOOKS, SURE_SHARE = 2, 0.85
    # The usual churn from which on it is taken as it is, below nothing too: cut off at nothing, noise alone adds up to
    # 2.8, which beside a chest of 10 looks like half a breath. Below, it scatters too much: of simulated sleepers with
    # 0.1 px it stayed under 5.1, with 0.25 px and more it was over 6.9.
    LOUD_CHURN = 6.0

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forget the chest: the body moved, so that its echo is another."""
        self._mixing: NDArray[np.float64] | None = None
        self._centre: NDArray[Any] | None = None
        self._usual_mm = 0.0
        self._usual_churn = 0.0
        self._is_loud = False
        self._period_s = 4.0
        self._moving_looks = 0
        self.is_held = False
        """The chest that breathed before does not move."""
        self.is_waning = False
        """The chest moves much less than before: too little to stand behind a rate that is mostly older."""

    def learn(self, window: Followed, chest: Chest) -> None:
        """Remember how the chest moves while it is known to breathe."""
        if self.is_held:
            return
        self._mixing, self._centre = chest.mixing, window.centre
        self._period_s = 60 / chest.rate_per_min
        self._usual_mm = self._usual_swing(chest)
        seconds = chest.samples / FIELD_HZ
        churn = window.churn(seconds)
        self._is_loud = len(churn) > 0 and float(churn.mean()) >= self.LOUD_CHURN
        self._usual_churn = self._churn_of(churn)

    def _usual_swing(self, chest: Chest) -> float:
        """Return the typical swing of a stretch as long as the one that will be looked at [mm, unscaled]."""
        wave = chest.wave_mm[-chest.samples :]
        length = round(self._patience_s() * FIELD_HZ)
        if len(wave) <= length:
            return 0.0
        stretches = np.lib.stride_tricks.sliding_window_view(wave, length)[:: FIELD_HZ // 2]
        return float(np.median(swing_of(stretches)))

    def _churn_of(self, churn: NDArray[np.float64]) -> float:
        """Return the mean churn; of a faint chest, what is below nothing by chance is taken for nothing."""
        told = churn if self._is_loud else np.maximum(churn, 0)
        return max(0.0, float(told.mean())) if len(churn) else 0.0

    def _patience_s(self) -> float:
        return float(np.clip(0.75 * self._period_s, self.SHORTEST_S, self.LONGEST_S))

    def look(self, window: Followed) -> bool:
        """Look at the newest seconds.

        Returns:
            True when breathing has just come back.
        """
        if self._mixing is None or self._usual_mm <= 0:
            return False
        look_back_s = self.RESUME_S if self.is_held else self._patience_s()
        path = window.path(look_back_s, self._centre)
        if path is None or path.shape[1] != len(self._mixing):
            return False
        wave_share = float(swing_of(path @ self._mixing)) / self._usual_mm
        churn_share = math.sqrt(self._churn_of(window.churn(look_back_s)) / max(self._usual_churn, 1e-9))
        share = math.sqrt(wave_share * churn_share)
        self.is_waning = share < self.WANING_SHARE
        self._moving_looks = self._moving_looks + 1 if self.is_held and share > self.RESUMED_SHARE else 0
        if self._moving_looks >= self.RESUME_LOOKS or (self.is_held and share > self.SURE_SHARE):
            self.is_held, self._moving_looks = False, 0
            return True
        if not self.is_held and share < self.STOPPED_SHARE and max(wave_share, churn_share) < self.RESUMED_SHARE:
            self.is_held = True
        return False


def swing_of(wave_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Root mean square of waves without their heartbeat and their drift [mm].

    Args:
        wave_mm: shape (..., samples).

    Returns:
        shape (...).
    """
    width = max(1, round(wave_mm.shape[-1] / 6))
    total = np.cumsum(wave_mm, axis=-1)
    total = np.concatenate([np.zeros_like(total[..., :1]), total], axis=-1)
    smooth = (total[..., width:] - total[..., :-width]) / width
    t = np.linspace(-1, 1, smooth.shape[-1])
    slope = (smooth @ t) / (t @ t)
    level = smooth.mean(axis=-1, keepdims=True)
    return np.asarray((smooth - level - 0.5 * slope[..., None] * t).std(axis=-1), dtype=np.float64)
