"""What the alerts of the last day were worth, counted without persons; and limits on trial (rules A9, A12, A13)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.roles import Actor
from console.rules.access import Permission
from console.screens.answers import Answers, shown
from console.screens.door import Door
from console.screens.ports import WardPort
from console.screens.shift import AFTER_MIN, KINDS

PATH = "/nights"


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the page and its press."""
    routes = APIRouter()

    @routes.get(PATH)
    def nights(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        return answers.page(
            request,
            actor,
            "alerts/nights.html",
            night=shown(ward.nights.view(actor)),
            may_try=ward.access.permits(actor, Permission.ALERT_TRIAL),
            kinds=KINDS,
            after_min=AFTER_MIN,
        )

    @routes.post(f"{PATH}/trial")
    def begin(
        request: Request,
        actor: Annotated[Actor, Depends(door.changing)],
        kind: Annotated[str, Form(max_length=32)] = "",
        after_min: Annotated[float, Form(ge=0, le=600)] = 0,
    ) -> Response:
        return answers.decided(request, actor, ward.trials.begin(actor, kind, after_min * 60), PATH)

    return routes
