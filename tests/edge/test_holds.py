"""The watch over a held breath, on a window that is made up: what moves, and what noise adds to it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from edge.chest import Chest
from edge.holds import HoldWatch
from edge.resampling import FIELD_HZ, FIELD_SAMPLES

Float = NDArray[np.float64]
BREATH = np.sin(2 * np.pi * 0.25 * np.arange(FIELD_SAMPLES) / FIELD_HZ)


class MadeUpWindow:
    """One channel, and a churn that is given."""

    def __init__(self, wave: Float, churn: Sequence[float]) -> None:
        self.centre: NDArray[Any] | None = np.zeros(1)
        self.wave = wave
        self.told = np.array(churn)

    def path(self, seconds: float, centre: NDArray[Any] | None) -> Float | None:
        return self.wave[-round(seconds * FIELD_HZ) :, None]

    def churn(self, seconds: float) -> Float:
        return self.told


def watch_of(usual_churn: float) -> HoldWatch:
    watch = HoldWatch()
    none = np.zeros(1)
    chest = Chest(15.0, np.ones(1), BREATH, FIELD_SAMPLES, none + 1, none + 1j, 2.0)
    watch.learn(MadeUpWindow(BREATH, [usual_churn]), chest)
    return watch


NOISE = [6.9, -6.9] * 12
"""Twenty-four channels' noise: nothing on the whole, and half of it below nothing."""


def test_noise_does_not_hide_that_a_chest_has_stopped() -> None:
    watch = watch_of(usual_churn=7.5)
    watch.look(MadeUpWindow(0.05 * BREATH, NOISE))
    assert watch.is_held


@pytest.mark.parametrize("usual_churn", [2.0, 5.0])
def test_the_chance_lack_of_noise_stops_no_faint_chest(usual_churn: float) -> None:
    watch = watch_of(usual_churn)
    watch.look(MadeUpWindow(0.3 * BREATH, NOISE))
    assert not watch.is_held


def test_a_chest_that_goes_on_is_not_held() -> None:
    watch = watch_of(usual_churn=7.5)
    watch.look(MadeUpWindow(BREATH, [7.0, 8.0]))
    assert not watch.is_held
