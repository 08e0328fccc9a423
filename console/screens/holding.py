"""Have notes kept for whoever asks, and end that by two (rules I1, I4)."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import Response

from console.incidents.desk import IncidentsView
from console.incidents.holding import Begun
from console.roles import Actor
from console.rules.access import Permission
from console.rules.afterwards.holding import HoldReason
from console.rules.afterwards.lifting import LONGEST
from console.screens.answers import Answers, shown
from console.screens.door import Door, NotForYou
from console.screens.incidents import DESK, LIFTS, WHY, RandomId
from console.screens.ports import WardPort
from console.words import N_

HOLDS = "/holds"
ASKED_BY = {
    HoldReason.ASKED_BY_PATIENT: N_("The patient asks for it"),
    HoldReason.ASKED_BY_FAMILY: N_("Their family asks for it"),
    HoldReason.ASKED_BY_ADVOCATE: N_("Their advocate asks for it"),
    HoldReason.ASKED_BY_STAFF: N_("I or a colleague ask for it"),
    HoldReason.SAFEGUARDING: N_("A safeguarding or sexual-safety concern"),
}
Slug = Annotated[str, Form(pattern=r"^[a-z0-9-]{0,32}$")]


def router(ward: WardPort, door: Door, answers: Answers, zone: ZoneInfo) -> APIRouter:
    """Return the pages."""
    routes = APIRouter()
    _beginning(routes, ward, door, answers, zone)
    _ending(routes, ward, door, answers)
    return routes


def _beginning(routes: APIRouter, ward: WardPort, door: Door, answers: Answers, zone: ZoneInfo) -> None:
    Changing = Annotated[Actor, Depends(door.changing)]  # noqa: N806 (a type)

    @routes.get(HOLDS)
    def form(
        request: Request,
        actor: Annotated[Actor, Depends(door.unlocked)],
        room: Annotated[str, Query(pattern=r"^[a-z0-9-]{0,32}$")] = "",
    ) -> Response:
        if actor.room_id is not None or not ward.access.permits(actor, Permission.NOTES_HOLD):
            raise NotForYou
        rooms = ward.calling.rooms()
        return answers.page(request, actor, "incidents/begin.html", rooms=rooms, chosen=room, reasons=ASKED_BY)

    @routes.post(HOLDS)
    def begin(
        request: Request,
        actor: Changing,
        why: Annotated[str, Form(max_length=24)] = "",
        room: Slug = "",
        at: Annotated[str, Form(max_length=20)] = "",
    ) -> Response:
        happened_at = _ward_time(at, zone)
        if at and happened_at is None:
            words = N_("That is no date and time. Nothing is kept yet: go back, and say when it happened.")
            return answers.sentence(request, actor, N_("Not done"), words, 422, HOLDS)
        told = Begun(why, room, happened_at=happened_at)
        return answers.decided(request, actor, ward.incidents.holding.begin(actor, told), HOLDS)

    @routes.post("/me/hold")
    def own(request: Request, actor: Changing) -> Response:
        return answers.decided(request, actor, ward.incidents.holding.begin_own(actor), "/me/tell")

    @routes.post(f"{DESK}/holds/{{hold_id}}/inquiry")
    def inquiry(request: Request, hold_id: RandomId, actor: Changing) -> Response:
        told = Begun(HoldReason.INQUIRY.value, hold_id=hold_id)
        return answers.decided(request, actor, ward.incidents.holding.begin(actor, told), DESK)


def _ending(routes: APIRouter, ward: WardPort, door: Door, answers: Answers) -> None:
    Changing = Annotated[Actor, Depends(door.changing)]  # noqa: N806 (a type)

    @routes.get(f"{DESK}/holds/{{hold_id}}/lift")
    def form(request: Request, hold_id: RandomId, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        view: IncidentsView = shown(ward.incidents.view(actor))
        hold = next((one for one in view.holds if one.hold_id == hold_id), None)
        if hold is None or not ward.access.permits(actor, Permission.NOTES_LIFT):
            raise NotForYou
        return answers.page(request, actor, "incidents/lift.html", hold=hold, why=WHY, reasons=LIFTS, longest=LONGEST)

    @routes.post(f"{DESK}/holds/{{hold_id}}/lift")
    def ask(
        request: Request,
        hold_id: RandomId,
        actor: Changing,
        reason: Annotated[str, Form(max_length=24)] = "",
        words: Annotated[str, Form(max_length=LONGEST)] = "",
    ) -> Response:
        decision = ward.incidents.holding.ask_to_lift(actor, hold_id, reason, words)
        return answers.decided(request, actor, decision, DESK)

    @routes.post(f"{DESK}/holds/{{hold_id}}/review")
    def review(request: Request, hold_id: RandomId, actor: Changing) -> Response:
        return answers.decided(request, actor, ward.incidents.holding.review(actor, hold_id), DESK)

    @routes.post(f"{DESK}/lifts/{{lift_id}}")
    def decide(
        request: Request, lift_id: RandomId, actor: Changing, what: Annotated[str, Form(max_length=8)] = ""
    ) -> Response:
        holding = ward.incidents.holding
        decision = holding.lift(actor, lift_id) if what == "lift" else holding.refuse(actor, lift_id)
        return answers.decided(request, actor, decision, DESK)


def _ward_time(told: str, zone: ZoneInfo) -> datetime | None:
    """Return a time as typed, in ward time; None where nothing was typed that is one."""
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        return None
    return at.replace(tzinfo=zone) if at.tzinfo is None else at
