"""After rapid tranquillisation: when somebody checks in person, and what does not count as a check (rule P10)."""

from datetime import datetime

from console.rules.consenting.history import Standing
from console.rules.consenting.person import PlaceKind, Sedation, SeenState
from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words

BY_SENSOR = "sensor"
"""A source of a number that is accepted for no physical observation here."""


def next_check_at(sedation: Sedation, policy: Policy) -> datetime:
    """Return when the next check in person is due: every quarter of an hour unless they were awake, then hourly."""
    often = sedation.seen is not SeenState.AWAKE
    return sedation.checked_at + policy.duration("P10", "drowsy_every_min" if often else "otherwise_every_min")


def may_enter_check(standing: Standing, source: str, room_kind: PlaceKind, policy: Policy) -> Decision:
    """Decide whether something may be entered as a physical observation.

    Args:
        standing: of the person.
        source: `person`, or what else the value came from.
        room_kind: where they are.
        policy: the rule book.
    """
    in_person = source == "person"
    if not in_person and (room_kind is not PlaceKind.BEDROOM or standing.confinement is not None):
        return policy.deny("P9", reason=Words("No reading of a sensor counts here. Go and check them yourself."))
    if not in_person:
        return policy.deny("P10", reason=Words("No reading of a sensor counts now. Go and check them yourself."))
    if standing.sedation is None:
        return policy.deny("P10", reason=Words("There is no timetable after rapid tranquillisation here."))
    return policy.allow("P10", reason=Words("Written down: checked in person."))


def may_check_quietly(standing: Standing, now: datetime, policy: Policy) -> Decision:
    """Decide whether a check may lean on a reading at the door at all; the timetable and 24 h rule it out."""
    last = standing.sedated_at
    if standing.sedation is not None or (last is not None and now < last + policy.duration("P10", "no_quiet_check_h")):
        return policy.deny("P10", reason=Words("Not after rapid tranquillisation. Go in and check them yourself."))
    return policy.allow("P10", reason=Words("Nothing after rapid tranquillisation stands against it."))
