"""The one tile of a room with two sensors: never calm where they contradict, never off while one is on (rule K8)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from broker.messages import LiveState
from broker.vocabulary import Modality, Origin, Purpose
from console.rules.policy import Policy
from console.rules.sensing.joining import Joined, SensorSays, Subject, join
from console.rules.sensing.tiles import Face, TileFacts, face_of, spoken, tile
from console.showing.views import SensorRow, TileKind, TileView, Words

SENSORS: Mapping[Modality, Words] = {Modality.RADAR: Words("radar"), Modality.CAMERA: Words("camera")}
"""What staff call each, within a sentence."""


def room_tile(each: Sequence[TileFacts], now: datetime, policy: Policy) -> TileView:
    """Return what a room's tile says by all its sensors.

    Args:
        each: the room's facts as each of its sensors has them, at least one; for a room without a sensor one as well.
        now: UTC.
        policy: the rule book.
    """
    if len(each) == 1:
        return tile(each[0], now, policy)
    facts, joined = room_facts(each, now, policy)
    shown = tile(facts, now, policy)
    if shown.kind in _OF_THE_ROOM:
        return shown
    rows = tuple(_row(one, joined, now, policy) for one in each)
    return replace(shown, beside=_beside(facts, each), sensors=rows)


def room_facts(each: Sequence[TileFacts], now: datetime, policy: Policy) -> tuple[TileFacts, Joined | None]:
    """Join a room's facts into those of one sensor.

    Returns:
        The facts that its tile is made of, and what was joined; None unless two sensors speak.
    """
    speaking = [one for one in each if one.modality is not None and says(one) is not None]
    if len(speaking) > 1:
        return _joined(speaking, now, policy)
    if speaking:
        return speaking[0], None
    return min(each, key=lambda one: _worst_first(face_of(one, now, policy))), None


def says(facts: TileFacts) -> SensorSays | None:
    """Return what a sensor says now; None when it is off or blind."""
    if not facts.may_sense or facts.modality is None:
        return None
    said = spoken(facts)
    return None if isinstance(said, Face) else SensorSays(facts.modality, facts.purposes, said)


def _joined(speaking: Sequence[TileFacts], now: datetime, policy: Policy) -> tuple[TileFacts, Joined]:
    joined = join([one for one in map(says, speaking) if one is not None], now, policy)
    lead = next(one for one in speaking if one.lease_id == joined.readings.lease_id)
    certain = [one.last_certain_at for one in speaking if one.last_certain_at is not None]
    # One that sees no movement for long is heard, whatever the other sees: the tile is never calmer than either.
    still = [one.no_movement_since for one in speaking if one.no_movement_since and Purpose.NO_MOVEMENT in one.purposes]
    facts = replace(
        lead,
        purposes=joined.purposes,
        live=_with(lead.live, joined, speaking),
        last_certain_at=max(certain, default=None),
        no_movement_since=min(still, default=None),
    )
    return facts, joined


def _with(live: LiveState | None, joined: Joined, speaking: Sequence[TileFacts]) -> LiveState | None:
    """Return the leading sensor's message with the room's readings; an origin that is no sensor is never hidden."""
    if live is None:
        return None
    other = next((one.live for one in speaking if one.live and one.live.origin is not Origin.SENSOR), live)
    return live.model_copy(update={"readings": joined.readings, "origin": other.origin, "loop": other.loop})


def _beside(shown: TileFacts, each: Sequence[TileFacts]) -> Words | None:
    """Say which of two sensors is on alone, and of one that should be on why it is not."""
    off = [one for one in each if says(one) is None]
    if len(off) != 1 or shown.modality is None or says(shown) is None:
        return None
    alone = Words("Only the {sensor} is on.", {"sensor": SENSORS[shown.modality]})
    said = spoken(off[0]) if off[0].may_sense else None
    if not isinstance(said, Face) or said.detail is None or off[0].modality is None:
        # Every lawful off looks alike: it has no cause.
        return alone
    told = {"alone": alone, "other": SENSORS[off[0].modality], "cause": said.detail}
    return Words("{alone} The {other}: {cause}", told)


def _row(facts: TileFacts, joined: Joined | None, now: datetime, policy: Policy) -> SensorRow:
    face, modality = face_of(facts, now, policy), facts.modality or Modality.RADAR
    if joined is None:
        return SensorRow(modality, face.headline, face.detail)
    leads = tuple(_ABOUT[subject] for subject, lead in joined.leads.items() if lead.modality is modality)
    return SensorRow(modality, face.headline, face.detail, leads, tuple(_ABOUT[one] for one in joined.contradicted))


def _worst_first(face: Face) -> int:
    return _SILENT.index(face.kind) if face.kind in _SILENT else -1


_SILENT = (TileKind.NOT_MONITORED, TileKind.CANNOT_TELL, TileKind.PAUSED, TileKind.SENSOR_OFF)
"""Of two sensors that say nothing the tile says what somebody should go for, and off only when both are."""
_OF_THE_ROOM = frozenset({TileKind.VACANT, TileKind.ROOM_CLOSED})
_ABOUT: Mapping[Subject, Words] = {
    Subject.PRESENCE: Words("whether somebody is there"),
    Subject.MOVEMENT: Words("movement"),
    Subject.PLACE: Words("where they are"),
    Subject.PEOPLE: Words("how many people"),
    Subject.BREATHING: Words("whether breathing is seen"),
    Subject.RESPIRATORY_RATE: Words("breaths a minute"),
    Subject.PULSE_RATE: Words("pulse"),
}
