"""Before and after a shift: levels, the load strip and its answer, the handover, and how punctual the checks were."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from broker.clock import Clock
from console.roles import Actor
from console.rules.in_person.levels import CONTINUOUS, LEVEL_WORDS
from console.rules.in_person.load import LoadAnswer
from console.rules.in_person.observing import MARK_WORDS
from console.rules.in_person.quiet import Caution
from console.screens.answers import Answers, shown
from console.screens.consent_words import LISTS
from console.screens.door import Door
from console.screens.ports import WardPort
from console.words import N_

CAUTIONS = (
    (Caution.SLEEP_APNOEA, N_("Sleep apnoea")),
    (Caution.OPIOIDS, N_("Opioids")),
    (Caution.ECT, N_("ECT, for a day")),
    (Caution.OVERDOSE, N_("An overdose, for a day")),
    (Caution.HEAD_INJURY, N_("A head injury, for a day")),
)
ANSWERS = {
    LoadAnswer.PEOPLE_SENT: N_("I have sent people"),
    LoadAnswer.LEVELS_REVIEWED: N_("A clinician has reviewed the levels"),
    LoadAnswer.ACCEPTED: N_("I accept it in my name"),
}
HOURS = (1, 2, 4, 8)
CAUSES = {
    "network": N_("network"),
    "node": N_("node lost"),
    "sensor": N_("sensor fault"),
}
_MARKS = {one.value: words for one, words in MARK_WORDS.items()}
_Word = Annotated[str, Form(max_length=40)]


def router(ward: WardPort, door: Door, answers: Answers, clock: Clock) -> APIRouter:
    """Return the pages."""
    routes = APIRouter()
    checks = ward.checks

    @routes.get("/levels/{room_id}")
    def level(request: Request, room_id: str, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        return answers.page(
            request,
            actor,
            "rounds/level.html",
            plan=shown(checks.plans.view(actor, room_id)),
            levels=LEVEL_WORDS,
            cautions=CAUTIONS,
            reasons=LISTS["clinical_reason"],
        )

    @routes.post("/levels/{room_id}")
    def set_level(
        request: Request,
        room_id: str,
        actor: Annotated[Actor, Depends(door.changing)],
        told: Annotated[FormData, Depends(_told)],
    ) -> Response:
        decision = checks.plans.set_level(
            actor,
            _text(told, "stay_id"),
            _text(told, "level"),
            clinician=_text(told, "clinician"),
            why=_text(told, "why"),
            wishes_quiet=told.get("quiet") == "yes",
            cautions=[str(one)[:32] for one in told.getlist("caution")],
        )
        return answers.decided(request, actor, decision, "/round" if decision else f"/levels/{room_id}")

    @routes.get("/load")
    def load(request: Request, actor: Annotated[Actor, Depends(door.signed_in)]) -> Response:
        return answers.page(
            request,
            actor,
            "rounds/load.html",
            view=shown(checks.workload.view(actor)),
            levels=LEVEL_WORDS,
            continuous=CONTINUOUS,
            answers_to_give=ANSWERS,
            hours=HOURS,
        )

    @routes.post("/load/people")
    def people(
        request: Request,
        actor: Annotated[Actor, Depends(door.pressed)],
        people: Annotated[int, Form(ge=0, le=99)] = 0,
    ) -> Response:
        decision = checks.workload.plan_people(actor, people)
        return answers.pressed(request, actor, decision, "/load")

    @routes.post("/load/answer")
    def answer(
        request: Request,
        actor: Annotated[Actor, Depends(door.changing)],
        answer: _Word = "",
        clinician: _Word = "",
        for_h: Annotated[int, Form(ge=0, le=24)] = 0,
    ) -> Response:
        until: datetime | None = clock.utc_now() + timedelta(hours=for_h) if for_h else None
        return answers.decided(request, actor, checks.workload.answer(actor, answer, clinician, until), "/load")

    @routes.get("/handover")
    def handover(request: Request, actor: Annotated[Actor, Depends(door.signed_in)]) -> Response:
        return answers.page(
            request,
            actor,
            "rounds/handover.html",
            view=shown(checks.handovers.view(actor)),
            round=shown(checks.round_list.view(actor)),
            levels=LEVEL_WORDS,
            marks=_MARKS,
            causes=CAUSES,
            answers_given=ANSWERS,
        )

    @routes.post("/handover/sign")
    def sign(request: Request, actor: Annotated[Actor, Depends(door.changing)]) -> Response:
        return answers.decided(request, actor, checks.handovers.sign(actor), "/handover")

    @routes.get("/checks-in-counts")
    def punctual(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        view = shown(checks.punctual.view(actor))
        return answers.page(request, actor, "rounds/punctual.html", view=view, levels=LEVEL_WORDS, marks=_MARKS)

    return routes


async def _told(request: Request) -> FormData:
    return await request.form()


def _text(told: FormData, name: str) -> str:
    return str(told.get(name, ""))[:64]
