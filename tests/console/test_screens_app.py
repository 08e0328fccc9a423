"""A9, K10: what a tablet may keep of the board, and that it is never an old one."""

import re

import pytest

from console.screens.app_shell import KEPT, STATIC
from tests.kit.skin import HandWard, screens_over


@pytest.fixture
def screens(tmp_path):
    return screens_over(HandWard(), tmp_path)


def version_of(screens) -> str:
    found = re.search(r"hushward-([0-9a-f]{16})", screens.client.get("/app-worker.js").text)
    assert found is not None
    return found.group(1)


def test_A9_other_words_make_another_version_so_that_a_tablet_fetches_them_anew(screens):
    before = version_of(screens)
    assert version_of(screens) == before
    screens.client.cookies.set("hushward-language", "en-XA")
    assert version_of(screens) != before


def test_K10_the_page_that_a_tablet_keeps_is_the_same_whoever_asks(screens):
    before = screens.client.get("/app/lost").text
    assert screens.sign_in("nurse").client.get("/app/lost").text == before
    assert "CONNECTION LOST" in before and "stops breathing" in before


def test_K10_the_worker_keeps_what_the_console_says_and_nothing_else(screens):
    text = screens.client.get("/app-worker.js").text
    assert all(f'"{path}"' in text or f'PAGE = "{path}"' in text for path in KEPT)
    assert text.count(".put(") == 1 and 'credentials: "omit"' in text


def test_an_app_opens_dark_at_the_board_with_icons_that_are_there(screens):
    told = screens.client.get("/app.webmanifest").json()
    assert told["start_url"] == "/" and told["background_color"] == "#0a0907"
    assert all((STATIC / one["src"].removeprefix("/static/")).is_file() for one in told["icons"])
    assert 'rel="manifest"' in screens.sign_in("nurse").client.get("/").text


def test_a_patients_page_installs_nothing(screens):
    html = screens.sign_in("patient").client.get("/me").text
    assert "manifest" not in html and "/static/app.js" not in html
