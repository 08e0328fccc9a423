"""A sensor that could not tell for most of two nights: the person is offered something better, or off (rule O7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from console.rules.policy import Policy


class DoubtAnswer(StrEnum):
    """What the person chose."""

    POSITION = "position"
    OTHER_SENSOR = "other_sensor"
    OFF = "off"
    AS_IT_IS = "as_it_is"


@dataclass(frozen=True, slots=True)
class DoubtNight:
    """One night of one person's sensor.

    Attributes:
        night: the day on which it began.
        sensed_min: [min] in which the sensor was on.
        doubt_min: [min] of these in which the tile could not tell.
    """

    night: date
    sensed_min: int
    doubt_min: int


def is_offer_due(nights: Sequence[DoubtNight], policy: Policy) -> bool:
    """Return whether the newest nights that follow each other were mostly spent without being able to tell.

    A night in which the sensor was on for a short time only says nothing, and a night without it breaks the row.

    Args:
        nights: since the person was last asked about it, oldest first.
        policy: the rule book.
    """
    count, least = int(policy.number("O7", "nights")), policy.number("O7", "sensed_least_min")
    told = [one for one in nights if one.sensed_min >= least]
    newest = told[-count:]
    if len(newest) < count:
        return False
    follow = all(later.night - earlier.night == timedelta(days=1) for earlier, later in pairwise(newest))
    share = policy.number("O7", "cannot_tell_percent") / 100
    return follow and all(one.doubt_min > share * one.sensed_min for one in newest)
