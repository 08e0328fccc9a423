"""Staff in a room: a proven tag at its door explains the second person, stands on their page, and ends (C5, C17)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from console.rules.consenting.history import ConsentEntry, EntryKind
from console.rules.consenting.hours import is_within
from console.rules.policy import Policy

BY_STAFF = "staff"
"""How a pause came that a member of staff pressed, by name."""


class VisitEnd(StrEnum):
    """How it is known that a member of staff left; the last one says that it is not."""

    SAID = "said"
    AT_ANOTHER_DOOR = "at_another_door"
    ONE_PERSON_SEEN = "one_person_seen"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Visit:
    """A member of staff in a room, from the tag at its door on.

    Attributes:
        visit_id: random.
        room_id: the room.
        stay_id: who stayed there.
        actor_id: pseudonym of who came.
        came_at: UTC.
        left_at: UTC; None while they are taken to be there.
        ended_by: how that is known; None while they are.
    """

    visit_id: str
    room_id: str
    stay_id: str
    actor_id: str
    came_at: datetime
    left_at: datetime | None = None
    ended_by: VisitEnd | None = None


def explains(visits: Iterable[Visit], second_since: datetime, policy: Policy) -> bool:
    """Return whether somebody who touched the tag in time explains a second person.

    Args:
        visits: open ones of the room.
        second_since: since when more than one person is seen, UTC.
        policy: the rule book.
    """
    return any(one.came_at <= second_since + policy.duration("C17", "explained_within_s") for one in visits)


def is_long(visit: Visit, now: datetime, one_to_one: bool, policy: Policy, zone: ZoneInfo) -> bool:
    """Return whether a visit by night is so long that somebody of another ward is told; a 1:1 never is."""
    lasted = (visit.left_at or now) - visit.came_at
    by_night = is_within(
        visit.came_at, policy.time_of_day("C7", "night_from"), policy.time_of_day("C7", "night_until"), zone
    )
    return by_night and not one_to_one and lasted > policy.duration("C17", "long_visit_min")


def follows_own_pause(entries: Iterable[ConsentEntry], actor_id: str, now: datetime, policy: Policy) -> bool:
    """Return whether whoever stands at the door has paused the sensor of this room a moment ago, by name (rule C5)."""
    window = policy.duration("S3", "pause_min")
    return any(
        one.kind is EntryKind.PAUSED
        and one.details.get("via") == BY_STAFF
        and one.recorded_by == actor_id
        and now - one.at <= window
        for one in entries
    )
