"""A room's last hours for a screen: nine hours with everything in them that can be drawn."""

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from broker.vocabulary import Place, Presence, Purpose, RoomEventKind, Withheld
from console.looking.room_trend import CHECKS, EVENTS
from console.rules.consenting.hours import Window
from console.rules.sensing.sleep import Minute
from console.rules.sensing.trend import Mark, MarkKind, Noted, Trend, trend_of
from console.showing.views import Words
from tests.kit.contract import NIGHT

PURPOSES = (Purpose.PRESENCE, Purpose.BED_EXIT, Purpose.BREATHING_SPOT)
ENDS = NIGHT.replace(minute=0, second=0)
BEGINS = ENDS - timedelta(hours=4)
_RESTLESS, _OUT, _TWO, _LOST = range(60, 66), range(120, 128), range(128, 140), range(170, 215)


def a_trend() -> Trend:
    """Return four hours: restless at 1 h, out at 2 h, two people after that, and no sensor for 45 minutes."""
    marks = [
        Mark(MarkKind.EVENT, _at(120), None, EVENTS[RoomEventKind.OUT_OF_BED]),
        Mark(MarkKind.ALERT, _at(125), _at(128), Words("Out of bed for {lasted}.", {"lasted": timedelta(minutes=8)})),
        Mark(MarkKind.CHECK, _at(128), None, CHECKS[True, True]),
        Mark(MarkKind.EVENT, _at(140), None, EVENTS[RoomEventKind.IN_BED]),
    ]
    return trend_of(_minutes(), marks, Window(BEGINS, ENDS), PURPOSES, may_show_rates=True)


def _at(minute: int) -> datetime:
    return BEGINS + timedelta(minutes=minute)


def _minutes() -> Iterator[Noted]:
    lying = Minute(BEGINS, 60.0, 60.0, 0.0, Presence.PRESENT, Place.IN_BED, 1)
    for n in range(240):
        here = replace(lying, at=_at(n))
        if n in _LOST:
            continue
        if n in _RESTLESS:
            yield Noted(replace(here, moving_s=30.0), withheld=Withheld.MOVING)
        elif n in _OUT:
            yield Noted(replace(here, place=Place.OUT_OF_BED), withheld=Withheld.NO_PRESENCE)
        elif n in _TWO:
            yield Noted(replace(here, people=2), withheld=Withheld.SECOND_PERSON)
        else:
            yield Noted(here, 14 + 2 * math.sin(n / 17), 0.6 + 0.4 * math.sin(n / 5) ** 2)
