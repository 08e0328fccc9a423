"""Who may not look: a patient names members of staff, and need not say why (rule X8)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.own.ledger import ROLES
from console.roles import Actor, Role
from console.screens.answers import Answers
from console.screens.door import Door, NotForYou
from console.screens.ports import WardPort

_PATH = "/me/staff"


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the page and its presses."""
    routes = APIRouter()

    @routes.get(_PATH)
    def choose(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        if actor.role is not Role.PATIENT:
            raise NotForYou
        return answers.page(request, actor, "me/staff.html", rows=ward.closeness.staff_for(actor), roles=ROLES)

    @routes.post(_PATH)
    def press(
        request: Request,
        actor: Annotated[Actor, Depends(door.changing)],
        out: Annotated[str, Form(max_length=64)] = "",
        back_in: Annotated[str, Form(max_length=64)] = "",
    ) -> Response:
        decision = ward.closeness.shut_out(actor, out or back_in, may_look=not out)
        return answers.decided(request, actor, decision, _PATH)

    return routes
