"""A person at a browser, without the browser: keeps cookies, fills forms, reads pages of a console that runs."""

import html
import json
import re
from collections.abc import Mapping, Sequence

import httpx2

_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
_STAY = re.compile(r'href="/consents/([0-9a-f]+)"')
_TAG = re.compile(r"<[^>]+>")


class Visitor:
    """One person, one device.

    Attributes:
        web: the client under it, with its cookies.
    """

    def __init__(self, address: str) -> None:
        self.web = httpx2.Client(base_url=address, timeout=30)

    def sign_in(self, username: str, password: str) -> None:
        """Sign in through the form."""
        said = self.web.post("/sign-in", data={"username": username, "password": password})
        assert said.status_code in (302, 303), f"sign-in was refused: {said.status_code} {text_of(said.text)[:200]}"

    def page(self, path: str) -> str:
        """Return a page's HTML."""
        said = self.web.get(path, follow_redirects=True)
        assert said.status_code == 200, f"{path}: {said.status_code} {text_of(said.text)[:300]}"
        return said.text

    def tiles(self) -> dict[str, tuple[str, str]]:
        """Return (kind, text) of each room's tile, as the live board says them now."""
        with self.web.stream("GET", "/board/stream") as stream:
            for line in stream.iter_lines():
                if line.startswith("data: ") and '"tiles"' in line:
                    told = json.loads(line.removeprefix("data: "))
                    return {tile["room"]: (tile["kind"], text_of(tile["html"])) for tile in told["tiles"]}
        raise AssertionError("the stream of the board ended without a board")

    def press(self, page: str, path: str, fields: Mapping[str, str | Sequence[str]]) -> str:
        """Press a button of a page with the page's own token; return the text of what it answers.

        Raises:
            AssertionError: it was refused.
        """
        token = _TOKEN.search(page)
        assert token is not None, "the page has no form"
        said = self.web.post(path, data={"form_token": html.unescape(token[1]), **fields}, follow_redirects=True)
        assert said.status_code == 200, f"{path}: {said.status_code} {text_of(said.text)[:400]}"
        return text_of(said.text)


def is_ready(address: str) -> bool:
    """Return whether a console serves; False also while nobody listens, as when it is being started again."""
    try:
        return httpx2.get(f"{address}/readyz", timeout=10).status_code == 200
    except httpx2.TransportError:
        return False


def stays_of(rooms_page: str) -> dict[str, str]:
    """Return stay id by room title, as the page of rooms and people shows them."""
    found: dict[str, str] = {}
    for row in re.split(r"<tr|<li|<article|<section", rooms_page):
        stay = _STAY.search(row)
        title = re.search(r"Room \d+", text_of(row))
        if stay and title:
            found[title[0]] = stay[1]
    return found


def text_of(page: str) -> str:
    """Return what a reader sees, in one line."""
    return " ".join(html.unescape(_TAG.sub(" ", page)).split())
