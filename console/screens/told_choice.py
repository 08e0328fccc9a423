"""When somebody is told who looked, and a code for whoever leaves before an answer comes (S2, S6)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.roles import Actor
from console.rules.decision import Decision
from console.rules.looking.telling import Telling
from console.screens.answers import Answers, shown
from console.screens.door import Door
from console.screens.ports import WardPort
from console.showing.views import PatientView
from console.words import N_

WAYS = (
    (Telling.WHEN_I_ASK.value, N_("When I ask: I look at my page")),
    (Telling.AT_ONCE.value, N_("At once: whoever looks tells me")),
    (Telling.EACH_MORNING.value, N_("Each morning: a list on paper, printed with me")),
)
Code = Annotated[str, Form(max_length=40)]


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the pages."""
    routes = APIRouter()
    Changing = Annotated[Actor, Depends(door.changing)]  # noqa: N806 (a type)

    @routes.get("/me/told")
    def choice(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        view: PatientView = shown(ward.access.patient_page(actor))
        return answers.page(request, actor, "me/told.html", view=view, ways=WAYS, chosen=ward.own.telling(actor).value)

    @routes.post("/me/told")
    def choose(request: Request, actor: Changing, how: Annotated[str, Form(max_length=16)] = "") -> Response:
        return answers.decided(request, actor, ward.own.choose_telling(actor, how), "/me")

    @routes.post("/me/leaving/code")
    def code(request: Request, actor: Changing) -> Response:
        decision = ward.claims.make(actor)
        if not decision:
            return answers.decided(request, actor, decision, "/me/leaving")
        return answers.page(request, actor, "me/code.html", decision=decision)

    @routes.get("/answer")
    def ask(request: Request) -> Response:
        return answers.page(request, None, "stop/answer.html", found=None, decision=None)

    @routes.post("/answer")
    def read(request: Request, code: Code = "") -> Response:
        """Show what became of the complaints of whoever holds this code; it needs no sign-in, and says no name."""
        found = ward.claims.read(code)
        if isinstance(found, Decision):
            return answers.page(request, None, "stop/answer.html", 404, found=None, decision=found)
        return answers.page(request, None, "stop/answer.html", found=found, decision=None)

    return routes
