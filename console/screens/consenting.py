"""The talk about the sensor: ask, hear it back, write down a yes or a no; nothing is chosen beforehand (chapter C)."""

import hashlib
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import FormData
from starlette.responses import Response

from broker.clock import Clock
from broker.vocabulary import Modality, Purpose
from console.roles import Actor
from console.rules.grants import (
    Alternative,
    Basis,
    CarePlanReason,
    Feeling,
    Grant,
    Information,
    Mark,
    NetworkChoice,
)
from console.rules.hours import parse_hours
from console.screens import consent_words
from console.screens.answers import Answers, shown
from console.screens.door import Door
from console.screens.ports import WardPort
from console.words import N_

Text = Annotated[str, Field(max_length=80)]
_MANY = ("sensors", "purposes", "alternatives")


class GrantForm(BaseModel):
    """What the form of a yes brings; each answer must be there, and none has a default (rules C3, C17, C22)."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    sensors: Annotated[tuple[Modality, ...], Field(min_length=1)]
    purposes: Annotated[tuple[Purpose, ...], Field(min_length=1)]
    hours: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
    basis: Basis
    mark: Mark
    format: Annotated[str, Field(pattern=r"^(easy_read|large_print|audio|paper|talk|bsl)$")]
    interpreter: Text = ""
    care_plan_reason: CarePlanReason
    network: NetworkChoice
    feeling: Feeling
    alternatives: tuple[Alternative, ...] = ()
    review_days: Annotated[int, Field(ge=1, le=7)]
    teach_back_done: bool = False
    at_their_wish: bool = False
    advocate_offered: bool = False
    authority_seen: bool = False
    assessment: Text = ""
    decision_maker: Text = ""
    consultees: Text = ""
    least_restrictive: Text = ""


def router(ward: WardPort, door: Door, answers: Answers, clock: Clock) -> APIRouter:
    """Return the pages."""
    routes = APIRouter(prefix="/consents/{stay_id}")
    Changing = Annotated[Actor, Depends(door.changing)]  # noqa: N806 (a type)

    @routes.get("")
    def talk(request: Request, stay_id: str, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        stay = shown(ward.access.talk(actor, stay_id))
        return answers.page(request, actor, "consent/talk.html", stay=stay, lists=consent_words.LISTS)

    @routes.post("/offer")
    def offer(
        request: Request, stay_id: str, actor: Changing, asked: Annotated[str, Form(max_length=8)] = ""
    ) -> Response:
        decision = ward.consents.offer(actor, stay_id, they_asked=asked == "them")
        return answers.decided(request, actor, decision, f"/consents/{stay_id}")

    @routes.post("/explain")
    def explain(
        request: Request, stay_id: str, actor: Changing, heard: Annotated[str, Form(max_length=8)] = ""
    ) -> Response:
        decision = ward.consents.explain(actor, stay_id, in_their_own_form=heard == "yes")
        return answers.decided(request, actor, decision, f"/consents/{stay_id}")

    @routes.post("/refuse")
    def refuse(request: Request, stay_id: str, actor: Changing) -> Response:
        return answers.decided(request, actor, ward.consents.refuse(actor, stay_id), "/rooms")

    @routes.post("/give")
    def give(request: Request, stay_id: str, actor: Changing, told: Annotated[FormData, Depends(_told)]) -> Response:
        try:
            form = GrantForm.model_validate(_answers_of(told))
        except ValidationError:
            onward = f"/consents/{stay_id}"
            return answers.sentence(
                request,
                actor,
                N_("Not done"),
                N_("An answer is missing. Go back; every question is asked, and none has an answer beforehand."),
                422,
                onward,
            )
        decision = ward.consents.give(actor, stay_id, _grant(request, form))
        return answers.decided(request, actor, decision, "/rooms" if decision.allowed else f"/consents/{stay_id}")

    def _grant(request: Request, form: GrantForm) -> Grant:
        language = answers.pages.reader(request).catalogue.language
        return Grant(
            sensors=form.sensors,
            purposes=form.purposes,
            hours=(parse_hours(form.hours),),
            basis=form.basis,
            mark=form.mark,
            information=Information(information_version(answers, language), language, form.format, form.interpreter),
            care_plan_reason=form.care_plan_reason,
            network=form.network,
            feeling=form.feeling,
            alternatives=form.alternatives,
            review_by=clock.utc_now() + timedelta(days=form.review_days),
            teach_back_done=form.teach_back_done,
            advocate_offered=form.advocate_offered,
            at_their_wish=form.at_their_wish,
            assessment=form.assessment.strip(),
            decision_maker=form.decision_maker.strip(),
            consultees=tuple(one.strip() for one in form.consultees.split(",") if one.strip()),
            authority_seen=form.authority_seen,
            least_restrictive=form.least_restrictive.strip(),
        )

    return routes


def information_version(answers: Answers, language: str) -> str:
    """Return the hash of the words that were read out (rule C15): another word, another version."""
    text = answers.pages.render(answers.pages.catalogues[language], "consent/explained.html", lists=consent_words.LISTS)
    return hashlib.sha256(text.encode()).hexdigest()


async def _told(request: Request) -> FormData:
    return await request.form()


def _answers_of(told: FormData) -> dict[str, Any]:
    """Return the answers that were given; an empty field is no answer."""
    single = {name: value for name, value in told.items() if name not in _MANY and value != ""}
    return {**single, **{name: tuple(told.getlist(name)) for name in _MANY}}
