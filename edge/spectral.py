"""The judge without a net: reasons to believe the strongest line of a spectrum; a baseline for `hushward eval`."""

import math
from dataclasses import dataclass, replace

import numpy as np

from broker.vocabulary import Withheld
from edge.chest import Chest, chest_at, is_shaken, is_too_pure
from edge.resampling import FIELD_HZ, DisplacementField, smoothed, taper_for
from edge.verdicts import FIRST_RATE_S, Verdict
from models.runtime import Model

# All limits below were set on simulated sleepers, never on recordings.
MIN_PERIODS = 2.6
MIN_CONCENTRATION = 0.42
# The 99th percentile of the concentration of a simulated random walk, by length of the window.
ALONE_AT_S, MIN_ALONE = (10.0, 15.0, 20.0, 30.0), (0.78, 0.72, 0.66, 0.64)
MIN_AGREEMENT = 0.55
MAX_HALF_SHARE = 0.45
# A half of the window long enough to count breaths must tell the same rate.
SPLIT_FROM_S = 20.0
SPLIT_TOLERANCE_PER_MIN = 2.0
MIN_RATE_PER_MIN, MAX_RATE_PER_MIN = 5.5, 44.5
# The noise of a trace is white, where that of a phase is red: a mean over this long leaves breathing up to 45 /min.
TRACE_SMOOTH_S = 0.6


@dataclass(frozen=True)
class Spectrum:
    """What the vitals graph says about one window."""

    rate_per_min: float
    concentration: float
    """0..1, share of the motion in the line."""
    harmonics: float
    """0..1, share at twice and three times the rate."""
    half_rate: float
    """0..1, share at half the rate."""
    agreement: float
    """0..1, weight of the channels whose own line is this one."""


class SpectralJudge:
    """A `Judge` over vitals-v1."""

    def __init__(self, vitals: Model) -> None:
        self._vitals = vitals

    @property
    def model(self) -> str:
        """Hex digest of the model."""
        return self._vitals.sha256

    def judge(self, field: DisplacementField, *, accepts_machines: bool = False) -> tuple[Verdict, Chest]:
        """See `Judge.judge`."""
        field = _quiet(field)
        whole = spectrum_of(self._vitals, field)
        chest = chest_at(field, whole.rate_per_min)
        quality = round(min(1.0, whole.concentration + whole.harmonics) * whole.agreement, 3)
        if is_shaken(field, chest):
            return Verdict(None, None, Withheld.SENSOR_MOVED, 0.0, False), chest
        if is_too_pure(chest, field.duration_s) and not accepts_machines:
            return Verdict(None, None, Withheld.LOW_QUALITY, 0.0, False), chest
        reason = _doubt(self._vitals, field, whole, chest)
        if reason is not None:
            return Verdict(None, None, reason, quality, None), chest
        return Verdict(whole.rate_per_min, uncertainty(whole, field.duration_s), None, quality, True), chest


def _quiet(field: DisplacementField) -> DisplacementField:
    """Take the white noise of a trace down."""
    if not np.isnan(field.range_m).all() or field.bins != field.field_mm.shape[1]:
        return field
    times = np.arange(len(field.field_mm)) / FIELD_HZ
    calm = smoothed(times, field.field_mm.astype(np.float64), TRACE_SMOOTH_S).astype(np.float32)
    return replace(field, field_mm=calm * (field.taper[:, None] > 0))


def spectrum_of(vitals: Model, field: DisplacementField, newest_s: float | None = None) -> Spectrum:
    """Run the vitals graph on a field, or on its newest part only."""
    duration_s = field.duration_s if newest_s is None else min(newest_s, field.duration_s)
    taper = field.taper if newest_s is None else taper_for(duration_s)
    half_width = np.array([1.5 / max(duration_s, 1.0) + 1e-4], dtype=np.float32)
    answer = vitals(field.field_mm, taper, field.trust, half_width)
    return Spectrum(
        rate_per_min=float(answer["rate_per_min"][0]),
        concentration=float(answer["concentration"][0]),
        harmonics=float(answer["second_harmonic"][0] + answer["third_harmonic"][0]),
        half_rate=float(answer["half_rate"][0]),
        agreement=float(answer["agreement"][0]),
    )


def _doubt(vitals: Model, field: DisplacementField, whole: Spectrum, chest: Chest) -> Withheld | None:
    """Name the first reason not to stand behind the rate; None when there is none."""
    if field.duration_s < FIRST_RATE_S - 0.5 / FIELD_HZ:
        return Withheld.WARMING_UP
    if whole.rate_per_min * field.duration_s / 60 < MIN_PERIODS:
        return Withheld.WARMING_UP if field.duration_s < SPLIT_FROM_S else Withheld.LOW_QUALITY
    is_sound = (
        whole.concentration >= least_concentration(field)
        and whole.agreement >= MIN_AGREEMENT
        and whole.half_rate <= MAX_HALF_SHARE * whole.concentration
        and chest.is_of_a_chests_size
        and MIN_RATE_PER_MIN <= whole.rate_per_min <= MAX_RATE_PER_MIN
    )
    if not is_sound or not _halves_agree(vitals, field, whole):
        return Withheld.LOW_QUALITY
    return None


def least_concentration(field: DisplacementField) -> float:
    """Return what a line must hold to be believed.

    Many range bins confirm each other; a single one must stand out from what noise and random drift reach by chance.
    """
    if field.bins > 1:
        return MIN_CONCENTRATION
    return float(np.interp(field.duration_s, ALONE_AT_S, MIN_ALONE))


def _halves_agree(vitals: Model, field: DisplacementField, whole: Spectrum) -> bool:
    """Ask the newer half alone; only when it is long enough for this rate."""
    half_s = field.duration_s / 2
    if field.duration_s < SPLIT_FROM_S or whole.rate_per_min * half_s / 60 < MIN_PERIODS:
        return True
    newer = spectrum_of(vitals, field, half_s)
    tolerance = SPLIT_TOLERANCE_PER_MIN + 0.15 * whole.rate_per_min
    return abs(newer.rate_per_min - whole.rate_per_min) <= tolerance


def uncertainty(whole: Spectrum, duration_s: float) -> float:
    """Half-width of the interval that holds 90 % of true rates [1/min], fitted on simulated sleepers."""
    explained = min(0.95, whole.concentration)
    spread = 60 / duration_s * math.sqrt((1 - explained) / explained)
    return round(0.25 + 0.35 * spread, 2)
