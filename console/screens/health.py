"""The board's health: every node, everything refused, counted and visible."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console.roles import Actor
from console.rules.access import Permission
from console.screens.answers import Answers, shown
from console.screens.door import Door
from console.screens.health_words import worded
from console.screens.ports import WardPort


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the page."""
    routes = APIRouter()

    @routes.get("/health")
    def health(request: Request, actor: Annotated[Actor, Depends(door.signed_in)]) -> Response:
        return answers.page(
            request,
            actor,
            "health.html",
            health=shown(ward.access.health(actor)),
            worded=worded,
            rollback=ward.rollback.notice(),
            may_clear=ward.access.permits(actor, Permission.ROLLBACK_CLEAR),
        )

    @routes.post("/health/rollback")
    def clear(request: Request, actor: Annotated[Actor, Depends(door.changing)]) -> Response:
        """One of the two who look before sensors may open again."""
        return answers.decided(request, actor, ward.rollback.clear(actor), "/health")

    return routes
