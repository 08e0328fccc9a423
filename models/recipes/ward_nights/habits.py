"""What is assumed of a ward, its people and its staff; each figure says where it comes from."""

from dataclasses import dataclass, field
from typing import Any

from console.rules.in_person.levels import Level

POLICY, ASSUMED = "the rule book", "assumed"


def told(value: Any, unit: str, source: str, words: str) -> Any:
    """Make a field that carries its unit, its source and its meaning onto the page."""
    return field(default=value, metadata={"unit": unit, "source": source, "words": words})


@dataclass(frozen=True, slots=True)
class Habits:
    """A ward as it is assumed to be; nothing here was measured on a ward of this project.

    The numbers of people by level are those of the night in docs/how-to/walk-a-round.md's load: eleven general and one
    more, one half-hourly, four quarter-hourly, one within arm's length.
    """

    said_no_share: float = told(0.28, "of people", ASSUMED, "have no sensor: they said no, or were not asked")
    staff: int = told(5, "people", ASSUMED, "on the night shift, the nurse in charge among them")
    one_short_share: float = told(0.25, "of nights", ASSUMED, "begin with one person fewer")
    bank_share: float = told(0.3, "of staff", ASSUMED, "are temporary and do not know the ward")
    break_min: float = told(45.0, "min", ASSUMED, "of break for each, one at a time, between 00:00 and 05:00")
    hands_full_per_h: float = told(1.5, "an hour", ASSUMED, "times that one of the staff cannot leave what they do")
    hands_full_min: float = told(4.0, "min", ASSUMED, "for which they cannot, in the middle")
    answer_s: float = told(12.0, "s", ASSUMED, "from a call to 'I'm going', in the middle")
    bank_slower_s: float = told(15.0, "s", ASSUMED, "more for somebody temporary")
    walk_s_per_room: float = told(3.0, "s", ASSUMED, "of walk past each door; the office stands in the middle")
    code_s: float = told(8.0, "s", ASSUMED, "to knock, and to read and type the door's code")
    at_door_s: float = told(50.0, "s", ASSUMED, "at the door for one check, in the middle")
    visit_s: float = told(90.0, "s", ASSUMED, "with somebody who turns out to be fine, in the middle")
    help_min: float = told(25.0, "min", ASSUMED, "with somebody who needs help, in the middle")
    unproven_share: float = told(0.03, "of checks", ASSUMED, "are entered first without the door's code")
    trips_per_night: float = told(1.2, "a night", ASSUMED, "to the en-suite, for each person")
    trip_min: float = told(4.0, "min", ASSUMED, "in the en-suite, in the middle")
    up_per_night: float = told(0.6, "a night", ASSUMED, "times that somebody is up for longer")
    up_min: float = told(15.0, "min", ASSUMED, "for which they are up, in the middle")
    visits_per_night: float = told(0.03, "a night", ASSUMED, "that another patient comes into somebody's room")
    falls_per_1000: float = told(
        2.1, "in 1000 nights", "NPSA 2007", "falls in the room, after which somebody lies there"
    )
    collapses_per_1000: float = told(1.0, "in 1000 nights", ASSUMED, "somebody in the en-suite who needs help")
    stops_per_1000: float = told(0.5, "in 1000 nights", ASSUMED, "breathing that stops, in bed")
    stopped_sensor_share: float = told(0.03, "of nights", ASSUMED, "in which a person with a sensor stops it")
    needed_share: float = told(0.4, "of true calls", ASSUMED, "about somebody fine that staff still call useful")
    ensuite_limits: int = told(5, "people", ASSUMED, "have an en-suite clock, one of them of high concern")
    bed_exit_limits: int = told(3, "people", ASSUMED, "have a limit on being out of bed, of 10 minutes")
    from_door_share: float = told(0.6, "of checks", ASSUMED, "at which breathing is seen without going in")
    wakes_from_door: float = told(0.03, "of checks", ASSUMED, "from the door that wake the sleeper")
    wakes_inside: float = told(0.25, "of checks", ASSUMED, "for which somebody goes in that wake the sleeper")
    doubt_stretch_s: float = told(90.0, "s", ASSUMED, "that a doubtful stretch lasts, on average")
    false_breathless: float = told(0.05, "a night", ASSUMED, "false 'no breathing seen' for a minute, for each sensor")
    false_ensuite: float = told(
        0.02, "a night", ASSUMED, "times that somebody is held to be in the en-suite who is not"
    )
    false_floor: float = told(0.01, "a night", ASSUMED, "times that a floor call is false, for each sensor")
    missed_floor_share: float = told(0.2, "of falls", ASSUMED, "that the sensor does not see")

    levels: tuple[Level, ...] = field(
        default=(Level.GENERAL,) * 12 + (Level.HALF_HOURLY,) + (Level.QUARTER_HOURLY,) * 4 + (Level.ARMS_LENGTH,),
        metadata={"unit": "", "source": ASSUMED, "words": ""},
    )
    quiet_wish_share: float = told(0.5, "of people", ASSUMED, "at the general level ask not to be woken")
