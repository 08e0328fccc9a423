"""The profiles of seclusion and like places: put forward, then signed by four roles (rule P9)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.roles import Actor
from console.rules.consenting.places import SIGNERS
from console.screens import consent_words
from console.screens.answers import Answers, shown
from console.screens.door import Door
from console.screens.ports import WardPort

Text = Annotated[str, Form(max_length=80)]
_NAMES = {str(kind): text for kind, text in consent_words.LISTS["places"]}


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the page and its presses."""
    routes = APIRouter(prefix="/places")
    Changing = Annotated[Actor, Depends(door.changing)]  # noqa: N806 (a type)

    @routes.get("")
    def page(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        profiles = shown(ward.access.profiles(actor))
        return answers.page(
            request, actor, "desk/places.html", profiles=profiles, names=_NAMES, signers=SIGNERS, role=actor.role
        )

    @routes.post("")
    def write(
        request: Request,
        actor: Changing,
        kind: Text = "",
        text_sha256: Text = "",
        stop_inside: Annotated[str, Form(max_length=8)] = "",
    ) -> Response:
        told = text_sha256.strip().lower()
        decision = ward.places.write_profile(actor, kind, told, stop_inside=stop_inside == "yes")
        return answers.decided(request, actor, decision, "/places")

    @routes.post("/sign")
    def sign(request: Request, actor: Changing, kind: Text = "") -> Response:
        return answers.decided(request, actor, ward.places.sign_profile(actor, kind), "/places")

    return routes
