"""Looks that stand out, emergency sight and second people: what staff and those who audit press (X2, X7, X8)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.own.ledger import ROLES
from console.roles import Actor
from console.rules.access import Permission
from console.rules.looking.reviewing import Escalation, ReviewKind, ReviewOutcome
from console.rules.looking.sensitive import MarkKind
from console.rules.looking.sight import SightReason
from console.screens.answers import Answers, shown
from console.screens.door import Door, NotForYou
from console.screens.ports import WardPort
from console.words import N_

KINDS = {
    ReviewKind.BURST: N_("{count} looks at one person within half an hour"),
    ReviewKind.ABOVE_PEERS: N_("{count} looks in a shift: more than three times what peers do"),
    ReviewKind.UNEXPLAINED: N_("{count} looks in a shift at somebody who was not theirs to care for"),
    ReviewKind.SLOW: N_("a look on {count} days at somebody who was not theirs to care for"),
    ReviewKind.BREAK_GLASS: N_("emergency sight"),
    ReviewKind.SENSITIVE: N_("a look at a sensitive stay, with a second person"),
}
OUTCOMES = (
    (ReviewOutcome.EXPLAINED, N_("It was part of care")),
    (ReviewOutcome.TALKED, N_("I talked with them")),
    (ReviewOutcome.INCIDENT, N_("It is an incident now")),
)
SIGHTS = {
    SightReason.MEDICAL_EMERGENCY: N_("A medical emergency"),
    SightReason.CANNOT_FIND_THEM: N_("We cannot find them"),
    SightReason.SOMEONE_AT_RISK: N_("Somebody is at risk now"),
}
MARKS = {
    MarkKind.COLLEAGUE: N_("They work here, or did"),
    MarkKind.STAFF_RELATIVE: N_("They are close to somebody who works here"),
    MarkKind.PUBLIC_FIGURE: N_("They are known to the public"),
    MarkKind.VICTIM: N_("Somebody may look for them to harm them"),
}
ESCALATED = {
    Escalation.CALDICOTT_GUARDIAN: N_("The Caldicott Guardian was told that nobody reviewed it."),
    Escalation.EXECUTIVE: N_("The executive was told that nobody reviewed it."),
}
_LIST = "/governance/looks"


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the pages."""
    routes = APIRouter()

    @routes.get(_LIST)
    def reviews(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        rows = shown(ward.reviews.waiting(actor))
        return answers.page(
            request,
            actor,
            "looks/reviews.html",
            rows=rows,
            kinds=KINDS,
            outcomes=OUTCOMES,
            escalated=ESCALATED,
            roles=ROLES,
            sights=SIGHTS,
        )

    @routes.post(f"{_LIST}/{{review_id}}")
    def close(
        request: Request,
        review_id: str,
        actor: Annotated[Actor, Depends(door.changing)],
        outcome: Annotated[str, Form(max_length=16)] = "",
    ) -> Response:
        told = outcome == "contact_told"
        decision = (
            ward.reviews.tell_contact(actor, review_id) if told else ward.reviews.close(actor, review_id, outcome)
        )
        return answers.decided(request, actor, decision, _LIST)

    _sight(routes, ward, door, answers)
    _second(routes, ward, door, answers)
    return routes


def _sight(routes: APIRouter, ward: WardPort, door: Door, answers: Answers) -> None:
    @routes.get("/sight/{room_id}")
    def sight_page(request: Request, room_id: str, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        if not ward.access.permits(actor, Permission.SIGHT_TAKE):
            raise NotForYou
        return answers.page(request, actor, "looks/sight.html", room_id=room_id, reasons=SIGHTS, reading=None)

    @routes.post("/sight/{room_id}")
    def take(
        request: Request,
        room_id: str,
        actor: Annotated[Actor, Depends(door.changing)],
        reason: Annotated[str, Form(max_length=32)] = "",
    ) -> Response:
        decision = ward.sights.take(actor, room_id, reason)
        if not decision.allowed:
            return answers.decided(request, actor, decision, f"/sight/{room_id}")
        reading = shown(ward.access.reading(actor, room_id, "emergency"))
        return answers.page(
            request, actor, "looks/sight.html", room_id=room_id, reasons=SIGHTS, reading=reading, decision=decision
        )


def _second(routes: APIRouter, ward: WardPort, door: Door, answers: Answers) -> None:
    @routes.get("/looks/second")
    def second_page(request: Request, actor: Annotated[Actor, Depends(door.unlocked)], room: str = "") -> Response:
        if not ward.access.permits(actor, Permission.LOOK_AGREE):
            raise NotForYou
        rows = ward.closeness.waiting(actor)
        return answers.page(request, actor, "looks/second.html", rows=rows, room_id=room)

    @routes.post("/looks/second")
    def second(
        request: Request,
        actor: Annotated[Actor, Depends(door.changing)],
        room_id: Annotated[str, Form(max_length=32)] = "",
        asked_id: Annotated[str, Form(max_length=64)] = "",
    ) -> Response:
        if asked_id:
            return answers.decided(request, actor, ward.closeness.agree(actor, asked_id), "/looks/second")
        onward = f"/board/rooms/{room_id}" if room_id.replace("-", "").isalnum() else "/"
        return answers.decided(request, actor, ward.closeness.ask_second(actor, room_id), onward)

    @routes.get("/stays/{stay_id}/sensitive")
    def mark_page(request: Request, stay_id: str, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        if not ward.access.permits(actor, Permission.STAY_MARK):
            raise NotForYou
        return answers.page(request, actor, "looks/mark.html", stay_id=stay_id, marks=MARKS)

    @routes.post("/stays/{stay_id}/sensitive")
    def mark(
        request: Request,
        stay_id: str,
        actor: Annotated[Actor, Depends(door.changing)],
        kind: Annotated[str, Form(max_length=32)] = "",
        transfer_offered: Annotated[bool, Form()] = False,
    ) -> Response:
        if kind == "none":
            return answers.decided(request, actor, ward.closeness.unmark(actor, stay_id), "/rooms")
        decision = ward.closeness.mark(actor, stay_id, kind, transfer_offered=transfer_offered)
        return answers.decided(request, actor, decision, "/rooms")
