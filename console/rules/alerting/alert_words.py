"""What an alert says on the tile, on its own page and to whom; the words of the tile are to the letter."""

from dataclasses import replace
from datetime import datetime, timedelta

from console.rules.alerting.alerts import Alert, AlertKind, AlertState, Concern, Progress, Rung, lasted
from console.rules.alerting.corridor import Level
from console.showing.views import TileKind, TileView, Words


def headline_of(alert: Alert, progress: Progress, room: str, initials: str, now: datetime) -> Words:
    """Return the words of the tile.

    Args:
        alert: open.
        progress: of it.
        room: the room's title.
        initials: of whoever is with the patient.
        now: on the console's clock.
    """
    if progress.state is AlertState.WITH_PATIENT and progress.with_since is not None:
        return Words("WITH THE PATIENT ({who}, {since})", {"who": initials, "since": progress.with_since})
    return Words("ALERT {lasted} · go to {room}", {"lasted": lasted(alert, now), "room": within_a_sentence(room)})


def within_a_sentence(title: str) -> str:
    """Return a room's title as it stands in the middle of a sentence: `Room 6` is `room 6` there."""
    first, _, rest = title.partition(" ")
    return f"{first.lower()} {rest}" if first.isalpha() and rest else title


def with_alert(tile: TileView, headline: Words, state: AlertState, alert_id: str, again: int, going: str) -> TileView:
    """Return a tile that an alert has taken over; what the sensor says stands below it."""
    kind = TileKind.WITH_PATIENT if state is AlertState.WITH_PATIENT else TileKind.ALERT
    below: dict[str, str | int | Words] = {"now": tile.headline, "count": again, "who": going}
    said = _BELOW[(again > 1, bool(going))]
    detail = Words(said.text, below)
    return replace(tile, kind=kind, headline=headline, detail=detail, alert_id=alert_id)


_BELOW = {
    (False, False): Words("{now}"),
    (False, True): Words("{now} · {who} is going"),
    (True, False): Words("again ({count}) · {now}"),
    (True, True): Words("again ({count}) · {now} · {who} is going"),
}
"""What stands below: by whether it is not the first of the same, and whether somebody is on the way."""


def what_of(alert: Alert, now: datetime) -> Words:
    """Return what lasted, in one sentence for whoever goes."""
    is_high = alert.kind is AlertKind.ENSUITE and alert.concern is Concern.HIGH
    said = _HIGH_ENSUITE if is_high else _WHAT[alert.kind]
    return Words(said.text, {"lasted": max(timedelta(0), now - alert.began_at)})


_HIGH_ENSUITE = Words("In the en-suite for {lasted}. High concern: they must be seen.")
_WHAT = {
    AlertKind.ENSUITE: Words("In the en-suite for {lasted}. Knock, and speak to them."),
    AlertKind.FLOOR: Words("On the floor for {lasted}."),
    AlertKind.BED_EXIT: Words("Out of bed for {lasted}, as was agreed with them."),
    AlertKind.NO_MOVEMENT: Words("No movement seen for {lasted}. Look in."),
    AlertKind.SECOND_PERSON: Words("More than one person in the room for {lasted}. Ask if all is well."),
    AlertKind.BREATHING_NOT_SEEN: Words("No breathing seen for {lasted}. Look in now."),
}


def rung_words(rung: Rung) -> Words:
    """Return who has been told."""
    return _RUNGS[rung]


_RUNGS = {
    Rung.ALLOCATED: Words("Whoever has this room is called."),
    Rung.EVERYBODY: Words("Every device of the ward is called."),
    Rung.NURSE_IN_CHARGE: Words("The nurse in charge is called."),
    Rung.CORRIDOR: Words("The corridor sounds."),
    Rung.SITE_COORDINATOR: Words("The site coordinator is called."),
}


def level_of_alert(alert: Alert, progress: Progress, now: datetime) -> Level:
    """Return how loud an alert is now: by its priority, a step louder from the nurse in charge on (rule A1)."""
    if not progress.sounds(now):
        return Level.SILENT
    levels = (Level.LOW, Level.MEDIUM, Level.HIGH)
    place = levels.index(Level(alert.priority.value)) + (progress.rung >= Rung.NURSE_IN_CHARGE)
    return levels[min(place, len(levels) - 1)]
