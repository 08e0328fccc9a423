"""What the core hands to the screens of rounds, load and handover: plain frozen facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from console.rules.in_person.levels import Level
from console.rules.in_person.load import Load, LoadAnswer
from console.rules.in_person.punctuality import Compared
from console.rules.in_person.quiet import Caution
from console.rules.in_person.rounds import CheckState
from console.rules.in_person.turns import NO_TURNS, TurnFigures
from console.showing.views import Words


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One person of a round, as the list shows them.

    Attributes:
        room_id: where to begin to look.
        room_title: as the ward calls it.
        stay_id: pseudonym of the stay; entries carry it.
        initials: of the person.
        level: theirs; None when nobody has written one down.
        state: where their check stands; None without one.
        due_at: from when it is due; None without one.
        latest_at: when the longest gap ends; None without one.
        why_moved: why it was brought forward; None when it was not.
        seen_at: when somebody saw them last, as proven; None when not yet.
        is_sedated: the timetable after rapid tranquillisation runs besides (rule P10).
        physical_at: when the next physical check of it is due; None without one.
        elsewhere: where they were seen last, when not in their room; None otherwise.
    """

    room_id: str
    room_title: str
    stay_id: str
    initials: str
    level: Level | None
    state: CheckState | None = None
    due_at: datetime | None = None
    latest_at: datetime | None = None
    why_moved: Words | None = None
    seen_at: datetime | None = None
    is_sedated: bool = False
    physical_at: datetime | None = None
    elsewhere: Words | None = None


@dataclass(frozen=True, slots=True)
class RoundView:
    """The round as it is walked now.

    Attributes:
        at: now, UTC.
        is_night: did it wake them is asked.
        rows: in the order of walking; those who are never left, and those without a level, come last.
        unplanned: titles of rooms whose person has no level written down.
        unproven_by: initials and count of colleagues with three or more unproven entries; for the nurse in charge.
        may_lean: a reading may help at the door of nobody, of somebody: rule O9 decides at each entry.
        may_plan: this reader may set levels.
        is_in_charge: this reader may say that a tag is broken.
    """

    at: datetime
    is_night: bool
    rows: tuple[CheckRow, ...]
    unplanned: tuple[str, ...]
    unproven_by: tuple[tuple[str, int], ...]
    may_lean: bool
    may_plan: bool
    is_in_charge: bool


@dataclass(frozen=True, slots=True)
class PlanView:
    """How closely one person is observed.

    Attributes:
        room_id: theirs.
        room_title: as the ward calls it.
        stay_id: pseudonym of the stay.
        initials: of the person.
        level: None when nobody has written one down.
        set_at: since when; None without a level.
        wishes_quiet: "Please try not to wake me".
        cautions: that stand against a quiet check.
    """

    room_id: str
    room_title: str
    stay_id: str
    initials: str
    level: Level | None = None
    set_at: datetime | None = None
    wishes_quiet: bool = False
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True)
class AskView:
    """A red load that the manager on call was asked about.

    Attributes:
        asked_at: when.
        answer: None until somebody answers.
        answered_at: None until then.
        by: name of who answered; empty until then.
        clinician: who reviewed the levels; empty otherwise.
        until_at: until when it is accepted; None otherwise.
        is_unanswered: nobody has answered in time: ring the executive on call.
    """

    asked_at: datetime
    answer: LoadAnswer | None
    answered_at: datetime | None
    by: str
    clinician: str
    until_at: datetime | None
    is_unanswered: bool


@dataclass(frozen=True, slots=True)
class LoadView:
    """The load strip.

    Attributes:
        load: of the shift as it is planned or staffed.
        by_level: how many people on each level.
        told_people: people told for the shift; None when those who are signed on are counted.
        cannot: rooms whose check cannot be met, and since when.
        ask: what the manager on call was asked last in this shift; None when nothing.
        may_answer: this reader may answer it.
    """

    load: Load
    by_level: Mapping[Level, int]
    told_people: int | None
    cannot: tuple[tuple[str, datetime], ...]
    ask: AskView | None
    may_answer: bool


@dataclass(frozen=True, slots=True)
class DarkRow:
    """A part of the monitor that was blind.

    Attributes:
        rooms: titles of the rooms.
        cause: code of why.
        from_at: since when.
        until_at: None while it lasts.
    """

    rooms: tuple[str, ...]
    cause: str
    from_at: datetime
    until_at: datetime | None


@dataclass(frozen=True, slots=True)
class TurnView:
    """How it stands beside one person who is never left alone (rule O3).

    Attributes:
        room_id: theirs.
        room_title: as the ward calls it.
        initials: of the person.
        who: initials of who stays with them; empty for nobody.
        with_id: pseudonym of the same; empty for nobody.
        since: since when, or since when nobody does.
        asked_by: initials of who has pressed at the door and waits for the other; empty for nobody.
        is_long: whoever stays there is to be relieved.
    """

    room_id: str
    room_title: str
    initials: str
    who: str
    with_id: str
    since: datetime
    asked_by: str
    is_long: bool


@dataclass(frozen=True, slots=True)
class HandoverView:
    """What one shift hands to the next.

    Attributes:
        from_at: since when.
        until_at: until when.
        people: on the ward.
        due: checks whose longest gap ended in between.
        on_time: of these.
        late: of these.
        most_late_min: [min] the latest of them.
        not_made: of these, not made until now.
        unproven: entries without proof of place, late or from paper, by mark.
        alerts: raised.
        useful: of those that were rated.
        rated: how many were.
        longest_to_door_s: [s] None when nobody went.
        dark: what was blind, and why.
        wakings: checks that woke somebody.
        engaged_min: [min] spent with people.
        asks: red loads and what was answered.
        late_rooms: titles of rooms with how many late checks.
        signed_at: when the handover before this one was signed; None before the first.
        signed_by: its name.
        called_now: titles of rooms whose alert stands now.
        tests: what each test of the calls found, in sentences (rule N4).
        turns: what the turns beside people who are never left came to (rule O3).
    """

    from_at: datetime
    until_at: datetime
    people: int
    due: int
    on_time: int
    late: int
    most_late_min: int
    not_made: int
    unproven: Mapping[str, int]
    alerts: int
    useful: int
    rated: int
    longest_to_door_s: float | None
    dark: tuple[DarkRow, ...]
    wakings: int
    engaged_min: int
    asks: tuple[AskView, ...]
    late_rooms: tuple[tuple[str, int], ...]
    signed_at: datetime | None = None
    signed_by: str = ""
    called_now: tuple[str, ...] = ()
    tests: tuple[Words, ...] = ()
    turns: TurnFigures = NO_TURNS


@dataclass(frozen=True, slots=True)
class PunctualView:
    """What 28 nights tell about those who said no, and what a week costs and gives.

    Attributes:
        compared: by level.
        over: for each check of somebody who said no that passed the longest gap: level, when, by how many minutes.
        woke_off: checks that woke somebody whose sensor was off by their choice, in the week.
        woke_on: of the others.
        nights_off: nights of people whose sensor was off, in the week.
        nights_on: of the others.
        engaged_min: [min] with people in the week.
        sensed_min: [min] that a sensor measured in the week.
        entries: observations of 28 nights.
        marked: how many of these carry which mark, as a rate and never by name (rule O1).
    """

    compared: tuple[Compared, ...]
    over: tuple[tuple[Level, datetime, int], ...]
    woke_off: float | None
    woke_on: float | None
    nights_off: int
    nights_on: int
    engaged_min: int
    sensed_min: int
    entries: int = 0
    marked: Mapping[str, int] = field(default_factory=dict)
