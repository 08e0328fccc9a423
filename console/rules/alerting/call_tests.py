"""Whether each room's call reaches a held device and the corridor unit, tried in silence when a shift begins (N4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from console.rules.consenting.hours import is_within
from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words

HEARD_WITHIN_S = 600.0
"""[s] after a sound within which somebody says that they heard it."""


class Missing(StrEnum):
    """What of a room's chain was not proven."""

    SENSOR = "sensor"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class RoomProof:
    """What is known of one room's chain since its test began.

    Attributes:
        room_id: the room.
        heard_at: when a node of it was heard, signed, after the test began; None when none was.
        device_at: when a device that counts as one that sounds said that the mark of this room stands on its page; None
            when none did.
    """

    room_id: str
    heard_at: datetime | None = None
    device_at: datetime | None = None

    def missing(self) -> tuple[Missing, ...]:
        """Return what is not proven, from the room outwards."""
        found = (Missing.SENSOR, self.heard_at), (Missing.DEVICE, self.device_at)
        return tuple(what for what, at in found if at is None)


@dataclass(frozen=True, slots=True)
class CallTest:
    """One test of a ward's calls; it sounds nowhere and lights nothing.

    Attributes:
        test_id: random.
        begun_at: when.
        begun_by: pseudonym of who pressed; empty when a shift began it.
        rooms: every room with a node, in ward order.
        corridor_at: when the corridor unit gave its mark back; None when it has not.
        ended_at: when everything was proven, or the time was over; None while it goes on.
    """

    test_id: str
    begun_at: datetime
    begun_by: str
    rooms: tuple[RoomProof, ...]
    corridor_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def is_whole(self) -> bool:
        """Return whether everything is proven."""
        return self.corridor_at is not None and not any(one.missing() for one in self.rooms)

    @property
    def proven(self) -> int:
        """Return how many rooms are proven."""
        return sum(not one.missing() for one in self.rooms)

    def is_telling(self, now: datetime, policy: Policy) -> bool:
        """Return whether what is missing is said already: a device answers every few seconds, not at once."""
        return self.ended_at is not None or abs(now - self.begun_at) >= policy.duration("N4", "told_after_s")


def is_due(begun_at: datetime | None, signed_on: Iterable[datetime], now: datetime, policy: Policy) -> bool:
    """Return whether a shift has begun that has no test yet.

    Args:
        begun_at: of the newest test; None before the first.
        signed_on: when each who is on shift came.
        now: on the console's clock.
        policy: the rule book; several people sign on for one shift, and one test serves them all.
    """
    newest = max(signed_on, default=None)
    # A test of a time that is to come was begun under a clock that has been set back since.
    if newest is None or begun_at is None or begun_at > now:
        return newest is not None
    return newest > begun_at and now - begun_at >= policy.duration("N4", "again_after_h")


def is_over(test: CallTest, now: datetime, policy: Policy) -> bool:
    """Return whether a test ends now: all is proven, or its time is over, also by a clock that was set back."""
    return test.is_whole or abs(now - test.begun_at) >= policy.duration("N4", "lasts_min")


def so_far(running: CallTest, before: CallTest, now: datetime, policy: Policy) -> CallTest:
    """Return what is told while a test goes on: until it tells, what the one before found and it has not proven yet.

    Otherwise whoever tests again and again would keep from the board which room is walked to.
    """
    if running.is_telling(now, policy):
        return running
    proven = {one.room_id: one for one in running.rooms if not one.missing()}
    rooms = tuple(proven.get(one.room_id, one) for one in before.rooms)
    return replace(before, rooms=rooms, corridor_at=before.corridor_at or running.corridor_at)


def may_say_heard(sounded_ago_s: float, policy: Policy) -> Decision:
    """Decide whether somebody may write down that they heard the corridor unit: it has sounded a moment ago.

    Args:
        sounded_ago_s: [s] since it was told to sound; infinite when it was not.
        policy: the rule book.
    """
    if not 0 <= sounded_ago_s <= HEARD_WITHIN_S:
        words = Words("It has not sounded in the last ten minutes. Make it sound first, and listen.")
        return policy.deny("N4", reason=words)
    return policy.allow("N4", reason=Words("Written down: it is heard."))


def to_walk(test: CallTest, now: datetime, policy: Policy) -> tuple[str, ...]:
    """Return the rooms whose call is not proven: they are walked to as if nothing were there."""
    if not test.is_telling(now, policy):
        return ()
    return tuple(one.room_id for one in test.rooms if one.missing())


def lines_of(test: CallTest, titles: Mapping[str, str], now: datetime, policy: Policy) -> tuple[Words, ...]:
    """Say how a test went, in at most four lines; empty while it is too early to say.

    Args:
        test: the newest one.
        titles: of the rooms.
        now: on the console's clock.
        policy: the rule book.
    """
    if not test.is_telling(now, policy):
        return ()
    at = test.begun_at
    if test.is_whole:
        return (Words("Calls tested {at}: every room reaches a held device and the corridor unit.", {"at": at}),)
    silent = [one for one in test.rooms if Missing.SENSOR in one.missing()]
    unheld = [one for one in test.rooms if one.missing() == (Missing.DEVICE,)]
    lines = []
    if test.rooms and not any(one.device_at for one in test.rooms):
        lines.append(Words(_NO_DEVICE.text, {"at": at}))
        unheld = []
    for words, rooms in ((_SILENT, silent), (_NOT_HELD, unheld)):
        if rooms:
            lines.append(Words(words.text, {"at": at, "rooms": _named(rooms, titles)}))
    if test.corridor_at is None:
        lines.append(Words(_NO_CORRIDOR.text, {"at": at}))
    return tuple(lines)


def may_sound(now: datetime, policy: Policy, zone: ZoneInfo) -> Decision:
    """Decide whether the corridor unit may be sounded for the audible test of the week: by day only."""
    begins, ends = policy.time_of_day("N4", "audible_from"), policy.time_of_day("N4", "audible_until")
    if not is_within(now, begins, ends, zone):
        return policy.deny("N4", reason=Words("By day only: people sleep now. The silent test goes on at any hour."))
    return policy.allow("N4", reason=Words("It sounds once within seconds. Stand where it must be heard, and say."))


def is_audible_due(heard_at: datetime | None, now: datetime, policy: Policy) -> bool:
    """Return whether the corridor unit is to be heard again, by somebody who stands where it must be heard."""
    return heard_at is None or now - heard_at >= policy.duration("N4", "audible_every_d")


def _named(rooms: Sequence[RoomProof], titles: Mapping[str, str]) -> str:
    return ", ".join(titles.get(one.room_id, one.room_id) for one in rooms)


_SILENT = Words("Test of {at} · {rooms}: the sensor is not heard. Walk.")
_NOT_HELD = Words("Test of {at} · {rooms}: its call reaches no held device. Walk.")
_NO_DEVICE = Words(
    "Test of {at}: no device that sounds had it. Open the board on a held device, make the test sound, test again. "
    "Until then walk."
)
_NO_CORRIDOR = Words("Test of {at}: the corridor unit did not answer. Tell an engineer.")
