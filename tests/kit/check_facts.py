"""What a hand-made ward shows of a round, a load and a handover."""

from datetime import timedelta
from typing import Any

from console.observing.check_views import (
    AskView,
    CheckRow,
    DarkRow,
    HandoverView,
    LoadView,
    PlanView,
    PunctualView,
    RoundView,
    TurnView,
)
from console.rules.in_person.levels import Level
from console.rules.in_person.load import load_of
from console.rules.in_person.punctuality import Compared
from console.rules.in_person.rounds import CheckState
from console.rules.policy import shipped_policy
from console.showing.views import Words
from tests.kit.skin_facts import NIGHT

_MIN = timedelta(minutes=1)


def a_row(number: int, state: CheckState | None = CheckState.WAITING, **changes: Any) -> CheckRow:
    told: dict[str, Any] = {
        "room_id": f"room-{number}",
        "room_title": f"Room {number}",
        "stay_id": f"{number}" * 32,
        "initials": "A.K.",
        "level": Level.GENERAL,
        "state": state,
        "due_at": NIGHT + 20 * _MIN,
        "latest_at": NIGHT + 30 * _MIN,
    }
    return CheckRow(**(told | changes))


ROUND = RoundView(
    NIGHT,
    True,
    (
        a_row(3, CheckState.OVERDUE, due_at=NIGHT - 9 * _MIN, latest_at=NIGHT - 4 * _MIN, level=Level.QUARTER_HOURLY),
        a_row(
            6,
            CheckState.DUE,
            due_at=NIGHT - _MIN,
            latest_at=NIGHT + 3 * _MIN,
            why_moved=Words("now: no breathing seen by the sensor"),
        ),
        a_row(2, is_sedated=True, physical_at=NIGHT + 5 * _MIN, seen_at=NIGHT - 30 * _MIN),
        a_row(1),
        a_row(4, None, due_at=None, latest_at=None, level=None),
    ),
    ("Room 4",),
    (("B.C.", 3),),
    False,
    True,
    True,
)
LOAD = LoadView(
    load_of([Level.QUARTER_HOURLY] * 16, 1, 1.5, shipped_policy()),
    {one: 16 if one is Level.QUARTER_HOURLY else 0 for one in Level},
    1,
    (("Room 3", NIGHT - 4 * _MIN),),
    AskView(NIGHT - 40 * _MIN, None, None, "", "", None, True),
    True,
)
HANDOVER = HandoverView(
    NIGHT - 600 * _MIN, NIGHT, 17, 297, 291, 5, 4, 1, {"place_not_proven": 2, "late": 5}, 9, 6, 8, 96.0,
    (DarkRow(("Room 9",), "node", NIGHT - 600 * _MIN, None),), 3, 45, (LOAD.ask,) if LOAD.ask else (), (("Room 3", 5),),
)  # fmt: skip
TURNS = (
    TurnView("room-5", "Room 5", "B.D.", "A.K.", "a1" * 16, NIGHT - 130 * _MIN, "B.C.", True),
    TurnView("room-7", "Room 7", "C.E.", "", "", NIGHT - 4 * _MIN, "", False),
)
PUNCTUAL = PunctualView(
    (Compared(Level.GENERAL, 900, 1400, 0.011, 0.013, True, False),),
    ((Level.GENERAL, NIGHT - 200 * _MIN, 3),),
    0.4,
    0.2,
    35,
    84,
    310,
    22100,
)
PLAN = PlanView("room-3", "Room 3", "3" * 32, "A.K.", Level.GENERAL, NIGHT, True)


class HandChecks:
    """Seeing people in person, set by hand: what is pressed is remembered and allowed."""

    def __init__(self, presses: Any) -> None:
        self.round_list = presses({"view": ROUND})
        self.observations = presses({})
        self.plans = presses({"view": PLAN})
        self.workload = presses({"view": LOAD})
        self.handovers = presses({"view": HANDOVER})
        self.punctual = presses({"view": PUNCTUAL})
        self.turns = presses({})
        self.turns.view = lambda: TURNS
        self.doubts = presses({})
        self.doubts.is_due = lambda _room_id: True
