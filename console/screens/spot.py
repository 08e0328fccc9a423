"""The reading at a door, after what was seen by eye: once, beside what was written, and never a check (rule K6)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi import Path as PathPart
from starlette.responses import Response

from console.roles import Actor
from console.rules.decision import Decision
from console.screens.answers import Answers
from console.screens.door import Door
from console.screens.ports import WardPort
from console.screens.rounds import PATH, SAW

ObservationId = Annotated[str, PathPart(pattern="^[0-9a-f]{32}$")]


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the page; it answers a press alone, so that no address shows it again."""
    routes = APIRouter()

    @routes.post(f"{PATH}/spot/{{observation_id}}")
    def spot(
        request: Request, observation_id: ObservationId, actor: Annotated[Actor, Depends(door.pressed)]
    ) -> Response:
        told = ward.access.spot(actor, observation_id)
        if isinstance(told, Decision):
            return answers.decided(request, actor, told, PATH)
        return answers.page(request, actor, "rounds/spot.html", spot=told, saw=dict(SAW))

    return routes
