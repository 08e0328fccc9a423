"""What is printed: cards, leaflets, the consent record, a receipt, the morning's list, the stop sheet (E4, K9)."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from broker.vocabulary import Modality
from console.roles import Actor
from console.screens.answers import Answers, go, shown
from console.screens.door import Door
from console.screens.patient import PURPOSES
from console.screens.ports import Contacts, WardPort
from console.screens.setup import stop_code
from console.screens.stopping import RoomId, headline
from console.showing.views import PatientView, StopState, StopView
from console.words import N_, SOURCE_LANGUAGE

SHEETS = {
    "leaflet": N_("Easy Read leaflet, before any choice"),
    "consent": N_("What I said about the sensor, to sign or mark"),
    "carers": N_("Leaflet for carers and friends"),
    "stop-sheet": N_("Stop sheet, for when the system is down"),
}
"""Papers that know nobody: anybody may print them."""
SHEETS_OF_A_SENSOR = frozenset({"leaflet", "carers"})
"""Papers that say what one kind of sensor sees."""
STAFF_SHEETS = frozenset({"stop-sheet"})
"""Papers that staff write on; they are in the languages of the staff's screens."""
Language = Annotated[str, Query(max_length=16)]
_STOP_LINES = 12


def router(ward: WardPort, door: Door, answers: Answers, contacts: Contacts) -> APIRouter:
    """Return the papers."""
    routes = APIRouter()
    Reading = Annotated[Actor, Depends(door.unlocked)]  # noqa: N806 (a type)

    @routes.get("/cards")
    def cards(request: Request, actor: Reading, language: Language = "") -> Response:
        rooms = shown(ward.access.rooms(actor))
        drawn = [(room, stop_code(f"{request.base_url}stop/{room.room_id}")) for room in rooms if room.sensors]
        without = [room.title for room in rooms if not room.sensors]
        return _paper(request, "print/cards.html", language, actor, cards=drawn, without=without)

    @routes.get("/print")
    def index(request: Request) -> Response:
        kinds = ward.access.sensor_kinds()
        return answers.page(
            request, None, "print/index.html", sheets=SHEETS, sensors=kinds, of_a_sensor=SHEETS_OF_A_SENSOR
        )

    @routes.get("/print/{sheet}")
    def sheet(request: Request, sheet: str, language: Language = "", sensor: Modality | None = None) -> Response:
        if sheet not in SHEETS:
            return answers.sentence(
                request, None, N_("Nothing here"), N_("There is no such page, or it is not for you."), 404, "/print"
            )
        if sheet in STAFF_SHEETS and not answers.pages.reader(request, None, language).catalogue.covers_staff:
            language = SOURCE_LANGUAGE
        kinds = tuple(ward.access.sensor_kinds())
        if sheet in SHEETS_OF_A_SENSOR and sensor is None and len(kinds) > 1:
            # A paper promises what one kind of sensor does: where there are two, somebody says which.
            return go("/print")
        facts: dict[str, Any] = {"purposes": PURPOSES, "lines": range(_STOP_LINES), "sheets": SHEETS, "sensor": sensor}
        sensors = (sensor,) if sensor else kinds or (Modality.RADAR,)
        return _paper(request, f"print/{sheet}.html", language, sensors=sensors, **facts)

    @routes.get("/me/print")
    def looked(request: Request, actor: Reading, language: Language = "") -> Response:
        view: PatientView = shown(ward.access.patient_page(actor))
        return _paper(request, "print/looked.html", language, actor, view=view, now=ward.clock.utc_now())

    @routes.get("/stop/{room_id}/receipt")
    def receipt(request: Request, room_id: RoomId, language: Language = "") -> Response:
        """The receipt of a stop, for the browser that asked for it and nobody else."""
        token = answers.cookies.stop(request, room_id)
        view: StopView | None = ward.access.stop_status(room_id, token) if token else None
        if view is None or view.state is StopState.NOTHING_ASKED:
            return answers.sentence(
                request,
                None,
                N_("Nothing here"),
                N_("Nothing was stopped from this screen."),
                404,
                f"/stop/{room_id}",
            )
        return _paper(request, "print/receipt.html", language, room_id=room_id, stop=view, headline=headline(view))

    def _paper(request: Request, template: str, language: str, actor: Actor | None = None, **facts: Any) -> Response:
        """Render a paper in the language of whoever it is for."""
        pages = answers.pages
        reader = pages.reader(request, actor, language)
        return pages.page(request, reader, template, contacts=contacts, paper_languages=pages.languages(), **facts)

    return routes
