"""What every way in has in common: the page that asks, and what a browser keeps of a sign-in that went well."""

from fastapi import Request
from starlette.responses import Response

from console.roles import Actor, Role
from console.rules.decision import Decision
from console.screens import reading
from console.screens.answers import Answers
from console.screens.door import Door
from console.screens.identity_ports import SignIn
from console.screens.pages import READING
from console.screens.ports import WardPort
from console.signing_in.passkeys import may_be_used_at


class ComingIn:
    """The page that asks who somebody is, and the welcome."""

    def __init__(self, ward: WardPort, door: Door, answers: Answers) -> None:
        self._ward = ward
        self._door = door
        self._answers = answers
        self._cookies = answers.cookies

    def origin(self, request: Request) -> str:
        """Return this console's address as the browser knows it; its name was checked before (rule X6)."""
        scheme = "https" if self._cookies.is_tls else "http"
        return f"{scheme}://{request.headers.get('host', '').lower()}"

    def ask(self, request: Request, actor: Actor | None = None, denied: Decision | None = None) -> Response:
        """Show every way in, and why the last one did not open."""
        provider = self._ward.identity.provider
        return self._answers.page(
            request,
            actor,
            "sign_in.html",
            200 if denied is None else 403,
            denied=denied,
            known=actor,
            has_pin=actor is not None and self._ward.identity.badges.has_pin(actor),
            has_provider=provider is not None,
            is_away=provider is not None and provider.is_away,
            may_use_passkeys=may_be_used_at(self.origin(request)),
        )

    def welcome(self, request: Request, response: Response, outcome: SignIn) -> Response:
        """Let a browser keep a session that is open for details, and end the one that it had."""
        cookies = self._cookies
        before = cookies.session(request)
        if before is not None:
            self._ward.identity.sign_out(before)
        cookies.keep_session(response, outcome.session_token)
        self._door.began(outcome.session_token)
        choice = self._ward.own.reading_choice(outcome.actor)
        if choice is not None:
            reading.keep(cookies, response, choice)
        elif outcome.actor.role is Role.PATIENT:
            cookies.forget(response, READING)
        cookies.keep_device(request, response)
        return response
