"""What is written down about a person around the talk: what helps them, what changed, how it was (chapter C)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from console.roles import Actor
from console.rules.consenting.person import Adjustment
from console.screens.answers import Answers, shown
from console.screens.door import Door
from console.screens.ports import WardPort

Text = Annotated[str, Form(max_length=80)]
Tick = Annotated[str, Form(max_length=8)]


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the presses; each leads back to the talk, those of rapid tranquillisation to the rooms."""
    routes = APIRouter(prefix="/consents/{stay_id}")
    Changing = Annotated[Actor, Depends(door.changing)]  # noqa: N806 (a type)

    @routes.post("/needs")
    def needs(request: Request, stay_id: str, actor: Changing, told: Annotated[FormData, Depends(_told)]) -> Response:
        chosen = [str(one)[:32] for one in told.getlist("needs")]
        decision = ward.care.note_adjustments(actor, stay_id, chosen, met=told.get("met") == "yes")
        is_there = bool(decision) and (told.get("met") == "yes" or chosen == [Adjustment.NONE])
        return answers.decided(request, actor, decision, f"{_talk(stay_id)}{'/step/ask' if is_there else ''}")

    @routes.post("/age")
    def age(request: Request, stay_id: str, actor: Changing, age: Text = "") -> Response:
        return answers.decided(request, actor, ward.care.note_age(actor, stay_id, age), _talk(stay_id))

    @routes.post("/wish")
    def wish(request: Request, stay_id: str, actor: Changing, says: Tick = "", written: Tick = "") -> Response:
        decision = ward.care.note_advance_wish(actor, stay_id, says_no=says == "no", is_written=written == "yes")
        return answers.decided(request, actor, decision, _talk(stay_id))

    @routes.post("/earlier-no")
    def earlier_no(
        request: Request,
        stay_id: str,
        actor: Changing,
        first: Text = "",
        second: Text = "",
        told_first: Tick = "",
        heard: Tick = "",
    ) -> Response:
        decision = ward.care.review_earlier_no(
            actor, stay_id, first=first, second=second, told_first=told_first == "yes", heard=heard == "yes"
        )
        return answers.decided(request, actor, decision, _talk(stay_id))

    @routes.post("/not-by-me")
    def not_by_me(request: Request, stay_id: str, actor: Changing) -> Response:
        return answers.decided(request, actor, ward.care.note_not_by(actor, stay_id, actor.actor_id), "/rooms")

    @routes.post("/talked")
    def talked(request: Request, stay_id: str, actor: Changing, less: Text = "") -> Response:
        return answers.decided(request, actor, ward.care.note_talk(actor, stay_id, less), _talk(stay_id))

    @routes.post("/felt")
    def felt(request: Request, stay_id: str, actor: Changing, feeling: Text = "") -> Response:
        return answers.decided(request, actor, ward.care.note_feeling(actor, stay_id, feeling), _talk(stay_id))

    @routes.post("/changed")
    def changed(request: Request, stay_id: str, actor: Changing, what: Text = "", reason: Text = "") -> Response:
        return answers.decided(request, actor, ward.care.note_change(actor, stay_id, what, reason), _talk(stay_id))

    @routes.post("/objected")
    def objected(request: Request, stay_id: str, actor: Changing, how: Text = "") -> Response:
        stay = shown(ward.access.talk(actor, stay_id))
        return answers.decided(request, actor, ward.care.note_objection(actor, stay.room_id, how), _talk(stay_id))

    @routes.post("/asks")
    def asks(request: Request, stay_id: str, actor: Changing) -> Response:
        stay = shown(ward.access.talk(actor, stay_id))
        return answers.decided(request, actor, ward.consents.wish_to_talk(actor, stay.room_id), _talk(stay_id))

    @routes.post("/tranquillised")
    def tranquillised(request: Request, stay_id: str, actor: Changing) -> Response:
        return answers.decided(request, actor, ward.care.tranquillise(actor, stay_id), "/rooms")

    @routes.post("/checked")
    def checked(request: Request, stay_id: str, actor: Changing, seen: Text = "") -> Response:
        return answers.decided(request, actor, ward.care.check_in_person(actor, stay_id, seen), "/rooms")

    @routes.post("/checks-ended")
    def checks_ended(request: Request, stay_id: str, actor: Changing, prescriber: Text = "") -> Response:
        return answers.decided(request, actor, ward.care.end_sedation_checks(actor, stay_id, prescriber), "/rooms")

    return routes


def _talk(stay_id: str) -> str:
    return f"/consents/{stay_id}"


async def _told(request: Request) -> FormData:
    return await request.form()
