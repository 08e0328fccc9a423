"""A patient's way from admission to discharge, in a real browser with real rules, by keyboard alone."""

import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from console.roles import Actor, Role
from tests.kit.boxed_ward import ADMIN, BoxedWard, boxed_ward
from tests.kit.served import served
from tests.kit.skin import PASSWORD

MOST_TABS = 80
TO_NIGHT_S = 17 * 3600 + 14 * 60


@pytest.fixture
def box(tmp_path) -> Iterator[BoxedWard]:
    with boxed_ward(tmp_path / "ward", yes=False) as one:
        yield one


class Keys:
    """A person who has a keyboard and nothing else."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def reach(self, selector: str) -> None:
        """Go on by Tab until something is in focus."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("one => document.activeElement.matches(one)", selector):
                return
        raise AssertionError(f"{selector} cannot be reached by Tab on {self.page.url}")

    def press(self, selector: str, key: str = "Enter") -> None:
        """Press something that stays on the page."""
        self.reach(selector)
        self.page.keyboard.press(key)

    def go(self, selector: str) -> None:
        """Press something that leads to another page."""
        self.reach(selector)
        self.enter()

    def enter(self) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, selector: str, text: str) -> None:
        self.reach(selector)
        self.page.keyboard.insert_text(text)

    def sees(self, text: str) -> None:
        try:
            self.page.locator("main", has_text=text).wait_for()
        except PlaywrightTimeout:
            raise AssertionError(f"{text!r} is not on {self.page.url}: {self.page.inner_text('main')[:600]}") from None


def enrolled(box: BoxedWard, username: str, invited: Any) -> Actor:
    assert invited.decision, invited.decision
    actor = box.ward.identity.enrol(invited.token, "", "", PASSWORD)
    assert isinstance(actor, Actor) and actor.username == username
    return actor


def sign_in(keys: Keys, url: str) -> None:
    keys.page.goto(f"{url}/sign-in")
    keys.write("#username", "pat")
    keys.write("#password", PASSWORD)
    keys.enter()


@pytest.mark.timeout(300)
def test_S1_the_whole_way_from_admission_to_discharge_by_keyboard_alone(box, chromium, tmp_path):
    desk = box.ward.desk
    nurse = enrolled(box, "ned", desk.add_staff(ADMIN, "ned", "Ned K.", Role.NURSE))
    enrolled(box, "pat", desk.add_patient_account(ADMIN, box.stay("room1"), "pat"))
    context = chromium.new_context(viewport={"width": 1024, "height": 768}, accept_downloads=True)
    keys = Keys(context.new_page())
    keys.page.set_default_timeout(30_000)
    with served(box.ward, tmp_path) as url:
        admitted_and_told(keys, url)
        says_yes_sees_the_lamp_and_pauses(keys, url, box)
        box.ward.access.reading(nurse, "room1", "direct_care")
        stops_at_night(keys, url, box)
        complains_and_takes_a_copy(keys, url, tmp_path)
        leaves(keys, url, box)
    context.close()


def admitted_and_told(keys: Keys, url: str) -> None:
    sign_in(keys, url)
    keys.sees("How do you want to read?")
    keys.press("#way-easy_read", "Space")
    keys.go("form[action='/reading'] button")
    keys.sees("Nobody has asked you yet. The sensor is off.")
    assert keys.page.get_attribute("html", "data-easy") is not None
    keys.go("a[href='/stop/room1/show']")
    keys.sees("THIS IS A PICTURE.")
    keys.press("button[value='still']")
    keys.sees("SOMEONE IN BED · still")
    keys.press("button[value='stop']")
    keys.sees("Nobody argues, and nobody comes because of it.")


def says_yes_sees_the_lamp_and_pauses(keys: Keys, url: str, box: BoxedWard) -> None:
    box.ask("room1")
    box.pass_time(3)
    keys.page.goto(f"{url}/me")
    keys.sees("The sensor is on")
    keys.go("button[value='pause']")
    box.pass_time(2)
    keys.page.goto(f"{url}/me")
    keys.sees("Paused until")
    keys.go("form[action='/me/resume'] button")
    box.pass_time(3)
    keys.page.goto(f"{url}/me")
    keys.sees("The sensor is on")


def stops_at_night(keys: Keys, url: str, box: BoxedWard) -> None:
    box.clock.advance(TO_NIGHT_S)
    for node in box.nodes.values():
        node.announce()
    box.ward.step()
    box.pass_time(3)
    sign_in(keys, url)
    keys.go(".stop")
    keys.sees("Stopping…")
    box.pass_time(2)
    keys.sees("Stopped, confirmed at 02:1")
    keys.sees("The sensor is off")
    keys.sees("Ned (nurse) looked at your breathing reading, to care for you.")


def complains_and_takes_a_copy(keys: Keys, url: str, folder: Any) -> None:
    keys.go("a[href='/me/tell']")
    keys.press("input[name=kind]", "Space")
    keys.write("#text", "Somebody asked me why I stopped it.")
    keys.go("form[action='/me/tell'] button")
    keys.sees("You will hear by")
    keys.page.goto(f"{url}/me/copy")
    keys.reach("form[action='/me/copy'] button")
    with keys.page.expect_download() as waiting:
        keys.page.keyboard.press("Enter")
    waiting.value.save_as(folder / "copy.zip")
    with zipfile.ZipFile(folder / "copy.zip") as file:
        page = file.read("my-page.html").decode()
    assert "Somebody asked me why I stopped it." in page and "Ned (nurse) looked at" in page


def leaves(keys: Keys, url: str, box: BoxedWard) -> None:
    keys.page.goto(f"{url}/me/leaving")
    keys.sees("A yes does not come with you. A no does.")
    keys.sees("Pictures, sound, raw signals")
    keys.go("main a[href='/me/tell']")
    keys.reach("input[name=kind]")
    keys.page.keyboard.press("ArrowUp")
    keys.write("#text", "I slept better.")
    keys.go("form[action='/me/tell'] button")
    keys.sees("Thank you.")
    assert box.ward.desk.discharge(ADMIN, box.stay("room1"))
    box.pass_time(2)
    keys.page.goto(f"{url}/me")
    assert "Ned" not in keys.page.inner_text("body")
