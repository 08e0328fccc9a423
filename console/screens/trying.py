"""Trying it out: what the sensor of one's own room says, for oneself alone, and the press that ends it (rule S4)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from broker.vocabulary import Modality
from console.own.own_views import TrialView
from console.roles import Actor
from console.rules.decision import Decision
from console.screens.answers import Answers, shown
from console.screens.door import Door
from console.screens.ports import WardPort
from console.words import N_

PATH = "/me/try"
BUTTONS = {
    Modality.RADAR: N_("Try the radar for 10 minutes"),
    Modality.CAMERA: N_("Try the camera for 10 minutes"),
}


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the page, the part of it that follows the sensor, and its two presses."""
    routes = APIRouter()

    @routes.get(PATH)
    def trial(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        view: TrialView = shown(ward.trying.view(actor))
        return answers.page(request, actor, "me/try.html", view=view, buttons=BUTTONS)

    @routes.get(f"{PATH}/live")
    def live(request: Request, actor: Annotated[Actor, Depends(door.signed_in)]) -> Response:
        """What it says now, for the page that is open; a page of a trial that has ended is loaded anew."""
        view: TrialView = shown(ward.trying.view(actor))
        catalogue = answers.pages.reader(request).catalogue
        response = Response(answers.pages.render(catalogue, "me/trial.html", view=view), media_type="text/html")
        if view.until is None:
            response.headers["hx-refresh"] = "true"
        return response

    @routes.post(PATH)
    def begin(
        request: Request,
        actor: Annotated[Actor, Depends(door.changing)],
        sensor: Annotated[str, Form(max_length=16)] = "",
        they_ask: Annotated[str, Form(max_length=4)] = "",
    ) -> Response:
        decision: Decision = ward.trying.begin(actor, sensor, they_ask=they_ask == "yes")
        return answers.pressed(request, actor, decision, PATH)

    @routes.post(f"{PATH}/end")
    def end(request: Request, actor: Annotated[Actor, Depends(door.changing)]) -> Response:
        return answers.decided(request, actor, ward.trying.end(actor), "/me")

    return routes
