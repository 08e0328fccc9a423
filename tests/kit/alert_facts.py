"""One of everything that calls, for the hand-made ward of the screens."""

from datetime import UTC, datetime, timedelta

from console.alerting.alert_views import (
    AlertView,
    CallsView,
    CallTestView,
    CallView,
    EmergencyView,
    LimitView,
    PersonOnShift,
    RoomLimits,
    TapView,
)
from console.alerting.nights import NightView
from console.alerting.sounders import Carried
from console.rules.alerting.alerts import AlertState
from console.rules.alerting.budget import NightFigures
from console.rules.alerting.corridor import Level
from console.rules.alerting.emergency import EmergencyStepKind
from console.showing.views import Words

AT = datetime(2026, 11, 20, 2, 14, 8, tzinfo=UTC)
ALERT = AlertView(
    "aa" * 16,
    "room-6",
    "Room 6",
    Words("ALERT {lasted} · go to {room}", {"lasted": timedelta(seconds=75), "room": "room 6"}),
    Words("In the en-suite for {lasted}. High concern: they must be seen.", {"lasted": timedelta(seconds=255)}),
    AlertState.RAISED,
    Words("Every device of the ward is called."),
    (("B.C.", AT),),
)
EMERGENCY = EmergencyView(
    "e1" * 16,
    "Room 6",
    AT,
    False,
    (TapView(AT, EmergencyStepKind.STARTED, "A.K."), TapView(AT, EmergencyStepKind.RANG_2222, "B.C.")),
    (("a1" * 16, "A.K."),),
    True,
)
CALLS = CallsView(
    (
        CallView("k1", Words("ALERT · go to {room}", {"room": "room 6"}), Level.HIGH, path=f"/alerts/{ALERT.alert_id}"),
        CallView(
            "k2", Words("Monitoring off in 3 rooms: network. Longest unseen: Room 2. Walk your round."), Level.LOW
        ),
    ),
    (Words("{room}, unseen since {since}", {"room": "Room 2", "since": AT}),),
    few_sounders=True,
)
ROOM_LIMITS = RoomLimits(
    "room-6", "Room 6", "stay-6", (LimitView("ensuite", 180, "high", "safety_plan", AT + timedelta(days=6)),)
)

NIGHT_VIEW = NightView(
    NightFigures(9, 6, 8, 18, 1, 0, 96.0),
    False,
    1,
    False,
    (Words("On trial, in silence: it would have called {count} times in {nights} nights.", {"count": 4, "nights": 6}),),
)


CARRIED = (
    Carried("9f2e" * 4, "b1" * 16, False, timedelta(minutes=3), False),
    Carried("11aa" * 4, "a1" * 16, True, timedelta(seconds=4), False),
    Carried("corridor", "", True, timedelta(seconds=1), True),
)
CALL_TEST = CallTestView(
    AT - timedelta(hours=5),
    False,
    5,
    6,
    (Words("Test of {at} · {rooms}: the sensor is not heard. Walk.", {"at": AT, "rooms": "Room 9"}),),
    AT - timedelta(days=8),
    True,
    True,
    True,
)


def on_shift(me: str) -> tuple[PersonOnShift, ...]:
    return (
        PersonOnShift(me, "Ada K.", "nurse", "free", False, "", ("room-6",), True),
        PersonOnShift("b1" * 16, "Ben C.", "nurse_in_charge", "break", False, "", (), False),
    )
