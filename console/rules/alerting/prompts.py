"""Clocks that run in a room, and what becomes of them when the sensor stops (rules C5a, C5b, K8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from broker.messages import LiveState
from broker.vocabulary import Movement, Place, Presence, Purpose, SensedState, SensorState, Withheld
from console.rules.policy import Policy
from console.showing.views import Words


class RoomClock(StrEnum):
    """A condition that lasts in a room and that somebody would have gone for."""

    ENSUITE = "ensuite"
    NO_MOVEMENT = "no_movement"
    CANNOT_TELL = "cannot_tell"
    SECOND_PERSON = "second_person"


class PromptKind(StrEnum):
    """Why somebody is asked to look in now."""

    STOPPED_ON_CLOCK = "stopped_on_clock"
    NO_BREATHING_SEEN = "no_breathing_seen"
    ASKED_FOR_HELP = "asked_for_help"


Clocks = Mapping[RoomClock, datetime]
"""Since when each condition has held; a condition that does not hold is not there."""

_NO_DOUBT = frozenset({Withheld.NOT_PERMITTED, Withheld.WARMING_UP, Withheld.RECORDING_ENDED})


@dataclass(frozen=True, slots=True)
class Raised:
    """A check prompt to be written down.

    Attributes:
        kind: why.
        clock: which clock it came from; None for `no_breathing_seen`.
        lasted_s: how long the condition had held [s].
    """

    kind: PromptKind
    clock: RoomClock | None
    lasted_s: float


def running_clocks(
    before: Clocks,
    live: LiveState,
    purposes: tuple[Purpose, ...],
    no_movement_since: datetime | None,
    policy: Policy,
) -> Clocks:
    """Follow a room's clocks by one live message.

    Args:
        before: the clocks until now.
        live: the newest live message.
        purposes: what the lease in force permits; a clock runs only with its purpose.
        no_movement_since: from the node's own room event; None when there is movement.
        policy: how old evidence of a living body may be (rule K8).

    Returns:
        The clocks now; empty while the sensor is not open.
    """
    readings = live.readings
    if live.sensor.state is not SensorState.OPEN or readings is None:
        return {}
    now = readings.captured_at
    holds: dict[RoomClock, datetime] = {}
    if Purpose.BATHROOM_DWELL in purposes and readings.place.value is Place.ENSUITE:
        holds[RoomClock.ENSUITE] = readings.place.since or now
    if Purpose.NO_MOVEMENT in purposes and no_movement_since is not None:
        holds[RoomClock.NO_MOVEMENT] = no_movement_since
    if Purpose.SECOND_PERSON in purposes and readings.people.value == 2:
        holds[RoomClock.SECOND_PERSON] = now
    if _is_in_doubt(live, policy):
        holds[RoomClock.CANNOT_TELL] = now
    # A condition without its own beginning keeps the one it had.
    ongoing = (RoomClock.SECOND_PERSON, RoomClock.CANNOT_TELL)
    return {clock: before.get(clock, since) if clock in ongoing else since for clock, since in holds.items()}


def in_doubt(before: Clocks, now: Clocks, at: datetime) -> Clocks:
    """Return one sensor's clocks with that of cannot-tell running: it contradicts the other sensor of its room."""
    return {**now, RoomClock.CANNOT_TELL: before.get(RoomClock.CANNOT_TELL, at)}


def on_stop(clocks: Clocks, now: datetime) -> tuple[Raised, ...]:
    """Turn the clocks of a sensor that has stopped into check prompts: one for each room, for the longest clock.

    Returns:
        Empty when no clock was running: then nobody goes (rule C5b).
    """
    if not clocks:
        return ()
    clock = min(clocks, key=lambda one: (_ORDER.index(one), clocks[one]))
    return (Raised(PromptKind.STOPPED_ON_CLOCK, clock, max(0.0, (now - clocks[clock]).total_seconds())),)


def no_breathing(live: LiveState, now: datetime, policy: Policy) -> Raised | None:
    """Decide whether somebody present and still has shown no breathing for too long (rule K8).

    Returns:
        The prompt to raise, once per such stretch; None otherwise.
    """
    readings = live.readings
    if live.sensor.state is not SensorState.OPEN or readings is None:
        return None
    if readings.breathing.value is not SensedState.NO_BREATHING_SEEN or readings.breathing.since is None:
        return None
    if readings.presence.value is Presence.ABSENT or readings.movement.value is Movement.MOVING:
        return None
    lasted = now - readings.breathing.since
    if lasted < policy.duration("K8", "not_seen_for_s"):
        return None
    return Raised(PromptKind.NO_BREATHING_SEEN, None, lasted.total_seconds())


def prompt_sentence(kind: PromptKind, clock: RoomClock | None, lasted_s: float, room_title: str) -> Words:
    """Return a check prompt's sentence."""
    lasted = timedelta(seconds=int(lasted_s))
    if kind is PromptKind.ASKED_FOR_HELP:
        return Words("{room} says: I do not feel right. Go and ask.", {"room": room_title})
    if kind is PromptKind.NO_BREATHING_SEEN or clock is None:
        return Words("No breathing seen in {room} for {lasted}. Look in now.", {"room": room_title, "lasted": lasted})
    return Words(_SENTENCES[clock].text, {"room": room_title, "lasted": lasted})


_ORDER = (RoomClock.ENSUITE, RoomClock.NO_MOVEMENT, RoomClock.SECOND_PERSON, RoomClock.CANNOT_TELL)
_SENTENCES = {
    RoomClock.ENSUITE: Words("Sensor stopped in {room} with {lasted} on the en-suite clock. Knock and ask."),
    RoomClock.NO_MOVEMENT: Words("Sensor stopped in {room} with {lasted} on the no-movement clock. Knock and ask."),
    RoomClock.CANNOT_TELL: Words("Sensor stopped in {room} with {lasted} on the cannot-tell clock. Knock and ask."),
    RoomClock.SECOND_PERSON: Words("Sensor stopped in {room} with {lasted} on the second-person clock. Knock and ask."),
}


def _is_in_doubt(live: LiveState, policy: Policy) -> bool:
    """Return whether the room cannot be told about although somebody may be there: what its tile calls CANNOT TELL."""
    readings = live.readings
    if readings is None:
        return False
    presence = readings.presence
    if presence.withheld is not None:
        return presence.withheld not in _NO_DOUBT
    if presence.value is not Presence.PRESENT:
        return False
    living = readings.living_seen_at
    # Who came in and did not leave is there, and whether they live is another question.
    is_old = living is not None and readings.captured_at - living > policy.duration("K8", "evidence_within_s")
    return is_old or readings.breathing.value is SensedState.NO_BREATHING_SEEN
