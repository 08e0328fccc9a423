"""Passkeys: add one, remove one, and sign in with one (rule X6)."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.roles import Actor
from console.rules.decision import Decision
from console.screens.answers import Answers, go
from console.screens.coming_in import ComingIn
from console.screens.door import Door, NotForYou
from console.screens.navigation import home_of
from console.screens.ports import WardPort
from console.signing_in.passkeys import PasskeyAsk, may_be_used_at

_PATH, _IN = "/passkeys", "/sign-in/passkey"
_COOKIE = "passkey"
_LASTS_S = 300
State = Annotated[str, Form(max_length=64)]
Credential = Annotated[str, Form(max_length=16_384)]


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the page, what it asks of the browser, and its presses."""
    routes, coming, cookies = APIRouter(), ComingIn(ward, door, answers), answers.cookies

    @routes.get(_PATH)
    def mine(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        rows, may = ward.identity.passkeys.of(actor), may_be_used_at(coming.origin(request))
        may_add = ward.identity.passkeys.may_add(cookies.session(request) or "")
        return answers.page(request, actor, "passkeys.html", rows=rows, may_use_passkeys=may, may_add=may_add)

    @routes.post(f"{_PATH}/options")
    def ask_to_add(request: Request, actor: Annotated[Actor, Depends(door.changing)]) -> Response:
        origin = _usable(request)
        session = cookies.session(request) or ""
        asked = ward.identity.passkeys.ask_to_add(actor, cookies.device(request), origin, session)
        if isinstance(asked, Decision):
            return answers.decided(request, actor, asked, _PATH)
        return _asked(request, asked)

    @routes.post(_PATH)
    def add(
        request: Request,
        actor: Annotated[Actor, Depends(door.changing)],
        state: State = "",
        answer: Credential = "",
        label: Annotated[str, Form(max_length=80)] = "",
    ) -> Response:
        decision = ward.identity.passkeys.add(actor, state, cookies.binding(request, _COOKIE), answer, label)
        return answers.decided(request, actor, decision, _PATH)

    @routes.post(f"{_PATH}/remove")
    def remove(
        request: Request,
        actor: Annotated[Actor, Depends(door.changing)],
        which: Annotated[str, Form(max_length=1400)] = "",
    ) -> Response:
        return answers.decided(request, actor, ward.identity.passkeys.remove(actor, which), _PATH)

    @routes.post(f"{_IN}/options")
    def ask_to_sign_in(request: Request) -> Response:
        origin = _usable(request)
        return _asked(request, ward.identity.passkeys.ask_to_sign_in(cookies.device(request), origin))

    @routes.post(_IN)
    def sign_in(request: Request, state: State = "", answer: Credential = "") -> Response:
        outcome = ward.identity.passkeys.sign_in(state, cookies.binding(request, _COOKIE), answer)
        if isinstance(outcome, Decision):
            return coming.ask(request, door.anybody(request), outcome)
        response = coming.welcome(request, go(home_of(outcome.actor)), outcome)
        cookies.forget(response, _COOKIE)
        return response

    def _usable(request: Request) -> str:
        origin = coming.origin(request)
        if not may_be_used_at(origin):
            raise NotForYou
        return origin

    def _asked(request: Request, ask: PasskeyAsk) -> Response:
        told = json.dumps({"options": json.loads(ask.options), "state": ask.state})
        response = Response(told, media_type="application/json")
        cookies.keep_binding(response, _COOKIE, ask.binding, _LASTS_S)
        cookies.keep_device(request, response)
        return response

    return routes
