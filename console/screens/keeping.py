"""A patient's answer to 'keep or delete what it noted about you?' (rule R3)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.roles import Actor
from console.screens.answers import Answers
from console.screens.door import Door
from console.screens.ports import WardPort


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return what takes the press."""
    routes = APIRouter()

    @routes.post("/me/keep")
    def say(
        request: Request,
        actor: Annotated[Actor, Depends(door.changing)],
        said: Annotated[str, Form(max_length=8)] = "",
    ) -> Response:
        return answers.decided(request, actor, ward.incidents.keeping.say(actor, said), "/me")

    @routes.post("/me/keep/days")
    def choose(
        request: Request,
        actor: Annotated[Actor, Depends(door.changing)],
        days: Annotated[str, Form(pattern="^(1|14)$")] = "14",
    ) -> Response:
        decision = ward.incidents.keeping.choose_day(actor, after_a_day=days == "1")
        return answers.decided(request, actor, decision, "/me/leaving")

    return routes
