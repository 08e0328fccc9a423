"""What the core hands to the screens: plain frozen facts, and sentences that are not yet in any language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from broker.vocabulary import Context, Modality, Origin, Purpose
from console.own.own_views import AfterIncident, ComplaintView, CopyView, OwnSensor

if TYPE_CHECKING:
    from console.alerting.alert_views import CallsView


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence of the catalogue with its values; the screens put it into the reader's language.

    Attributes:
        text: the English sentence, which is the catalogue's key; values stand in it as `{name}`.
        values: by name; times are UTC-aware and are shown in ward time, durations as mm:ss or minutes.
    """

    text: str
    values: Mapping[str, "str | int | float | datetime | timedelta | Words"] = field(default_factory=dict)


class TileKind(StrEnum):
    """Each state of GOVERNANCE 'Tiles and words': its own colour, its own shape, its own words."""

    STILL = "still"
    MOVING = "moving"
    CANNOT_TELL = "cannot_tell"
    OUT_OF_BED = "out_of_bed"
    ENSUITE = "ensuite"
    NOBODY_SEEN = "nobody_seen"
    NO_MOVEMENT = "no_movement"
    SECOND_PERSON = "second_person"
    SENSOR_OFF = "sensor_off"
    PAUSED = "paused"
    NOT_MONITORED = "not_monitored"
    VACANT = "vacant"
    AWAY = "away"
    LEAVE_OVERDUE = "leave_overdue"
    ROOM_CLOSED = "room_closed"
    ALERT = "alert"
    WITH_PATIENT = "with_patient"


@dataclass(frozen=True, slots=True)
class SensorRow:
    """What one of two sensors of a room says, for the room's page.

    Attributes:
        modality: radar or camera.
        headline: what a tile would say by this sensor alone.
        detail: its second line; None when there is none.
        leads: what the room is told by this one, each in a few words; empty where the other leads or they contradict.
        contradicts: what it says otherwise than the other.
    """

    modality: Modality
    headline: Words
    detail: Words | None
    leads: tuple[Words, ...] = ()
    contradicts: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class TileView:
    """One room on the night board: a glance (rule X1), never a number about a person's body.

    Attributes:
        room_id: the room's slug.
        room_title: as the ward calls it.
        initials: of the person who stays there; empty for a vacant room.
        kind: which tile.
        headline: the words in capitals.
        detail: second line; None when there is none.
        prompt: a check prompt for this room; None when there is none.
        prompt_id: to answer it; None without a prompt.
        origin: where the frames come from; None when the node has not been heard.
        loop: which time a recording plays; None unless it plays again.
        versions: software and model, short, for rule K7; empty when not heard.
        check: a check in person that is due at a certain time (rules O3, P10); None when there is none.
        alert_id: the alert that the tile shows; None when there is none.
        beside: which of two sensors is on alone, and why the other is not; None unless one of two is on.
        sensors: what each of two sensors says; empty for a room with one.
        rim: how much of the time of a check that is due has gone [0..1]; None while none is.
        test_mark: of a test of the calls, which the device gives back (rule N4); empty while none goes on.
    """

    room_id: str
    room_title: str
    initials: str
    kind: TileKind
    headline: Words
    detail: Words | None = None
    prompt: Words | None = None
    prompt_id: str | None = None
    origin: Origin | None = None
    loop: int | None = None
    versions: str = ""
    check: Words | None = None
    alert_id: str | None = None
    beside: Words | None = None
    sensors: tuple[SensorRow, ...] = ()
    rim: float | None = None
    test_mark: str = ""


@dataclass(frozen=True, slots=True)
class BoardView:
    """The night board at one moment.

    Attributes:
        at: on the console's clock.
        context: rule A11; `demonstration` frames every screen in red.
        tiles: every room of the ward, in ward order.
        ward_sentence: how many sensors are on, and that everybody is checked in person.
        notices: silent lines for the nurse, newest first.
        frontier: highest change so far; a client that sees it stand still knows that nothing changed.
        calling: what calls somebody, and how loud; None where nothing can.
    """

    at: datetime
    context: Context
    tiles: tuple[TileView, ...]
    ward_sentence: Words
    notices: tuple[Words, ...] = ()
    frontier: int = 0
    calling: "CallsView | None" = None


@dataclass(frozen=True, slots=True)
class ReadingView:
    """The newest rate of a room: a look (rule X1), shown as a spot check.

    Attributes:
        words: "about 14 breaths a minute (13 to 15), noticed 3 min ago. Not a check.", or why there is none.
        is_value: whether a number is in it.
        band: the NEWS2 band of this one parameter, for staff of a clinical ward; None otherwise.
        each: of two sensors what each tells that tells a number; empty for a room with one.
    """

    words: Words
    is_value: bool
    band: Words | None = None
    each: tuple[tuple[Modality, Words], ...] = ()


class StopState(StrEnum):
    """Where a "no" is on its way to the sensor."""

    NOTHING_ASKED = "nothing_asked"
    STOPPING = "stopping"
    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"


@dataclass(frozen=True, slots=True)
class StopView:
    """Whether the sensor has stopped, as the node itself says.

    Attributes:
        state: where the stop is.
        asked_at: when it was asked; None when nothing was.
        confirmed_at: when the node reported the sensor closed; None until then.
        words: "stopped, confirmed at hh:mm:ss" and the others.
        is_kept: the word for it is on the disk; a page says so when it is not.
    """

    state: StopState
    asked_at: datetime | None
    confirmed_at: datetime | None
    words: Words
    is_kept: bool = True


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One line of "who looked".

    Attributes:
        at: when; for a summed glance its beginning.
        until: end of a summed glance; None for a look.
        words: role, first name, what, and the reason, in plain words.
        receipt: index of the audit entry, so that anybody can check it; -1 where there is none.
        receipt_code: the receipt's short form, as a paper prints it.
    """

    at: datetime
    until: datetime | None
    words: Words
    receipt: int
    receipt_code: str = ""


@dataclass(frozen=True, slots=True)
class PatientView:
    """A patient's own page.

    Attributes:
        room_id: where they stay.
        room_title: as the ward calls it.
        status: the consent's state, in plain words.
        sensor_on: whether a sensor is on now, as the nodes say.
        sensors: each sensor of the room, the radar first; empty when there is none.
        purposes: what they agreed to.
        why: the care-plan reason, in plain words.
        until: when it ends today, and when it is talked about again.
        review_by: the consent's review date; None without a grant.
        stop: where a stop is on its way.
        paused_until: end of the pause; None when not paused.
        ledger: who looked, newest first.
        alerts: what was said about them to staff, newest first.
        reading: the newest reading; None when none is permitted.
        relayed_no: a "no" somebody else passed on, which this page asks about; None when there is none.
        ledger_has_earlier: whether there is a further page of `ledger`.
        may_resume: a yes waits for their own word, such as after a move.
        help_asked_at: since when somebody is asked to come to them; None when nobody is.
        complaints: what they said, newest first.
        copies: their requests for everything, newest first.
        less: the newest answer to "Would less do?", in plain words; None before it was asked.
        trial_until: until when they try it out for themselves; None when they do not.
        after: what is kept after something happened, and keep or delete.
    """

    room_id: str
    room_title: str
    status: Words
    sensor_on: bool
    sensors: tuple[OwnSensor, ...]
    purposes: tuple[Purpose, ...]
    why: Words
    until: Words
    review_by: datetime | None
    stop: StopView
    paused_until: datetime | None
    ledger: tuple[LedgerRow, ...]
    alerts: tuple[LedgerRow, ...]
    reading: ReadingView | None
    relayed_no: Words | None
    ledger_has_earlier: bool = False
    may_resume: bool = False
    help_asked_at: datetime | None = None
    complaints: tuple[ComplaintView, ...] = ()
    copies: tuple[CopyView, ...] = ()
    less: Words | None = None
    trial_until: datetime | None = None
    after: AfterIncident = field(default_factory=AfterIncident)

    @property
    def kinds(self) -> tuple[Modality, ...]:
        """Return the kinds of sensor in the room; what is said of them follows these."""
        return tuple(one.modality for one in self.sensors)
