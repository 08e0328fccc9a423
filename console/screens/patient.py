"""The patient's own page: what is on, why, until when, who looked, and one press to stop it (rules S1 to S3)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import Response

from broker.vocabulary import Purpose
from console.roles import Actor
from console.rules.decision import Decision
from console.screens.answers import Answers, go, shown
from console.screens.door import Door
from console.screens.pages import READING
from console.screens.ports import Contacts, WardPort
from console.screens.reading import keep
from console.screens.stopping import headline
from console.showing.views import PatientView
from console.words import N_

PURPOSES = {
    Purpose.PRESENCE: N_("notices that somebody is in the room, moving or still"),
    Purpose.BED_EXIT: N_("notices when you get out of bed and come back"),
    Purpose.FLOOR: N_("notices somebody on the floor"),
    Purpose.NO_MOVEMENT: N_("notices a long time without movement"),
    Purpose.SECOND_PERSON: N_("notices when more than one person is in the room"),
    Purpose.BATHROOM_DWELL: N_("notices how long you are in the en-suite"),
    Purpose.BREATHING_SPOT: N_("counts your breaths now and then"),
    Purpose.PULSE_SPOT: N_("counts your pulse now and then"),
    Purpose.SLEEP_REPORT: N_("writes one page about the night, for you"),
}
RELAY_ANSWERS = (("yes", N_("Yes")), ("no", N_("No")), ("talk", N_("I want to talk about it")))


def router(ward: WardPort, door: Door, answers: Answers, contacts: Contacts) -> APIRouter:
    """Return the pages."""
    routes = APIRouter()
    cookies = answers.cookies

    @routes.get("/me")
    def mine(
        request: Request,
        actor: Annotated[Actor, Depends(door.unlocked)],
        page: Annotated[int, Query(ge=0, le=10_000)] = 0,
    ) -> Response:
        told = ward.access.patient_page(actor, page)
        if isinstance(told, Decision) and ward.access.stays_here(actor):
            # Reading must be written down and cannot be just now; stopping needs nothing of that (rules C5, F36).
            return answers.page(
                request, actor, "stop/stop.html", 503, room_id=actor.room_id or "", sentence=told.reason
            )
        view: PatientView = shown(told)
        if cookies.choice(request, READING) is None:
            return _as_they_read(actor)
        response = answers.page(
            request,
            actor,
            "me/me.html",
            view=view,
            earlier=page + 1,
            headline=headline(view.stop),
            purposes=PURPOSES,
            relay_answers=RELAY_ANSWERS,
            asked=True,
            contacts=contacts,
        )
        cookies.keep_device(request, response)
        return response

    def _as_they_read(actor: Actor) -> Response:
        """Bring this screen to how they read, or ask them, once."""
        choice = ward.own.reading_choice(actor)
        if choice is None:
            return go("/reading")
        response = go("/me")
        keep(cookies, response, choice)
        return response

    @routes.get("/me/leaving")
    def leaving(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        view: PatientView = shown(ward.access.patient_page(actor))
        return answers.page(request, actor, "me/leaving.html", view=view)

    @routes.post("/me/resume")
    def resume(request: Request, actor: Annotated[Actor, Depends(door.changing)]) -> Response:
        decision: Decision = ward.consents.resume(actor, actor.room_id or "")
        return answers.pressed(request, actor, decision, "/me")

    @routes.post("/me/stop-sensor")
    def stop_sensor(
        request: Request,
        actor: Annotated[Actor, Depends(door.changing)],
        sensor: Annotated[str, Form(max_length=16)] = "",
    ) -> Response:
        """Stop one of two sensors; anything but the name of one stops both."""
        decision: Decision = ward.consents.withdraw_sensor(actor, sensor, device=cookies.device(request))
        return answers.pressed(request, actor, decision, "/me")

    @routes.post("/me/answer")
    def answer(
        request: Request,
        actor: Annotated[Actor, Depends(door.changing)],
        said: Annotated[str, Form(max_length=8)] = "",
    ) -> Response:
        decision: Decision = ward.consents.answer_relay(actor, said)
        return answers.decided(request, actor, decision, "/me")

    return routes
