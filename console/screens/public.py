"""The ward's public page: no sign-in, no cookie, no script, nobody in it; it can be saved and put anywhere (G6)."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from console.screens.answers import Answers
from console.screens.patient import PURPOSES
from console.screens.ports import Contacts, WardPort
from console.screens.review_dates import PAPERS
from console.screens.sensor_words import SENSOR_NAMES, told_of
from console.words import N_

PATH = "/public"
FIGURES = {
    "yes": N_("Days of people on which a yes was in force. Higher is not better."),
    "off_on_time": N_("Checks in person on time, sensor off"),
    "on_on_time": N_("Checks in person on time, sensor on"),
    "at_the_door": N_("Alerts with somebody at the door within 3 minutes"),
}
"""In the order of reading."""


def router(ward: WardPort, answers: Answers, contacts: Contacts) -> APIRouter:
    """Return the page."""
    routes = APIRouter()

    @routes.get(PATH)
    def public(request: Request) -> Response:
        view = ward.assurance.public()
        return answers.page(
            request,
            None,
            "assurance/public.html",
            view=view,
            sees=told_of(view.sensors),
            sensor_names=SENSOR_NAMES,
            purposes=PURPOSES,
            figures=FIGURES,
            papers=PAPERS,
            contacts=contacts,
        )

    return routes
