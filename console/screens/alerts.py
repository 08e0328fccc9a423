"""The page of one alert: go, prove to be there, say what was found; each is one press with a thumb in a glove."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import JSONResponse, Response

from console.roles import Actor
from console.rules.access import Permission
from console.rules.alerting.visits import HowSeen
from console.rules.decision import Decision
from console.screens.answers import Answers, go, shown
from console.screens.door import Door
from console.screens.ports import WardPort
from console.words import N_

SEEN = (
    ("saw_them_fine", N_("I saw them: fine")),
    ("found_elsewhere_fine", N_("Found elsewhere: fine")),
    ("needed_help", N_("They needed help")),
)
VOICE = ("spoke_and_answered", N_("They answered through the door"))
NOT_SEEN = (
    ("could_not_get_in", N_("I could not get in")),
    ("could_not_see", N_("I could not see them")),
    ("no_answer", N_("No answer")),
    ("not_there", N_("They are not there")),
)
HOW = (
    (HowSeen.SPOKE.value, N_("They spoke")),
    (HowSeen.MOVED.value, N_("They moved")),
    (HowSeen.SAW_BREATHING.value, N_("I saw them breathe")),
)
_Word = Annotated[str, Form(max_length=32)]


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the pages."""
    routes = APIRouter()
    cookies = answers.cookies

    @routes.get("/alerts/{alert_id}")
    def alert(
        request: Request,
        alert_id: str,
        actor: Annotated[Actor, Depends(door.signed_in)],
        code: str = "",
        found: str = "",
        tag: str = "",
    ) -> Response:
        outcomes = dict((*SEEN, VOICE, ("emergency", N_("Emergency"))))
        return answers.page(
            request,
            actor,
            "alerts/alert.html",
            alert=shown(ward.calling.alert(actor, alert_id)),
            code=code if code.isdigit() and len(code) <= 4 else "",
            found=found if found in outcomes else "",
            found_words=outcomes.get(found, ""),
            tag_fault=tag == "broken",
            seen=SEEN,
            voice=VOICE,
            not_seen=NOT_SEEN,
            how=HOW,
        )

    @routes.get("/at/{room_id}")
    def at_door(room_id: str, actor: Annotated[Actor, Depends(door.signed_in)], code: str = "") -> Response:
        """Where the tag of a door leads: to the room's alert, or else to its line of the round; the code filled in."""
        alert_id = ward.calling.newest_in(actor, room_id)
        if isinstance(alert_id, Decision):
            return go(f"/round?{urlencode({'room': room_id, 'code': code if code.isdigit() else ''})}")
        return go(f"/alerts/{alert_id}?code={code}" if code.isdigit() else f"/alerts/{alert_id}")

    @routes.post("/alerts/{alert_id}/going")
    def going(request: Request, alert_id: str, actor: Annotated[Actor, Depends(door.pressed)]) -> Response:
        return _then(request, actor, alert_id, ward.alerts.go(actor, alert_id))

    @routes.post("/alerts/{alert_id}/there")
    def there(
        request: Request, alert_id: str, actor: Annotated[Actor, Depends(door.pressed)], code: _Word = ""
    ) -> Response:
        return _then(request, actor, alert_id, ward.alerts.arrive(actor, alert_id, code))

    @routes.post("/alerts/{alert_id}/found")
    def found(
        request: Request,
        alert_id: str,
        actor: Annotated[Actor, Depends(door.pressed)],
        outcome: _Word = "",
        how: _Word = "",
        tag: _Word = "",
    ) -> Response:
        decision = ward.alerts.report(actor, alert_id, outcome, how, tag_fault=tag == "broken")
        if decision.allowed and decision.detail:
            return go(f"/emergency/{decision.detail}")
        return _then(request, actor, alert_id, decision)

    @routes.post("/alerts/{alert_id}/answer")
    def answer(request: Request, alert_id: str, actor: Annotated[Actor, Depends(door.pressed)]) -> Response:
        return _then(request, actor, alert_id, ward.alerts.answer(actor, alert_id))

    @routes.post("/alerts/{alert_id}/useful")
    def useful(
        request: Request, alert_id: str, actor: Annotated[Actor, Depends(door.pressed)], useful: _Word = ""
    ) -> Response:
        return answers.pressed(request, actor, ward.alerts.rate(actor, alert_id, useful=useful == "yes"), "/")

    @routes.post("/board/sounding")
    def sounding(
        request: Request,
        actor: Annotated[Actor, Depends(door.signed_in)],
        front: _Word = "",
        tests: Annotated[str, Form(max_length=4000)] = "",
    ) -> Response:
        if not ward.access.permits(actor, Permission.SHIFT):
            return JSONResponse({"counts": False})
        counts = ward.sounders.beat(cookies.device(request), is_in_front=front == "yes", by=actor.actor_id)
        ward.call_tests.came_back(tests.split(), counts=counts)
        return JSONResponse({"counts": counts})

    @routes.post("/board/heard")
    def heard(request: Request, actor: Annotated[Actor, Depends(door.pressed)]) -> Response:
        device = cookies.device(request)
        ward.sounders.beat(device, is_in_front=True, by=actor.actor_id)
        return answers.pressed(request, actor, ward.sounders.heard_it(actor, device), "/")

    def _then(request: Request, actor: Actor, alert_id: str, decision: Decision) -> Response:
        return answers.pressed(request, actor, decision, f"/alerts/{alert_id}")

    return routes
