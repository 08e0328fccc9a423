"""'The system got it wrong': one tap on every screen, what may be added, and the safety officer's answers (rule I7)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from starlette.responses import Response

from console.roles import Actor
from console.rules.access import Permission
from console.rules.afterwards.wrongs import LONGEST, Finding, WrongOutcome
from console.rules.decision import Decision
from console.rules.hazards import shipped_hazards
from console.screens.answers import Answers, shown
from console.screens.door import Door
from console.screens.ports import WardPort
from console.words import N_

OUTCOMES = (
    (WrongOutcome.UPHELD, N_("It was wrong: it enters the hazard log")),
    (WrongOutcome.NOT_UPHELD, N_("It did what it should")),
)
RandomId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Text = Annotated[str, Form(max_length=LONGEST)]
Reference = Annotated[str, Form(max_length=40)]


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the pages."""
    routes = APIRouter()
    _telling(routes, ward, door, answers)
    _answering(routes, ward, door, answers)
    return routes


def _telling(routes: APIRouter, ward: WardPort, door: Door, answers: Answers) -> None:
    @routes.post("/wrong")
    def report(
        request: Request,
        actor: Annotated[Actor, Depends(door.pressed)],
        here: Annotated[str, Form(max_length=200)] = "/",
    ) -> Response:
        """Take the tap; a locked screen takes it too."""
        decision = ward.incidents.wrongs.report(actor, here)
        if not decision.allowed:
            return answers.decided(request, actor, decision, _back(here))
        return answers.page(request, actor, "me/wrong.html", decision=decision, onward=_back(here), longest=LONGEST)

    @routes.get("/wrong")
    def own(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        rows = ward.incidents.wrongs.own(actor)
        return answers.page(request, actor, "me/wrongs.html", rows=rows)

    @routes.post("/wrong/{report_id}")
    def more(
        request: Request, report_id: RandomId, actor: Annotated[Actor, Depends(door.changing)], text: Text = ""
    ) -> Response:
        return answers.decided(request, actor, ward.incidents.wrongs.say_more(actor, report_id, text), "/wrong")


def _answering(routes: APIRouter, ward: WardPort, door: Door, answers: Answers) -> None:
    waits = "/incidents/wrong"

    @routes.get(waits)
    def waiting(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        return _waiting(request, actor)

    @routes.post(f"{waits}/{{report_id}}")
    def answer(
        request: Request,
        report_id: RandomId,
        actor: Annotated[Actor, Depends(door.changing)],
        outcome: Annotated[str, Form(max_length=16)] = "",
        answer_text: Text = "",
        national_ref: Reference = "",
        regulator_ref: Reference = "",
        is_device: Annotated[bool, Form()] = False,
        title: Text = "",
        cause: Text = "",
        effect: Text = "",
        notice: Text = "",
    ) -> Response:
        told = Finding(outcome, answer_text, national_ref, regulator_ref, is_device, title, cause, effect, notice)
        decision = ward.incidents.wrongs.answer(actor, report_id, told)
        if not decision and ward.access.permits(actor, Permission.WRONG_ANSWER):
            # What was typed is much, and is not lost for one field that was left out.
            return _waiting(request, actor, report_id, told, decision)
        return answers.decided(request, actor, decision, waits)

    @routes.get("/incidents/hazards")
    def hazards(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        rows = shown(ward.incidents.wrongs.hazards(actor))
        return answers.page(request, actor, "incidents/hazards.html", rows=rows, product=shipped_hazards().hazards)

    def _waiting(
        request: Request,
        actor: Actor,
        report_id: str = "",
        typed: Finding | None = None,
        denied: Decision | None = None,
    ) -> Response:
        return answers.page(
            request,
            actor,
            "incidents/wrong.html",
            200 if denied is None else 422,
            rows=shown(ward.incidents.wrongs.waiting(actor)),
            outcomes=OUTCOMES,
            longest=LONGEST,
            answered=report_id,
            finding=typed,
            denied=denied,
        )


def _back(here: str) -> str:
    """Return the page of the tap, where it is one of ours: a path and nothing else."""
    return here if here.startswith("/") and here.replace("/", "").replace("-", "").isalnum() else "/"
