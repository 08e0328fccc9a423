"""Choosing how to read: asked once, changed at any time, applied before anything else (rules E1, E5)."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from console.own.own_views import ReadingChoice
from console.roles import Actor, Role
from console.rules.decision import Decision
from console.screens.answers import Answers, go
from console.screens.door import Door
from console.screens.pages import READING, READING_FLAGS, told_of
from console.screens.ports import WardPort
from console.skin.cookies import Cookies
from console.words import N_

WAYS = {
    "easy_read": ("write", N_("Easy Read: short sentences with pictures")),
    "large_print": ("large", N_("Large print")),
    "high_contrast": ("contrast", N_("Strong black and white")),
    "aloud": ("speaker", N_("Read out loud, when I press")),
}
"""What can be chosen, each with its picture."""


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the page and its press; both work without a sign-in, for this screen alone."""
    routes = APIRouter()

    @routes.get("/reading")
    def ask(request: Request) -> Response:
        actor = _patient(request)
        return answers.page(request, actor, "me/reading.html", ways=WAYS, back=_back(request))

    @routes.post("/reading")
    def choose(
        request: Request,
        language: Annotated[str, Form(max_length=16)] = "",
        ways: Annotated[list[str] | None, Form()] = None,
        back: Annotated[str, Form(max_length=64)] = "",
        form_token: Annotated[str, Form(max_length=128)] = "",
    ) -> Response:
        if language not in {one.language for one in answers.pages.languages()}:
            language = answers.pages.reader(request).catalogue.language
        chosen = ReadingChoice(language, *(one in (ways or ()) for one in READING_FLAGS))
        actor = _patient(request)
        response = go("/me" if actor is not None else f"/stop/{back}" if _is_slug(back) else "/sign-in")
        keep(answers.cookies, response, chosen)
        if actor is not None:
            # Kept for the patient, so that it is so on every screen; a form of another session changes this one alone.
            token = answers.cookies.session(request) or ""
            if answers.cookies.is_form_token(token, form_token):
                decision: Decision = ward.own.choose_reading(actor, chosen)
                if not decision.allowed:
                    return answers.decided(request, actor, decision, "/me")
        return response

    def _patient(request: Request) -> Actor | None:
        actor = door.anybody(request)
        return actor if actor is not None and actor.role is Role.PATIENT else None

    def _back(request: Request) -> str:
        room_id = request.query_params.get("room", "")
        return room_id if _is_slug(room_id) else ""

    return routes


def keep(cookies: Cookies, response: Response, choice: ReadingChoice) -> None:
    """Leave a choice in the browser, for the next page."""
    cookies.keep_choice(response, READING, told_of(choice))
    cookies.keep_choice(response, "language", choice.language)


def forget(cookies: Cookies, response: Response) -> None:
    """Take a choice away: a shared screen does not tell who reads how."""
    cookies.forget(response, READING)
    cookies.forget(response, "language")


def _is_slug(text: str) -> bool:
    return 0 < len(text) <= 32 and all(one.isascii() and (one.isalnum() or one == "-") for one in text)
