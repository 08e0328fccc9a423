"""Badges: the nurse in charge makes one in a minute, without the internet; its owner chooses the PIN (rule X6)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.own.ledger import ROLES
from console.roles import Actor
from console.rules.decision import Decision
from console.screens.answers import Answers
from console.screens.door import Door, NotForYou
from console.screens.ports import WardPort
from console.screens.stepping import drawn_of
from console.signing_in.badges import ISSUERS, WITHOUT

_PATH = "/badges"


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the pages."""
    routes = APIRouter()

    @routes.get(_PATH)
    def badges(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        rows = [one for one in ward.shifts.accounts() if actor.role in ISSUERS and one.role not in WITHOUT]
        return answers.page(request, actor, "badges.html", rows=rows, roles=ROLES, told="", drawn="")

    @routes.post(_PATH)
    def issue(
        request: Request,
        actor: Annotated[Actor, Depends(door.changing)],
        whose: Annotated[str, Form(max_length=64)] = "",
    ) -> Response:
        if actor.role not in ISSUERS:
            raise NotForYou
        made = ward.identity.badges.issue(actor, whose)
        if isinstance(made, Decision):
            return answers.decided(request, actor, made, _PATH)
        return answers.page(request, actor, "badges.html", rows=(), roles=ROLES, told=made, drawn=drawn_of(made))

    @routes.post(f"{_PATH}/pin")
    def choose(
        request: Request, actor: Annotated[Actor, Depends(door.changing)], pin: Annotated[str, Form(max_length=8)] = ""
    ) -> Response:
        return answers.decided(request, actor, ward.identity.badges.choose_pin(actor, pin), _PATH)

    return routes
