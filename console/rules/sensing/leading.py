"""Who leads each reading of a room with two sensors, and what counts as a contradiction between them (rule K8).

A sensor that withholds says nothing, and nothing contradicts nobody. For the first seconds of a change, in which one
sees it before the other, the less calm of the two leads.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from broker.readings import RateReading, Reading, Readings
from broker.vocabulary import Modality, Movement, Place, Presence, Purpose, SensedState, Withheld


class Subject(StrEnum):
    """What two sensors may both tell; each is the name of a reading."""

    PRESENCE = "presence"
    MOVEMENT = "movement"
    PLACE = "place"
    PEOPLE = "people"
    BREATHING = "breathing"
    RESPIRATORY_RATE = "respiratory_rate"
    PULSE_RATE = "pulse_rate"


class Why(StrEnum):
    """Why one of the two leads."""

    ALONE = "alone"
    """The other says nothing of it."""
    QUALITY = "quality"
    """They say the same; more of its evidence agrees."""
    NARROWER = "narrower"
    """Its interval is narrower."""
    SEES_MORE = "sees_more"
    """It says the less calm of two things that can both be so, or that a change is a few seconds old."""
    KNOWS_PLACES = "knows_places"
    """A camera sees where somebody is; the en-suite is the radar's."""


@dataclass(frozen=True, slots=True)
class SensorSays:
    """What one sensor of a room says now: its sensor is open, its message fresh, its lease in force.

    Attributes:
        modality: radar or camera.
        purposes: what its lease permits.
        readings: as its node said them.
    """

    modality: Modality
    purposes: tuple[Purpose, ...]
    readings: Readings


@dataclass(frozen=True, slots=True)
class Lead:
    """Who tells one reading of a room.

    Attributes:
        modality: the sensor that leads.
        why: why it does.
    """

    modality: Modality
    why: Why


One = TypeVar("One", bound=Reading)
Choice = tuple[Reading, Lead | None] | None
"""A reading with its leader; None for a contradiction."""


def rates_overlap(one: RateReading, other: RateReading) -> bool:
    """Return whether the intervals of two rates have a value in common; True unless both are given."""
    if one.value_per_min is None or other.value_per_min is None:
        return True
    widths = (one.uncertainty_per_min or 0.0) + (other.uncertainty_per_min or 0.0)
    return abs(one.value_per_min - other.value_per_min) <= widths


def _presence(one: SensorSays, other: SensorSays, settled: datetime) -> Choice:
    seen = [_sees(each.readings) for each in (one, other)]
    if seen[0] and seen[1] and seen[0][0] is not seen[1][0] and max(seen[0][1], seen[1][1]) <= settled:
        return None
    mine, theirs = one.readings.presence, other.readings.presence
    alone = _alone(one, other, mine, theirs)
    if alone is not None:
        return alone
    if mine.value is not theirs.value:
        return _led_by(one if mine.value is Presence.ABSENT else other, Subject.PRESENCE, Why.SEES_MORE)
    if mine.value is Presence.ABSENT:
        # Nobody is seen since the later of the two last saw somebody.
        later = one if (mine.since or settled) >= (theirs.since or settled) else other
        return _led_by(later, Subject.PRESENCE, Why.SEES_MORE)
    return _led_by(better(one, other), Subject.PRESENCE, Why.QUALITY)


def _sees(told: Readings) -> tuple[Presence, datetime] | None:
    """Return whether a sensor sees somebody in the room, and since when; None when it does not say.

    Whoever is in the en-suite may be seen at its door or not at all: that contradicts neither.
    """
    place, presence = told.place, told.presence
    if place.value is Place.ENSUITE:
        return None
    if presence.value is not None:
        return presence.value, presence.since or told.captured_at
    if place.value is None:
        return None
    is_gone = place.value is Place.LEFT_ROOM
    return Presence.ABSENT if is_gone else Presence.PRESENT, place.since or told.captured_at


def _movement(one: SensorSays, other: SensorSays, _settled: datetime) -> Choice:
    mine, theirs = one.readings.movement, other.readings.movement
    alone = _alone(one, other, mine, theirs)
    if alone is not None:
        return alone
    if mine.value is not theirs.value:
        # A movement that one of them does not see is no contradiction: they look from different sides.
        return _led_by(one if mine.value is Movement.MOVING else other, Subject.MOVEMENT, Why.SEES_MORE)
    return _led_by(better(one, other), Subject.MOVEMENT, Why.QUALITY)


def _place(one: SensorSays, other: SensorSays, settled: datetime) -> Choice:
    mine, theirs = one.readings.place, other.readings.place
    alone = _alone(one, other, mine, theirs)
    if alone is not None:
        return alone
    if mine.value is theirs.value:
        leads = Modality.RADAR if mine.value is Place.ENSUITE else Modality.CAMERA
        return _led_by(one if one.modality is leads else other, Subject.PLACE, Why.KNOWS_PLACES)
    is_old = max(mine.since or settled, theirs.since or settled) <= settled
    if is_old and frozenset((mine.value, theirs.value)) not in _BOTH_SO:
        return None
    return _led_by(min((one, other), key=_calmness_of_place), Subject.PLACE, Why.SEES_MORE)


def _calmness_of_place(said: SensorSays) -> int:
    value = said.readings.place.value
    return _LESS_CALM.index(value) if value is not None else len(_LESS_CALM)


def _people(one: SensorSays, other: SensorSays, _settled: datetime) -> Choice:
    mine, theirs = one.readings.people, other.readings.people
    alone = _alone(one, other, mine, theirs)
    if alone is not None:
        return alone
    if mine.value == theirs.value:
        return _led_by(better(one, other), Subject.PEOPLE, Why.QUALITY)
    if 2 in (mine.value, theirs.value):
        return None
    return _led_by(one if mine.value == 1 else other, Subject.PEOPLE, Why.SEES_MORE)


def _breathing(one: SensorSays, other: SensorSays, settled: datetime) -> Choice:
    mine, theirs = one.readings.breathing, other.readings.breathing
    alone = _alone(one, other, mine, theirs)
    if alone is not None:
        return alone
    if mine.value is theirs.value:
        return _led_by(better(one, other), Subject.BREATHING, Why.QUALITY)
    if max(mine.since or settled, theirs.since or settled) <= settled:
        return None
    unseen = one if mine.value is SensedState.NO_BREATHING_SEEN else other
    return _led_by(unseen, Subject.BREATHING, Why.SEES_MORE)


def _rate_of(subject: Subject) -> Callable[[SensorSays, SensorSays, datetime], Choice]:
    def choose(one: SensorSays, other: SensorSays, _settled: datetime) -> Choice:
        mine: RateReading = getattr(one.readings, subject)
        theirs: RateReading = getattr(other.readings, subject)
        crowded = next((each for each in (mine, theirs) if each.withheld is Withheld.SECOND_PERSON), None)
        if crowded is not None:
            # One of them sees that it is not known whose rate this is (rule C17).
            return crowded, None
        alone = _alone(one, other, mine, theirs)
        if alone is not None:
            return alone
        if not rates_overlap(mine, theirs):
            return None
        first = (mine.uncertainty_per_min or 0.0) <= (theirs.uncertainty_per_min or 0.0)
        return _led_by(one if first else other, subject, Why.NARROWER)

    return choose


def _alone(one: SensorSays, other: SensorSays, mine: One, theirs: One) -> tuple[One, Lead | None] | None:
    """Return what is told where at most one of the two tells it; None when both do."""
    if mine.has_value() and theirs.has_value():
        return None
    if mine.has_value():
        return mine, Lead(one.modality, Why.ALONE)
    if theirs.has_value():
        return theirs, Lead(other.modality, Why.ALONE)
    # Why nobody tells it: the reason of whoever may tell it, and of the better one where both may.
    if Withheld.NOT_PERMITTED in (mine.withheld, theirs.withheld):
        return (theirs if mine.withheld is Withheld.NOT_PERMITTED else mine), None
    return (mine if better(one, other) is one else theirs), None


def _led_by(said: SensorSays, subject: Subject, why: Why) -> Choice:
    return getattr(said.readings, subject), Lead(said.modality, why)


def better(one: SensorSays, other: SensorSays) -> SensorSays:
    """Return the sensor more of whose evidence agrees; the fresher one where that is equal."""
    return max((one, other), key=lambda each: (each.readings.quality, each.readings.captured_at))


CHOOSE: Mapping[Subject, Callable[[SensorSays, SensorSays, datetime], Choice]] = {
    Subject.PRESENCE: _presence,
    Subject.MOVEMENT: _movement,
    Subject.PLACE: _place,
    Subject.PEOPLE: _people,
    Subject.BREATHING: _breathing,
    Subject.RESPIRATORY_RATE: _rate_of(Subject.RESPIRATORY_RATE),
    Subject.PULSE_RATE: _rate_of(Subject.PULSE_RATE),
}
_LESS_CALM = (Place.ON_FLOOR, Place.ENSUITE, Place.LEFT_ROOM, Place.OUT_OF_BED, Place.IN_BED)
_BOTH_SO = frozenset({frozenset((Place.OUT_OF_BED, Place.ENSUITE)), frozenset((Place.OUT_OF_BED, Place.ON_FLOOR))})
"""Two words for the same whereabouts, of which one says more."""
