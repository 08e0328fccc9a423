"""Where somebody is when not in their room, each in one or two presses; a death asks twice (rule C2)."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.roles import Actor
from console.screens.answers import Answers, shown
from console.screens.door import Door, NotForYou
from console.screens.grant_form import said_at_of
from console.screens.ports import WardPort
from console.showing.views import Words
from console.words import N_

Text = Annotated[str, Form(max_length=80)]
_DIED = N_(
    "{initials} in {room} has died. The room closes, the sensor stops, and nothing is sent to anybody. Is that right?"
)
_SWAP = N_(
    "Two people change rooms: {initials} from {room}, and whoever you chose. Both sensors stop now. Is that right?"
)
_ONWARD = "/rooms"


def router(ward: WardPort, door: Door, answers: Answers, zone: ZoneInfo) -> APIRouter:
    """Return the presses."""
    routes = APIRouter(prefix="/rooms/{stay_id}")
    Changing = Annotated[Actor, Depends(door.changing)]  # noqa: N806 (a type)

    @routes.post("/leave")
    def leave(request: Request, stay_id: str, actor: Changing, until: Text = "", reason: Text = "") -> Response:
        decision = ward.whereabouts.go_on_leave(actor, stay_id, _moment(until, zone), reason)
        return answers.decided(request, actor, decision, _ONWARD)

    @routes.post("/missing")
    def missing(request: Request, stay_id: str, actor: Changing) -> Response:
        """One tap, as somebody has to go and look."""
        return answers.decided(request, actor, ward.whereabouts.report_missing(actor, stay_id), _ONWARD)

    @routes.post("/hospital")
    def hospital(request: Request, stay_id: str, actor: Changing) -> Response:
        """One press, as the ambulance waits; `back` undoes it."""
        return answers.decided(request, actor, ward.whereabouts.go_to_hospital(actor, stay_id), _ONWARD)

    @routes.post("/up")
    def up(request: Request, stay_id: str, actor: Changing, place: Text = "") -> Response:
        return answers.decided(request, actor, ward.whereabouts.note_up(actor, stay_id, place), _ONWARD)

    @routes.post("/back")
    def back(request: Request, stay_id: str, actor: Changing) -> Response:
        return answers.decided(request, actor, ward.whereabouts.come_back(actor, stay_id), _ONWARD)

    @routes.post("/died")
    def died(request: Request, stay_id: str, actor: Changing, confirmed: Text = "") -> Response:
        if confirmed != "yes":
            return _look_again(request, actor, stay_id, _DIED, f"/rooms/{stay_id}/died", {})
        return answers.decided(request, actor, ward.whereabouts.note_death(actor, stay_id), _ONWARD)

    @routes.post("/swap")
    def swap(request: Request, stay_id: str, actor: Changing, other_id: Text = "", confirmed: Text = "") -> Response:
        if confirmed != "yes":
            return _look_again(request, actor, stay_id, _SWAP, f"/rooms/{stay_id}/swap", {"other_id": other_id})
        return answers.decided(request, actor, ward.desk.swap(actor, stay_id, other_id), _ONWARD)

    @routes.post("/bring-back")
    def bring_back(request: Request, stay_id: str, actor: Changing, room_id: Text = "") -> Response:
        return answers.decided(request, actor, ward.desk.bring_back(actor, stay_id, room_id), _ONWARD)

    @routes.post("/let-go")
    def let_go(request: Request, stay_id: str, actor: Changing) -> Response:
        return answers.decided(request, actor, ward.desk.let_go(actor, stay_id), _ONWARD)

    def _look_again(
        request: Request, actor: Actor, stay_id: str, text: str, onward: str, told: dict[str, str]
    ) -> Response:
        found = [room for room in shown(ward.access.rooms(actor)) if room.stay_id and room.stay_id == stay_id]
        if not found:
            raise NotForYou
        question = Words(text, {"initials": found[0].initials, "room": found[0].title})
        return answers.page(
            request, actor, "desk/confirm.html", question=question, onward=onward, told={**told, "confirmed": "yes"}
        )

    return routes


def _moment(told: str, zone: ZoneInfo) -> datetime | None:
    try:
        return said_at_of(told, zone)
    except ValueError:
        return None
