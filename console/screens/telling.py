"""A patient's word to people: "I don't feel right", a complaint past the ward's staff, and its answer (rule S6)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from starlette.responses import Response

from console.own.complaints import LONGEST_TEXT, ComplaintKind
from console.roles import Actor
from console.rules.decision import Decision
from console.screens.answers import Answers, shown
from console.screens.door import Door
from console.screens.ports import Contacts, WardPort
from console.showing.views import PatientView
from console.words import N_

KINDS = (
    (ComplaintKind.COMPLAINT.value, N_("I want to complain")),
    (ComplaintKind.WRONG.value, N_("The system got something wrong")),
    (ComplaintKind.FEEDBACK.value, N_("I want to say how it was for me")),
)
Said = Annotated[str, Form(max_length=LONGEST_TEXT)]
RandomId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


def router(ward: WardPort, door: Door, answers: Answers, contacts: Contacts) -> APIRouter:
    """Return the pages."""
    routes = APIRouter()
    Changing = Annotated[Actor, Depends(door.changing)]  # noqa: N806 (a type)
    Reading = Annotated[Actor, Depends(door.unlocked)]  # noqa: N806 (a type)

    @routes.post("/me/help")
    def help_me(request: Request, actor: Annotated[Actor, Depends(door.pressed)]) -> Response:
        """Bring a human; a locked screen takes it too."""
        decision: Decision = ward.prompts.call(actor)
        return answers.pressed(request, actor, decision, "/me")

    @routes.get("/me/tell")
    def tell_page(request: Request, actor: Reading) -> Response:
        view: PatientView = shown(ward.access.patient_page(actor))
        return answers.page(
            request, actor, "me/tell.html", view=view, kinds=KINDS, longest=LONGEST_TEXT, contacts=contacts
        )

    @routes.post("/me/tell")
    def tell(
        request: Request, actor: Changing, kind: Annotated[str, Form(max_length=16)] = "", text: Said = ""
    ) -> Response:
        return answers.decided(request, actor, ward.complaints.make(actor, kind, text), "/me/tell")

    @routes.get("/complaints")
    def waiting(request: Request, actor: Reading) -> Response:
        rows = shown(ward.complaints.waiting(actor))
        copies = shown(ward.copies.waiting(actor))
        return answers.page(
            request, actor, "complaints.html", rows=rows, copies=copies, kinds=dict(KINDS), longest=LONGEST_TEXT
        )

    @routes.post("/copies/{request_id}/answered")
    def answered(request: Request, request_id: RandomId, actor: Changing) -> Response:
        return answers.decided(request, actor, ward.copies.answer(actor, request_id), "/complaints")

    @routes.post("/complaints/{complaint_id}/arrived")
    def acknowledge(request: Request, complaint_id: RandomId, actor: Changing) -> Response:
        return answers.decided(request, actor, ward.complaints.acknowledge(actor, complaint_id), "/complaints")

    @routes.post("/complaints/{complaint_id}/answer")
    def answer(request: Request, complaint_id: RandomId, actor: Changing, text: Said = "") -> Response:
        return answers.decided(request, actor, ward.complaints.answer(actor, complaint_id, text), "/complaints")

    return routes
