"""Show-me: a picture of a room, and what staff would see of it; nothing is sensed by it (rule S4)."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from console.roles import Role
from console.screens.answers import Answers
from console.screens.door import Door
from console.screens.stopping import RoomId
from console.words import N_


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing that can happen in the picture.

    Attributes:
        name: for the address.
        button: what to press.
        happens: what is drawn.
        staff_see: what staff would see, as on their board.
        is_on: the lamp of the picture is on.
    """

    name: str
    button: str
    happens: str
    staff_see: str
    is_on: bool = True


SCENES = (
    Scene(
        "off",
        N_("Off"),
        N_("The lamp is off. Nothing is noticed."),
        N_("SENSOR OFF"),
        is_on=False,
    ),
    Scene("still", N_("Lie still"), N_("Somebody lies in bed and breathes."), N_("SOMEONE IN BED · still")),
    Scene("moving", N_("Turn over"), N_("Somebody moves in bed."), N_("SOMEONE IN BED · moving")),
    Scene("up", N_("Get up"), N_("Somebody gets out of bed."), N_("OUT OF BED")),
    Scene("two", N_("Somebody comes in"), N_("Two people are in the room."), N_("MORE THAN ONE PERSON")),
    Scene(
        "stop",
        N_("Press stop"),
        N_("You press stop. The lamp goes out. Nobody argues, and nobody comes because of it."),
        N_("SENSOR OFF"),
        is_on=False,
    ),
)


def router(door: Door, answers: Answers) -> APIRouter:
    """Return the page; it needs no sign-in, and of who is signed in it knows only the way back."""
    routes = APIRouter()

    @routes.get("/stop/{room_id}/show")
    def show(request: Request, room_id: RoomId, scene: Annotated[str, Query(max_length=16)] = "off") -> Response:
        shown = next((one for one in SCENES if one.name == scene), SCENES[0])
        actor = door.anybody(request)
        mine = actor is not None and actor.role is Role.PATIENT
        back = "/me" if mine else f"/stop/{room_id}"
        return answers.page(
            request, actor if mine else None, "stop/show.html", room_id=room_id, scenes=SCENES, scene=shown, back=back
        )

    return routes
