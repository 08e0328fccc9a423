"""The board of a drill's ward, read as a nurse's browser reads it."""

import html
import json
import re
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path

from console.showing.views import TileKind

_TAG = re.compile(r"<[^>]+>")
_ROLE = "nurse_in_charge"
_HEADLINES = {TileKind.NOT_MONITORED: "NOT MONITORED check in person", TileKind.CANNOT_TELL: "CANNOT TELL look in"}
_SHORTEST_REASON = len("simulated.")
SENSING = frozenset(
    {TileKind.STILL, TileKind.MOVING, TileKind.OUT_OF_BED, TileKind.NO_MOVEMENT, TileKind.NOBODY_SEEN,
     TileKind.ENSUITE, TileKind.SECOND_PERSON}
)  # fmt: skip
"""Tiles that say that something is known."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One room's tile.

    Attributes:
        kind: which.
        words: all that stands on it, in one line.
    """

    kind: str
    words: str

    @property
    def is_explained(self) -> bool:
        """Return whether it is a tile that we know, and one that knows nothing of its room also says why."""
        if self.kind not in list(TileKind):
            return False
        # "simulated", which stands on a demonstration's tiles, is no reason.
        headline = _HEADLINES.get(TileKind(self.kind))
        return headline is None or len(self.words.partition(headline)[2].strip()) > _SHORTEST_REASON


def accounts_of(file: Path) -> list[Mapping[str, str]]:
    """Read the accounts that `hushward up --demo` has written down."""
    told: list[Mapping[str, str]] = json.loads(file.read_text("utf-8"))
    return told


class Board:
    """A reader who stays signed in, and signs in again when the console asks for it."""

    def __init__(self, address: str, accounts: list[Mapping[str, str]]) -> None:
        """Take what is needed.

        Args:
            address: of the console.
            accounts: the demonstration's, as `hushward up --demo` writes them down.
        """
        account = next(one for one in accounts if one["role"] == _ROLE)
        self._form = urllib.parse.urlencode({"username": account["username"], "password": account["password"]})
        self._address = address.rstrip("/")
        self._web = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()), urllib.request.ProxyHandler({})
        )

    def tiles(self) -> dict[str, Tile]:
        """Return the tile of each room; none while the console does not answer."""
        for is_last in (False, True):
            try:
                return self._read()
            except (OSError, ValueError):
                if is_last:
                    return {}
            try:
                self._web.open(f"{self._address}/sign-in", self._form.encode(), timeout=15).close()
            except OSError:
                return {}
        return {}

    def is_ready(self) -> bool:
        """Return whether the console serves."""
        try:
            with self._web.open(f"{self._address}/readyz", timeout=5) as said:
                return bool(said.status == 200)
        except OSError:
            return False

    def _read(self) -> dict[str, Tile]:
        with self._web.open(f"{self._address}/board/stream", timeout=15) as stream:
            for raw in stream:
                line = raw.decode("utf-8")
                if line.startswith("event: ended"):
                    break
                if line.startswith("data: ") and '"tiles"' in line:
                    told = json.loads(line.removeprefix("data: "))
                    return {one["room"]: Tile(one["kind"], _text(one["html"])) for one in told["tiles"]}
        raise ValueError("the stream ended without a board; the session is over")


def _text(page: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", page)).split())
