"""K10: a screen that visitors can see says "walk your round" and the clock, until a badge is near, and soon again."""

import pytest

from console.rules.looking.overlooked import shows_names
from console.rules.policy import shipped_policy
from tests.kit.skin import HandWard, screens_over

POLICY = shipped_policy()


@pytest.fixture
def screens(tmp_path):
    return screens_over(HandWard(), tmp_path)


def test_K10_names_are_shown_while_a_badge_is_near_and_always_where_nobody_else_looks():
    near_s = POLICY.number("K10", "badge_near_s")
    told = [shows_names(ago_s, POLICY, is_overlooked=True) for ago_s in (None, 0.0, near_s - 1, near_s, 9 * near_s)]
    assert told == [False, True, True, False, False]
    assert shows_names(None, POLICY, is_overlooked=False)


def test_K10_an_overlooked_screen_goes_blank_everywhere_when_the_badge_has_been_away(screens):
    screens.sign_in("nurse")
    screens.press("/shift", "/screen/overlooked", overlooked="yes")
    board = screens.client.get("/")
    assert board.status_code == 200 and int(board.headers["refresh"]) == POLICY.number("K10", "badge_near_s") + 1
    screens.ward.clock.advance(POLICY.number("K10", "badge_near_s"))
    for path in ("/", "/round", "/handover", "/board/rooms/room-3"):
        assert screens.client.get(path).headers["location"] == "/walk", path
    assert "event: ended" in screens.client.get("/board/stream").text
    html = screens.client.get("/walk").text
    assert "Walk your round" in html and "Hold your badge to the reader" in html
    main = html.split("<main", 1)[1].split("</main>", 1)[0]
    assert not any(word in main for word in ("Room", "room-", "EN-SUITE", "SENSOR OFF", "DUE"))


def test_K10_a_sign_in_brings_the_board_back_and_not_everybody_ends_it(screens):
    screens.sign_in("nurse")
    screens.press("/shift", "/screen/overlooked", overlooked="yes")
    screens.ward.clock.advance(600)
    screens.sign_in("nurse")
    assert screens.client.get("/").status_code == 200
    assert screens.press("/shift", "/screen/overlooked", overlooked="no").status_code == 403
    screens.sign_in("administrator")
    assert screens.press("/rooms", "/screen/overlooked", overlooked="no").headers["location"] == "/"
    screens.ward.clock.advance(600)
    assert screens.client.get("/").headers["location"] == "/rooms"
