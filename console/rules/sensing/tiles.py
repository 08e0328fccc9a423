"""What a tile says (GOVERNANCE, 'Tiles and words'): first what is off, then what is blind, then only what was seen."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from broker.messages import LiveState
from broker.readings import Readings
from broker.vocabulary import (
    CloseReason,
    HealthFlag,
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
from console.rules.consenting.person import Away, Sedation
from console.rules.in_person.absence import away_face
from console.rules.in_person.check_words import next_check_words, off_headline, rim_of
from console.rules.in_person.rounds import PlannedCheck
from console.rules.policy import Policy
from console.rules.sensing.readings import readings_in_force
from console.rules.sensing.staleness import Loss, sentence_of
from console.showing.views import TileKind, TileView, Words

CALM = frozenset({TileKind.STILL, TileKind.MOVING})
"""Kinds that say that a living body was seen just now."""
CERTAIN = CALM | {TileKind.OUT_OF_BED, TileKind.ENSUITE, TileKind.SECOND_PERSON, TileKind.NOBODY_SEEN}


@dataclass(frozen=True, slots=True)
class TileFacts:
    """All that a tile may know.

    Attributes:
        room_id: the room's slug.
        room_title: as the ward calls it.
        initials: of the person; empty for a vacant room.
        is_vacant: nobody stays here.
        may_sense: the consent in force, its hours included, lets the sensor be open now.
        paused_since: when this row of pauses began; None when not paused.
        paused_until: when it ends; None when not paused.
        purposes: what the consent in force permits.
        lease_id: the lease in force; empty when none.
        live: newest live message; None when never heard.
        loss: why the newest message says nothing any more; None while it is fresh.
        heard_at: when the node was last heard, UTC; None when never.
        last_certain_at: when the tile last stood on evidence; None when not under this lease.
        no_movement_since: from the node's own room event; None when there is movement.
        has_node: a sensor is installed.
        prompt: the room's check prompt; None when there is none.
        prompt_id: its id.
        is_closed: somebody has died here; the room says nothing else.
        away: where the person is when not in the room; None when in it.
        seen_by: initials of who saw them elsewhere.
        sedation: after rapid tranquillisation (rule P10); None when none.
        modality: which kind of sensor these facts are of; None without one.
        tried_until: they try it out for themselves until then, and staff are shown nothing of it (rule S4).
        staff_inside: a tag at the door explains the second person (rule C17).
        check: the planned check in person (rule O3); None when none is.
    """

    room_id: str
    room_title: str
    initials: str = ""
    is_vacant: bool = False
    may_sense: bool = False
    paused_since: datetime | None = None
    paused_until: datetime | None = None
    purposes: tuple[Purpose, ...] = ()
    lease_id: str = ""
    live: LiveState | None = None
    loss: Loss | None = None
    heard_at: datetime | None = None
    last_certain_at: datetime | None = None
    no_movement_since: datetime | None = None
    has_node: bool = True
    prompt: Words | None = None
    prompt_id: str | None = None
    is_closed: bool = False
    away: Away | None = None
    seen_by: str = ""
    sedation: Sedation | None = None
    modality: Modality | None = None
    tried_until: datetime | None = None
    staff_inside: bool = False
    check: PlannedCheck | None = None


@dataclass(frozen=True, slots=True)
class Face:
    """The words of a tile.

    Attributes:
        kind: which tile.
        headline: the words in capitals.
        detail: second line; None when there is none.
    """

    kind: TileKind
    headline: Words
    detail: Words | None = field(default=None)


def tile(facts: TileFacts, now: datetime, policy: Policy) -> TileView:
    """Return what one room's tile says now."""
    face = face_of(facts, now, policy)
    live = facts.live if facts.loss is None and not facts.is_closed else None
    return TileView(
        facts.room_id,
        facts.room_title,
        facts.initials,
        face.kind,
        face.headline,
        face.detail,
        facts.prompt,
        facts.prompt_id,
        live.origin if live else None,
        live.loop if live and live.origin is Origin.REPLAY and (live.loop or 1) > 1 else None,
        _versions(live),
        None if facts.is_closed else next_check_words(facts.sedation, facts.check, now, policy),
        rim=None if facts.check is None or facts.is_closed else rim_of(facts.check, now),
    )


def fault_tile(room_id: str, room_title: str) -> TileView:
    """Return the tile of a room of which the board cannot tell anything, whatever the reason: broken, walk."""
    face = _not_monitored(Words("The board has a fault with this room."))
    return TileView(room_id, room_title, "", face.kind, face.headline, face.detail)


def face_of(facts: TileFacts, now: datetime, policy: Policy) -> Face:
    """Return the words alone."""
    if facts.is_vacant:
        return Face(TileKind.VACANT, Words("NOBODY STAYS HERE"))
    if facts.is_closed:
        return Face(TileKind.ROOM_CLOSED, Words("ROOM CLOSED"))
    if facts.away is not None and not _is_seen_here(facts, now, policy):
        return Face(*away_face(facts.away, facts.seen_by, now))
    if facts.paused_until is not None and facts.paused_since is not None:
        return _paused(facts.paused_since, facts.paused_until, now, policy)
    if not facts.may_sense:
        return Face(TileKind.SENSOR_OFF, off_headline(facts.check), _off_words(facts))
    said = spoken(facts)
    return said if isinstance(said, Face) else _seen(facts, said, now, policy)


def spoken(facts: TileFacts) -> Readings | Face:
    """Return what a sensor says that may be on; the face of a blind one when it says nothing."""
    if facts.loss is not None or facts.live is None:
        return _not_monitored(sentence_of(facts.loss or Loss.NEVER_HEARD), facts.heard_at)
    blind = _closed_sensor(facts.live)
    if blind is not None:
        return blind
    if HealthFlag.SENSOR_LOST in facts.live.health.flags:
        return _not_monitored(Words("The sensor has a fault."))
    readings = readings_in_force(facts.live, facts.lease_id)
    return _cannot_tell(facts, Words("The sensor is starting.")) if readings is None else readings


def _off_words(facts: TileFacts) -> Words:
    """Say that they are checked in person, and why a light may be on all the same (rule S4)."""
    if facts.tried_until is None:
        return Words("Checked in person.")
    return Words(_TRYING.text, {"until": facts.tried_until})


_TRYING = Words("They try it out until {until}, for themselves alone: the light is on. Checked in person.")


def _is_seen_here(facts: TileFacts, now: datetime, policy: Policy) -> bool:
    """Return whether the sensor sees somebody in the room of a person who is written down as away."""
    if facts.live is None or facts.loss is not None or not facts.may_sense or _closed_sensor(facts.live) is not None:
        return False
    readings = readings_in_force(facts.live, facts.lease_id)
    return readings is not None and _seen(facts, readings, now, policy).kind in CALM | {TileKind.SECOND_PERSON}


def _paused(since: datetime, until: datetime, now: datetime, policy: Policy) -> Face:
    if now - since >= policy.duration("S3", "in_a_row_min"):
        return _paused_by_them(since)
    return Face(TileKind.PAUSED, Words("PAUSED {left}", {"left": max(timedelta(0), until - now)}))


def _paused_by_them(since: datetime) -> Face:
    return Face(
        TileKind.PAUSED,
        Words("PAUSED BY THEM since {since}", {"since": since}),
        Words("At the next check, ask kindly if they would rather stop."),
    )


def _not_monitored(cause: Words, heard_at: datetime | None = None) -> Face:
    told = cause if heard_at is None else Words("{cause} Last heard {at}.", {"cause": cause, "at": heard_at})
    return Face(TileKind.NOT_MONITORED, Words("NOT MONITORED · check in person"), told)


def _cannot_tell(facts: TileFacts, cause: Words | None) -> Face:
    at = facts.last_certain_at
    certain = Words("Nothing certain yet.") if at is None else Words("Last certain {at}.", {"at": at})
    told = certain if cause is None else Words("{cause} {certain}", {"cause": cause, "certain": certain})
    return Face(TileKind.CANNOT_TELL, Words("CANNOT TELL · look in"), told)


def _closed_sensor(live: LiveState) -> Face | None:
    """Return the tile of a sensor that is not open although it may be; None when it is open or opening."""
    sensor = live.sensor
    if sensor.state in (SensorState.OPEN, SensorState.OPENING):
        return None
    if sensor.reason is CloseReason.LOCAL_PAUSE:
        return _paused_by_them(sensor.since)
    if sensor.state is SensorState.CLOSING or sensor.reason is None:
        return _not_monitored(Words("The sensor is stopping."))
    return _not_monitored(_CLOSED_BECAUSE[sensor.reason])


def _seen(facts: TileFacts, readings: Readings, now: datetime, policy: Policy) -> Face:
    purposes = facts.purposes
    if readings.presence.withheld in _SAID_ALOUD:
        return _cannot_tell(facts, _SAID_ALOUD[readings.presence.withheld])
    if Purpose.SECOND_PERSON in purposes and readings.people.value == 2:
        told = Words("STAFF IN ROOM") if facts.staff_inside else Words("MORE THAN ONE PERSON")
        return Face(TileKind.SECOND_PERSON, told)
    elsewhere = _elsewhere(readings, purposes, now)
    if elsewhere is not None:
        return elsewhere
    if Purpose.PRESENCE not in purposes or readings.presence.value is None:
        return _without_presence(facts, readings, now, policy)
    if readings.presence.value is Presence.ABSENT:
        return _nobody(readings.presence.since or readings.captured_at)
    if facts.no_movement_since is not None and Purpose.NO_MOVEMENT in purposes:
        lasted = now - facts.no_movement_since
        return Face(TileKind.NO_MOVEMENT, Words("NO MOVEMENT SEEN {lasted:minutes} min · look in", {"lasted": lasted}))
    return _someone(facts, readings, now, policy)


def _elsewhere(readings: Readings, purposes: tuple[Purpose, ...], now: datetime) -> Face | None:
    """Return the tile of somebody who is not in bed, as far as the purposes let it be said."""
    place, since = readings.place.value, readings.place.since or readings.captured_at
    lasted = max(timedelta(0), now - since)
    if place is Place.ENSUITE and Purpose.BATHROOM_DWELL in purposes:
        return Face(TileKind.ENSUITE, Words("EN-SUITE {lasted}", {"lasted": lasted}))
    if place is Place.ON_FLOOR and Purpose.FLOOR in purposes:
        return Face(TileKind.OUT_OF_BED, Words("ON THE FLOOR {lasted} · look in", {"lasted": lasted}))
    if Purpose.BED_EXIT not in purposes:
        return None
    if place is Place.LEFT_ROOM:
        return _nobody(since)
    if place in (Place.OUT_OF_BED, Place.ENSUITE, Place.ON_FLOOR):
        return Face(TileKind.OUT_OF_BED, Words("OUT OF BED {lasted:minutes} min", {"lasted": lasted}))
    return None


def _without_presence(facts: TileFacts, readings: Readings, now: datetime, policy: Policy) -> Face:
    """Return the tile of a room whose consent does not cover presence, or whose presence is in doubt."""
    only_bed = Purpose.PRESENCE not in facts.purposes and Purpose.BED_EXIT in facts.purposes
    living = _living(readings, now, policy)
    if only_bed and living is not None and readings.place.value is Place.IN_BED:
        return Face(TileKind.STILL, Words("SOMEONE IN BED · seen {seen}", {"seen": living}))
    return _cannot_tell(facts, None)


def _living(readings: Readings, now: datetime, policy: Policy) -> datetime | None:
    """Return when a living body was last seen; None when that does not carry a calm word (rule K8)."""
    if readings.breathing.value is SensedState.NO_BREATHING_SEEN:
        return None
    seen = readings.living_seen_at
    return seen if seen is not None and now - seen <= policy.duration("K8", "evidence_within_s") else None


def _nobody(since: datetime) -> Face:
    return Face(TileKind.NOBODY_SEEN, Words("NOBODY SEEN since {since} · where are they?", {"since": since}))


def _someone(facts: TileFacts, readings: Readings, now: datetime, policy: Policy) -> Face:
    """Return the tile of somebody present: a resting state only on evidence of a living body (rule K8)."""
    living = _living(readings, now, policy)
    if living is None:
        unseen = readings.breathing.value is SensedState.NO_BREATHING_SEEN
        return _cannot_tell(facts, Words("No breathing seen.") if unseen else None)
    in_bed = readings.place.value is Place.IN_BED and Purpose.BED_EXIT in facts.purposes
    if readings.movement.value is Movement.MOVING:
        if in_bed:
            return Face(TileKind.MOVING, Words("SOMEONE IN BED · moving · seen {seen}", {"seen": living}))
        return Face(TileKind.MOVING, Words("SOMEONE IN THE ROOM · moving · seen {seen}", {"seen": living}))
    if readings.movement.value is not Movement.STILL:
        return _cannot_tell(facts, None)
    if in_bed:
        return Face(TileKind.STILL, Words("SOMEONE IN BED · still · seen {seen}", {"seen": living}))
    return Face(TileKind.STILL, Words("SOMEONE IN THE ROOM · still · seen {seen}", {"seen": living}))


def _versions(live: LiveState | None) -> str:
    """Return the model's short hash (rule K7); empty without a reading."""
    return live.readings.model[:8] if live is not None and live.readings is not None else ""


_SAID_ALOUD = {
    Withheld.RECORDING_ENDED: Words("The recording has ended."),
    Withheld.WARMING_UP: Words("The sensor needs a few more seconds."),
    Withheld.SENSOR_FAULT: Words("The sensor has a fault."),
    Withheld.MODEL_FAULT: Words("The sensor's software has a fault."),
    Withheld.COVERED: Words("The sensor is covered."),
    Withheld.FROZEN: Words("The picture stands still."),
    Withheld.REPEATED: Words("The sensor repeats itself."),
    Withheld.SENSORS_DISAGREE: Words("The two sensors do not agree."),
}
_CLOSED_BECAUSE = {
    CloseReason.NO_LEASE: Words("The sensor waits for permission."),
    CloseReason.LEASE_CLOSED: Words("The sensor waits for permission."),
    CloseReason.LEASE_ENDED: Words("The sensor's permission ran out."),
    CloseReason.HOURS_ENDED: Words("The sensor waits for permission."),
    CloseReason.LOCAL_PAUSE: Words("Paused in the room."),
    CloseReason.TIME_UNTRUSTED: Words("The node's clock is wrong."),
    CloseReason.LAMP_FAULT: Words("The lamp has a fault."),
    CloseReason.SENSOR_FAULT: Words("The sensor has a fault."),
    CloseReason.STORAGE_FAULT: Words("The node cannot keep records."),
    CloseReason.AUDIT_CONFLICT: Words("The ward's log does not match what this node saw."),
    CloseReason.NODE_STOPPED: Words("The sensor's node was stopped."),
}
