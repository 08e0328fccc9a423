"""The patient's page about their night: sums of its minutes, what they do not say, and who sees them (S1)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console.roles import Actor
from console.rules.sensing.sleep import NoNight
from console.screens.answers import Answers, shown
from console.screens.door import Door
from console.screens.ports import WardPort
from console.words import N_

WHY_NONE = {
    NoNight.NOT_AGREED: N_("This page is not part of what you agreed to."),
    NoNight.NOT_ENOUGH: N_("Not enough was agreed to write this page."),
    NoNight.NOT_YET: N_("There is no night to show yet. Look again when your hours have ended."),
    NoNight.NOT_KEPT: N_("The notes of that night are no longer kept."),
}
PARTS = (
    ("still", N_("Still")),
    ("restless", N_("Restless")),
    ("out", N_("Out of bed, or nobody was seen")),
    ("unknown", N_("Not known")),
)


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the page; it is nobody's but the patient's, and asks for their own secret as their other pages do."""
    routes = APIRouter()

    @routes.get("/me/night")
    def night(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        told = shown(ward.access.own_night(actor))
        if isinstance(told, NoNight):
            return answers.page(request, actor, "me/night.html", night=None, why=WHY_NONE[told])
        return answers.page(request, actor, "me/night.html", night=told, parts=PARTS)

    return routes
