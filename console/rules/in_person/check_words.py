"""What a tile says of the next check in person: by when it is due, and for how long it has been (rules O3, P10)."""

from datetime import datetime, timedelta

from console.rules.consenting.person import Sedation
from console.rules.consenting.sedation import next_check_at
from console.rules.in_person.rounds import CheckState, PlannedCheck
from console.rules.policy import Policy
from console.showing.views import Words


def next_check_words(
    sedation: Sedation | None, check: PlannedCheck | None, now: datetime, policy: Policy
) -> Words | None:
    """Return the line about the next check: of the two timetables, the one whose time ends first.

    Returns:
        None while nothing is due, and there is no timetable after rapid tranquillisation.
    """
    physical = next_check_at(sedation, policy) if sedation is not None else None
    is_first = check is not None and check.state(now) is not CheckState.WAITING
    if check is not None and is_first and (physical is None or check.latest_at < physical):
        return _planned(check, now)
    return None if physical is None else _physical(physical, now)


def rim_of(check: PlannedCheck, now: datetime) -> float | None:
    """Return how full the rim of a tile is [0..1]: from when the check is due until its longest gap ends.

    Returns:
        None while it is not due.
    """
    state = check.state(now)
    if state is CheckState.WAITING:
        return None
    whole = (check.latest_at - check.due_at).total_seconds()
    done = (now - check.due_at).total_seconds()
    return 1.0 if state is CheckState.OVERDUE or whole <= 0 else min(1.0, done / whole)


def off_headline(check: PlannedCheck | None) -> Words:
    """Return the headline of a sensor that is off: alike whatever the reason, with the next check where it is known."""
    if check is None:
        return Words("SENSOR OFF")
    return Words("SENSOR OFF · check {at}", {"at": check.due_at})


def _planned(check: PlannedCheck, now: datetime) -> Words:
    if check.state(now) is CheckState.OVERDUE:
        return Words("CHECK OVERDUE {late}", {"late": now - check.latest_at})
    return Words("CHECK DUE {left}", {"left": check.latest_at - now})


def _physical(due: datetime, now: datetime) -> Words:
    if now < due:
        return Words(
            "CHECK DUE {left} · in person: no reading counts after rapid tranquillisation", {"left": due - now}
        )
    return Words(
        "CHECK OVERDUE {late} · in person: no reading counts after rapid tranquillisation",
        {"late": max(timedelta(0), now - due)},
    )
