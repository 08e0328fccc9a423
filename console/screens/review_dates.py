"""The ward's papers with their review dates and deputies, and the form for a review (rule G2)."""

from datetime import date, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.roles import Actor
from console.rules.access import Permission
from console.rules.governing.documents import DocumentKind
from console.screens.answers import Answers, shown
from console.screens.door import Door
from console.screens.ports import WardPort
from console.words import N_

PATH = "/governance/papers"
PAPERS = {
    DocumentKind.DPIA: N_("Data protection impact assessment (DPIA)"),
    DocumentKind.EQIA: N_("Equality impact assessment (EQIA)"),
    DocumentKind.SAFETY_CASE: N_("Clinical safety case (DCB0160)"),
    DocumentKind.RULE_BOOK: N_("Rule book"),
}


def router(ward: WardPort, door: Door, answers: Answers, zone: ZoneInfo) -> APIRouter:
    """Return the page and its form."""
    routes = APIRouter()

    @routes.get(PATH)
    def papers(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        view = shown(ward.assurance.papers(actor))
        may_enter = ward.access.permits(actor, Permission.DOCUMENT_ENTER)
        return answers.page(request, actor, "assurance/papers.html", view=view, papers=PAPERS, may_enter=may_enter)

    @routes.post(PATH)
    def enter(
        request: Request,
        actor: Annotated[Actor, Depends(door.changing)],
        kind: Annotated[str, Form(max_length=16)] = "",
        version: Annotated[str, Form(max_length=40)] = "",
        until: Annotated[str, Form(max_length=10)] = "",
        deputy: Annotated[list[str] | None, Form(max_length=40)] = None,
    ) -> Response:
        named = tuple(dict.fromkeys(one for one in deputy or () if one))
        decision = ward.assurance.documents.enter(actor, kind, version, _end_of(until, zone), named)
        return answers.decided(request, actor, decision, PATH)

    return routes


def _end_of(day: str, zone: ZoneInfo) -> datetime | None:
    """Return the last minute of a day in ward time; None for what is no day."""
    try:
        return datetime.combine(date.fromisoformat(day), time(23, 59), zone)
    except ValueError:
        return None
