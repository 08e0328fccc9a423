"""What the core hands to the screens of alerts: plain frozen facts, and sentences that are not yet in any language."""

from dataclasses import dataclass
from datetime import datetime

from console.rules.alerting.alerts import AlertState
from console.rules.alerting.corridor import Level
from console.rules.alerting.emergency import EmergencyStepKind
from console.showing.views import Words


@dataclass(frozen=True, slots=True)
class CallView:
    """One call on the board: what it says, how loud it is now, and on whose devices.

    Attributes:
        key: changes when there is something new to say.
        words: the sentence.
        level: how loud now; silent for a line that is only to be read.
        devices: pseudonyms of those whose devices sound; empty for all of `audience`.
        audience: `ward` for the ward's own devices, `everyone` for the site coordinator's too.
        path: where a press leads; empty when it leads nowhere.
        is_spoken: whether a held device may say it in words; an open loudspeaker never does (rule A1).
    """

    key: str
    words: Words
    level: Level = Level.SILENT
    devices: tuple[str, ...] = ()
    audience: str = "ward"
    path: str = ""
    is_spoken: bool = False


@dataclass(frozen=True, slots=True)
class CallsView:
    """Everything on the board that calls.

    Attributes:
        calls: alerts first, then technical ones.
        round: rooms to walk to, in order, in ward round mode; empty otherwise.
        tell_to_ring: nobody has answered the last rung: the ward rings 2222 or 999.
        stood_down_until: the monitor stands down until then; None when it works.
        few_sounders: fewer than two devices count as ones that sound.
        breaks: who is on a break that nobody covers.
    """

    calls: tuple[CallView, ...] = ()
    round: tuple[Words, ...] = ()
    tell_to_ring: bool = False
    stood_down_until: datetime | None = None
    few_sounders: bool = False
    breaks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CallTestView:
    """How the test of the calls stands (rule N4).

    Attributes:
        begun_at: of the newest test; None before the first.
        is_running: it goes on.
        proven: rooms whose call reaches a held device.
        rooms: with a sensor at all.
        lines: what is proven or missing, in sentences; empty while it is too early to say.
        listened_at: when somebody last listened for the corridor unit; None when nobody has.
        was_heard: and heard it.
        is_audible_due: it is to be listened for again.
        may_sound: by the hour of the day.
    """

    begun_at: datetime | None
    is_running: bool
    proven: int
    rooms: int
    lines: tuple[Words, ...]
    listened_at: datetime | None
    was_heard: bool
    is_audible_due: bool
    may_sound: bool


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert as whoever goes sees it.

    Attributes:
        alert_id: its id.
        room_id: where.
        room_title: as the ward calls it.
        headline: the words of the tile.
        what: what lasted, in a sentence.
        state: where it is.
        rung: who has been told, in words.
        going: who said that they go, with the time.
        i_go: this reader has said it.
        i_am_there: this reader has proved to be at the door.
        voice_answer: a voice through the door may be an answer.
        could_not: somebody was there and could not see them: the door card is shown.
        tell_to_ring: nobody has answered the last rung.
        closed_by: initials of who closed it; empty while it is open.
        may_rate: this reader may say whether it was worth the walk.
        is_in_charge: this reader may close it where the tag is broken.
    """

    alert_id: str
    room_id: str
    room_title: str
    headline: Words
    what: Words
    state: AlertState
    rung: Words
    going: tuple[tuple[str, datetime], ...] = ()
    i_go: bool = False
    i_am_there: bool = False
    voice_answer: bool = False
    could_not: bool = False
    tell_to_ring: bool = False
    closed_by: str = ""
    may_rate: bool = False
    is_in_charge: bool = False


@dataclass(frozen=True, slots=True)
class TapView:
    """One tap of an emergency's timeline.

    Attributes:
        at: when.
        kind: what.
        initials: who.
    """

    at: datetime
    kind: EmergencyStepKind
    initials: str


@dataclass(frozen=True, slots=True)
class EmergencyView:
    """The emergency card.

    Attributes:
        emergency_id: its id.
        room_title: where.
        started_at: time zero.
        is_over: ended by the nurse in charge.
        taps: oldest first.
        there: pseudonym and initials of who is at it.
        may_end: this reader ends it.
        unseen: rooms in the order in which their people were last seen, the longest first.
    """

    emergency_id: str
    room_title: str
    started_at: datetime
    is_over: bool
    taps: tuple[TapView, ...]
    there: tuple[tuple[str, str], ...]
    may_end: bool
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonOnShift:
    """Somebody on the shift page.

    Attributes:
        actor_id: pseudonym.
        name: as on the badge.
        role: theirs.
        post: what they are doing.
        is_with: they are with a patient, or at an emergency.
        cover: name of who covers their break; empty when nobody does.
        rooms: allocated to them.
        is_me: the reader.
    """

    actor_id: str
    name: str
    role: str
    post: str
    is_with: bool
    cover: str
    rooms: tuple[str, ...]
    is_me: bool


@dataclass(frozen=True, slots=True)
class LimitView:
    """A limit that stands for one person.

    Attributes:
        kind: of what.
        after_s: [s] how long it may last.
        concern: how far somebody is worried.
        reason: why.
        expires_at: when it ends.
    """

    kind: str
    after_s: float
    concern: str
    reason: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RoomLimits:
    """What calls somebody to the person of one room, besides what they agreed to as a call.

    Attributes:
        room_id: the room.
        title: as the ward calls it.
        stay_id: of whoever stays there now.
        limits: that stand, oldest first.
    """

    room_id: str
    title: str
    stay_id: str
    limits: tuple[LimitView, ...]
