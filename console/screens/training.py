"""Training: one's own, for everybody on the staff; and the register, for whoever keeps it (rule G3)."""

from datetime import date, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.roles import Actor, Role
from console.rules.access import Permission
from console.rules.in_person.training import Course
from console.screens.answers import Answers, shown
from console.screens.door import Door, NotForYou
from console.screens.ports import WardPort
from console.words import N_

PATH = "/training"
COURSES = {
    Course.CONSENT: N_("Asking about the sensor, and writing down a yes"),
    Course.BOARD: N_("Limits, and leading the board"),
    Course.RELEASE: N_("Releasing what was noted"),
}


def router(ward: WardPort, door: Door, answers: Answers, zone: ZoneInfo) -> APIRouter:
    """Return the page and its press."""
    routes = APIRouter()

    @routes.get(PATH)
    def training(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        if actor.role is Role.PATIENT:
            raise NotForYou
        keeps = ward.access.permits(actor, Permission.TRAINING_ENTER)
        return answers.page(
            request,
            actor,
            "desk/training.html",
            own=ward.training.own(actor),
            rows=shown(ward.training.view(actor)) if keeps else (),
            keeps=keeps,
            missing=ward.trained_shift.missing(),
            first_night_at=ward.first_night.done_at(actor),
            is_first_night_due=ward.first_night.is_due(actor),
            named=ward.assurance.documents.for_deputy(actor),
            courses=COURSES,
        )

    @routes.post(PATH)
    def enter(
        request: Request,
        actor: Annotated[Actor, Depends(door.changing)],
        person: Annotated[str, Form(max_length=40)] = "",
        course: Annotated[str, Form(max_length=16)] = "",
        until: Annotated[str, Form(max_length=10)] = "",
    ) -> Response:
        return answers.decided(request, actor, ward.training.enter(actor, person, course, _end_of(until, zone)), PATH)

    return routes


def _end_of(day: str, zone: ZoneInfo) -> datetime | None:
    """Return the last minute of a day in ward time; None for what is no day."""
    try:
        return datetime.combine(date.fromisoformat(day), time(23, 59), zone)
    except ValueError:
        return None
