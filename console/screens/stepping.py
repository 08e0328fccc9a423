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
        drawn = _drawn(made.address) if made is not None else None
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


def _drawn(address: str) -> Markup:
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=5, border=4, xmldecl=False, svgns=True)
    return Markup(out.getvalue().decode())
