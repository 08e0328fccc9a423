"""Seconds of readings into one measurement a minute: medians, and the commonest reason where there is no value."""

import math
import statistics
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from broker.messages import MinuteMeasurement
from broker.readings import RateReading, Readings
from broker.vocabulary import Movement, Presence, Withheld

_LONGEST_S = 61.0


class Minutes:
    """Gathers the readings of one opening of the sensor, minute by minute."""

    def __init__(self) -> None:
        self._readings: list[Readings] = []

    def add(self, readings: Readings) -> MinuteMeasurement | None:
        """Take one second in.

        Args:
            readings: of that second; seconds come in order.

        Returns:
            The measurement of the minute before, when this second is the first of another minute or lease.
        """
        done = None
        if self._readings and _key(readings) != _key(self._readings[0]):
            done = self.finish()
        self._readings.append(readings)
        return done

    def finish(self) -> MinuteMeasurement | None:
        """Return what was gathered since the last measurement, and begin anew; None when nothing was."""
        if not self._readings:
            return None
        seconds, self._readings = self._readings, []
        newest = seconds[-1]
        return MinuteMeasurement(
            minute_from=seconds[0].captured_at,
            sensed_s=min(_LONGEST_S, float(len(seconds))),
            present_s=_seconds(seconds, lambda one: (one.presence.value, one.presence.withheld), Presence.PRESENT),
            moving_s=_seconds(seconds, lambda one: (one.movement.value, one.movement.withheld), Movement.MOVING),
            readings=newest.model_copy(
                update={
                    "respiratory_rate": summary([one.respiratory_rate for one in seconds]),
                    "pulse_rate": summary([one.pulse_rate for one in seconds]),
                    "quality": statistics.fmean(one.quality for one in seconds),
                }
            ),
        )


def summary(rates: list[RateReading]) -> RateReading:
    """Summarise a minute of one rate.

    Args:
        rates: one reading a second, at least one.

    Returns:
        The median of the values shown. Its uncertainty joins, as the root of the sum of squares, the median of the
        single uncertainties (windows overlap, so more seconds are not more evidence) and the half-width that holds 90 %
        of the minute's own values. Without any value: the commonest reason.
    """
    shown = [(one.value_per_min, one.uncertainty_per_min) for one in rates]
    values = [value for value, _ in shown if value is not None]
    if not values:
        reasons = Counter(one.withheld for one in rates if one.withheld is not None)
        return RateReading(withheld=reasons.most_common(1)[0][0])
    middle = statistics.median(values)
    single = statistics.median([spread for _, spread in shown if spread is not None])
    away = sorted(abs(value - middle) for value in values)
    spread = away[math.ceil(0.9 * len(away)) - 1]
    return RateReading(
        value_per_min=round(middle, 2), uncertainty_per_min=round(min(50.0, math.hypot(single, spread)), 2)
    )


def _key(readings: Readings) -> tuple[datetime, str]:
    return readings.captured_at.replace(second=0, microsecond=0), readings.lease_id


def _seconds(
    seconds: list[Readings], look: Callable[[Readings], tuple[object, Withheld | None]], wanted: object
) -> float | None:
    """Count the seconds with a value; None when the purpose was not given in any of them."""
    looks = [look(one) for one in seconds]
    if all(withheld is Withheld.NOT_PERMITTED for _, withheld in looks):
        return None
    return min(_LONGEST_S, float(sum(value is wanted for value, _ in looks)))
