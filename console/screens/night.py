"""The night board: a glance at every room, a look at one, and the presses of whoever goes."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from broker.clock import Clock
from console.roles import Actor
from console.rules.access import AccessReason, Permission
from console.rules.decision import Decision
from console.screens.answers import Answers, go, shown
from console.screens.door import Door, NotForYou
from console.screens.live_board import LiveBoard, render_tile
from console.screens.navigation import home_of
from console.screens.ports import WardPort
from console.showing.views import TileView
from console.words import N_

ACCESS_REASONS = (
    (AccessReason.DIRECT_CARE, N_("I am caring for them now")),
    (AccessReason.INCIDENT_REVIEW, N_("Review of an incident")),
    (AccessReason.WARD_AUDIT, N_("Ward audit")),
    (AccessReason.MAINTENANCE, N_("Repair of the sensor")),
)
FINE = "saw_them_fine"
OUTCOMES = (
    (FINE, N_("I saw them: fine")),
    ("spoke_and_answered", N_("I spoke, they answered")),
    ("found_elsewhere_fine", N_("I found them elsewhere: fine")),
    ("needed_help", N_("They needed help")),
    ("emergency", N_("Emergency")),
    ("could_not_get_in", N_("I could not get in")),
    ("could_not_see", N_("I could not see them")),
    ("no_answer", N_("No answer")),
    ("not_there", N_("They are not there")),
)


def router(ward: WardPort, door: Door, answers: Answers, live: LiveBoard, clock: Clock) -> APIRouter:
    """Return the pages."""
    routes = APIRouter()
    pages, cookies = answers.pages, answers.cookies

    @routes.get("/")
    def board(request: Request, actor: Annotated[Actor, Depends(door.signed_in)]) -> Response:
        """The empty board: tiles come by its stream alone, so no cache and no back button ever shows one."""
        home = home_of(actor)
        if home != "/":
            return go(home)
        response = answers.page(request, actor, "board/board.html")
        cookies.keep_device(request, response)
        if door.overlooked.is_overlooked(request):
            # The board goes blank by itself when the badge has been away for long enough (rule K10).
            response.headers["refresh"] = str(door.overlooked.shows_for_s() + 1)
        return response

    @routes.get("/board/stream")
    def stream(request: Request) -> Response:
        actor, token = door.anybody(request), cookies.session(request)
        if actor is None or token is None:
            return Response("retry: 5000\nevent: ended\ndata: {}\n\n", media_type="text/event-stream")
        is_overlooked = door.overlooked.is_overlooked(request)
        opened = live.open(
            actor,
            token,
            cookies.device(request),
            pages.reader(request, actor).catalogue,
            shows=lambda: door.overlooked.shows_to(token, is_overlooked=is_overlooked),
        )
        if opened is None:
            raise NotForYou
        return opened

    @routes.post("/board/answering")
    def answering(request: Request, screen: Annotated[str, Form(max_length=32)] = "") -> Response:
        token = cookies.session(request)
        is_known = token is not None and live.answer(screen, token)
        return Response(status_code=204 if is_known else 404)

    @routes.get("/board/rooms/{room_id}")
    def room(request: Request, room_id: str, actor: Annotated[Actor, Depends(door.signed_in)]) -> Response:
        return _room(request, room_id, actor)

    @routes.post("/board/rooms/{room_id}/look")
    def look(
        request: Request,
        room_id: str,
        actor: Annotated[Actor, Depends(door.changing)],
        access_reason: Annotated[str, Form(max_length=32)] = "",
    ) -> Response:
        outcome = ward.access.reading(actor, room_id, access_reason)
        if isinstance(outcome, Decision):
            if outcome.rules == ("X8",) and ward.closeness.needs_second(room_id, access_reason):
                return go(f"/looks/second?room={room_id}")
            return answers.decided(request, actor, outcome, f"/board/rooms/{room_id}")
        return _room(request, room_id, actor, reading=outcome)

    @routes.post("/board/prompts/{prompt_id}")
    def attend(
        request: Request,
        prompt_id: str,
        actor: Annotated[Actor, Depends(door.pressed)],
        outcome: Annotated[str, Form(max_length=32)] = "",
    ) -> Response:
        decision = ward.prompts.attend(actor, prompt_id, outcome)
        if decision.allowed and outcome == FINE:
            return go("/")
        return answers.decided(request, actor, decision, "/")

    def _room(request: Request, room_id: str, actor: Actor, reading: object = None) -> Response:
        reader = pages.reader(request, actor)
        tile = _tile(actor, cookies.device(request), room_id)
        return answers.page(
            request,
            actor,
            "board/room.html",
            tile=tile,
            rendered=render_tile(pages, reader.catalogue, tile, is_alone=True).html,
            reading=reading,
            now=clock.utc_now(),
            reasons=[one for one in ACCESS_REASONS if ward.access.permits(actor, Permission.READING_LOOK, one[0])],
            outcomes=OUTCOMES,
            may_sight=ward.access.permits(actor, Permission.SIGHT_TAKE),
            is_offer_due=ward.checks.doubts.is_due(room_id),
            may_limit=ward.access.permits(actor, Permission.ALERT_LIMIT),
        )

    def _tile(actor: Actor, device: str, room_id: str) -> TileView:
        viewing = shown(ward.access.open_viewing(actor, device))
        try:
            found = [tile for tile in viewing.board().tiles if tile.room_id == room_id]
        finally:
            viewing.close("closed")
        if not found:
            raise NotForYou
        return found[0]

    return routes
