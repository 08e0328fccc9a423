"""The page's few routes: what may be asked, by whom, and all that can ever be answered (rule K1)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from broker.clock import Clock
from deploy.setup_room.door import Door, Entry
from edge.block_activity import EVERY_S
from edge.commissioning.drawing import DrawingFile
from edge.errors import SettingsError
from edge.view import COLUMNS, ROWS, Mark, View

COOKIE = "setup-room"
MOST_BODY_BYTES = 4096
NOTHING_HIDDEN = (
    "Nothing is hidden. Hide what is behind the en-suite's door, a toilet, and any window into another place. If the "
    "camera sees none of them, say so below the drawing, and keep it again."
)
_JSON, _TEXT = "application/json", "text/plain; charset=utf-8"
_CLOSED = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=True)
_Row = Annotated[str, Field(min_length=COLUMNS, max_length=COLUMNS)]


@dataclass(frozen=True)
class Asked:
    """One request.

    Attributes:
        method: such as `GET`.
        path: as it came, with its query.
        headers: by lower-case name.
        body: at most `MOST_BODY_BYTES`.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What is answered; the server adds the headers that every answer has."""

    status: HTTPStatus
    kind: str = _TEXT
    body: bytes = b""
    cookie: str | None = None


class _Code(BaseModel):
    model_config = _CLOSED

    code: Annotated[str, Field(max_length=32)]


class _Drawn(BaseModel):
    model_config = _CLOSED

    rows: Annotated[list[_Row], Field(min_length=ROWS, max_length=ROWS)]
    distance_m: Annotated[float, Field(ge=0.3, le=10)]
    nothing_to_hide: bool


class _Nothing(BaseModel):
    model_config = _CLOSED


@dataclass(frozen=True)
class Route:
    """One thing that may be asked.

    Attributes:
        answer: gives the answer.
        needs_session: only to whoever typed the code.
        is_use: the engineer did something; it keeps the page from closing.
    """

    answer: Callable[["Site", Asked], Answer]
    needs_session: bool = True
    is_use: bool = True


class Site:
    """One start of the page, for one node. Not safe for several threads at once; the server takes turns.

    Attributes:
        left_min: [min] for which the commissioning still lasts, as the node says; set from outside.
        is_finished: the engineer has pressed `Finish`.
    """

    def __init__(
        self,
        origin: str,
        node_id: str,
        drawing: DrawingFile,
        grid: Callable[[], bytes | None],
        door: Door,
        clock: Clock,
    ) -> None:
        """Take what is needed.

        Args:
            origin: such as `http://127.0.0.1:8470`; requests for another host or from another page are refused.
            node_id: shown, so that the engineer sees which room it is.
            drawing: the node's settings file.
            grid: reads the newest grid, 204 bytes; None while there is none.
            door: the code and the session.
            clock: the machine's.
        """
        self._origin = origin
        self._node_id = node_id
        self._drawing = drawing
        self._read_grid = grid
        self._door = door
        self._clock = clock
        self._grid: bytes | None = None
        self._grid_until_s = float("-inf")
        self.left_min = 15
        self.is_finished = False

    def answer(self, asked: Asked) -> Answer:
        """Answer one request."""
        refused = self._refusal(asked)
        if refused is not None:
            return refused
        route = ROUTES[asked.method, asked.path]
        if route.needs_session:
            if not self._door.knows(_secret(asked)):
                return _said(HTTPStatus.UNAUTHORIZED, "Type the code that stands in the terminal.")
            if route.is_use:
                self._door.note_use()
        try:
            return route.answer(self, asked)
        except ValidationError:
            return _said(HTTPStatus.BAD_REQUEST, "That is not what this page sends.")

    def enter(self, asked: Asked) -> Answer:
        """Look at a code; the right one opens the only session."""
        entry, secret = self._door.enter(_Code.model_validate_json(asked.body).code)
        if entry is not Entry.IN:
            return _said(HTTPStatus.FORBIDDEN, entry)
        cookie = f"{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict"
        return Answer(HTTPStatus.OK, _JSON, b"{}", cookie)

    def grid(self, _asked: Asked) -> Answer:
        """Give the newest grid: twelve lines of sixteen digits, another at most twice a second."""
        now_s = self._clock.elapsed_s()
        if now_s >= self._grid_until_s:
            self._grid, self._grid_until_s = self._read_grid(), now_s + EVERY_S
        if self._grid is None:
            return Answer(HTTPStatus.NO_CONTENT)
        return Answer(HTTPStatus.OK, _TEXT, self._grid)

    def drawn(self, _asked: Asked) -> Answer:
        """Give the drawing as it stands in the settings."""
        try:
            view = self._drawing.view()
        except SettingsError as error:
            return _said(HTTPStatus.CONFLICT, str(error))
        told = {"node_id": self._node_id, "rows": list(view.rows), "distance_m": view.distance_m}
        return _json({**told, "may_undo": self._drawing.may_undo})

    def keep(self, asked: Asked) -> Answer:
        """Check a drawing and write it into the settings."""
        told = _Drawn.model_validate_json(asked.body)
        try:
            view = View.checked(told.rows, told.distance_m)
            if not view.blocks(Mark.HIDDEN).any() and not told.nothing_to_hide:
                return _said(HTTPStatus.UNPROCESSABLE_ENTITY, NOTHING_HIDDEN)
            self._drawing.keep(view)
        except SettingsError as error:
            return _said(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        return _said(HTTPStatus.OK, "Kept. It counts from the next time the sensor opens; what was tried before is to "
                     "be tried again.")  # fmt: skip

    def undo(self, asked: Asked) -> Answer:
        """Put the settings back as they were before the last drawing."""
        _Nothing.model_validate_json(asked.body)
        try:
            self._drawing.undo()
        except SettingsError as error:
            return _said(HTTPStatus.CONFLICT, str(error))
        return self.drawn(asked)

    def left(self, _asked: Asked) -> Answer:
        """Say how long the commissioning still lasts."""
        return _json({"left_min": self.left_min})

    def finish(self, asked: Asked) -> Answer:
        """End the page."""
        _Nothing.model_validate_json(asked.body)
        self.is_finished = True
        return _said(HTTPStatus.OK, "Finished. The page is closed.")

    def _refusal(self, asked: Asked) -> Answer | None:
        """Refuse what does not come from this page, or asks for something that is not there; None: go on."""
        if asked.headers.get("host") != self._origin.removeprefix("http://"):
            return _said(HTTPStatus.MISDIRECTED_REQUEST, "This page has another address; it stands in the terminal.")
        if asked.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return _said(HTTPStatus.FORBIDDEN, "Only this page itself may ask.")
        if (asked.method, asked.path) not in ROUTES:
            return _said(HTTPStatus.NOT_FOUND, "There is nothing here.")
        if asked.method != "POST":
            return None
        if asked.headers.get("origin") != self._origin or asked.headers.get("content-type") != _JSON:
            return _said(HTTPStatus.FORBIDDEN, "Only this page itself may ask.")
        if len(asked.body) > MOST_BODY_BYTES:
            return _said(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "That is more than this page sends.")
        return None


def _asset(name: str, kind: str) -> Callable[[Site, Asked], Answer]:
    def give(_site: Site, _asked: Asked) -> Answer:
        return Answer(HTTPStatus.OK, kind, files("deploy.setup_room").joinpath(name).read_bytes())

    return give


def _json(told: Mapping[str, object], status: HTTPStatus = HTTPStatus.OK) -> Answer:
    return Answer(status, _JSON, json.dumps(told).encode())


def _said(status: HTTPStatus, sentence: str) -> Answer:
    return _json({"sentence": str(sentence)}, status)


def _secret(asked: Asked) -> str:
    try:
        morsel = SimpleCookie(asked.headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return "" if morsel is None else morsel.value


ROUTES: Mapping[tuple[str, str], Route] = {
    ("GET", "/"): Route(_asset("page.html", "text/html; charset=utf-8"), needs_session=False),
    ("GET", "/page.css"): Route(_asset("page.css", "text/css; charset=utf-8"), needs_session=False),
    ("GET", "/page.js"): Route(_asset("page.js", "text/javascript; charset=utf-8"), needs_session=False),
    ("POST", "/code"): Route(Site.enter, needs_session=False),
    ("GET", "/grid"): Route(Site.grid, is_use=False),
    ("GET", "/left"): Route(Site.left, is_use=False),
    ("GET", "/drawing"): Route(Site.drawn),
    ("POST", "/drawing"): Route(Site.keep),
    ("POST", "/undo"): Route(Site.undo),
    ("POST", "/finish"): Route(Site.finish),
}
"""All that may be asked. Nothing here reads a frame, and there is none in this process."""
