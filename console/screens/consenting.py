"""The talk about the sensor: ask, hear it back, write down a yes or a no; nothing is chosen beforehand (chapter C)."""

import hashlib
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from broker.clock import Clock
from console.care_views import TalkView
from console.roles import Actor
from console.rules.access import Permission
from console.rules.grants import Basis
from console.screens import consent_words
from console.screens.answers import Answers, shown
from console.screens.door import Door
from console.screens.grant_form import grant_of, read_form, said_at_of
from console.screens.ports import WardPort
from console.words import N_, PSEUDO_LANGUAGES, SOURCE_LANGUAGE

NO_TEXT = "und"
"""Tag of a language in which there is no text of ours; an interpreter speaks it."""


def router(ward: WardPort, door: Door, answers: Answers, clock: Clock, zone: ZoneInfo) -> APIRouter:
    """Return the pages."""
    routes = APIRouter(prefix="/consents/{stay_id}")
    Changing = Annotated[Actor, Depends(door.changing)]  # noqa: N806 (a type)

    @routes.get("")
    def talk(request: Request, stay_id: str, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        stay = shown(ward.access.talk(actor, stay_id))
        told = stay.talk.information if stay.talk else None
        return answers.page(
            request,
            actor,
            "consent/talk.html",
            stay=stay,
            talk=stay.talk or TalkView(),
            lists=consent_words.LISTS,
            tongues=[one for name, one in answers.pages.catalogues.items() if name not in PSEUDO_LANGUAGES],
            no_text=NO_TEXT,
            is_outdated=told is not None and information_version(answers, told[1]) != told[0],
            may_hold=ward.access.permits(actor, Permission.NOTE_RESTRAINT),
        )

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
    def refuse(
        request: Request, stay_id: str, actor: Changing, said_at: Annotated[str, Form(max_length=32)] = ""
    ) -> Response:
        try:
            said = said_at_of(said_at, zone)
        except ValueError:
            # A no is never lost for want of a time.
            said = None
        return answers.decided(request, actor, ward.consents.refuse(actor, stay_id, said_at=said), "/rooms")

    @routes.post("/give")
    def give(request: Request, stay_id: str, actor: Changing, told: Annotated[FormData, Depends(_told)]) -> Response:
        read, onward = read_form(told, zone), f"/consents/{stay_id}"
        if read is None:
            basis = str(told.get("basis") or "")
            decision = ward.consents.turn_down(actor, stay_id, basis[:32])
            if basis in set(Basis):
                return _missing(request, actor, onward)
            return answers.decided(request, actor, decision, onward) if basis else _missing(request, actor, onward)
        version = information_version(answers, read.form.language)
        grant = grant_of(read, version, clock.utc_now(), zone)
        decision = ward.consents.give(actor, stay_id, grant, said_at=read.said_at)
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


def information_version(answers: Answers, language: str) -> str:
    """Return the hash of the words that were read out (rule C15): another word, another version.

    Args:
        answers: with the catalogues.
        language: in which they were; where there is no text in it, an interpreter spoke from the English one.
    """
    catalogues = answers.pages.catalogues
    read_out = catalogues.get(language, catalogues[SOURCE_LANGUAGE])
    text = answers.pages.render(read_out, "consent/explained.html", lists=consent_words.LISTS)
    return hashlib.sha256(text.encode()).hexdigest()


async def _told(request: Request) -> FormData:
    return await request.form()
