"""How often one person's words about one stay are written down; what closes a sensor closes it each time (rule C5)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from console.rules.consenting.history import ConsentEntry

MOST_WORDS = 60
"""Entries of one person about one stay in `WITHIN`: far above what any talk or night needs. What somebody said is read
whole each time it is asked what may be sensed, so a script that presses for hours would make the console slow for all.
"""
WITHIN = timedelta(hours=1)


def says_too_much(entries: Iterable[ConsentEntry], actor_id: str, now: datetime) -> bool:
    """Return whether somebody has written down so much about a stay lately that no more is written for now.

    Args:
        entries: of the stay.
        actor_id: pseudonym of whoever presses.
        now: UTC.
    """
    mine = (one for one in entries if one.recorded_by == actor_id and now - one.at < WITHIN)
    return sum(1 for _ in mine) >= MOST_WORDS
