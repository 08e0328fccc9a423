"""Is what moves a breathing chest, how fast, and is it still moving: evidence turned into a verdict."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from broker.vocabulary import Withheld
from edge.resampling import FIELD_HZ, FIELD_SAMPLES, DisplacementField, taper_for
from models.runtime import Array, Model

FIRST_RATE_S = 10.0
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
# Chest motion along the beam: shallow breaths turned away, to the deepest sigh.
MIN_SWING_MM, MAX_SWING_MM = 0.25, 40.0
# Share of the power in the line and its harmonics above which no living chest was seen (simulator: live at most 0.992
# at 10 s and 0.983 at 30 s, machines with a period true to 2 % at least 0.993 and 0.983).
PURITY_AT_S, MAX_PURITY = (10.0, 30.0), (0.992, 0.984)
# Fewer periods than this fit a sine whatever they are.
MIN_PURE_PERIODS = 2.6
SHAKE_SPREAD_M = 0.9
MIN_RATE_PER_MIN, MAX_RATE_PER_MIN = 5.5, 44.5


@dataclass(frozen=True, eq=False)
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
    swing_mm: float
    """[mm] peak to peak of the combined wave."""
    mixing: Array
    """shape (channels,), signed weight of each channel."""
    wave_mm: Array
    """shape (samples,), newest last."""
    samples: int
    """Of the wave that hold signal."""
    evidence: Array
    """shape (channels,), 0..1."""
    phasor: NDArray[np.complex128]
    """shape (channels,), amplitude and phase at the rate."""


@dataclass(frozen=True)
class Verdict:
    """A rate, or why there is none."""

    rate_per_min: float | None
    uncertainty_per_min: float | None
    withheld: Withheld | None
    quality: float
    """0..1: share of the evidence that agrees."""
    is_alive: bool | None
    """True: moves as a chest does. False: moves as no living thing does. None: cannot tell."""


def spectrum_of(vitals: Model, field: DisplacementField, newest_s: float | None = None) -> Spectrum:
    """Run the vitals graph on a field, or on its newest part only."""
    duration_s = field.duration_s if newest_s is None else min(newest_s, field.duration_s)
    taper = field.taper if newest_s is None else taper_for(duration_s)
    half_width = np.array([1.5 / max(duration_s, 1.0) + 1e-4], dtype=np.float32)
    answer = vitals(field.field_mm, taper, field.trust, half_width)
    samples = min(FIELD_SAMPLES, round(duration_s * FIELD_HZ))
    mixing = answer["mixing"]
    wave = answer["wave_mm"] / max(float(np.abs(mixing).sum()), 1e-9)
    low, high = np.quantile(wave[-samples:], [0.05, 0.95])
    return Spectrum(
        rate_per_min=float(answer["rate_per_min"][0]),
        concentration=float(answer["concentration"][0]),
        harmonics=float(answer["second_harmonic"][0] + answer["third_harmonic"][0]),
        half_rate=float(answer["half_rate"][0]),
        agreement=float(answer["agreement"][0]),
        swing_mm=float(high - low),
        mixing=mixing,
        wave_mm=wave,
        samples=samples,
        evidence=answer["channel_evidence"],
        phasor=answer["channel_real"] + 1j * answer["channel_imaginary"].astype(np.float64),
    )


def judge(vitals: Model, field: DisplacementField, *, accepts_phantom: bool = False) -> tuple[Verdict, Spectrum]:
    """Decide whether a field shows a breathing rate that may be stood behind.

    Args:
        vitals: the windowed graph.
        field: the displacement.
        accepts_phantom: do not ask whether it is too pure to be alive; see `edge.estimates.Estimator`.
    """
    whole = spectrum_of(vitals, field)
    quality = round(min(1.0, whole.concentration + whole.harmonics) * whole.agreement, 3)
    if is_shaken(field, whole):
        return Verdict(None, None, Withheld.SENSOR_MOVED, 0.0, False), whole
    if not accepts_phantom and is_too_pure(field, whole):
        return Verdict(None, None, Withheld.LOW_QUALITY, 0.0, False), whole
    reason = _doubt(vitals, field, whole)
    if reason is not None:
        return Verdict(None, None, reason, quality, None), whole
    return Verdict(whole.rate_per_min, uncertainty(whole, field.duration_s), None, quality, True), whole


def _doubt(vitals: Model, field: DisplacementField, whole: Spectrum) -> Withheld | None:
    """Name the first reason not to stand behind the rate; None when there is none."""
    if field.duration_s < FIRST_RATE_S - 0.5 / FIELD_HZ:
        return Withheld.WARMING_UP
    if whole.rate_per_min * field.duration_s / 60 < MIN_PERIODS:
        return Withheld.WARMING_UP if field.duration_s < SPLIT_FROM_S else Withheld.LOW_QUALITY
    is_sound = (
        whole.concentration >= least_concentration(field)
        and whole.agreement >= MIN_AGREEMENT
        and whole.half_rate <= MAX_HALF_SHARE * whole.concentration
        and MIN_SWING_MM <= whole.swing_mm <= MAX_SWING_MM
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


def is_too_pure(field: DisplacementField, whole: Spectrum) -> bool:
    """Say whether the motion repeats so exactly that it is a machine.

    The combined wave is fitted with one steady sine and its two harmonics; a chest leaves more of its power
    over, because no breath is like the last.
    """
    samples = min(FIELD_SAMPLES, round(field.duration_s * FIELD_HZ))
    if whole.rate_per_min * field.duration_s / 60 < MIN_PURE_PERIODS:
        return False
    wave = whole.wave_mm[-samples:].astype(np.float64)
    t = np.arange(samples) / FIELD_HZ
    columns = [np.ones(samples), t - t.mean(), (t - t.mean()) ** 2]
    for multiple in (1, 2, 3):
        turn = 2 * math.pi * multiple * whole.rate_per_min / 60 * t
        columns += [np.cos(turn), np.sin(turn)]
    basis = np.stack(columns, axis=1)
    trend = basis[:, :3] @ np.linalg.lstsq(basis[:, :3], wave, rcond=None)[0]
    rest = wave - basis @ np.linalg.lstsq(basis, wave, rcond=None)[0]
    power = float(((wave - trend) ** 2).sum())
    limit = float(np.interp(field.duration_s, PURITY_AT_S, MAX_PURITY))
    return power > 0 and 1 - float((rest**2).sum()) / power > limit


def is_shaken(field: DisplacementField, whole: Spectrum) -> bool:
    """Say whether all ranges move together, as only the sensor itself can make them."""
    raw = slice(0, field.bins)
    if field.bins < 4 or np.isnan(field.range_m[raw]).any():
        return False
    phasor, trust, evidence = whole.phasor[raw], field.trust[raw], whole.evidence[raw]
    seen = (trust > 0.5) & (evidence > 0.5)
    if seen.sum() < 4:
        return False
    size = np.abs(phasor[seen])
    together = phasor[seen].mean() / max(float(size.mean()), 1e-12)
    spread_m = float(np.ptp(field.range_m[raw][seen]))
    alike = float(np.abs(together)) > 0.9 and float(size.std() / size.mean()) < 0.35
    return alike and spread_m > SHAKE_SPREAD_M


def uncertainty(whole: Spectrum, duration_s: float) -> float:
    """Half-width of the interval that holds 90 % of true rates [1/min], fitted on simulated sleepers."""
    explained = min(0.95, whole.concentration)
    spread = 60 / duration_s * math.sqrt((1 - explained) / explained)
    return round(0.25 + 0.35 * spread, 2)
