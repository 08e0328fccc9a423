"""The engineer's page in a real browser: by touch and by keys, on a phone, by day and by night, without a fault."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from broker.clock import SystemClock
from deploy.setup_room.door import Door
from deploy.setup_room.server import PageServer
from deploy.setup_room.site import Site
from edge.commissioning.drawing import DrawingFile
from tests.kit.drawn_room import settings_file, walking

CELL = "[aria-label^='row {}, column {}:']"


@pytest.fixture
def drawn_in(chromium: Any, tmp_path: Path) -> Iterator[tuple[Any, DrawingFile]]:
    clock, server = SystemClock(), PageServer("127.0.0.1", 0)
    door, drawing, faults = Door(clock), settings_file(tmp_path), list[str]()
    server.begin(Site(server.origin, "room-6", drawing, walking(clock), door, clock))
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, color_scheme="dark")
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(server.origin)
    page.fill("#code", door.code)
    page.press("#code", "Enter")
    page.wait_for_selector("#grid:visible")
    yield page, drawing
    context.close()
    server.close()
    assert not faults


def test_an_engineer_draws_a_room_on_a_phone_by_touch_by_keys_and_by_walking(
    drawn_in: tuple[Any, DrawingFile],
) -> None:
    page, drawing = drawn_in
    assert page.get_attribute("html", "data-theme") == "night"
    assert Axe().run(page).violations_count == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    page.check("input[value='b']")
    page.tap(CELL.format(5, 6))
    page.focus(CELL.format(5, 6))
    for key in ("ArrowRight", " ", "ArrowDown", "b", "Home", "#"):
        page.keyboard.press(key)
    page.check("input[value='d']")
    page.click("#collect")
    page.wait_for_selector("[data-lit='yes']")
    lit = page.locator("[data-lit='yes']").count()
    page.click("#mark-lit")
    assert lit > 0 and page.locator("[data-lit='yes']").count() == 0
    doors = page.locator("[role='gridcell'][data-mark='d']").count()
    page.click("#take-back")
    assert page.locator("[role='gridcell'][data-mark='d']").count() < doors

    page.click("#keep button.is-main")
    page.locator("#said", has_text="Kept").wait_for()
    rows = drawing.view().rows
    assert (rows[4][5:7], rows[5][6], rows[5][0]) == ("bb", "b", "#")

    page.click("#theme")
    assert Axe().run(page).violations_count == 0
    page.click("#undo")
    page.locator("#said", has_text="is back").wait_for()
    assert "[view]" not in drawing.path.read_text()
    page.click("#finish")
    page.locator("#said", has_text="Finished").wait_for()
    assert page.is_disabled("#collect")
