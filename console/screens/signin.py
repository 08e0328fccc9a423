"""Sign in and out, and open an account by a one-time link: none is shared, none has a default password (X6)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.roles import Actor, Role
from console.rules.decision import Decision
from console.screens import reading
from console.screens.answers import Answers, go
from console.screens.coming_in import ComingIn
from console.screens.door import Door
from console.screens.first_night import PATH as FIRST_NIGHT
from console.screens.navigation import home_of
from console.screens.ports import WardPort
from console.showing.views import Words
from console.words import N_

Short = Annotated[str, Form(max_length=80)]
Secret = Annotated[str, Form(max_length=256)]

_MISTYPED = Words("The two passwords are not the same.")


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the pages."""
    routes = APIRouter()
    cookies, coming = answers.cookies, ComingIn(ward, door, answers)

    @routes.get("/sign-in")
    def sign_in_page(request: Request) -> Response:
        actor = door.anybody(request)
        return go(home_of(actor)) if actor is not None else coming.ask(request)

    @routes.get("/unlock")
    def unlock_page(request: Request, actor: Annotated[Actor, Depends(door.signed_in)]) -> Response:
        return coming.ask(request, actor)

    @routes.post("/sign-in")
    def sign_in(request: Request, username: Short = "", password: Secret = "", code: Short = "") -> Response:
        outcome = ward.identity.sign_in(username, password, cookies.device(request), code)
        if isinstance(outcome, Decision):
            return coming.ask(request, door.anybody(request), outcome)
        return coming.welcome(request, go(home_of(outcome.actor)), outcome)

    @routes.post("/badge")
    def tap(request: Request, badge: Short = "") -> Response:
        """Take a badge: the session that comes is locked, shows the board and takes answers (rule X6)."""
        outcome = ward.identity.tap(badge, cookies.device(request))
        if isinstance(outcome, Decision):
            return coming.ask(request, None, outcome)
        # Who is new to the ward reads four screens first, unless they are needed (rule G3a).
        response = go(FIRST_NIGHT if ward.first_night.is_due(outcome.actor) else home_of(outcome.actor))
        cookies.keep_session(response, outcome.session_token)
        door.overlooked.came(outcome.session_token)
        cookies.keep_device(request, response)
        return response

    @routes.post("/unlock")
    def unlock(request: Request, actor: Annotated[Actor, Depends(door.pressed)], pin: Short = "") -> Response:
        decision = ward.identity.badges.opens(actor, pin, cookies.device(request))
        if not decision.allowed:
            return coming.ask(request, actor, decision)
        door.began(cookies.session(request) or "")
        return go(home_of(actor))

    @routes.get("/password")
    def password_page(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        return answers.page(request, actor, "password.html")

    @routes.post("/password")
    def change_password(
        request: Request,
        actor: Annotated[Actor, Depends(door.changing)],
        password: Secret = "",
        new_password: Secret = "",
    ) -> Response:
        decision = ward.identity.change_password(cookies.session(request) or "", password, new_password)
        return answers.decided(request, actor, decision, home_of(actor) if decision.allowed else "/password")

    @routes.post("/sign-out")
    def sign_out(request: Request, actor: Annotated[Actor, Depends(door.pressed)]) -> Response:
        # A device whose holder has signed out was put away, and is not lost (rule A8).
        ward.sounders.leave(cookies.device(request))
        response = _signed_out(request)
        if actor.role is Role.PATIENT:
            reading.forget(cookies, response)
        return response

    @routes.post("/hide")
    def hide(request: Request) -> Response:
        """Hide my page: one press, from whoever holds the screen; it only ever signs out."""
        response = _signed_out(request, "/hidden")
        reading.forget(cookies, response)
        return response

    @routes.get("/hidden")
    def hidden(request: Request) -> Response:
        return answers.page(request, None, "hidden.html")

    @routes.get("/enrol/{token}")
    def enrol_page(request: Request, token: str) -> Response:
        return answers.page(request, None, "enrol.html", token=token, problem=None, username="", display_name="")

    @routes.post("/enrol/{token}")
    def enrol(
        request: Request,
        token: str,
        username: Short = "",
        display_name: Short = "",
        password: Secret = "",
        again: Secret = "",
    ) -> Response:
        outcome = _MISTYPED if password != again else ward.identity.enrol(token, username, display_name, password)
        if isinstance(outcome, (Decision, Words)):
            return answers.page(
                request,
                None,
                "enrol.html",
                403,
                token=token,
                problem=outcome.reason if isinstance(outcome, Decision) else outcome,
                username=username,
                display_name=display_name,
            )
        return answers.sentence(
            request, None, N_("Your account is ready"), N_("Sign in with your name and password."), 200, "/sign-in"
        )

    def _signed_out(request: Request, onward: str = "/sign-in") -> Response:
        token = cookies.session(request)
        if token is not None:
            ward.identity.sign_out(token)
        response = go(onward)
        cookies.forget(response, "session")
        response.headers["clear-site-data"] = '"cache"'
        return response

    return routes
