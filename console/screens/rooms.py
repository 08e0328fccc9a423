"""Who comes, moves and goes: each with a second look at room and initials before it is done (rule H5)."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.roles import Actor
from console.rules.access import Permission
from console.rules.in_person.absence import PLACES
from console.screens import consent_words
from console.screens.answers import Answers, shown
from console.screens.door import Door, NotForYou
from console.screens.ports import WardPort
from console.showing.desk_views import RoomRow
from console.showing.views import Words
from console.words import N_

Text = Annotated[str, Form(max_length=80)]
Confirmed = Annotated[str, Form(max_length=8)]
_ADMIT = N_("{initials} comes into {room}. The sensor there is off. Is that the right person and the right room?")
_MOVE = N_("{initials} moves from {before} to {room}. The sensor is off until they are asked again. Is that right?")
_DISCHARGE = N_("{initials} leaves {room}. The sensor stops now. Is that the right person and the right room?")


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the pages."""
    routes = APIRouter()
    Changing = Annotated[Actor, Depends(door.changing)]  # noqa: N806 (a type)

    @routes.get("/rooms")
    def rooms_page(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        rooms: Sequence[RoomRow] = shown(ward.access.rooms(actor))
        permits = ward.access.permits
        absent = shown(ward.access.absent(actor)) if permits(actor, Permission.STAY_CHANGE) else ()
        return answers.page(
            request,
            actor,
            "desk/rooms.html",
            rooms=rooms,
            may_talk=permits(actor, Permission.CONSENT_ASK),
            may_change=permits(actor, Permission.STAY_CHANGE),
            may_mark=permits(actor, Permission.STAY_MARK),
            may_confirm=permits(actor, Permission.NODE_CONFIRM),
            may_hold=permits(actor, Permission.NOTE_RESTRAINT),
            absent=absent,
            places=PLACES,
            lists=consent_words.LISTS,
        )

    @routes.post("/rooms/admit")
    def admit(
        request: Request,
        actor: Changing,
        name: Text = "",
        initials: Annotated[str, Form(max_length=8)] = "",
        room_id: Text = "",
        age: Text = "",
        confirmed: Confirmed = "",
    ) -> Response:
        if confirmed != "yes":
            told = {"name": name, "initials": initials, "room_id": room_id, "age": age}
            room = _room(actor, room_id)
            question = Words(_ADMIT, {"initials": initials, "room": room.title})
            return _ask(request, actor, question, "/rooms/admit", told)
        return answers.decided(request, actor, ward.desk.admit(actor, name, initials, room_id, age or None), "/rooms")

    @routes.post("/rooms/{stay_id}/move")
    def move(
        request: Request, stay_id: str, actor: Changing, room_id: Text = "", confirmed: Confirmed = ""
    ) -> Response:
        if confirmed != "yes":
            stay, room = _stay(actor, stay_id), _room(actor, room_id)
            values = {"initials": stay.initials, "before": stay.title, "room": room.title}
            return _ask(request, actor, Words(_MOVE, values), f"/rooms/{stay_id}/move", {"room_id": room_id})
        return answers.decided(request, actor, ward.desk.move(actor, stay_id, room_id), "/rooms")

    @routes.post("/rooms/{stay_id}/discharge")
    def discharge(request: Request, stay_id: str, actor: Changing, confirmed: Confirmed = "") -> Response:
        if confirmed != "yes":
            stay = _stay(actor, stay_id)
            question = Words(_DISCHARGE, {"initials": stay.initials, "room": stay.title})
            return _ask(request, actor, question, f"/rooms/{stay_id}/discharge", {})
        return answers.decided(request, actor, ward.desk.discharge(actor, stay_id), "/rooms")

    def _ask(request: Request, actor: Actor, question: Words, onward: str, told: dict[str, str]) -> Response:
        return answers.page(
            request, actor, "desk/confirm.html", question=question, onward=onward, told={**told, "confirmed": "yes"}
        )

    def _room(actor: Actor, room_id: str) -> RoomRow:
        return _one([room for room in shown(ward.access.rooms(actor)) if room.room_id == room_id])

    def _stay(actor: Actor, stay_id: str) -> RoomRow:
        return _one([room for room in shown(ward.access.rooms(actor)) if room.stay_id and room.stay_id == stay_id])

    return routes


def _one(rooms: Sequence[RoomRow]) -> RoomRow:
    if not rooms:
        raise NotForYou
    return rooms[0]
