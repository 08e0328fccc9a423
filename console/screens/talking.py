"""The pages of the talk, one question each; back is always possible, and what was answered waits on the ward (C20)."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from console.consenting.care_views import TalkView
from console.roles import Actor
from console.screens import consent_words
from console.screens.answers import Answers, go, shown
from console.screens.door import Door, NotForYou
from console.screens.ports import WardPort
from console.screens.sensor_words import told_of
from console.screens.talk_steps import Answered, Kind, Step, is_uneasy, missing, step_after, step_before, steps_for
from console.showing.desk_views import RoomRow
from console.words import PSEUDO_LANGUAGES

NO_TEXT = "und"
"""Tag of a language in which there is no text of ours; an interpreter speaks it."""
_LONGEST = 80


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the pages."""
    routes = APIRouter(prefix="/consents/{stay_id}")

    @routes.get("/step/{name}")
    def show(request: Request, stay_id: str, name: str, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        stay = shown(ward.access.talk(actor, stay_id))
        return _page(request, actor, stay, name, ward.drafts.of(actor, stay_id))

    @routes.post("/step/{name}")
    def answer(
        request: Request,
        stay_id: str,
        name: str,
        actor: Annotated[Actor, Depends(door.changing)],
        told: Annotated[FormData, Depends(_told)],
    ) -> Response:
        stay, before = shown(ward.access.talk(actor, stay_id)), ward.drafts.of(actor, stay_id)
        view = stay.talk or TalkView()
        step = _step(name, before, view)
        given = _answers_of(step, told, stay)
        answered = {field: values for field, values in before.items() if not step.takes(field)} | given
        if not step.is_answered(answered) or not ward.drafts.keep(actor, stay_id, answered):
            return _page(request, actor, stay, name, answered, is_missing=True)
        return go(f"/consents/{stay_id}/step/{step_after(name, answered, view)}")

    @routes.post("/forget")
    def forget(stay_id: str, actor: Annotated[Actor, Depends(door.changing)]) -> Response:
        shown(ward.access.talk(actor, stay_id))
        ward.drafts.drop(stay_id)
        return go(f"/consents/{stay_id}")

    def _page(
        request: Request, actor: Actor, stay: RoomRow, name: str, answered: Answered, *, is_missing: bool = False
    ) -> Response:
        view = stay.talk or TalkView()
        step, steps = _step(name, answered, view), steps_for(answered, view)
        facts: dict[str, Any] = {
            "before": step_before(name, answered, view),
            "after": step_after(name, answered, view),
            "number": steps.index(step) + 1,
            "count": len(steps),
            "wanting": missing(answered, view),
            "uneasy": is_uneasy(answered),
            "sees": told_of(stay.sensors),
            "tongues": [one for tag, one in answers.pages.catalogues.items() if tag not in PSEUDO_LANGUAGES],
        }
        return answers.page(
            request,
            actor,
            "consent/step.html",
            422 if is_missing else 200,
            stay=stay,
            talk=view,
            step=step,
            steps=steps,
            answered=answered,
            options=lambda field: _options(field, stay),
            lists=consent_words.LISTS,
            no_text=NO_TEXT,
            is_missing=is_missing,
            **facts,
        )

    return routes


def _step(name: str, answered: Answered, view: TalkView) -> Step:
    found = next((one for one in steps_for(answered, view) if one.name == name), None)
    if found is None:
        raise NotForYou
    return found


def _options(field: str, stay: RoomRow) -> tuple[tuple[str, str], ...]:
    """Return what can be answered: of sensors those of the room, whose words they heard."""
    listed = consent_words.LISTS[field]
    if field != "sensors" or not stay.sensors:
        return listed
    return tuple((value, text) for value, text in listed if value in stay.sensors)


def _answers_of(step: Step, told: FormData, stay: RoomRow) -> dict[str, tuple[str, ...]]:
    """Return what a form answers of a step; what was not offered is no answer."""
    given = {name: tuple(str(one)[:_LONGEST] for one in told.getlist(name) if one) for name in told if step.takes(name)}
    for one in step.questions:
        if one.kind in (Kind.ONE, Kind.MANY, Kind.SELECT) and one.name in given:
            offered = {value for value, _text in _options(one.name, stay)}
            given[one.name] = tuple(value for value in given[one.name] if value in offered)
    return {name: values for name, values in given.items() if values}


async def _told(request: Request) -> FormData:
    return await request.form()
