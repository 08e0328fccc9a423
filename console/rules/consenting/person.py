"""What is known of a person beside their yes or no: age group, wishes from before, where they are, what was done."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from broker.vocabulary import Modality


class AgeGroup(StrEnum):
    """As far as the rules ask for an age (rule C13); the date of birth is not kept here."""

    UNDER_16 = "under_16"
    FROM_16_TO_17 = "from_16_to_17"
    ADULT = "adult"


class PlaceKind(StrEnum):
    """What kind of room it is (rule P9)."""

    BEDROOM = "bedroom"
    SECLUSION = "seclusion"
    LONG_TERM_SEGREGATION = "long_term_segregation"
    SECTION_136_SUITE = "section_136_suite"
    EXTRA_CARE = "extra_care"


class Adjustment(StrEnum):
    """What somebody needs to be asked fairly (rule E5); `none` is an answer too."""

    NONE = "none"
    EASY_READ = "easy_read"
    LARGE_PRINT = "large_print"
    READ_ALOUD = "read_aloud"
    INTERPRETER = "interpreter"
    BSL = "bsl"
    MORE_TIME = "more_time"
    QUIET_PLACE = "quiet_place"
    SOMEBODY_WITH_THEM = "somebody_with_them"


class AwayKind(StrEnum):
    """How somebody is not in their room (rule C2)."""

    UP = "up"
    LEAVE = "leave"
    HOSPITAL = "hospital"
    MISSING = "missing"


class WardPlace(StrEnum):
    """Where somebody who is up was seen."""

    LOUNGE = "lounge"
    KITCHEN = "kitchen"
    CORRIDOR = "corridor"
    GARDEN = "garden"
    OFFICE_DOOR = "office_door"


class SeenState(StrEnum):
    """How a person who was tranquillised looked to whoever checked them (rule P10)."""

    AWAKE = "awake"
    DROWSY = "drowsy"
    ASLEEP = "asleep"
    OVER_LIMITS = "over_limits"


class Hold(StrEnum):
    """After what nobody is asked for a day (rule C20)."""

    RESTRAINT = "restraint"
    SECLUSION = "seclusion"


class Objection(StrEnum):
    """How somebody objects without the word for it (rule C10)."""

    WORDS = "words"
    GESTURE = "gesture"
    PRESSING = "pressing"
    COVERING = "covering"
    TURNING_AWAY = "turning_away"
    DISTRESS = "distress"


class Change(StrEnum):
    """What changed around a person."""

    LEGAL_STATUS = "legal_status"
    LEVEL = "level"
    LEVEL_LOWERED = "level_lowered"
    CAPACITY_LOST = "capacity_lost"
    CAPACITY_REGAINED = "capacity_regained"


@dataclass(frozen=True, slots=True)
class OwnTrial:
    """A person tries the sensor of their own room, for themselves alone (rule S4).

    Attributes:
        sensor: which kind.
        until: when it ends by itself, UTC.
    """

    sensor: Modality
    until: datetime


@dataclass(frozen=True, slots=True)
class Advance:
    """A choice made when well (rules C9, C18).

    Attributes:
        says_no: it refuses; otherwise it only tells what they would like.
        is_written: a written advance decision that covers monitoring: nobody overrides it.
    """

    says_no: bool = False
    is_written: bool = False

    @classmethod
    def read(cls, details: Mapping[str, Any]) -> "Advance":
        """Read it from an entry."""
        return cls(bool(details.get("says_no")), bool(details.get("is_written")))

    def told(self) -> dict[str, bool]:
        """Return it as codes."""
        return {"says_no": self.says_no, "is_written": self.is_written}


@dataclass(frozen=True, slots=True)
class Away:
    """Where a person is who is not in their room.

    Attributes:
        kind: up on the ward, on leave, or in a hospital.
        since: when they left the room, as written down.
        seen_at: when they were last seen elsewhere.
        seen_by: pseudonym of who saw them.
        until: when they are due back; None when nobody knows.
        place: where they were seen; None unless up.
    """

    kind: AwayKind
    since: datetime
    seen_at: datetime
    seen_by: str = ""
    until: datetime | None = None
    place: WardPlace | None = None

    @classmethod
    def read(cls, details: Mapping[str, Any], at: datetime, by: str, before: "Away | None") -> "Away | None":
        """Read it from an entry; None when the entry does not hold a whole one."""
        try:
            kind = AwayKind(str(details.get("kind")))
            place = WardPlace(str(details["place"])) if details.get("place") else None
            until = datetime.fromisoformat(str(details["until"])) if details.get("until") else None
        except ValueError:
            return None
        new = cls(kind, at, at, by, until, place)
        # Whoever was seen again in another place has been out of the room all the while.
        return replace(new, since=before.since) if before is not None else new


@dataclass(frozen=True, slots=True)
class Confinement:
    """Seclusion, segregation or a 136 suite (rule P9).

    Attributes:
        place: which.
        since: when it began.
    """

    place: PlaceKind
    since: datetime


@dataclass(frozen=True, slots=True)
class Sedation:
    """The time after rapid tranquillisation until the prescriber ends the checks (rule P10).

    Attributes:
        since: when it was given.
        checked_at: when a person last checked them; the beginning until somebody has.
        seen: how they looked then.
    """

    since: datetime
    checked_at: datetime
    seen: SeenState

    def told(self) -> dict[str, str]:
        """Return it as codes."""
        return {"since": self.since.isoformat(), "checked_at": self.checked_at.isoformat(), "seen": self.seen.value}

    @classmethod
    def read(cls, told: Mapping[str, str]) -> "Sedation":
        """Read it back."""
        since, checked_at = datetime.fromisoformat(told["since"]), datetime.fromisoformat(told["checked_at"])
        return cls(since, checked_at, SeenState(told["seen"]))
