"""The shift: begin it with the one sentence, say what you are doing, take your rooms; and one person's own limits."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.roles import Actor
from console.rules.access import Permission
from console.rules.alerting.alerts import AlertKind, Concern
from console.rules.alerting.limits import LimitReason
from console.rules.alerting.shifts import Post
from console.screens.answers import Answers, shown
from console.screens.door import Door, NotForYou
from console.screens.ports import WardPort
from console.words import N_

POSTS = {
    Post.FREE: N_("Free"),
    Post.ONE_TO_ONE: N_("One to one"),
    Post.ESCORT: N_("On an escort"),
    Post.BREAK: N_("On a break"),
}
KINDS = (
    (AlertKind.ENSUITE.value, N_("Time in the en-suite")),
    (AlertKind.BED_EXIT.value, N_("Time out of bed")),
    (AlertKind.NO_MOVEMENT.value, N_("Time without movement")),
)
KIND_WORDS = dict(KINDS)
CONCERNS = (
    (Concern.ORDINARY.value, N_("Ordinary: knock and speak; a voice is an answer")),
    (Concern.HIGH.value, N_("High concern: everybody is called, and they must be seen")),
)
REASONS = (
    (LimitReason.SAFETY_PLAN.value, N_("Their safety plan, written with them")),
    (LimitReason.FALLS.value, N_("They have fallen before")),
    (LimitReason.PHYSICAL_HEALTH.value, N_("Their physical health")),
    (LimitReason.THEIR_WISH.value, N_("They wish it")),
)
AFTER_MIN = tuple((minutes, str(minutes)) for minutes in (3, 5, 10, 20, 30))
_Word = Annotated[str, Form(max_length=40)]


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the pages."""
    routes = APIRouter()

    @routes.get("/shift")
    def shift(request: Request, actor: Annotated[Actor, Depends(door.signed_in)]) -> Response:
        if not ward.access.permits(actor, Permission.SHIFT):
            raise NotForYou
        people = ward.calling.shift(actor)
        return answers.page(
            request,
            actor,
            "alerts/shift.html",
            people=people,
            mine=next((one for one in people if one.is_me), None),
            posts=POSTS,
            rooms=ward.calling.rooms(),
            titles=dict(ward.calling.rooms()),
            test=ward.call_tests.view(),
            carried=ward.sounders.carried(),
            names={one.actor_id: one.name for one in people},
            this_device=answers.cookies.device(request),
        )

    @routes.post("/shift/on")
    def begin(request: Request, actor: Annotated[Actor, Depends(door.pressed)], knows: _Word = "") -> Response:
        return answers.pressed(request, actor, ward.shifts.sign_on(actor, knows=knows == "yes"), "/shift")

    @routes.post("/shift/off")
    def end(request: Request, actor: Annotated[Actor, Depends(door.pressed)]) -> Response:
        return answers.decided(request, actor, ward.shifts.sign_off(actor), "/shift")

    @routes.post("/shift/post")
    def post(
        request: Request, actor: Annotated[Actor, Depends(door.pressed)], post: _Word = "", cover: _Word = ""
    ) -> Response:
        return answers.pressed(request, actor, ward.shifts.change_post(actor, post, cover), "/shift")

    @routes.post("/shift/rooms")
    def rooms(
        request: Request,
        actor: Annotated[Actor, Depends(door.pressed)],
        person: _Word = "",
        room: Annotated[list[str] | None, Form()] = None,
    ) -> Response:
        decision = ward.shifts.allocate(actor, person or actor.actor_id, room or ())
        return answers.pressed(request, actor, decision, "/shift")

    @routes.post("/shift/test")
    def test(request: Request, actor: Annotated[Actor, Depends(door.pressed)]) -> Response:
        return answers.pressed(request, actor, ward.call_tests.begin(actor), "/shift#test")

    @routes.post("/shift/corridor")
    def corridor(request: Request, actor: Annotated[Actor, Depends(door.pressed)], heard: _Word = "") -> Response:
        if heard in ("yes", "no"):
            decision = ward.call_tests.heard(actor, was_heard=heard == "yes")
        else:
            decision = ward.call_tests.sound(actor)
        return answers.decided(request, actor, decision, "/shift#test")

    @routes.get("/limits/{room_id}")
    def limits(request: Request, room_id: str, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        return answers.page(
            request,
            actor,
            "alerts/limits.html",
            room=shown(ward.calling.limits(actor, room_id)),
            kinds=KINDS,
            kind_words=KIND_WORDS,
            concerns=CONCERNS,
            reasons=REASONS,
            after_min=AFTER_MIN,
        )

    @routes.post("/limits/{room_id}")
    def set_limit(
        request: Request,
        room_id: str,
        actor: Annotated[Actor, Depends(door.changing)],
        stay: _Word = "",
        kind: _Word = "",
        after_min: Annotated[float, Form(ge=0, le=600)] = 0,
        concern: _Word = "",
        reason: _Word = "",
        days: Annotated[float, Form(ge=0, le=60)] = 0,
    ) -> Response:
        decision = ward.limits.set_limit(actor, stay, kind, after_min * 60, concern, reason, days)
        return answers.decided(request, actor, decision, f"/limits/{room_id}")

    return routes
