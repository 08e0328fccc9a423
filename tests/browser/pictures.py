"""Take the pictures of the README from a ward with real rules: `python -m tests.browser.pictures [FOLDER]`."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from broker.readings import MovementReading, PlaceReading, PresenceReading
from broker.vocabulary import Movement, Origin, Place, Purpose, Withheld
from console.consenting.stops import Via
from console.roles import Role
from tests.kit.boxed_ward import ADMIN, NURSE, BoxedWard, boxed_ward
from tests.kit.served import served
from tests.kit.skin import PASSWORD

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = "/usr/bin/chromium"
ENSUITE = (Purpose.PRESENCE, Purpose.BREATHING_SPOT, Purpose.BED_EXIT, Purpose.BATHROOM_DWELL)
TO_NIGHT_S = 17 * 3600 + 14 * 60 + 8


@contextmanager
def a_night(folder: Path) -> Iterator[BoxedWard]:
    """Six rooms at 02:14: still, moving, cannot tell, en-suite, said no, and a stop with the en-suite clock running."""
    with boxed_ward(folder, rooms=6, yes=False) as box:
        for number in (1, 2, 3, 4, 6):
            box.ask(f"room{number}", purposes=ENSUITE, at_their_wish=True)
        box.ward.consents.refuse(NURSE, box.stay("room5"))
        box.clock.advance(TO_NIGHT_S)
        box.nodes["room2"] = replace(box.nodes["room2"], origin=Origin.REPLAY)
        for node in box.nodes.values():
            node.announce()
        box.ward.step()
        for ensuite_s in range(0, 161, 20):
            _see(box, ensuite_s)
            box.clock.advance(20 if ensuite_s < 160 else 0)
        box.ward.consents.withdraw(box.patient("room6"), "room6", via=Via.ROOM_CONTROL, device="room6")
        box.ward.step()
        box.nodes["room6"].live()
        box.ward.step()
        yield box


def _see(box: BoxedWard, ensuite_s: float) -> None:
    now, nodes = box.clock.utc_now(), box.nodes
    ago = timedelta(seconds=ensuite_s)
    away = {"place": PlaceReading(value=Place.ENSUITE, since=now - ago)}
    for _ in range(2):
        nodes["room1"].sees()
        lease = nodes["room2"].lease
        moving = {"movement": MovementReading(value=Movement.MOVING, since=now)}
        assert lease is not None
        nodes["room2"].sees(**moving)
        nodes["room3"].sees(presence=PresenceReading(withheld=Withheld.LOW_QUALITY))
        nodes["room4"].sees(**away)
        nodes["room5"].live()
        nodes["room6"].sees(**away)
        box.ward.step()


def _account(box: BoxedWard, username: str, invited: Any) -> None:
    assert invited.decision, invited.decision
    box.ward.identity.enrol(invited.token, "", "", PASSWORD)
    assert username


def take(folder: Path) -> list[Path]:
    """Write board.png and patient.png; return their paths."""
    with tempfile.TemporaryDirectory() as data, a_night(Path(data)) as box, sync_playwright() as play:
        desk = box.ward.desk
        _account(box, "ada", desk.add_staff(ADMIN, "ada", "Ada K.", Role.NURSE))
        _account(box, "pat", desk.add_patient_account(ADMIN, box.stay("room1"), "pat"))
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with served(box.ward, Path(data)) as url:
            board = _signed_in(browser, url, "ada", (1440, 980), "night")
            board.wait_for_selector("#tile-room6")
            pictures = [folder / "board.png", folder / "patient.png"]
            board.screenshot(path=pictures[0])
            board.close()
            own = _signed_in(browser, url, "pat", (900, 1100), "day")
            # The first time a patient is asked how they want to read.
            own.get_by_role("button", name="Keep it like this").click()
            own.goto(f"{url}/me")
            own.screenshot(path=pictures[1])
        browser.close()
    return pictures


def _signed_in(browser: Any, url: str, username: str, size: tuple[int, int], theme: str) -> Any:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    context.add_cookies([{"name": "hushward-theme", "value": theme, "url": url}])
    page = context.new_page()
    page.goto(f"{url}/sign-in")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("form[action='/sign-in'] button")
    page.wait_for_load_state()
    return page


if __name__ == "__main__":
    for picture in take(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"):
        print(picture)
