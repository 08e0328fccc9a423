"""From what was sensed to what is said on the wire: the one border between the node and its messages."""

from datetime import datetime, timedelta

from broker.messages import RoomEvent
from broker.readings import (
    BreathingReading,
    MovementReading,
    PeopleReading,
    PlaceReading,
    PresenceReading,
    RateReading,
    Readings,
)
from broker.vocabulary import Movement, Place, Presence, Purpose, Withheld
from edge.events import Happened, Seen
from edge.pipe import SensedLine
from edge.supervisor import Order

_VITAL = frozenset({Purpose.BREATHING_SPOT, Purpose.PULSE_SPOT})
_PLACE_NEEDS = {Place.ENSUITE: Purpose.BATHROOM_DWELL, Place.ON_FLOOR: Purpose.FLOOR}
_PLACE_ALONE = frozenset(_PLACE_NEEDS.values())
BRIDGED = timedelta(seconds=10)
"""Withheld for no longer than this, a value counts as one stretch: the age at which data say nothing (rule H4)."""


class Since:
    """Remembers since when each reading has had its value."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[object, datetime, datetime]] = {}

    def of(self, name: str, value: object, at: datetime) -> datetime:
        """Return since when this value stands, seen as often as doubt allowed.

        Args:
            name: of the reading.
            value: its value now.
            at: when it was captured.
        """
        old, began, last = self._kept.get(name, (None, at, at))
        if old != value or at - last > BRIDGED:
            began = at
        self._kept[name] = (value, began, at)
        return began


def said_for(order: Order) -> frozenset[Purpose]:
    """Return the purposes for which something may be said: without rule A11's leave, none about breathing or pulse."""
    return frozenset(order.purposes) - (frozenset() if order.vital_signs else _VITAL)


def seen_in(line: SensedLine) -> Seen:
    """Return what the events of a room need of one line.

    Args:
        line: what left the sensing process.
    """
    return Seen(
        at_s=line.t_s,
        presence=line.presence,
        zone=line.zone,
        is_low=line.is_low,
        is_moving=None if line.movement is None else line.movement is Movement.MOVING,
        people=line.people,
        breathing=line.breathing,
        is_blind=line.fault is not None,
    )


def readings_of(line: SensedLine, order: Order, place: Place | None, since: Since) -> Readings:
    """Put one line into the words of the wire.

    Args:
        line: what left the sensing process; each reading in it is a value or a reason already.
        order: what it was sensed under; a reading without its purpose is withheld here once more.
        place: where the person is believed to be; None when not known.
        since: remembers since when each value stands.
    """
    at, purposes = line.captured_at, said_for(order)
    is_seen, is_breathing = Purpose.PRESENCE in purposes, Purpose.BREATHING_SPOT in purposes
    presence = line.presence if is_seen else None
    movement = line.movement if is_seen else None
    breathing = line.breathing if is_breathing else None
    return Readings(
        captured_at=at,
        lease_id=order.lease_id,
        presence=PresenceReading(
            value=presence,
            since=_since(since, "presence", presence, at),
            withheld=_reason(presence, is_seen, line.presence_withheld),
        ),
        movement=MovementReading(
            value=movement,
            since=_since(since, "movement", movement, at),
            withheld=_reason(movement, is_seen, line.movement_withheld),
        ),
        place=_place(place, line, order, since),
        people=_people(line, order),
        breathing=BreathingReading(
            value=breathing,
            since=_since(since, "breathing", breathing, at),
            withheld=_reason(breathing, is_breathing, line.breathing_withheld),
        ),
        respiratory_rate=_rate(
            line.respiratory_rate_per_min,
            line.respiratory_rate_uncertainty_per_min,
            line.respiratory_rate_withheld,
            may=is_breathing,
        ),
        pulse_rate=_rate(
            line.pulse_rate_per_min,
            line.pulse_rate_uncertainty_per_min,
            line.pulse_rate_withheld,
            may=Purpose.PULSE_SPOT in purposes,
        ),
        living_seen_at=None if line.living_age_s is None else at - timedelta(seconds=line.living_age_s),
        quality=line.quality,
        model=line.model,
    )


def room_event(happened: Happened, readings: Readings) -> RoomEvent:
    """Return the event as a fact that names the estimate which decided it."""
    return RoomEvent(
        event=happened.kind,
        lease_id=readings.lease_id,
        after_s=None if happened.after_s is None else round(happened.after_s, 1),
        quality=readings.quality,
        estimated_at=readings.captured_at,
        model=readings.model,
    )


def _place(place: Place | None, line: SensedLine, order: Order, since: Since) -> PlaceReading:
    """Where somebody is needs `bed_exit`; that they are in the en-suite or on the floor needs its own purpose alone."""
    needs = Purpose.BED_EXIT if place is None else _PLACE_NEEDS.get(place, Purpose.BED_EXIT)
    value = place if needs in order.purposes else None
    may = needs in order.purposes or (place is None and not _PLACE_ALONE.isdisjoint(order.purposes))
    unknown = Withheld.NO_PRESENCE if line.presence is Presence.ABSENT else line.presence_withheld
    return PlaceReading(
        value=value,
        since=_since(since, "place", value, line.captured_at),
        withheld=_reason(value, may, unknown),
    )


def _people(line: SensedLine, order: Order) -> PeopleReading:
    may = Purpose.SECOND_PERSON in order.purposes
    value = line.people if may else None
    return PeopleReading(value=value, withheld=_reason(value, may, line.people_withheld))


def _rate(value: float | None, uncertainty: float | None, withheld: Withheld | None, *, may: bool) -> RateReading:
    if not may:
        return RateReading(withheld=Withheld.NOT_PERMITTED)
    if value is None or uncertainty is None:
        return RateReading(withheld=withheld or Withheld.LOW_QUALITY)
    if not 2 <= value <= 220 or not 0 <= uncertainty <= 50:
        # No living body breathes or beats so, and no wire carries it: the model is wrong, and says nothing.
        return RateReading(withheld=Withheld.MODEL_FAULT)
    return RateReading(value_per_min=value, uncertainty_per_min=uncertainty)


def _reason(value: object, may: bool, told: Withheld | None) -> Withheld | None:
    """Return why there is no value, None when there is one."""
    if value is not None:
        return None
    return (told or Withheld.LOW_QUALITY) if may else Withheld.NOT_PERMITTED


def _since(since: Since, name: str, value: object, at: datetime) -> datetime | None:
    return None if value is None else since.of(name, value, at)
