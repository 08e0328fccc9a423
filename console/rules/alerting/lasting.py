"""What lasts in a room by two sensors: it began once, goes on while either sees it, and ends when neither does."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

What = TypeVar("What")


def goes_on(
    before: Mapping[What, datetime],
    was: Mapping[str, Mapping[What, datetime]],
    now: Mapping[str, Mapping[What, datetime]],
) -> dict[What, datetime]:
    """Follow a room's conditions by those of its sensors.

    A beginning is what makes a condition the same one, so that it calls once (rule A15): it stays while a sensor that
    has seen it sees it still, whichever saw it first and whatever the other says.

    Args:
        before: of the room until now.
        was: by sensor, until now.
        now: by sensor.

    Returns:
        Those of the room now, each with its beginning.
    """
    joined: dict[What, datetime] = {}
    for what in {one for each in now.values() for one in each}:
        seen = {sensor: each[what] for sensor, each in now.items() if what in each}
        lasts = any(was.get(sensor, {}).get(what) == since for sensor, since in seen.items())
        joined[what] = before[what] if lasts and what in before else min(seen.values())
    return joined
