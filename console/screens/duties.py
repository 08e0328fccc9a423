"""What people owe the rule book: each record with its due date, and the button that says that it was made."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.roles import Actor
from console.rules.access import Permission
from console.screens.answers import Answers, shown
from console.screens.door import Door
from console.screens.ports import WardPort

PATH = "/governance/duties"


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the page and its button."""
    routes = APIRouter()

    @routes.get(PATH)
    def duties(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        rows = shown(ward.duties.due(actor))
        may_note = ward.access.permits(actor, Permission.DUTY_NOTE)
        return answers.page(request, actor, "duties.html", rows=rows, may_note=may_note)

    @routes.post(PATH)
    def note(
        request: Request, actor: Annotated[Actor, Depends(door.changing)], rule: Annotated[str, Form(max_length=8)]
    ) -> Response:
        return answers.decided(request, actor, ward.duties.note(actor, rule), PATH)

    return routes
