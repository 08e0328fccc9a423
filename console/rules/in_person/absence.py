"""What a tile says of somebody who is not in their room (rule C2)."""

from collections.abc import Mapping
from datetime import datetime

from console.rules.consenting.history import Standing
from console.rules.consenting.person import Away, AwayKind, WardPlace
from console.showing.views import TileKind, Words

PLACES: Mapping[WardPlace, Words] = {
    WardPlace.LOUNGE: Words("lounge"),
    WardPlace.KITCHEN: Words("kitchen"),
    WardPlace.CORRIDOR: Words("corridor"),
    WardPlace.GARDEN: Words("garden"),
    WardPlace.OFFICE_DOOR: Words("at the office door"),
}


def is_on_the_ward(standing: Standing) -> bool:
    """Return whether somebody can be checked in person here: neither on leave, nor in a hospital, nor dead."""
    away = standing.away
    return not standing.has_died and (away is None or away.kind is AwayKind.UP)


def away_face(away: Away, seen_by: str, now: datetime) -> tuple[TileKind, Words, Words]:
    """Return kind, headline and detail of somebody who is not in their room."""
    person = Words("Checked in person when they are back.")
    if away.kind is AwayKind.HOSPITAL:
        return TileKind.AWAY, Words("AWAY: hospital"), person
    if away.kind is AwayKind.MISSING:
        return TileKind.LEAVE_OVERDUE, Words("AWAY: missing"), Words("Begin the ward's procedure for a missing person.")
    if away.kind is AwayKind.LEAVE:
        if away.until is None:
            return TileKind.AWAY, Words("ON LEAVE"), person
        if now >= away.until:
            words = Words("Due back {until:day}. Missing person: begin the ward's procedure.", {"until": away.until})
            return TileKind.LEAVE_OVERDUE, Words("LEAVE OVERDUE"), words
        return TileKind.AWAY, Words("ON LEAVE until {until:day}", {"until": away.until}), person
    seen: dict[str, str | datetime | Words] = {"at": away.seen_at, "by": seen_by}
    if away.place is None:
        return TileKind.AWAY, Words("UP (seen {at} {by})", seen), Words("Checked in person.")
    told = seen | {"place": PLACES[away.place]}
    return TileKind.AWAY, Words("UP, in {place} (seen {at} {by})", told), Words("Checked in person.")
