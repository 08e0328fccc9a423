"""What a hand-made ward shows: a night of six rooms, or of eighteen, and one of everything else."""

from datetime import UTC, datetime, timedelta
from typing import Any

from broker.vocabulary import Modality, Origin, Place, Presence, Purpose
from console.assurance.month_views import MonthView, SampleRow
from console.consenting.care_views import LongVisitRow, TrainedRow
from console.looking.closeness import StaffChoice
from console.looking.reviews import ReviewView
from console.own.own_views import ComplaintView, ConsentLine, CopyRequestView, CopyView, OwnCopy, OwnSensor, ReceiptView
from console.roles import Role
from console.rules.consenting.groups import OwnQuestion
from console.rules.consenting.hours import Window
from console.rules.decision import Decision
from console.rules.governing.equality import NOT_ON_RECORD, GroupCount, GroupQuestion, Outcome
from console.rules.in_person.training import Course
from console.rules.looking.reviewing import Escalation, ReviewKind
from console.rules.sensing.sleep import Minute, night_of
from console.showing.desk_views import AuditRow, HealthView, HoldView, NodeHealthView, RoomRow
from console.showing.views import LedgerRow, PatientView, ReadingView, StopState, StopView, TileKind, TileView, Words

NIGHT = datetime(2026, 11, 20, 2, 14, 8, tzinfo=UTC)


def tiles(at: datetime = NIGHT) -> tuple[TileView, ...]:
    """One tile of each kind that a night brings, and one that asks somebody to go."""
    ask = Words(
        "Sensor stopped in {room} with {lasted} on the en-suite clock. Knock and ask.",
        {"room": "Room 6", "lasted": timedelta(seconds=160)},
    )
    simulated: dict[str, Any] = {"origin": Origin.SIMULATED, "versions": "3f2a91bc"}
    return (
        TileView(
            "room-1",
            "Room 1",
            "A.K.",
            TileKind.STILL,
            Words("SOMEONE IN BED · still · seen {seen}", {"seen": at}),
            **simulated,
        ),
        TileView(
            "room-2",
            "Room 2",
            "P.T.",
            TileKind.MOVING,
            Words("SOMEONE IN BED · moving · seen {seen}", {"seen": at}),
            origin=Origin.REPLAY,
            loop=2,
            versions="3f2a91bc",
        ),
        TileView(
            "room-3",
            "Room 3",
            "J.W.",
            TileKind.CANNOT_TELL,
            Words("CANNOT TELL · look in"),
            Words("Last certain {at}.", {"at": at - timedelta(minutes=3)}),
            **simulated,
        ),
        TileView(
            "room-4",
            "Room 4",
            "M.O.",
            TileKind.ENSUITE,
            Words("EN-SUITE {lasted}", {"lasted": timedelta(seconds=160)}),
            **simulated,
        ),
        TileView("room-5", "Room 5", "S.B.", TileKind.SENSOR_OFF, Words("SENSOR OFF"), Words("Checked in person.")),
        TileView(
            "room-6",
            "Room 6",
            "L.F.",
            TileKind.NOT_MONITORED,
            Words("NOT MONITORED · check in person"),
            Words("The sensor's permission ran out."),
            ask,
            "p1",
        ),
    )


def every_tile(at: datetime = NIGHT) -> tuple[TileView, ...]:
    """Eighteen rooms with every kind of tile."""
    heads = {
        TileKind.STILL: Words("SOMEONE IN BED · still · seen {seen}", {"seen": at}),
        TileKind.MOVING: Words("SOMEONE IN BED · moving · seen {seen}", {"seen": at}),
        TileKind.CANNOT_TELL: Words("CANNOT TELL · look in"),
        TileKind.OUT_OF_BED: Words("OUT OF BED {lasted:minutes} min", {"lasted": timedelta(minutes=3)}),
        TileKind.ENSUITE: Words("EN-SUITE {lasted}", {"lasted": timedelta(seconds=160)}),
        TileKind.NOBODY_SEEN: Words("NOBODY SEEN since {since} · where are they?", {"since": at}),
        TileKind.NO_MOVEMENT: Words(
            "NO MOVEMENT SEEN {lasted:minutes} min · look in", {"lasted": timedelta(minutes=12)}
        ),
        TileKind.SECOND_PERSON: Words("MORE THAN ONE PERSON"),
        TileKind.SENSOR_OFF: Words("SENSOR OFF"),
        TileKind.PAUSED: Words("PAUSED {left}", {"left": timedelta(seconds=402)}),
        TileKind.NOT_MONITORED: Words("NOT MONITORED · check in person"),
        TileKind.VACANT: Words("NOBODY STAYS HERE"),
        TileKind.AWAY: Words("ON LEAVE until {until:day}", {"until": at + timedelta(days=1)}),
        TileKind.LEAVE_OVERDUE: Words("LEAVE OVERDUE"),
        TileKind.ROOM_CLOSED: Words("ROOM CLOSED"),
        TileKind.ALERT: Words("ALERT {lasted} · go to {room}", {"lasted": timedelta(seconds=75), "room": "room 16"}),
        TileKind.WITH_PATIENT: Words("WITH THE PATIENT ({who}, {since})", {"who": "A.K.", "since": at}),
    }
    kinds = [
        *heads,
        TileKind.STILL,
    ]
    return tuple(
        TileView(f"room-{n}", f"Room {n}", "" if kind is TileKind.VACANT else "A.B.", kind, heads[kind])
        for n, kind in enumerate(kinds, 1)
    )


NOTHING_ASKED = StopView(StopState.NOTHING_ASKED, None, None, Words("Nothing was stopped from this screen."))


WARD_SENTENCE = Words(
    "Sensor on in {on} rooms. Nobody is watching them: they call you. All {people} people are checked in person.",
    {"on": 4, "people": 6},
)


COMPLAINTS = (
    ComplaintView("1a" * 16, "complaint", "The light is too bright.", NIGHT, NIGHT + timedelta(days=3), None),
    ComplaintView("2b" * 16, "feedback", "Nobody argued.", NIGHT - timedelta(days=2), NIGHT + timedelta(days=1), NIGHT),
    ComplaintView(
        "3c" * 16,
        "wrong",
        "It said that I was out of bed.",
        NIGHT - timedelta(days=9),
        NIGHT - timedelta(days=6),
        NIGHT - timedelta(days=8),
        "You were right. The bed was drawn in the wrong place; it is mended.",
    ),
)
COPY_REQUESTS = (CopyRequestView("4d" * 16, "c3" * 16, NIGHT - timedelta(days=40), NIGHT - timedelta(days=10), True),)
A_NIGHT = night_of(
    [
        Minute(
            at=NIGHT.replace(hour=0, minute=0, second=0) + timedelta(minutes=n),
            sensed_s=60.0 if n % 61 else 10.0,
            present_s=60.0 if n % 150 < 141 else 0.0,
            moving_s=20.0 if n % 7 == 0 else 1.0,
            presence=Presence.PRESENT if n % 150 < 141 else Presence.ABSENT,
            place=Place.IN_BED if n % 150 < 141 else Place.ENSUITE,
        )
        for n in range(420)
    ],
    Window(NIGHT.replace(hour=0, minute=0, second=0), NIGHT.replace(hour=7, minute=0, second=0)),
    knows_place=True,
)
OWN_COPY = OwnCopy(
    NIGHT,
    NIGHT + timedelta(days=30),
    (LedgerRow(NIGHT, None, Words("The night board was open: {name}.", {"name": "Ben"}), 388),),
    (ConsentLine(NIGHT - timedelta(days=2), "given", {"purposes": ["presence"]}),),
    (ReceiptView(388, {"action": "board:viewing:opened"}, "ab" * 32, ("cd" * 32,)),),
    "st-elsewhere/willow\n400\n",
)


def patient_view() -> PatientView:
    looked = Words(
        "{name} ({role}) looked at {what}, {reason}.",
        {
            "name": "Ada",
            "role": Words("nurse"),
            "what": Words("your breathing reading"),
            "reason": Words("to care for you"),
        },
    )
    return PatientView(
        "room-2",
        "Room 2",
        Words("You said yes. You can stop it at any time."),
        True,
        (OwnSensor(Modality.RADAR, True, Words("The sensor is on")),),
        (Purpose.PRESENCE, Purpose.BREATHING_SPOT),
        Words("So that we wake you less at night."),
        Words(
            "On until {until:day}. We talk about it again by {review:date}.",
            {"until": NIGHT + timedelta(hours=5), "review": NIGHT + timedelta(days=5)},
        ),
        NIGHT + timedelta(days=5),
        NOTHING_ASKED,
        None,
        (
            LedgerRow(NIGHT - timedelta(hours=1), None, looked, 412),
            LedgerRow(
                NIGHT - timedelta(hours=4), NIGHT, Words("The night board was open: {name}.", {"name": "Ben"}), 388
            ),
        ),
        (),
        ReadingView(
            Words(
                "about {rate} breaths a minute ({low} to {high}), noticed {age:minutes} min ago. Not a check.",
                {"rate": 14, "low": 13, "high": 15, "age": timedelta(minutes=3)},
            ),
            True,
        ),
        Words("Somebody told us that you want the sensor off. Was that you?"),
        complaints=COMPLAINTS[1:],
        copies=(CopyView(NIGHT - timedelta(days=1), NIGHT + timedelta(days=29), None),),
    )


ROOMS = (
    RoomRow(
        "room-1",
        "Room 1",
        "node-1",
        "stay-1",
        "A.K.",
        "Anna Kowalska",
        NIGHT - timedelta(days=3),
        Words("Given."),
        sensors=(Modality.RADAR,),
    ),
    RoomRow(
        "room-2",
        "Room 2",
        "node-2",
        "stay-2",
        "P.T.",
        "Pat Taylor",
        NIGHT - timedelta(days=3),
        Words("Given."),
        True,
        sensors=(Modality.RADAR,),
    ),
    RoomRow("room-3", "Room 3", "", "", "", "", None, Words("Nobody stays here.")),
)
MONTH = MonthView(
    (SampleRow(81, NIGHT, "patient:" + "c3" * 16, "consent:record:changed", "team_review"),),
    None,
    {
        one: (
            GroupCount(NOT_ON_RECORD, None, dict.fromkeys(Outcome)),
            GroupCount("nothing" if one is GroupQuestion.NEEDS else "no", 7, dict.fromkeys(Outcome, 5)),
        )
        for one in (*GroupQuestion, *OwnQuestion)
    },
    (HoldView("a" * 32, "complaint", "patient:" + "c3" * 16, NIGHT - timedelta(days=1), NIGHT, NIGHT),),
)
HEALTH = HealthView(
    (
        NodeHealthView(
            "node-1",
            "Room 1",
            Words("Open."),
            0.8,
            0,
            412,
            0,
            {"late": 2},
            1,
            ("disk_low",),
            Origin.SIMULATED,
            "0.1.0",
            380,
        ),
        NodeHealthView("node-2", "Room 2", Words("Never heard."), None, 0, 0, 0, {}, 0, (), None, "", None),
    ),
    {"unknown_node": 3},
    True,
    41_000_000_000,
    420,
    400,
)
AUDIT = tuple(
    AuditRow(
        n,
        NIGHT + timedelta(seconds=n),
        "room:measurement:viewed",
        "a1" * 16,
        "nurse",
        ("X1",),
        "allowed" if n % 7 else "denied",
        "room:room-2",
        "direct_care",
    )
    for n in range(130)
)

TRAINED = tuple(
    TrainedRow(actor_id, name, "nurse", course, until, until is not None and until > NIGHT)
    for actor_id, name in (("a1" * 16, "Ada K."), ("9a" * 16, "Ben O."))
    for course, until in (
        (Course.CONSENT, NIGHT + timedelta(days=90)),
        (Course.BOARD, NIGHT - timedelta(days=1)),
        (Course.RELEASE, None),
    )
)
"""Somebody in date for one course, out of date for another, and without the third; twice."""

LONG_VISITS = (LongVisitRow("Room 6", "Ada K.", "nurse", NIGHT - timedelta(minutes=40), NIGHT - timedelta(minutes=12)),)

STAFF_CHOICES = (
    StaffChoice("a1" * 16, "Ada K.", Role.NURSE, False),
    StaffChoice("b9" * 16, "Ben R.", Role.NURSE_IN_CHARGE, True),
)
A_REVIEW = ReviewView(
    review_id="d7" * 16,
    kind=ReviewKind.BURST,
    rule_id="X2",
    name="Ben R.",
    role=Role.NURSE,
    room_id="room-2",
    stay_id="c3" * 16,
    count=9,
    reason="",
    begins_at=NIGHT - timedelta(minutes=40),
    raised_at=NIGHT - timedelta(minutes=20),
    due_at=NIGHT + timedelta(days=2),
    is_late=False,
    escalated=Escalation.NOBODY,
    contact_told_at=None,
    outcome=None,
    is_own=False,
)


def yes(text: str = "It is done.", *, rules: tuple[str, ...] = ("X4",), detail: str = "") -> Decision:
    return Decision(True, rules, Words(text), 1, (), detail)


def no(text: str = "That is not for you.", *, rules: tuple[str, ...] = ("X1",)) -> Decision:
    return Decision(False, rules, Words(text), 1)
