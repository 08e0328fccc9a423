"""The NEWS2 band of the breathing rate: of this one parameter, never a total, and uncertain at the edges (rule A11).

Source: Royal College of Physicians, National Early Warning Score (NEWS) 2, 2017, chart 1: respiration rate a minute
of 8 or less scores 3, 9 to 11 scores 1, 12 to 20 scores 0, 21 to 24 scores 2, 25 or more scores 3.
"""

from console.showing.views import Words

_BANDS = ((8, 3, "8 or less"), (11, 1, "9 to 11"), (20, 0, "12 to 20"), (24, 2, "21 to 24"))
_ABOVE = (3, "25 or more")


def band_of(rate_per_min: float, spread_per_min: float) -> Words:
    """Say which band a rate lies in, and what to do about it.

    Args:
        rate_per_min: [1/min].
        spread_per_min: [1/min] half-width of the interval that holds 90 % of true values.

    Returns:
        The band when the whole interval, in whole breaths as NEWS2 counts, lies within one; otherwise that it is
        uncertain. Outside of 12 to 20, and in doubt, with the prompt to count in person.
    """
    lowest, highest = _at(max(0.0, rate_per_min - spread_per_min)), _at(rate_per_min + spread_per_min)
    if lowest != highest:
        return Words("NEWS2, breathing rate alone: uncertain. Count for one full minute in person.")
    points, band = lowest
    values: dict[str, str | int] = {"band": band, "points": points}
    if points == 0:
        return Words("NEWS2, breathing rate alone: {band}, scores {points}.", values)
    return Words("NEWS2, breathing rate alone: {band}, scores {points}. Count for one full minute in person.", values)


def _at(rate_per_min: float) -> tuple[int, str]:
    counted = int(rate_per_min + 0.5)
    return next(((points, told) for highest, points, told in _BANDS if counted <= highest), _ABOVE)
