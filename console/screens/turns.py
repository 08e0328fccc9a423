"""Beside somebody who is never left alone: whose turn it is, and two presses at the door (O3); and an offer (O7)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.roles import Actor
from console.rules.access import Permission
from console.rules.in_person.doubt import DoubtAnswer
from console.screens.answers import Answers, go
from console.screens.door import Door, NotForYou
from console.screens.ports import WardPort
from console.words import N_

OFFERS = (
    (DoubtAnswer.POSITION.value, N_("A better place for the bed or the sensor")),
    (DoubtAnswer.OTHER_SENSOR.value, N_("Another kind of sensor")),
    (DoubtAnswer.OFF.value, N_("Off")),
    (DoubtAnswer.AS_IT_IS.value, N_("Leave it as it is")),
)
_Word = Annotated[str, Form(max_length=40)]


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the pages."""
    routes = APIRouter()
    checks = ward.checks

    @routes.get("/turns")
    def everybody(request: Request, actor: Annotated[Actor, Depends(door.signed_in)]) -> Response:
        return _page(request, actor, "")

    @routes.get("/turns/{room_id}")
    def one(
        request: Request, room_id: str, actor: Annotated[Actor, Depends(door.signed_in)], code: str = ""
    ) -> Response:
        return _page(request, actor, room_id, code if code.isdigit() and len(code) <= 4 else "")

    @routes.post("/turns/{room_id}")
    def press(
        request: Request,
        room_id: str,
        actor: Annotated[Actor, Depends(door.pressed)],
        code: _Word = "",
        what: _Word = "",
    ) -> Response:
        if what == "leave":
            return answers.decided(request, actor, checks.turns.leave(actor, room_id), f"/turns/{room_id}")
        return answers.decided(request, actor, checks.turns.press(actor, room_id, code), f"/turns/{room_id}")

    @routes.get("/offer/{room_id}")
    def offer(request: Request, room_id: str, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        title = dict(ward.calling.rooms()).get(room_id)
        if title is None or not ward.access.permits(actor, Permission.CONSENT_ASK):
            raise NotForYou
        is_due = checks.doubts.is_due(room_id)
        return answers.page(
            request, actor, "rounds/offer.html", room_id=room_id, title=title, is_due=is_due, offers=OFFERS
        )

    @routes.post("/offer/{room_id}")
    def answer(
        request: Request, room_id: str, actor: Annotated[Actor, Depends(door.changing)], chosen: _Word = ""
    ) -> Response:
        decision = checks.doubts.answer(actor, room_id, chosen)
        is_off = decision.allowed and chosen == DoubtAnswer.OFF
        return answers.decided(request, actor, decision, f"/board/rooms/{room_id}#no" if is_off else "/")

    def _page(request: Request, actor: Actor, room_id: str, code: str = "") -> Response:
        if not ward.access.permits(actor, Permission.OBSERVE):
            raise NotForYou
        rows = checks.turns.view()
        shown = [row for row in rows if not room_id or row.room_id == room_id]
        if room_id and not shown:
            return go("/turns")
        return answers.page(request, actor, "rounds/turns.html", rows=shown, is_one=bool(room_id), code=code)

    return routes
