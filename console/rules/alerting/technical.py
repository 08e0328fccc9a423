"""One cause, one call: what the ward has lost, grouped by why, and when it is said aloud (rules A8, A9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from broker.vocabulary import Modality
from console.rules.policy import Policy
from console.showing.views import Words


class Cause(StrEnum):
    """Why something is lost."""

    NETWORK = "network"
    NODE = "node"
    SENSOR = "sensor"
    SOUNDER = "sounder"
    CORRIDOR = "corridor"


@dataclass(frozen=True, slots=True)
class LostRoom:
    """A room that should be monitored and is not.

    Attributes:
        room_id: the room.
        title: as the ward calls it.
        since: when it was last heard or seen.
        is_blind: its node speaks, and its sensor sees nothing.
        had_clock: something was running in it (rule C5a).
        sensor: the one that is lost; None where that needs no name.
        has_other: another sensor of the room is on: the room is monitored, by that one alone.
    """

    room_id: str
    title: str
    since: datetime
    is_blind: bool = False
    had_clock: bool = False
    sensor: Modality | None = None
    has_other: bool = False


def lost_room(lost: Sequence[LostRoom], wanted: int) -> LostRoom | None:
    """Make one room of its lost sensors.

    Args:
        lost: those of its sensors that should be on and are lost.
        wanted: how many of its sensors should be on.

    Returns:
        None when none is lost; with another sensor on, the room of the one that is lost, by name.
    """
    if not lost:
        return None
    if len(lost) < wanted:
        return replace(lost[0], has_other=True)
    silent = [one for one in lost if not one.is_blind]
    return replace(min(silent or lost, key=lambda one: one.since), sensor=None)


@dataclass(frozen=True, slots=True)
class Call:
    """One technical alert.

    Attributes:
        cause: why.
        rooms: which; empty for a lost device.
        since: when the first of it was lost.
        words: the sentence.
        is_loud: it is said aloud now; until then it stands on the board alone.
    """

    cause: Cause
    rooms: tuple[str, ...]
    since: datetime
    words: Words
    is_loud: bool


def calls_of(
    lost: Sequence[LostRoom], now: datetime, policy: Policy, *, link_up: bool, held: frozenset[str] = frozenset()
) -> tuple[Call, ...]:
    """Group the lost rooms by cause.

    The console's own link, or as many rooms at once as one ward round takes, is the network; a node alone is itself.

    Args:
        lost: rooms that are not monitored.
        now: on the console's clock.
        policy: the rule book.
        link_up: the console's own link to the broker.
        held: rooms of the network call that stands: it is one call until the last of them is back.
    """
    standing = [one for one in lost if now - one.since > policy.duration("A9", "lost_after_s")]
    partly, standing = [one for one in standing if one.has_other], [one for one in standing if not one.has_other]
    lost = [one for one in lost if not one.has_other]
    silent, blind = [one for one in lost if not one.is_blind], [one for one in standing if one.is_blind]
    is_wide = not link_up or len(silent) >= policy.number("A9", "round_rooms")
    calls = [_call(Cause.SENSOR, [one], is_loud=one.had_clock) for one in blind]
    # The room is monitored by its other sensor: this stands on the board, and is said aloud only for a clock that ran.
    calls += [_call(_cause_of(one), [one], is_loud=one.had_clock) for one in partly]
    if any(one.room_id in held for one in silent) or (is_wide and any(not one.is_blind for one in standing)):
        return (_call(Cause.NETWORK, silent, is_loud=True), *calls)
    voiced = policy.duration("A9", "voiced_after_s")
    alone = [one for one in standing if not one.is_blind]
    nodes = [_call(Cause.NODE, [one], is_loud=one.had_clock or now - one.since > voiced) for one in alone]
    return (*nodes, *calls)


def _cause_of(lost: LostRoom) -> Cause:
    return Cause.SENSOR if lost.is_blind else Cause.NODE


def _call(cause: Cause, rooms: Sequence[LostRoom], *, is_loud: bool) -> Call:
    longest = min(rooms, key=lambda one: one.since)
    values: dict[str, str | int | datetime] = {"count": len(rooms), "room": longest.title, "since": longest.since}
    said = _ONE[cause] if len(rooms) == 1 else _MANY
    if longest.has_other and longest.sensor is not None:
        said = _PARTLY[cause, longest.sensor]
    return Call(cause, tuple(sorted(one.room_id for one in rooms)), longest.since, Words(said.text, values), is_loud)


_MANY = Words("Monitoring off in {count} rooms: network. Longest unseen: {room}. Walk your round.")
_ONE = {
    Cause.NETWORK: Words("Monitoring off in {room}: network. Check in person."),
    Cause.NODE: Words("Monitoring off in {room} since {since}: its sensor's node is silent. Check in person."),
    Cause.SENSOR: Words("Monitoring off in {room} since {since}: its sensor is blind. Check in person."),
}
_PARTLY = {
    (Cause.NODE, Modality.RADAR): Words("The radar of {room} is silent since {since}. Its camera is on alone."),
    (Cause.NODE, Modality.CAMERA): Words("The camera of {room} is silent since {since}. Its radar is on alone."),
    (Cause.SENSOR, Modality.RADAR): Words("The radar of {room} is blind since {since}. Its camera is on alone."),
    (Cause.SENSOR, Modality.CAMERA): Words("The camera of {room} is blind since {since}. Its radar is on alone."),
}


def back_again(rooms: Mapping[str, str]) -> Words:
    """Return the one line of a recovery.

    Args:
        rooms: title by room.
    """
    if len(rooms) == 1:
        return Words("Monitoring is back in {room}.", {"room": next(iter(rooms.values()))})
    return Words("Monitoring is back in {count} rooms.", {"count": len(rooms)})


def round_order(
    lost: Sequence[LostRoom], now: datetime, policy: Policy, short: Sequence[str] = ()
) -> tuple[LostRoom, ...]:
    """Return the rooms to walk to, in order, when the ward is in round mode; empty when it is not (rule A9).

    Args:
        lost: rooms that are not monitored.
        now: on the console's clock.
        policy: the rule book.
        short: rooms of people with short check intervals, the shortest first.
    """
    standing = [one for one in lost if not one.has_other and now - one.since > policy.duration("A9", "lost_after_s")]
    is_long = any(now - one.since > policy.duration("A9", "round_after_min") for one in standing)
    if not is_long and len(standing) < policy.number("A9", "round_rooms"):
        return ()
    place = {room_id: number for number, room_id in enumerate(short)}
    return tuple(sorted(standing, key=lambda one: (not one.had_clock, place.get(one.room_id, len(short)), one.since)))


@dataclass(frozen=True, slots=True)
class Sounder:
    """A device that can call somebody.

    Attributes:
        device: its pseudonym.
        heard_s: when it last said that it is there, on the elapsed clock [s].
        is_in_front: its page is what the device shows.
        tested_at: when somebody last heard it; None when nobody has.
        is_corridor: the corridor unit, which has no page.
    """

    device: str
    heard_s: float
    is_in_front: bool
    tested_at: datetime | None
    is_corridor: bool = False


def can_sound(sounder: Sounder, now_s: float, now: datetime, policy: Policy) -> bool:
    """Return whether a device counts as one that sounds (rules A1, A8)."""
    is_there = now_s - sounder.heard_s <= policy.number("A1", "heartbeat_s")
    tested = sounder.tested_at is not None and now - sounder.tested_at < policy.duration("A8", "test_lasts_h")
    return is_there and tested and (sounder.is_in_front or sounder.is_corridor)


def sounder_calls(sounders: Sequence[Sounder], now_s: float, now: datetime, policy: Policy) -> tuple[Call, ...]:
    """Say which devices have fallen silent: one of several stands on the board, the last one is loud at once."""
    sounding = [one for one in sounders if can_sound(one, now_s, now, policy)]
    # A page that nobody ever tested was never counted on, and is not missed when it is closed.
    trusted = [one for one in sounders if one.tested_at is not None]
    gone = [one for one in trusted if now_s - one.heard_s > policy.number("A1", "heartbeat_s")]
    calls = []
    for one in gone:
        silent_for = timedelta(seconds=now_s - one.heard_s)
        if one.is_corridor:
            words = Words("The corridor sounder is not heard since {since}. Two devices must sound at all times.")
            calls.append(_device(Cause.CORRIDOR, one, words, now - silent_for, is_loud=True))
        else:
            words = Words("A tablet is not heard since {since}. Find it.")
            calls.append(_device(Cause.SOUNDER, one, words, now - silent_for, is_loud=not sounding))
    return tuple(calls)


def _device(cause: Cause, sounder: Sounder, words: Words, since: datetime, *, is_loud: bool) -> Call:
    return Call(cause, (sounder.device,), since, Words(words.text, {"since": since}), is_loud)
