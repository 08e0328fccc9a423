"""The round on a held tablet: an ordered list, an entry of two taps at the door, and the paper for when it is down."""

import secrets
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import JSONResponse, Response

from console.observing.check_entries import Entry, PaperEntry
from console.roles import Actor
from console.rules.consenting.person import SeenState
from console.rules.decision import Decision
from console.rules.in_person.absence import PLACES
from console.rules.in_person.levels import CONTINUOUS, LEVEL_WORDS
from console.rules.in_person.observing import IN_PERSON, Saw, SeenPlace
from console.screens.answers import Answers, go, shown
from console.screens.door import Door
from console.screens.ports import WardPort
from console.showing.views import Words
from console.words import N_

PATH = "/round"
SAW = (
    (Saw.BREATHED.value, N_("I saw them breathe")),
    (Saw.MOVED.value, N_("I saw them move")),
    (Saw.SPOKE.value, N_("We spoke")),
    (Saw.COULD_NOT_SEE.value, N_("I could not see")),
)
BY_SENSOR = (Saw.BREATHING_BY_SENSOR.value, N_("I saw them; breathing by sensor"))
WOKE = (
    ("no", N_("It did not wake them")),
    ("yes", N_("It woke them")),
    ("already_awake", N_("They were awake")),
)
PLACE_WORDS = {
    SeenPlace.THEIR_ROOM: Words("their room"),
    SeenPlace.ENSUITE: Words("en-suite"),
    **{SeenPlace(place.value): words for place, words in PLACES.items()},
}
TOGETHER_MIN = (0, 2, 5, 10, 20, 30)
PHYSICAL = (
    (SeenState.AWAKE.value, N_("awake")),
    (SeenState.DROWSY.value, N_("drowsy")),
    (SeenState.ASLEEP.value, N_("asleep")),
    (SeenState.OVER_LIMITS.value, N_("over limits")),
)
_DAY_S = 7 * 86400
_Word = Annotated[str, Form(max_length=40)]
_Ago = Annotated[float, Form(ge=0, le=_DAY_S)]


def router(ward: WardPort, door: Door, answers: Answers, zone: ZoneInfo) -> APIRouter:
    """Return the pages.

    Args:
        ward: the ward.
        door: who asks.
        answers: how pages answer.
        zone: ward time, in which a paper round is read.
    """
    routes = APIRouter()

    @routes.get(PATH)
    def walk(
        request: Request,
        actor: Annotated[Actor, Depends(door.signed_in)],
        room: str = "",
        code: str = "",
        seen: str = "",
    ) -> Response:
        return answers.page(
            request,
            actor,
            "rounds/round.html",
            view=shown(ward.checks.round_list.view(actor)),
            opened=room,
            code=code if code.isdigit() and len(code) <= 4 else "",
            number=lambda: secrets.token_hex(16),
            levels=LEVEL_WORDS,
            continuous=CONTINUOUS,
            saw=SAW,
            by_sensor=BY_SENSOR,
            woke=WOKE,
            places=PLACE_WORDS,
            together=TOGETHER_MIN,
            physical=PHYSICAL,
            spot=seen if _opens(actor, seen) else "",
        )

    @routes.post(f"{PATH}/entries")
    def enter(
        request: Request,
        actor: Annotated[Actor, Depends(door.pressed)],
        observation_id: _Word = "",
        stay_id: _Word = "",
        room_id: _Word = "",
        saw: _Word = "",
        place: _Word = SeenPlace.THEIR_ROOM,
        woke: _Word = "",
        engaged_min: Annotated[int, Form(ge=0, le=600)] = 0,
        code: _Word = "",
        there_ago_s: _Ago = 0,
        entered_ago_s: _Ago = 0,
        wall_ago_s: Annotated[float | None, Form(ge=0, le=_DAY_S)] = None,
        source: _Word = IN_PERSON,
        tag: _Word = "",
        physical: _Word = "",
    ) -> Response:
        entry = Entry(
            observation_id,
            stay_id,
            room_id,
            saw,
            place,
            woke,
            engaged_min,
            code,
            there_ago_s,
            entered_ago_s,
            wall_ago_s,
            source,
            tag == "broken",
            physical,
        )
        return _answered(request, actor, ward.checks.observations.enter(actor, entry), observation_id)

    @routes.get(f"{PATH}/paper")
    def paper(request: Request, actor: Annotated[Actor, Depends(door.signed_in)]) -> Response:
        return answers.page(
            request,
            actor,
            "rounds/paper.html",
            view=shown(ward.checks.round_list.view(actor)),
            levels=LEVEL_WORDS,
            paper_languages=(),
        )

    @routes.get(f"{PATH}/from-paper")
    def from_paper(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        return answers.page(
            request,
            actor,
            "rounds/from_paper.html",
            view=shown(ward.checks.round_list.view(actor)),
            colleagues=[one for one in ward.calling.shift(actor) if not one.is_me],
            number=secrets.token_hex(16),
            saw=SAW,
            woke=WOKE,
        )

    @routes.post(f"{PATH}/from-paper")
    def enter_from_paper(
        request: Request,
        actor: Annotated[Actor, Depends(door.changing)],
        observation_id: _Word = "",
        who: Annotated[str, Form(max_length=80)] = "",
        saw: _Word = "",
        there_at: _Word = "",
        woke: _Word = "",
        reader: _Word = "",
    ) -> Response:
        at, (stay_id, _, room_id) = _ward_time(there_at, zone), who.partition(" ")
        if at is None:
            return answers.sentence(
                request,
                actor,
                N_("Not done"),
                N_("Write the time as it stands on the paper."),
                422,
                f"{PATH}/from-paper",
            )
        entry = PaperEntry(observation_id, stay_id, room_id, saw, at, woke, reader)
        decision = ward.checks.observations.enter_from_paper(actor, entry)
        return answers.decided(request, actor, decision, f"{PATH}/from-paper")

    def _opens(actor: Actor, observation_id: str) -> bool:
        return len(observation_id) == 32 and ward.access.spot_opens(actor, observation_id)

    def _answered(request: Request, actor: Actor, decision: Decision, observation_id: str) -> Response:
        """Answer the tablet's own script shortly, and a browser without it with a page."""
        opens = decision.allowed and _opens(actor, observation_id)
        if request.headers.get("accept") != "application/json":
            onward = f"{PATH}?seen={observation_id}" if opens else PATH
            is_plain = decision.allowed and not decision.obligations
            return go(onward) if is_plain else answers.decided(request, actor, decision, PATH)
        catalogue = answers.pages.reader(request, actor).catalogue
        told = {"taken": decision.allowed, "words": catalogue.words(decision.reason), "rules": list(decision.rules)}
        return JSONResponse(told | {"spot": f"{PATH}/spot/{observation_id}" if opens else ""})

    return routes


def _ward_time(told: str, zone: ZoneInfo) -> datetime | None:
    """Read what a browser's field for date and time holds; None for anything else."""
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        return None
    return at.replace(tzinfo=zone) if at.tzinfo is None else None
