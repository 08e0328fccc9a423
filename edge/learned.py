"""The judge that ships: one small net gives a distribution over rates, and only a narrow one becomes a number."""

import numpy as np
from numpy.typing import NDArray

from broker.vocabulary import Withheld
from edge.chest import MIN_PURE_PERIODS, Chest, chest_at, is_shaken, is_too_pure, loudest_rate, refined_rate
from edge.resampling import FIELD_HZ, FIELD_SAMPLES, WINDOW_S, DisplacementField
from edge.verdicts import FIRST_RATE_S, Verdict
from models.runtime import Model

# The rates of the net's answer: 28 an octave from 5 a minute on (models/recipes/vitals_v2).
RATES_PER_MIN = 5.0 * 2.0 ** (np.arange(89) / 28)
# The bar of SENSING is an error of 2 a minute; of the belief in any rate so much must lie that near.
NEAR_PER_MIN = 2.0
MIN_NEAR = 0.80
# And no more of the whole may say that there is no rate to tell. Both were set on 4,017 simulated windows that trained
# nothing: of what is shown there 98 in 100 are within 2 a minute (99 of radar windows, 96 of noisy traces).
MAX_NONE = 0.50
# The belief is a little too wide: so much of its 90 % interval holds 91 % of true rates on the same held-out windows.
STRETCH = 0.7
MIN_UNCERTAINTY_PER_MIN = 0.2
INTERVAL = 0.9

Float = NDArray[np.float64]


class LearnedJudge:
    """A `Judge` over vitals-v2."""

    def __init__(self, vitals: Model) -> None:
        self._vitals = vitals

    @property
    def model(self) -> str:
        """Hex digest of the model."""
        return self._vitals.sha256

    def judge(self, field: DisplacementField, *, accepts_machines: bool = False) -> tuple[Verdict, Chest]:
        """See `Judge.judge`."""
        belief = self._vitals(field.field_mm, tapers_for(field.duration_s), field.trust)["belief"].astype(np.float64)
        none = float(belief[-1])
        belief = belief[:-1] / max(float(belief[:-1].sum()), 1e-9)
        rate = rate_of(belief)
        near = float(belief[np.abs(RATES_PER_MIN - rate) <= NEAR_PER_MIN].sum())
        # With fewer periods a machine cannot be told from a chest (`edge.chest`).
        first_s = max(FIRST_RATE_S, MIN_PURE_PERIODS * 60 / rate)
        is_long_enough = field.duration_s >= min(first_s, WINDOW_S) - 0.5 / FIELD_HZ
        is_told = is_long_enough and near >= MIN_NEAR and none <= MAX_NONE
        # What is told has to be alive; what is not told may be a machine, which stirs without anybody there.
        chest = chest_at(field, rate if is_told else loudest_rate(field))
        quality = round(min(1.0, near * (1 - none)), 3)
        if is_shaken(field, chest):
            return Verdict(None, None, Withheld.SENSOR_MOVED, 0.0, False), chest
        if is_too_pure(chest, field.duration_s):
            if accepts_machines and field.duration_s >= FIRST_RATE_S:
                return Verdict(refined_rate(chest), MIN_UNCERTAINTY_PER_MIN, None, 1.0, True), chest
            return Verdict(None, None, Withheld.LOW_QUALITY, 0.0, False), chest
        if not is_long_enough:
            return Verdict(None, None, Withheld.WARMING_UP, quality, None), chest
        if not is_told or not chest.is_of_a_chests_size:
            return Verdict(None, None, Withheld.LOW_QUALITY, quality, None), chest
        return Verdict(rate, uncertainty_of(belief, rate), None, quality, True), chest


def tapers_for(duration_s: float) -> NDArray[np.float32]:
    """Make Hann tapers over the whole of the newest part of the field, over its older and over its newer half.

    Args:
        duration_s: [s] of signal in the field.

    Returns:
        float32, shape (3, samples).
    """
    length = int(min(FIELD_SAMPLES, max(16, round(duration_s * FIELD_HZ))))
    half = length // 2
    tapers = np.zeros((3, FIELD_SAMPLES), dtype=np.float32)
    tapers[0, -length:] = np.hanning(length + 2)[1:-1]
    tapers[1, FIELD_SAMPLES - length : FIELD_SAMPLES - length + half] = np.hanning(half + 2)[1:-1]
    tapers[2, -half:] = np.hanning(half + 2)[1:-1]
    return tapers


def rate_of(belief: Float) -> float:
    """Return the mean of the belief around its highest point [1/min].

    Args:
        belief: shape (rates,), not negative.
    """
    top = RATES_PER_MIN[int(np.argmax(belief))]
    around = np.where(np.abs(RATES_PER_MIN - top) <= max(1.0, 0.08 * top), belief, 0.0)
    return float((around * RATES_PER_MIN).sum() / max(float(around.sum()), 1e-12))


def uncertainty_of(belief: Float, rate_per_min: float) -> float:
    """Return the half-width of the interval around a rate that holds 90 % of the belief [1/min]."""
    distance = np.abs(RATES_PER_MIN - rate_per_min)
    order = np.argsort(distance)
    held = np.cumsum(belief[order]) / max(float(belief.sum()), 1e-12)
    half_width = float(np.interp(INTERVAL, held, distance[order]))
    return round(max(MIN_UNCERTAINTY_PER_MIN, STRETCH * half_width), 2)
