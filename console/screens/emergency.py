"""The emergency card, and the one lawful silence (rules A17, A18)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.roles import Actor
from console.rules.alerting.emergency import EmergencyStepKind
from console.screens.answers import Answers, go, shown
from console.screens.door import Door
from console.screens.ports import WardPort
from console.words import N_

TAPS = {
    EmergencyStepKind.STARTED: N_("Time zero"),
    EmergencyStepKind.THERE: N_("I am there"),
    EmergencyStepKind.KIT_THERE: N_("The kit is there"),
    EmergencyStepKind.RANG_2222: N_("2222 is called"),
    EmergencyStepKind.RANG_999: N_("999 is called"),
    EmergencyStepKind.DOORS_OPEN: N_("Somebody opens the doors"),
    EmergencyStepKind.CREW_THERE: N_("The crew is there"),
    EmergencyStepKind.BACK_ON_FLOOR: N_("Back on the floor"),
    EmergencyStepKind.ENDED: N_("Ended"),
}
_OFFERED = tuple(TAPS)[1:7]
_Word = Annotated[str, Form(max_length=40)]


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the pages."""
    routes = APIRouter()

    @routes.get("/emergency")
    def ask(request: Request) -> Response:
        """Whom to ring, for anybody; and, for whoever is signed in, where it is."""
        actor = door.anybody(request)
        rooms = ward.calling.rooms() if actor is not None and actor.room_id is None else ()
        return answers.page(request, actor, "alerts/emergency_ask.html", rooms=rooms)

    @routes.post("/emergency")
    def start(request: Request, actor: Annotated[Actor, Depends(door.pressed)], room: _Word = "") -> Response:
        decision = ward.emergencies.start(actor, room)
        if decision.allowed:
            return go(f"/emergency/{decision.detail}")
        return answers.decided(request, actor, decision, "/")

    @routes.get("/emergency/{emergency_id}")
    def card(request: Request, emergency_id: str, actor: Annotated[Actor, Depends(door.signed_in)]) -> Response:
        told = shown(ward.calling.emergency(actor, emergency_id))
        people = ward.calling.shift(actor)
        return answers.page(
            request, actor, "alerts/emergency.html", card=told, taps=TAPS, offered=_OFFERED, people=people
        )

    @routes.post("/emergency/{emergency_id}/tap")
    def tap(
        request: Request, emergency_id: str, actor: Annotated[Actor, Depends(door.pressed)], what: _Word = ""
    ) -> Response:
        decision = ward.emergencies.tap(actor, emergency_id, what)
        onward = f"/emergency/{emergency_id}"
        return answers.pressed(request, actor, decision, onward)

    @routes.post("/emergency/{emergency_id}/end")
    def end(
        request: Request,
        emergency_id: str,
        actor: Annotated[Actor, Depends(door.pressed)],
        back: Annotated[list[str] | None, Form()] = None,
    ) -> Response:
        return answers.decided(request, actor, ward.emergencies.end(actor, emergency_id, back or ()), "/")

    @routes.get("/stand-down")
    def stand_down_page(request: Request, actor: Annotated[Actor, Depends(door.signed_in)]) -> Response:
        return answers.page(request, actor, "alerts/stand_down.html", code="", managers=())

    @routes.post("/stand-down/ask")
    def ask_to_stand_down(request: Request, actor: Annotated[Actor, Depends(door.changing)]) -> Response:
        decision = ward.emergencies.ask_to_stand_down(actor)
        if not decision.allowed:
            return answers.decided(request, actor, decision, "/")
        managers = ward.calling.managers()
        return answers.page(request, actor, "alerts/stand_down.html", code=decision.detail, managers=managers)

    @routes.post("/stand-down")
    def stand_down(
        request: Request,
        actor: Annotated[Actor, Depends(door.changing)],
        code: _Word = "",
        manager: _Word = "",
    ) -> Response:
        return answers.decided(request, actor, ward.emergencies.stand_down(actor, code, manager), "/")

    return routes
