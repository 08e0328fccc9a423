"""A room that is being drawn: settings with a `[view]`, a page's site on a hand-set clock, and an engineer at it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import numpy as np

from broker.clock import Clock
from deploy.setup_room.door import Door
from deploy.setup_room.site import Answer, Asked, Site
from edge.block_activity import MOST, Levels, rows_of_digits
from edge.commissioning.drawing import DrawingFile
from edge.view import COLUMNS, ROWS

ORIGIN = "http://127.0.0.1:8470"
SETTINGS = """\
# Room 6, by the engineer.
site = "demo"
ward = "rowan"
node_id = "room-6"
data_dir = "data"
modality = "camera"
console_key = "{key}"

[source]
kind = "replay"
file = "room.mp4"

[lamp]  # simulated
""".format(key="a" * 64)
DRAWN = ["#" * 16, *["." * 16] * 3, *["....bbbbbb......"] * 5, *["ffffffffffffdddd"] * 3]


class SimulatedWalk:
    """Somebody who walks to and fro through a simulated view: from the left, along the middle, to the right."""

    def __init__(self, clock: Clock, there_and_back_s: float = 30.0) -> None:
        self._clock = clock
        self._there_and_back_s = there_and_back_s

    def levels(self) -> Levels:
        share = self._clock.elapsed_s() / self._there_and_back_s % 1.0
        column = (COLUMNS - 1) * (1 - abs(2 * share - 1))
        rows, columns = np.mgrid[0:ROWS, 0:COLUMNS]
        away = np.hypot((rows - ROWS / 2) / 2.5, columns - column)
        levels: Levels = np.clip(np.rint(MOST * (1 - away / 2)), 0, MOST).astype(np.uint8)
        return levels


def settings_file(folder: Path, text: str = SETTINGS) -> DrawingFile:
    path = folder / "node.toml"
    path.write_text(text)
    return DrawingFile(path)


def walking(clock: Clock) -> Callable[[], bytes]:
    """Return what reads the newest grid of somebody who walks through a simulated view."""
    walk = SimulatedWalk(clock)
    return lambda: "".join(f"{row}\n" for row in rows_of_digits(walk.levels())).encode()


@dataclass
class EngineersBrowser:
    """A browser in front of a site, without the network between them."""

    site: Site
    cookie: str = ""
    changes: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, told: Any = None, **headers: str) -> Answer:
        given = {"host": ORIGIN.removeprefix("http://"), "cookie": self.cookie, "sec-fetch-site": "same-origin"}
        if method == "POST":
            given |= {"origin": ORIGIN, "content-type": "application/json"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        body = b"" if method == "GET" else json.dumps(told if told is not None else {}).encode()
        return self.site.answer(Asked(method, path, given, body))

    def enter(self, code: str) -> Answer:
        answer = self.ask("POST", "/code", {"code": code})
        if answer.status is HTTPStatus.OK and answer.cookie is not None:
            self.cookie = answer.cookie.partition(";")[0]
        return answer


def drawn(**changes: Any) -> dict[str, Any]:
    """Return a whole drawing as the page sends it."""
    return {"rows": DRAWN, "distance_m": 2.2, "nothing_to_hide": False} | changes


def at_the_page(
    folder: Path, clock: Clock, grid: Callable[[], bytes | None] | None = None
) -> tuple[Door, EngineersBrowser]:
    """Return a page's door, and a browser before it that has not gone in."""
    door = Door(clock)
    site = Site(ORIGIN, "room-6", settings_file(folder), grid or walking(clock), door, clock)
    return door, EngineersBrowser(site)
