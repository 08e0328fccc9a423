"""The talk about the sensor: ask, hear it back, write down a yes or a no; nothing is chosen beforehand (chapter C)."""

import hashlib
from collections.abc import Sequence
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from broker.clock import Clock
from broker.vocabulary import Modality
from console.consenting.care_views import TalkView
from console.roles import Actor
from console.rules.consenting.grants import Basis
from console.screens import consent_words
from console.screens.answers import Answers, shown
from console.screens.door import Door
from console.screens.grant_form import grant_of, read_form, said_at_of
from console.screens.ports import WardPort
from console.screens.sensor_words import told_of
from console.screens.talk_steps import step_to_begin, with_draft
from console.words import N_, SOURCE_LANGUAGE


def router(ward: WardPort, door: Door, answers: Answers, clock: Clock, zone: ZoneInfo) -> APIRouter:
    """Return the pages."""
    routes = APIRouter(prefix="/consents/{stay_id}")
    Changing = Annotated[Actor, Depends(door.changing)]  # noqa: N806 (a type)

    @routes.get("")
    def talk(request: Request, stay_id: str, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        stay = shown(ward.access.talk(actor, stay_id))
        view, answered = stay.talk or TalkView(), ward.drafts.of(actor, stay_id)
        told = view.information
        return answers.page(
            request,
            actor,
            "consent/talk.html",
            stay=stay,
            talk=view,
            lists=consent_words.LISTS,
            begins_at=step_to_begin(answered, view),
            has_begun=bool(answered),
            is_outdated=told is not None and information_version(answers, told[1], stay.sensors) != told[0],
        )

    @routes.get("/other")
    def other(request: Request, stay_id: str, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        stay = shown(ward.access.talk(actor, stay_id))
        return answers.page(
            request, actor, "consent/other.html", stay=stay, talk=stay.talk or TalkView(), lists=consent_words.LISTS
        )

    @routes.post("/offer")
    def offer(
        request: Request, stay_id: str, actor: Changing, asked: Annotated[str, Form(max_length=8)] = ""
    ) -> Response:
        decision = ward.consents.offer(actor, stay_id, they_asked=asked == "them")
        return answers.decided(request, actor, decision, f"/consents/{stay_id}{'/step/feel' if decision else ''}")

    @routes.post("/explain")
    def explain(
        request: Request, stay_id: str, actor: Changing, heard: Annotated[str, Form(max_length=8)] = ""
    ) -> Response:
        was_heard = heard == "yes"
        decision = ward.consents.explain(actor, stay_id, in_their_own_form=was_heard)
        onward = "answer" if was_heard else "ask"
        return answers.decided(request, actor, decision, f"/consents/{stay_id}/step/{onward}")

    @routes.post("/refuse")
    def refuse(
        request: Request, stay_id: str, actor: Changing, said_at: Annotated[str, Form(max_length=32)] = ""
    ) -> Response:
        try:
            said = said_at_of(said_at, zone)
        except ValueError:
            # A no is never lost for want of a time.
            said = None
        decision = ward.consents.refuse(actor, stay_id, said_at=said)
        if decision:
            ward.drafts.drop(stay_id)
        return answers.decided(request, actor, decision, "/rooms")

    @routes.post("/give")
    def give(request: Request, stay_id: str, actor: Changing, told: Annotated[FormData, Depends(_told)]) -> Response:
        stay = shown(ward.access.talk(actor, stay_id))
        whole = with_draft(told, ward.drafts.of(actor, stay_id), stay.talk or TalkView())
        read, onward = read_form(whole, zone), f"/consents/{stay_id}/step/check"
        if read is None:
            basis = str(whole.get("basis") or "")
            decision = ward.consents.turn_down(actor, stay_id, basis[:32])
            if basis in set(Basis):
                return _missing(request, actor, onward)
            return answers.decided(request, actor, decision, onward) if basis else _missing(request, actor, onward)
        version = information_version(answers, read.form.language, stay.sensors)
        grant = grant_of(read, version, clock.utc_now(), zone)
        decision = ward.consents.give(actor, stay_id, grant, said_at=read.said_at)
        if decision:
            ward.drafts.drop(stay_id)
        return answers.decided(request, actor, decision, "/rooms" if decision.allowed else onward)

    def _missing(request: Request, actor: Actor, onward: str) -> Response:
        return answers.sentence(
            request,
            actor,
            N_("Not done"),
            N_("An answer is missing. Go back; every question is asked, and none has an answer beforehand."),
            422,
            onward,
        )

    return routes


def information_version(answers: Answers, language: str, sensors: Sequence[Modality]) -> str:
    """Return the hash of the words that were read out (rule C15): another word, another version.

    Args:
        answers: with the catalogues.
        language: in which they were; where there is no text in it, an interpreter spoke from the English one.
        sensors: kinds of sensor in the room; a radar and a camera are explained in different words.
    """
    catalogues = answers.pages.catalogues
    read_out = catalogues.get(language, catalogues[SOURCE_LANGUAGE])
    text = answers.pages.render(read_out, "consent/explained.html", sees=told_of(sensors))
    return hashlib.sha256(text.encode()).hexdigest()


async def _told(request: Request) -> FormData:
    return await request.form()
