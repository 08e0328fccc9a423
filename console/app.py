"""The composition root of the screens: put the ward, the pages and the guards together."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from console.api import alive, corridor, metrics
from console.errors import StoreError
from console.keys.door_tags import open_token
from console.keys.node_register import ends_of
from console.screens import (
    about_me,
    alerts,
    app_shell,
    assuring,
    badging,
    caring,
    consenting,
    copying,
    duties,
    emergency,
    first_night,
    fleet,
    governance,
    handing_over,
    health,
    holding,
    hospital_sign_in,
    incidents,
    keeping,
    looks,
    month,
    night,
    nights,
    overlooked,
    own_record,
    own_staff,
    paper,
    passkeys,
    patient,
    places,
    preferences,
    reading,
    rooms,
    rounds,
    setup,
    shift,
    showing,
    signin,
    sleep,
    spot,
    stepping,
    stopping,
    talking,
    telling,
    told_choice,
    training,
    trends,
    trying,
    turns,
    visits,
    whereabouts,
    wrongs,
)
from console.screens.answers import Answers, go
from console.screens.door import Door, FormRefused, NotForYou, SecondStepNeeded, SignInNeeded, UnlockNeeded
from console.screens.live_board import LiveBoard
from console.screens.overlooked import WALK
from console.screens.pages import Pages
from console.screens.ports import Settings, WardPort
from console.skin.bodies import BodyGuard
from console.skin.cookies import Cookies, open_cookie_key
from console.skin.headers import HeaderGuard
from console.skin.origins import OriginGuard
from console.skin.overlooked import OverlookedScreens
from console.skin.reserve import ReserveGuard
from console.skin.traced import TracedRequests
from console.tracing.spans import NO_SPANS, Spans
from console.words import N_, open_catalogues

_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""FastAPI's own would record the text of exceptions."""
STATIC = Path(__file__).with_name("static")
_log = structlog.get_logger(__name__)


def create_app(
    ward: WardPort,
    settings: Settings,
    certificates: Mapping[str, datetime] = MappingProxyType({}),
    spans: Spans = NO_SPANS,
) -> FastAPI:
    """Build the console's web application.

    Args:
        ward: opened and started by the caller, who also stops it.
        settings: checked; plain HTTP only where no other machine reaches it.
        certificates: when each certificate of this console ends, for whoever watches the machines.
        spans: times requests and boards; as shipped nothing is timed.

    Returns:
        The application. It serves no description of itself, no frame, and no file from elsewhere.
    """
    cookies = Cookies(open_cookie_key(settings.data_dir / "keys"), settings.is_secure)
    pages = Pages(open_catalogues(settings.timezone), cookies, ward.clock, settings.context, settings.language)
    screens = OverlookedScreens(cookies, ward.clock, ward.policy)
    answers, door = Answers(pages, cookies), Door(ward, cookies, ward.clock, screens)
    live = LiveBoard(ward, pages, ward.clock, spans)

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await live.broadcaster.stop()

    app = FastAPI(
        telemetry=_NO_TELEMETRY, openapi_url=None, docs_url=None, redoc_url=None, lifespan=life, redirect_slashes=False
    )
    for routes in _routes(_Parts(ward, settings, answers, door, screens, live, spans), certificates):
        app.include_router(routes)
    app.mount("/static", StaticFiles(directory=STATIC))
    if not (STATIC / "vendor" / "nhsuk-frontend.css").is_file():
        _log.warning("style_sheet_missing", remedy="run make setup, or python -m deploy.assets")
    _answer_failures(app, answers, screens)
    # The last one added stands outermost.
    app.add_middleware(ReserveGuard)
    app.add_middleware(OriginGuard, names=settings.names)
    app.add_middleware(BodyGuard)
    app.add_middleware(HeaderGuard, is_tls=settings.is_secure)
    app.add_middleware(TracedRequests, spans=spans)
    return app


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the pages are made from."""

    ward: WardPort
    settings: Settings
    answers: Answers
    door: Door
    screens: OverlookedScreens
    live: LiveBoard
    spans: Spans


def _routes(parts: _Parts, certificates: Mapping[str, datetime]) -> tuple[APIRouter, ...]:
    """Return every page and every answer to a machine."""
    ward, door, answers, settings = parts.ward, parts.door, parts.answers, parts.settings
    zone, keys = ZoneInfo(settings.timezone), settings.data_dir / "keys"
    return (
        alive.router(lambda: _is_ready(ward)),
        signin.router(ward, door, answers),
        hospital_sign_in.router(ward, door, answers),
        passkeys.router(ward, door, answers),
        stepping.router(ward, door, answers),
        badging.router(ward, door, answers),
        first_night.router(ward, door, answers),
        preferences.router(answers),
        app_shell.router(answers),
        overlooked.router(parts.screens, door.changing, answers, ward.clock),
        stopping.router(ward, door, answers, ward.clock),
        night.router(ward, door, answers, parts.live, ward.clock),
        reading.router(ward, door, answers),
        trends.router(ward, door, answers),
        patient.router(ward, door, answers, settings.contacts),
        sleep.router(ward, door, answers),
        trying.router(ward, door, answers),
        about_me.router(ward, door, answers),
        showing.router(door, answers),
        telling.router(ward, door, answers, settings.contacts),
        copying.router(ward, door, answers),
        paper.router(ward, door, answers, settings.contacts),
        rooms.router(ward, door, answers),
        whereabouts.router(ward, door, answers, zone),
        consenting.router(ward, door, answers, ward.clock, zone),
        talking.router(ward, door, answers),
        caring.router(ward, door, answers),
        places.router(ward, door, answers),
        setup.router(ward, door, answers),
        health.router(ward, door, answers),
        fleet.router(ward, door, answers, lambda: ends_of(settings.node_register)),
        governance.router(ward, door, answers),
        looks.router(ward, door, answers),
        own_staff.router(ward, door, answers),
        own_record.router(ward, door, answers),
        duties.router(ward, door, answers),
        wrongs.router(ward, door, answers),
        incidents.router(ward, door, answers),
        holding.router(ward, door, answers, zone),
        keeping.router(ward, door, answers),
        training.router(ward, door, answers, zone),
        month.router(ward, door, answers),
        assuring.router(ward, door, answers, zone, settings.contacts),
        told_choice.router(ward, door, answers),
        alerts.router(ward, door, answers),
        emergency.router(ward, door, answers),
        shift.router(ward, door, answers),
        nights.router(ward, door, answers),
        visits.router(ward, door, answers),
        rounds.router(ward, door, answers, zone),
        spot.router(ward, door, answers),
        turns.router(ward, door, answers),
        handing_over.router(ward, door, answers, ward.clock),
        corridor.router(ward, open_token(keys)),
        metrics.router(ward, open_token(keys, metrics.TOKEN_FILE), certificates, parts.spans),
    )


def _is_ready(ward: WardPort) -> bool:
    return bool(ward.is_ready())


def _answer_failures(app: FastAPI, answers: Answers, screens: OverlookedScreens) -> None:
    """Say in one sentence what is wrong, and never more than the reader may know."""

    def sentence(request: Request, title: str, text: str, status: int, onward: str = "/") -> Response:
        return answers.sentence(request, None, title, text, status, onward)

    @app.exception_handler(SignInNeeded)
    def sign_in(request: Request, _error: Exception) -> Response:
        return go(WALK if screens.is_overlooked(request) else "/sign-in")

    @app.exception_handler(SecondStepNeeded)
    def second_step(_request: Request, _error: Exception) -> Response:
        return go("/second-step")

    @app.exception_handler(UnlockNeeded)
    def unlock(_request: Request, _error: Exception) -> Response:
        return go("/unlock")

    @app.exception_handler(NotForYou)
    @app.exception_handler(HTTPException)
    def nothing(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) and error.status_code == 405 else 404
        text = N_("There is no such page, or it is not for you.")
        return sentence(request, N_("Nothing here"), text, status)

    @app.exception_handler(FormRefused)
    def old_form(request: Request, _error: Exception) -> Response:
        text = N_("That form was made for another session. Open the page again; nothing was done.")
        return sentence(request, N_("Not done"), text, 403)

    @app.exception_handler(RequestValidationError)
    def unreadable(request: Request, _error: Exception) -> Response:
        if request.method == "GET":
            return nothing(request, NotForYou())
        return sentence(request, N_("Not done"), N_("An answer is missing or too long. Go back and look again."), 422)

    @app.exception_handler(StoreError)
    def unwritable(request: Request, error: Exception) -> Response:
        _log.error("store_failed", error=type(error).__name__)
        text = N_(
            "The console cannot read or write its records now, so it did nothing. Check in person; tell an engineer."
        )
        return sentence(request, N_("Not done"), text, 503)
