"""What the tiles say at a moment of the simulated night, by the ward's own tile rule (rules K8, A9)."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from broker.messages import LiveState, Sensor
from broker.readings import (
    BreathingReading,
    MovementReading,
    PeopleReading,
    PlaceReading,
    PresenceReading,
    RateReading,
    Readings,
)
from broker.vocabulary import (
    Lamp,
    Modality,
    Movement,
    Origin,
    Place,
    Presence,
    Purpose,
    SensedState,
    SensorState,
    Withheld,
)
from console.keys.signer import UNSIGNED
from console.rules.alerting.alerts import AlertKind
from console.rules.in_person.rounds import PlannedCheck
from console.rules.policy import Policy
from console.rules.sensing.tiles import CALM, TileFacts, tile
from console.showing.views import TileKind
from models.recipes.ward_nights.people import RoomNight, Stretch

_PURPOSES = tuple(one for one in Purpose if one is not Purpose.SLEEP_REPORT)
_PLACES = {AlertKind.ENSUITE: Place.ENSUITE, AlertKind.FLOOR: Place.ON_FLOOR, AlertKind.BED_EXIT: Place.OUT_OF_BED}


def tiles_of(
    rooms: list[RoomNight], checks: Mapping[str, PlannedCheck], now: datetime, now_s: float, policy: Policy
) -> Iterator[tuple[TileKind, bool]]:
    """Return the kind of every room's tile, and whether it is a calm one over somebody who needs help."""
    for room in rooms:
        facts = TileFacts(
            room.room_id,
            f"Room {room.number + 1}",
            "A.B.",
            may_sense=room.is_on(now_s),
            purposes=_PURPOSES,
            lease_id="a" * 32,
            live=_live(room, now, now_s) if room.is_on(now_s) else None,
            modality=Modality.RADAR,
            check=checks.get(room.stay_id),
        )
        kind = tile(facts, now, policy).kind
        needs = any(one.needs_help and one.found_at is None and one.holds(now_s) for one in room.stretches)
        yield kind, needs and kind in CALM


def _live(room: RoomNight, now: datetime, now_s: float) -> LiveState:
    shown = Sensor(modality=Modality.RADAR, state=SensorState.OPEN, since=now, lease_id="a" * 32, lamp=Lamp.ON)
    return LiveState(
        node_id=f"node{room.number + 1}",
        boot_id="b" * 32,
        origin=Origin.SIMULATED,
        sent_at=now,
        uptime_s=now_s,
        sensor=shown,
        readings=_readings(room, now, now_s),
        signature=UNSIGNED,
    )


def _readings(room: RoomNight, now: datetime, now_s: float) -> Readings:
    said = {one.kind: one for one in room.stretches if one.is_said(now_s)}
    place = next((kind for kind in _PLACES if kind in said), None)
    unseen = AlertKind.BREATHING_NOT_SEEN in said
    # In the en-suite nobody is seen by this sensor; elsewhere somebody up is seen to move.
    living = now if not unseen and place is not AlertKind.ENSUITE else None
    doubt = room.in_doubt(now_s)
    return Readings(
        captured_at=now,
        lease_id="a" * 32,
        presence=PresenceReading(withheld=Withheld.LOW_QUALITY) if doubt else PresenceReading(value=Presence.PRESENT),
        movement=MovementReading(value=Movement.MOVING if place else Movement.STILL),
        place=_place(said[place] if place else None, now, now_s),
        people=PeopleReading(value=2 if AlertKind.SECOND_PERSON in said else 1),
        breathing=BreathingReading(value=SensedState.NO_BREATHING_SEEN if unseen else SensedState.BREATHING),
        respiratory_rate=RateReading(withheld=Withheld.NOT_PERMITTED),
        pulse_rate=RateReading(withheld=Withheld.NOT_PERMITTED),
        living_seen_at=living,
        quality=0.9,
        model="0" * 64,
    )


def _place(one: Stretch | None, now: datetime, now_s: float) -> PlaceReading:
    if one is None or one.seen_from is None:
        return PlaceReading(value=Place.IN_BED)
    return PlaceReading(value=_PLACES[one.kind], since=now - timedelta(seconds=now_s - one.seen_from))
