"""Come in by the hospital's own sign-in, and let governance approve which of its groups may (rule X6)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from console.own.ledger import ROLES
from console.roles import Actor
from console.rules.decision import Decision
from console.screens.answers import Answers, shown
from console.screens.coming_in import ComingIn
from console.screens.door import Door, NotForYou
from console.screens.navigation import home_of
from console.screens.ports import WardPort
from console.signing_in.handshakes import LASTS_S

_BEGIN, _BACK, _APPROVE = "/sign-in/provider", "/sign-in/provider/back", "/governance/sign-in"
_COOKIE = "provider"
_LONGEST = 2048


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the way there and back, and the page of governance."""
    routes, coming, cookies = APIRouter(), ComingIn(ward, door, answers), answers.cookies

    @routes.get(_BEGIN)
    def begin(request: Request) -> Response:
        if ward.identity.provider is None:
            raise NotForYou
        begun = ward.identity.provider.begin(cookies.device(request), coming.origin(request) + _BACK)
        if isinstance(begun, Decision):
            return coming.ask(request, door.anybody(request), begun)
        response = RedirectResponse(begun.address, status_code=302)
        # A page that comes from another site brings no cookie that is strict.
        cookies.keep_binding(response, _COOKIE, begun.binding, int(LASTS_S), crosses=True)
        cookies.keep_device(request, response)
        return response

    @routes.get(_BACK)
    def back(request: Request, state: str = "", code: str = "") -> Response:
        """Take whoever comes back; every other parameter is passed over, an address to go on to among them."""
        if ward.identity.provider is None or max(len(state), len(code)) > _LONGEST:
            raise NotForYou
        outcome = ward.identity.provider.finish(state, code, cookies.binding(request, _COOKIE))
        if isinstance(outcome, Decision):
            response = coming.ask(request, None, outcome)
        else:
            # A page, and not a redirect: what follows then comes from this site, and brings the session's cookie.
            response = answers.page(request, None, "signed_in.html", onward=home_of(outcome.actor))
            coming.welcome(request, response, outcome)
        cookies.forget(response, _COOKIE)
        return response

    @routes.get(_APPROVE)
    def mapping(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        view = shown(ward.mappings.view(actor))
        return answers.page(request, actor, "looks/mapping.html", mapping=view, roles=ROLES)

    @routes.post(_APPROVE)
    def approve(
        request: Request,
        actor: Annotated[Actor, Depends(door.changing)],
        digest: Annotated[str, Form(max_length=32)] = "",
    ) -> Response:
        decision = ward.mappings.approve(actor, digest) if digest else ward.mappings.withdraw(actor)
        return answers.decided(request, actor, decision, _APPROVE)

    return routes
