"""Film the night of NA-1 from a ward with real rules: `python -m tests.browser.na1 [FOLDER]` writes na1.png."""

import base64
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from broker.readings import PlaceReading
from broker.vocabulary import Place
from console.roles import Role
from console.rules.policy import shipped_policy
from tests.browser.pictures import CHROMIUM, ROOT, TO_NIGHT_S
from tests.kit.alerting import limit_ensuite, the_alert
from tests.kit.boxed_ward import ADMIN, BoxedWard, boxed_ward
from tests.kit.served import served
from tests.kit.skin import PASSWORD

TABLET = (1024, 768)
IN_ROOM = "room6"


@contextmanager
def a_ward(folder: Path) -> Iterator[BoxedWard]:
    """Six rooms at 02:14; whoever stays in room 6 has just gone into the en-suite, and high concern is set for them."""
    with boxed_ward(folder, rooms=6, yes=False) as box:
        for number in (1, 2, 3, 4, 6):
            box.ask(f"room{number}", at_their_wish=True)
        box.clock.advance(TO_NIGHT_S - 180)
        for node in box.nodes.values():
            node.announce()
        box.ward.step()
        limit_ensuite(box, IN_ROOM)
        yield box


class Night:
    """Lets time pass as it does on the ward, with somebody in the en-suite of room 6 all the while."""

    def __init__(self, box: BoxedWard) -> None:
        self._box = box
        self._since = box.clock.utc_now()

    def goes_by(self, seconds: int) -> None:
        """Let the nodes speak and the ward work, every four seconds."""
        for _ in range(max(1, seconds // 4)):
            self._box.clock.advance(min(4, seconds))
            for room_id, node in self._box.nodes.items():
                if room_id == IN_ROOM:
                    node.sees(place=PlaceReading(value=Place.ENSUITE, since=self._since))
                elif room_id == "room5":
                    node.live()
                else:
                    node.sees()
            self._box.ward.step()


def staff(box: BoxedWard) -> dict[str, Any]:
    """Ada, who has room 6; Ben, in charge; Cy; and the site coordinator, all signed on."""
    told = {
        "ada": ("Ada K.", Role.NURSE),
        "ben": ("Ben C.", Role.NURSE_IN_CHARGE),
        "cy": ("Cy D.", Role.NURSE),
        "sid": ("Sid O.", Role.SITE_COORDINATOR),
    }
    people = {}
    for username, (name, role) in told.items():
        invited = box.ward.desk.add_staff(ADMIN, username, name, role)
        box.ward.identity.enrol(invited.token, "", "", PASSWORD)
        assert invited.actor is not None and box.ward.shifts.sign_on(invited.actor, knows=True)
        people[username] = invited.actor
    return people


def signed_in(browser: Any, url: str, username: str, size: tuple[int, int], theme: str = "night") -> Any:
    """Return a page on the board."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    context.add_cookies([{"name": "hushward-theme", "value": theme, "url": url}])
    page = context.new_page()
    page.goto(f"{url}/sign-in")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("form[action='/sign-in'] button")
    page.wait_for_load_state()
    return page


class Film:
    """Pictures with a line under each, put together into one strip."""

    def __init__(self, page: Any, step: Callable[[], None]) -> None:
        self._page = page
        self._step = step
        self._frames: list[tuple[str, bytes]] = []

    def frame(self, line: str, settle_ms: int = 1600) -> None:
        """Take a picture of what the tablet shows now; the tablet has said that it is there, as it does."""
        self._page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        self._page.wait_for_timeout(300)
        self._step()
        self._page.wait_for_timeout(settle_ms)
        self._frames.append((line, self._page.screenshot()))

    def strip(self, browser: Any, file: Path) -> Path:
        """Write the strip."""
        told = [(line, base64.b64encode(shot).decode()) for line, shot in self._frames]
        shots = "".join(
            f"<figure><img src='data:image/png;base64,{shot}'><figcaption>{line}</figcaption></figure>"
            for line, shot in told
        )
        style = (
            "body{margin:0;background:#0a0907;color:#d9a860;font:22px Arial;display:grid;grid-template-columns:1fr 1fr;"
            "gap:18px;padding:18px}figure{margin:0}img{width:100%;display:block}figcaption{padding:8px 2px}"
        )
        page = browser.new_page(viewport={"width": 1500, "height": 900})
        page.set_content(f"<style>{style}</style>{shots}")
        page.screenshot(path=file, full_page=True)
        return file


def take(folder: Path) -> Path:
    """Play the night, and write na1.png."""
    with tempfile.TemporaryDirectory() as data, a_ward(Path(data)) as box, sync_playwright() as play:
        people, night = staff(box), Night(box)
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        night.goes_by(184)
        with served(box.ward, Path(data)) as url:
            page = signed_in(browser, url, "ada", TABLET)
            page.wait_for_selector("#tile-room6.tile--alert")
            film = Film(page, box.ward.step)
            film.frame("3:00 in the en-suite: every tablet calls, and the tile says where to go.")
            night.goes_by(20)
            page.click("#tile-room6 button")
            page.wait_for_selector("#code")
            film.frame("Ada says going. It is quiet for her walk, and nothing is closed.", 300)
            alert_id = the_alert(box, IN_ROOM).alert.alert_id
            form = "form[action$='/found']"
            page.evaluate(f"document.querySelector(\"{form} button\").value = 'saw_them_fine'")
            page.click(f"{form} button")
            film.frame("Somebody tries to close it from the desk: refused, with the way out.", 300)
            page.goto(url)
            page.wait_for_selector("#tile-room6.tile--alert")
            night.goes_by(64)
            film.frame("Nobody came in a minute: it sounds again, and has moved up.")
            night.goes_by(212)
            film.frame("Five minutes: the corridor sounds, the site coordinator is called, and nobody has answered.")
            assert box.ward.alerts.go(people["cy"], alert_id)
            code = box.ward.tags.shown(IN_ROOM, shipped_policy(), box.clock.utc_now())
            assert box.ward.alerts.arrive(people["cy"], alert_id, code)
            night.goes_by(4)
            film.frame("Cy is at the door, by the code that it shows: with the patient, and every sound ends.")
            strip = film.strip(browser, folder / "na1.png")
        browser.close()
    return strip


if __name__ == "__main__":
    print(take(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"))
