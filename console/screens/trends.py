"""A room's last hours as a drawing, in numbers and as a list; each view for a reason (rule X1)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from broker.vocabulary import Withheld
from console.roles import Actor
from console.rules.access import Permission
from console.rules.consenting.hours import Window
from console.rules.decision import Decision
from console.rules.sensing.sleep import MINUTE, Part
from console.rules.sensing.trend import Hour, NoTrend, Point, Trend
from console.screens.answers import Answers
from console.screens.door import Door
from console.screens.night import ACCESS_REASONS
from console.screens.ports import WardPort
from console.words import N_

WHY_NONE = {
    NoTrend.NO_CONSENT: N_("The sensor is not agreed to now. What was noted before is not shown."),
    NoTrend.NOTHING_YET: N_("Nothing was noted in the last 24 hours."),
}
PARTS = (
    (Part.STILL, N_("Still")),
    (Part.RESTLESS, N_("Moving")),
    (Part.OUT, N_("Out of bed, or nobody seen")),
    (Part.UNKNOWN, N_("Not known")),
)
GAPS = {
    None: N_("not sensed"),
    Withheld.WARMING_UP: N_("just begun"),
    Withheld.MOVING: N_("moving"),
    Withheld.NO_PRESENCE: N_("nobody seen"),
    Withheld.SECOND_PERSON: N_("more than one person"),
    Withheld.LOW_QUALITY: N_("not sure enough"),
    Withheld.NO_BREATHING_SEEN: N_("no breathing seen"),
    Withheld.SENSORS_DISAGREE: N_("the sensors disagree"),
    Withheld.NOT_PERMITTED: N_("not agreed to"),
}
"""Why there is no rate; any other reason is the sensor's own."""
OF_THE_SENSOR = N_("the sensor could not see")

TOP_PER_MIN, STEP_PER_MIN = 40.0, 10
"""[1/min] top of the scale, and between its lines; a higher rate is drawn at the top and told in the table."""
WIDTH, LEFT, RATE_HEIGHT, HEIGHT = 1000, 44, 200, 330
"""Of the drawing, in its own units: what its template counts in; below the rates lie the strip and the marks."""
SHORTEST_LABELLED_GAP = timedelta(minutes=45)
MOST_LABELS = 12
"""Hours that are named on the drawing; of a longer window each second one, or fewer."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A trend in the units of the drawing, as the template writes it.

    Attributes:
        bands: outlines of the intervals, as points of a polygon.
        lines: the rates themselves, as points of a line.
        gaps: (x, width, words or None where there is no room for them).
        strip: (x, width, part).
        marks: (x, width, number, kind): the number stands in the list below.
        hours: (x, when).
        rates: (y, rate) of the scale's lines.
    """

    bands: tuple[str, ...]
    lines: tuple[str, ...]
    gaps: tuple[tuple[float, float, str | None], ...]
    strip: tuple[tuple[float, float, str], ...]
    marks: tuple[tuple[float, float, int, str], ...]
    hours: tuple[tuple[float, datetime], ...]
    rates: tuple[tuple[float, int], ...]


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the page that asks why, and the page that shows."""
    routes = APIRouter()

    @routes.get("/board/rooms/{room_id}/trend")
    def ask(request: Request, room_id: str, actor: Annotated[Actor, Depends(door.signed_in)]) -> Response:
        reasons = [one for one in ACCESS_REASONS if ward.access.permits(actor, Permission.READING_LOOK, one[0])]
        return answers.page(request, actor, "board/trend.html", room_id=room_id, trend=None, why="", reasons=reasons)

    @routes.post("/board/rooms/{room_id}/trend")
    def show(
        request: Request,
        room_id: str,
        actor: Annotated[Actor, Depends(door.changing)],
        access_reason: Annotated[str, Form(max_length=32)] = "",
    ) -> Response:
        told = ward.access.trend(actor, room_id, access_reason)
        if isinstance(told, Decision):
            return answers.decided(request, actor, told, f"/board/rooms/{room_id}/trend")
        page: dict[str, Any] = {"room_id": room_id, "trend": None, "why": "", "reasons": []}
        if isinstance(told, NoTrend):
            return answers.page(request, actor, "board/trend.html", **page | {"why": WHY_NONE[told]})
        shown: dict[str, Any] = {"trend": told, "drawn": drawn(told), "parts": PARTS, "rows": list(folded(told.hours))}
        return answers.page(request, actor, "board/trend.html", **page | shown)

    return routes


def drawn(trend: Trend) -> Drawn:
    """Return where each thing of a trend lies on the drawing."""
    scale, begins = _Scale(trend.window), [one.begins for one in trend.hours if one.begins >= trend.window.opens_at]
    return Drawn(
        tuple(_band(run, scale) for run in trend.runs),
        tuple(_line(run, scale) for run in trend.runs),
        tuple((*scale.span(one.window), _label(one.withheld) if _is_long(one.window) else None) for one in trend.gaps),
        tuple((*scale.span(one.window), one.part.value) for one in trend.stretches),
        tuple(
            (*scale.span(Window(one.at, one.until or one.at)), number, one.kind.value)
            for number, one in enumerate(trend.marks, 1)
        ),
        tuple((scale.x(at), at) for at in begins[:: -(-len(begins) // MOST_LABELS) or 1]),
        tuple((_y(rate), rate) for rate in range(0, int(TOP_PER_MIN) + 1, STEP_PER_MIN)),
    )


def folded(hours: Sequence[Hour]) -> Iterator[tuple[Hour, Hour | None]]:
    """Yield each hour of which something is known, and of those in a row of which nothing is the first and the last."""
    for is_empty, group in groupby(hours, key=lambda one: set(one.parts) == {Part.UNKNOWN} and one.rated_min == 0):
        row = list(group)
        if is_empty:
            yield row[0], row[-1]
        else:
            yield from ((one, None) for one in row)


@dataclass(frozen=True, slots=True)
class _Scale:
    window: Window

    def x(self, at: datetime) -> float:
        whole = self.window.closes_at - self.window.opens_at
        within = min(max(at, self.window.opens_at), self.window.closes_at) - self.window.opens_at
        return round(LEFT + (WIDTH - LEFT) * (within / whole), 1)

    def span(self, window: Window) -> tuple[float, float]:
        begins = self.x(window.opens_at)
        return begins, round(self.x(window.closes_at) - begins, 1)


def _y(rate_per_min: float) -> float:
    return round(RATE_HEIGHT * (1 - min(rate_per_min, TOP_PER_MIN) / TOP_PER_MIN), 1)


def _band(run: tuple[Point, ...], scale: _Scale) -> str:
    last = run[-1]
    # A minute is as wide as it lasted: one alone would have no width otherwise.
    over = [*run, Point(last.at + MINUTE, last.low, last.middle, last.high)]
    upper = [(scale.x(one.at), _y(one.high)) for one in over]
    lower = [(scale.x(one.at), _y(one.low)) for one in reversed(over)]
    return _points([*upper, *lower])


def _line(run: tuple[Point, ...], scale: _Scale) -> str:
    last = run[-1]
    return _points([*((scale.x(one.at), _y(one.middle)) for one in run), (scale.x(last.at + MINUTE), _y(last.middle))])


def _points(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def _is_long(window: Window) -> bool:
    return window.closes_at - window.opens_at >= SHORTEST_LABELLED_GAP


def _label(withheld: Withheld | None) -> str:
    return GAPS.get(withheld, OF_THE_SENSOR)
