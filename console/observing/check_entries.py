"""What somebody who saw a person sends to the console: from a tablet, or typed in from paper (rules O1, O4)."""

from dataclasses import dataclass
from datetime import datetime

from console.rules.in_person.observing import IN_PERSON, SeenPlace


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as a device sends it; times are told as how long ago, so that no device's clock is believed.

    Attributes:
        observation_id: 32 hex digits, made on the device.
        stay_id: of whom.
        room_id: their room.
        saw: `Saw`.
        place: `SeenPlace`.
        woke: `Woke`; empty when it was not asked.
        engaged_min: [min] spent together.
        code: of the tag where they were seen; empty without one.
        there_ago_s: [s] since somebody stood there.
        entered_ago_s: [s] since it was written down.
        wall_ago_s: [s] since they stood there by the device's other clock; None where it has but one.
        source: `person`, or what else it comes from.
        is_tag_fault: the nurse in charge stands there, and the tag is broken or gone.
        physical: `SeenState` where the timetable after rapid tranquillisation runs (rule P10); empty otherwise.
    """

    observation_id: str
    stay_id: str
    room_id: str
    saw: str
    place: str = SeenPlace.THEIR_ROOM
    woke: str = ""
    engaged_min: int = 0
    code: str = ""
    there_ago_s: float = 0.0
    entered_ago_s: float = 0.0
    wall_ago_s: float | None = None
    source: str = IN_PERSON
    is_tag_fault: bool = False
    physical: str = ""


@dataclass(frozen=True, slots=True)
class PaperEntry:
    """A line of a paper round, typed in after the console was down.

    Attributes:
        observation_id: 32 hex digits.
        stay_id: of whom.
        room_id: their room.
        saw: `Saw`.
        there_at: as it stands on the paper, UTC.
        woke: `Woke`; empty by day.
        reader_id: pseudonym of the second person who read the line.
    """

    observation_id: str
    stay_id: str
    room_id: str
    saw: str
    there_at: datetime
    woke: str
    reader_id: str
