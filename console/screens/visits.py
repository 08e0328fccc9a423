"""At a door where no alert stands: say that one goes in, and that one has left; and long visits by night (rule C17)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.roles import Actor
from console.rules.access import Permission
from console.screens.answers import Answers, shown
from console.screens.door import Door, NotForYou
from console.screens.ports import WardPort
from console.screens.setup import ROLES
from console.screens.stopping import RoomId


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the pages and the presses."""
    routes = APIRouter()

    @routes.get("/visit/{room_id}")
    def visit(
        request: Request, room_id: RoomId, actor: Annotated[Actor, Depends(door.signed_in)], code: str = ""
    ) -> Response:
        if not ward.access.permits(actor, Permission.ALERT_RESPOND):
            raise NotForYou
        titles = dict(ward.calling.rooms())
        if room_id not in titles:
            raise NotForYou
        return answers.page(
            request,
            actor,
            "desk/visit.html",
            room_id=room_id,
            title=titles[room_id],
            code=code if code.isdigit() and len(code) <= 4 else "",
            is_in=ward.visits.is_in(actor, room_id),
        )

    @routes.post("/visit/{room_id}")
    def come(
        request: Request,
        room_id: RoomId,
        actor: Annotated[Actor, Depends(door.pressed)],
        code: Annotated[str, Form(max_length=8)] = "",
    ) -> Response:
        return answers.decided(request, actor, ward.visits.come(actor, room_id, code), f"/visit/{room_id}")

    @routes.post("/visit/{room_id}/left")
    def left(request: Request, room_id: RoomId, actor: Annotated[Actor, Depends(door.pressed)]) -> Response:
        return answers.decided(request, actor, ward.visits.leave(actor, room_id), "/")

    @routes.get("/long-visits")
    def long_visits(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        told = shown(ward.visits.long(actor))
        roles = {role.value: text for role, text in ROLES.items()}
        return answers.page(request, actor, "desk/long_visits.html", rows=told, roles=roles)

    return routes
