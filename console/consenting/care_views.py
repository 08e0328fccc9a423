"""What the core hands to the screens of those who talk with people about the sensor: plain frozen facts."""

from dataclasses import dataclass, field
from datetime import datetime

from broker.vocabulary import Purpose
from console.showing.views import Words


@dataclass(frozen=True, slots=True)
class RestrictionRow:
    """One purpose in use, as it stands in the ward's register (rule P6).

    Attributes:
        purpose: what for.
        why: the care-plan reason, as a code of the grant.
        basis: on whose word, as a code of the grant.
        ends_at: when it stops unless it is talked about again.
        less: the answer to "Would less do?", as a code; empty before it was asked.
        safety_plan: number of the page of the safety plan; empty when none is named.
    """

    purpose: Purpose
    why: str
    basis: str
    ends_at: datetime
    less: str
    safety_plan: str


@dataclass(frozen=True, slots=True)
class TalkView:
    """What staff who talk with a person about the sensor see before they ask.

    Attributes:
        dues: what is to be talked about now.
        wish: the choice made when well, shown first (rule C18); None when none is on record.
        age: age group, as a code; empty when not written down.
        needs: adjustments, as codes; None when nobody has asked yet (rule E5).
        needs_met: they are there.
        is_renewal: there was a yes before in this stay: "Would less do?" is asked (rule P5).
        is_own_word: the newest yes is the person's own.
        is_away: they are not in their room.
        is_sedated: the timetable after rapid tranquillisation runs (rule P10).
        check_at: when the next check in person is due under it; None when none is.
        has_died: the room is closed.
        information: hash of the text that was explained with the newest yes, and its language; None before one.
        restrictions: what stands in the register.
        asks_after_no: how often they were asked again after a no (rule C14).
        is_offered: they were asked, and neither a yes nor a no has come since.
        was_explained: they said it back in their own way since they were asked (rule C6).
    """

    dues: tuple[Words, ...] = ()
    wish: Words | None = None
    age: str = ""
    needs: tuple[str, ...] | None = None
    needs_met: bool = False
    is_renewal: bool = False
    is_own_word: bool = True
    is_away: bool = False
    is_sedated: bool = False
    check_at: datetime | None = None
    has_died: bool = False
    information: tuple[str, str] | None = None
    restrictions: tuple[RestrictionRow, ...] = ()
    asks_after_no: int = 0
    is_offered: bool = False
    was_explained: bool = False


@dataclass(frozen=True, slots=True)
class ProfileView:
    """The newest profile of one kind of place (rule P9).

    Attributes:
        kind: which, as a code.
        text_sha256: of the paper that is signed; empty when none was written.
        signed_by: roles that have signed it, as codes.
        is_signed: all have, so that it counts.
    """

    kind: str
    text_sha256: str = ""
    signed_by: tuple[str, ...] = ()
    is_signed: bool = False


@dataclass(frozen=True, slots=True)
class AbsentRow:
    """Somebody who is away and whose bed was lent (NA-15).

    Attributes:
        stay_id: their last stay.
        initials: for the list.
        room_title: where they stayed.
    """

    stay_id: str
    initials: str
    room_title: str


@dataclass(frozen=True, slots=True)
class TrainedRow:
    """One course of one member of staff (rule G3).

    Attributes:
        actor_id: pseudonym.
        name: as on the badge.
        role: theirs.
        course: code.
        until: from then on it is out of date; None when nothing is written down.
        is_in_date: whether it opens what it opens now.
    """

    actor_id: str
    name: str = field(repr=False)
    role: str
    course: str
    until: datetime | None
    is_in_date: bool


@dataclass(frozen=True, slots=True)
class LongVisitRow:
    """A member of staff who was in a room for long, by night and outside 1:1 (rule C17).

    Attributes:
        room_title: as the ward calls it.
        name: of the member of staff, as on the badge.
        role: theirs.
        came_at: by the tag of the door.
        left_at: None while they are there, and where it is not known.
    """

    room_title: str
    name: str = field(repr=False)
    role: str
    came_at: datetime
    left_at: datetime | None
