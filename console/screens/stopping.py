"""Stop and pause: free for anyone (rules C5, C6, S1); the state of one's own stop, and nothing else."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from starlette.responses import Response

from broker.clock import Clock
from console.consenting.stops import Via
from console.errors import ConsoleError
from console.roles import Actor, Role
from console.rules.decision import Decision
from console.screens.answers import Answers, go
from console.screens.door import Door
from console.screens.ports import WardPort
from console.showing.views import StopState, StopView, Words
from console.words import N_

RoomId = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
_HEADLINES = {
    StopState.NOTHING_ASKED: N_("Nothing was stopped from this screen."),
    StopState.STOPPING: N_("Stopping…"),
    StopState.CONFIRMED: N_("Stopped, confirmed at {at:seconds}"),
    StopState.NOT_CONFIRMED: N_("NOT CONFIRMED · press the switch in the room now"),
}


def router(ward: WardPort, door: Door, answers: Answers, clock: Clock) -> APIRouter:
    """Return the pages."""
    routes = APIRouter()
    pages, cookies = answers.pages, answers.cookies

    @routes.get("/stop/{room_id}")
    def stop_page(request: Request, room_id: RoomId) -> Response:
        response = answers.page(request, None, "stop/stop.html", room_id=room_id)
        cookies.keep_device(request, response)
        return response

    @routes.post("/stop/{room_id}")
    def press(request: Request, room_id: RoomId, what: Annotated[str, Form(max_length=16)] = "stop") -> Response:
        """Stop, or pause for ten minutes: no sign-in, no secret, no second question.

        A patient who is signed in stops as themselves; when their session has just ended it stops all the same.
        """
        actor = _patient_of(request, room_id)
        decision = _act(request, actor, room_id, what, Via.OWN_PAGE if actor else Via.CARD)
        if not decision.allowed:
            return _not_confirmed(request, room_id)
        response = go("/me" if actor else f"/stop/{room_id}/state")
        cookies.keep_device(request, response)
        cookies.keep_stop(response, room_id, decision.detail)
        return response

    @routes.get("/stop/{room_id}/state")
    def state_page(request: Request, room_id: RoomId) -> Response:
        return answers.page(request, None, "stop/state.html", room_id=room_id, **_state(request, room_id))

    @routes.get("/stop/{room_id}/state/live")
    def live_state(request: Request, room_id: RoomId, shown: Annotated[str, Query(max_length=16)] = "") -> Response:
        """The state for a page that shows an older one; nothing while it stands, so that nothing is read out twice."""
        catalogue = pages.reader(request).catalogue
        facts = _state(request, room_id)
        if facts["stop"].state == shown:
            return Response(status_code=204)
        html = pages.render(catalogue, "stop/live.html", room_id=room_id, **facts)
        response = Response(html, media_type="text/html")
        if facts["stop"].state is StopState.CONFIRMED:
            # What else the page says of the sensor is older than this: load it anew.
            response.headers["hx-refresh"] = "true"
        return response

    @routes.post("/board/rooms/{room_id}/no")
    def relay(request: Request, room_id: RoomId, what: Annotated[str, Form(max_length=16)] = "stop") -> Response:
        """Staff who hear a no pass it on, signed in or not; the patient's page asks about it."""
        actor = _anybody(request)
        decision = _act(request, actor, room_id, what, Via.STAFF if actor else Via.CARD)
        if not decision.allowed:
            if actor is None:
                return _not_confirmed(request, room_id)
            return answers.decided(request, actor, decision, f"/board/rooms/{room_id}")
        response = go(f"/stop/{room_id}/state")
        cookies.keep_stop(response, room_id, decision.detail)
        return response

    def _act(request: Request, actor: Actor | None, room_id: str, what: str, via: Via) -> Decision:
        command = ward.consents.pause if what == "pause" else ward.consents.withdraw
        decision: Decision = command(actor, room_id, via=via, device=cookies.device(request))
        return decision

    def _patient_of(request: Request, room_id: str) -> Actor | None:
        actor = _anybody(request)
        return actor if actor is not None and actor.role is Role.PATIENT and actor.room_id == room_id else None

    def _anybody(request: Request) -> Actor | None:
        try:
            return door.anybody(request)
        except ConsoleError:
            # Who it is cannot be read just now; that is no reason to go on sensing.
            return None

    def _not_confirmed(request: Request, room_id: str) -> Response:
        """Say so loudly when a stop could not even be asked, such as from a card of a room that is no more."""
        view = _plain(StopState.NOT_CONFIRMED, clock.utc_now())
        return answers.page(
            request, None, "stop/state.html", 409, room_id=room_id, stop=view, headline=headline(view), asked=False
        )

    def _state(request: Request, room_id: str) -> dict[str, Any]:
        token = cookies.stop(request, room_id)
        view: StopView = ward.access.stop_status(room_id, token) if token else _plain(StopState.NOTHING_ASKED)
        if token and view.state is StopState.NOTHING_ASKED:
            # Somebody pressed, and the ward does not know of it: never say that nothing was asked.
            view = _plain(StopState.NOT_CONFIRMED)
        return {"stop": view, "headline": headline(view), "asked": token is not None}

    return routes


def _plain(state: StopState, asked_at: datetime | None = None) -> StopView:
    return StopView(state, asked_at, None, Words(_HEADLINES[state]))


def headline(view: StopView) -> Words:
    """Say where a stop is, with the seconds of its confirmation."""
    values = {"at": view.confirmed_at} if view.confirmed_at is not None else {}
    words = Words(_HEADLINES[view.state], values)
    if view.is_kept:
        return words
    return Words("{what} It could not be written down yet: tell the nurse in charge.", {"what": words})
