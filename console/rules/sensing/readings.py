"""What may be said of a reading: what its purposes open, and of a rate its age, or why there is none (A11, K6)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TypeVar

from broker.messages import LiveState
from broker.readings import Reading, Readings
from broker.vocabulary import Context, Origin, Place, Purpose, RoomEventKind, SensorState, Withheld
from console.rules.in_person.news2 import band_of
from console.rules.policy import Policy
from console.showing.views import ReadingView, Words

_OLDEST = timedelta(seconds=5)
"""An estimate older than this is not sent as the present state (rule A9)."""


_LIVING = frozenset({Purpose.PRESENCE, Purpose.NO_MOVEMENT, Purpose.BREATHING_SPOT})
"""Each of these tells that a living body was seen."""
_PLACES = {Place.ENSUITE: Purpose.BATHROOM_DWELL, Place.ON_FLOOR: Purpose.FLOOR}
_EVENTS = {
    RoomEventKind.IN_BED: Purpose.BED_EXIT,
    RoomEventKind.OUT_OF_BED: Purpose.BED_EXIT,
    RoomEventKind.LEFT_ROOM: Purpose.BED_EXIT,
    RoomEventKind.RETURNED: Purpose.BED_EXIT,
    RoomEventKind.AT_DOOR: Purpose.BED_EXIT,
    RoomEventKind.ENSUITE_ENTERED: Purpose.BATHROOM_DWELL,
    RoomEventKind.ENSUITE_LEFT: Purpose.BATHROOM_DWELL,
    RoomEventKind.ON_FLOOR: Purpose.FLOOR,
    RoomEventKind.SECOND_PERSON: Purpose.SECOND_PERSON,
    RoomEventKind.ONE_PERSON: Purpose.SECOND_PERSON,
    RoomEventKind.NO_MOVEMENT: Purpose.NO_MOVEMENT,
    RoomEventKind.MOVEMENT_AGAIN: Purpose.NO_MOVEMENT,
    RoomEventKind.BREATHING_NOT_SEEN: Purpose.BREATHING_SPOT,
    RoomEventKind.BREATHING_AGAIN: Purpose.BREATHING_SPOT,
    RoomEventKind.SENSOR_BLIND: None,
    RoomEventKind.SENSOR_SEES_AGAIN: None,
}
"""What each event needs; None for what says nothing of a person."""

One = TypeVar("One", bound=Reading)


def opens_event(event: RoomEventKind, purposes: Collection[Purpose]) -> bool:
    """Return whether purposes let a room event be told."""
    needs = _EVENTS[event]
    return needs is None or needs in purposes


def only_opened(told: Readings, purposes: Collection[Purpose]) -> Readings:
    """Return readings with what their purposes do not open withheld; the same object when nothing had to be.

    Args:
        told: as a node said them; it should have withheld the same.
        purposes: what the consent behind their lease opened; none for a lease that is not in force.
    """
    place_needs = _PLACES.get(told.place.value, Purpose.BED_EXIT) if told.place.value else Purpose.BED_EXIT
    is_seen, is_breathing = Purpose.PRESENCE in purposes, Purpose.BREATHING_SPOT in purposes
    held = {
        "presence": _held(told.presence, is_seen),
        "movement": _held(told.movement, is_seen),
        "place": _held(told.place, place_needs in purposes),
        "people": _held(told.people, Purpose.SECOND_PERSON in purposes),
        "breathing": _held(told.breathing, is_breathing),
        "respiratory_rate": _held(told.respiratory_rate, is_breathing),
        "pulse_rate": _held(told.pulse_rate, Purpose.PULSE_SPOT in purposes),
        "living_seen_at": told.living_seen_at if _LIVING & frozenset(purposes) else None,
    }
    changed = {name: value for name, value in held.items() if value is not getattr(told, name)}
    return told.model_copy(update=changed) if changed else told


def _held(reading: One, is_opened: bool) -> One:
    """Withhold the value of one reading; a reason why there is none says nothing of a person and stays."""
    if is_opened or not reading.has_value():
        return reading
    return type(reading)(withheld=Withheld.NOT_PERMITTED)


def may_measure(context: Context, origin: Origin) -> bool:
    """Return whether rates may be kept at all (rule A11): never from a real sensor in a demonstration."""
    if context is Context.DEMONSTRATION:
        return origin is not Origin.SENSOR
    return origin is Origin.SENSOR


def breathing_view(
    newest: Readings | None,
    purposes: tuple[Purpose, ...],
    context: Context,
    origin: Origin,
    now: datetime,
    policy: Policy,
) -> ReadingView:
    """Say the newest breathing rate in words.

    Args:
        newest: the last readings of this lease that held a rate, or the newest ones when none did; None when nothing
            was heard under the lease in force.
        purposes: what the consent permits.
        context: rule A11.
        origin: where the frames come from.
        now: UTC.
        policy: the rule book.
    """
    if Purpose.BREATHING_SPOT not in purposes:
        return ReadingView(Words("No reading: breathing is not part of what they agreed to."), False)
    if not may_measure(context, origin):
        return ReadingView(Words("No reading: this ward shows no numbers."), False)
    if context is Context.EVALUATION:
        # Numbers are for the study's own role, which is on no ward screen.
        return ReadingView(Words("No reading: numbers are for the study alone."), False)
    if newest is None or newest.respiratory_rate.value_per_min is None:
        return ReadingView(Words("No reading now. Look in."), False)
    age = now - newest.captured_at
    if age > policy.duration("K6", "reading_expires_s"):
        return ReadingView(Words("No reading in the last half hour. Look in."), False)
    rate = newest.respiratory_rate.value_per_min
    spread = newest.respiratory_rate.uncertainty_per_min or 0.0
    # A colour or a score belongs to a medical device alone (rule A11).
    band = band_of(rate, spread) if context is Context.CLINICAL else None
    return ReadingView(
        Words(
            "about {rate} breaths a minute ({low} to {high}), noticed {age:minutes} min ago. Not a check.",
            {"rate": round(rate), "low": round(max(0.0, rate - spread)), "high": round(rate + spread), "age": age},
        ),
        True,
        band,
    )


def readings_in_force(live: LiveState | None, lease_id: str) -> Readings | None:
    """Return the readings of a live message, if they stand under the lease in force; None otherwise.

    What was sensed under a lease whose consent is gone is never shown, nor an old estimate in a new message.
    """
    if live is None or live.sensor.state is not SensorState.OPEN or live.readings is None:
        return None
    if live.sent_at - live.readings.captured_at > _OLDEST:
        return None
    return live.readings if live.readings.lease_id == lease_id else None
