"""The one kind of time that a message holds: UTC, in this century."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
"""Before this there was no Hushward: such a time is a clock that was never set, or an attack."""
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
"""From here on a time is refused: sums with it stay far from the end of what a `datetime` can hold."""


def within_bounds(moment: datetime) -> datetime:
    """Return the nearest time that a message can hold, so that a machine whose clock was never set can still say so.

    Args:
        moment: UTC-aware.
    """
    return min(max(moment, EARLIEST), LATEST - timedelta(microseconds=1))


def _utc(told: datetime) -> datetime:
    """Return the same moment with the one time zone that both ends write alike.

    Raises:
        ValueError: the offset is not zero, or the moment lies outside EARLIEST to LATEST.
    """
    if told.utcoffset() != timedelta(0):
        raise ValueError("a time is given in UTC")
    if not EARLIEST <= told < LATEST:
        raise ValueError("a time lies from 2020 to 2099")
    return told.astimezone(UTC)


UtcTime = Annotated[AwareDatetime, AfterValidator(_utc)]
"""A moment in UTC, from EARLIEST and before LATEST."""
