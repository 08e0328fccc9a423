"""Setting up the second step of a sign-in: scan, type six digits, done (rule X6)."""

import io
from typing import Annotated

import segno
from fastapi import APIRouter, Depends, Form, Request
from markupsafe import Markup
from starlette.responses import Response

from console.roles import Actor
from console.screens.answers import Answers
from console.screens.door import Door
from console.screens.navigation import home_of
from console.screens.ports import WardPort

_PATH = "/second-step"


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the page and its press."""
    routes = APIRouter()

    @routes.get(_PATH)
    def set_up(request: Request, actor: Annotated[Actor, Depends(door.enrolling)]) -> Response:
        made = ward.identity.steps.begin(actor)
        drawn = drawn_of(made.address) if made is not None else None
        return answers.page(request, actor, "second_step.html", made=made, drawn=drawn)

    @routes.post(_PATH)
    def confirm(
        request: Request,
        actor: Annotated[Actor, Depends(door.enrolling)],
        _pressed: Annotated[Actor, Depends(door.pressed)],
        code: Annotated[str, Form(max_length=16)] = "",
    ) -> Response:
        decision = ward.identity.steps.confirm(actor, code)
        return answers.decided(request, actor, decision, home_of(actor) if decision.allowed else _PATH)

    return routes


def drawn_of(told: str) -> Markup:
    """Return a text as a picture to scan."""
    drawing = io.BytesIO()
    segno.make(told, error="m").save(
        drawing, kind="svg", xmldecl=False, svgns=False, scale=1, border=4, light="#fff", omitsize=True, nl=False
    )
    return Markup(drawing.getvalue().decode("ascii"))
