"""The face of a screen that visitors or patients can see, and the press that makes it one (rule K10)."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from broker.clock import Clock
from console.roles import Actor, Role
from console.screens.answers import Answers, go
from console.skin.overlooked import OverlookedScreens
from console.words import N_

WALK = "/walk"
_SETS = frozenset({Role.NURSE_IN_CHARGE, Role.WARD_MANAGER, Role.ADMINISTRATOR})


def router(screens: OverlookedScreens, changing: Callable[..., Actor], answers: Answers, clock: Clock) -> APIRouter:
    """Return the blank page and the press that sets a screen.

    Args:
        screens: which of them others can see.
        changing: who presses, and was here a moment ago.
        answers: how pages answer.
        clock: the ward's.
    """
    routes = APIRouter()

    @routes.get(WALK)
    def walk(request: Request) -> Response:
        if screens.shows(request):
            return go("/")
        return answers.page(request, None, "board/walk.html", now=clock.utc_now())

    @routes.post("/screen/overlooked")
    def choose(
        request: Request,
        actor: Annotated[Actor, Depends(changing)],
        overlooked: Annotated[str, Form(max_length=8)] = "",
    ) -> Response:
        is_overlooked = overlooked == "yes"
        if not is_overlooked and actor.role not in _SETS:
            text = N_("The nurse in charge says that nobody else can see this screen any more.")
            return answers.sentence(request, actor, N_("Not done"), text, 403, "/shift")
        response = go("/")
        screens.keep(response, is_overlooked=is_overlooked)
        return response

    return routes
