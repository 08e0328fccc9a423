"""The first-night card on a tablet: four screens and a practice alert, in a minute and a half (rule G3a)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import Response

from console.roles import Actor
from console.rules.in_person.first_night import CARDS, PRACTICE_CODE
from console.screens.answers import Answers, go
from console.screens.door import Door
from console.screens.navigation import home_of
from console.screens.ports import WardPort

PATH = "/first-night"


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the pages and the presses; all of them work on a locked screen, as a response does."""
    routes = APIRouter()

    @routes.get(PATH)
    def card(
        request: Request,
        actor: Annotated[Actor, Depends(door.signed_in)],
        step: Annotated[int, Query(ge=1, le=len(CARDS))] = 1,
    ) -> Response:
        return answers.page(request, actor, "staff/first_night.html", card=CARDS[step - 1], step=step, steps=len(CARDS))

    @routes.get(f"{PATH}/practice")
    def practice(
        request: Request, actor: Annotated[Actor, Depends(door.signed_in)], going: Annotated[bool, Query()] = False
    ) -> Response:
        return answers.page(request, actor, "staff/practice.html", is_going=going, code=PRACTICE_CODE)

    @routes.post(f"{PATH}/practice")
    def finish(
        request: Request,
        actor: Annotated[Actor, Depends(door.pressed)],
        code: Annotated[str, Form(max_length=8)] = "",
        outcome: Annotated[str, Form(max_length=32)] = "",
    ) -> Response:
        decision = ward.first_night.finish(actor, code, outcome)
        onward = home_of(actor) if decision.allowed else f"{PATH}/practice?going=true"
        return answers.decided(request, actor, decision, onward)

    @routes.post(f"{PATH}/skip")
    def skip(actor: Annotated[Actor, Depends(door.pressed)]) -> Response:
        ward.first_night.skip(actor)
        return go(home_of(actor))

    return routes
