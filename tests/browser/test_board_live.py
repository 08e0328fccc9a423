"""F40, F41, A9: what the board does in a real browser, and what it does when nothing comes any more."""

import time
from dataclasses import replace

from console.showing.views import TileKind, TileView, Words
from tests.kit.served import served
from tests.kit.skin import HandWard
from tests.kit.skin_facts import NIGHT

LOST = ".tile--not_monitored"


def test_tiles_come_live_and_change_within_two_seconds(screen, ward):
    page = screen("nurse")
    page.wait_for_selector("#tile-room-1")
    ward.set_tile(TileView("room-1", "Room 1", "A.K.", TileKind.CANNOT_TELL, Words("CANNOT TELL · look in")))
    page.wait_for_selector("#tile-room-1.tile--cannot_tell", timeout=2500)


def test_a_server_that_ends_leaves_no_old_tile_after_five_seconds(chromium, tmp_path):
    context = chromium.new_context()
    page = context.new_page()
    with served(HandWard(), tmp_path) as url:
        page.goto(f"{url}/sign-in")
        page.fill("#username", "ada")
        page.fill("#password", "three quiet words")
        page.click("form[action='/sign-in'] button")
        page.wait_for_selector("#tile-room-1.tile--still")
    began = time.monotonic()
    page.wait_for_selector("#tile-room-1.tile--not_monitored", timeout=8000)
    assert time.monotonic() - began < 8
    assert page.locator(".tile").count() == page.locator(LOST).count() == 6
    body = page.inner_text("main")
    assert "SOMEONE IN BED" not in body and "This screen lost the console" in body
    assert "Room 1" in body and "A.K." not in body
    context.close()


def test_F41_a_board_that_cannot_be_computed_is_replaced_and_comes_back_whole(screen, ward):
    page = screen("nurse")
    page.wait_for_selector("#tile-room-1.tile--still")
    ward.is_broken = True
    page.wait_for_selector("#tile-room-1.tile--not_monitored", timeout=8000)
    assert page.is_visible("#lost") and page.inner_text("#clock") == "--:--"
    ward.is_broken = False
    page.wait_for_selector("#tile-room-1.tile--still", timeout=8000)
    assert page.is_hidden("#lost") and page.locator(".tile").count() == 6


def test_F41_a_tablet_that_slept_shows_nothing_old_when_it_wakes(screen, ward):
    page = screen("nurse")
    page.wait_for_selector("#tile-room-1.tile--still")
    ward.is_broken = True
    # The wall clock jumps as it does over a sleep; the steady clock may have stood still.
    page.evaluate("const real = Date.now; Date.now = () => real() + 60000")
    page.wait_for_selector("#tile-room-1.tile--not_monitored", timeout=1500)


def test_F41_a_script_that_fails_replaces_the_tiles(chromium, ward, address):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.fill("#username", "ada")
    page.fill("#password", "three quiet words")
    page.click("form[action='/sign-in'] button")
    page.wait_for_selector("#tile-room-1.tile--still")
    page.evaluate("setTimeout(() => { throw new Error('broken') }, 0)")
    page.wait_for_selector("#tile-room-1.tile--not_monitored", timeout=1500)
    page.wait_for_selector("#tile-room-1.tile--still", timeout=9000)
    context.close()


def test_K10_a_session_that_ends_leaves_only_walk_your_round(screen, ward):
    page = screen("nurse")
    page.wait_for_selector("#tile-room-1")
    ward.identity.sessions.clear()
    page.wait_for_selector("#locked:not([hidden])", timeout=4000)
    body = page.inner_text("main")
    assert "Walk your round" in body and "Room 1" not in body and page.locator(".tile").count() == 0


def test_X1_closing_the_page_closes_the_viewing_within_two_seconds(screen, ward):
    page = screen("nurse")
    page.wait_for_selector("#tile-room-1")
    page.close()
    give_up = time.monotonic() + 2.5
    while ward.viewings[0].closed is None and time.monotonic() < give_up:
        time.sleep(0.05)
    assert ward.viewings[0].closed == "closed"


def test_the_back_button_shows_no_tile_of_before(screen, ward, address):
    page = screen("nurse")
    page.wait_for_selector("#tile-room-1.tile--still")
    page.goto(f"{address}/health")
    ward.is_broken = True
    page.go_back()
    page.wait_for_timeout(1500)
    assert "SOMEONE IN BED" not in page.inner_text("body")


def test_a_screen_reader_hears_what_is_new_and_not_each_passing_minute(screen, ward):
    page = screen("nurse")
    page.wait_for_selector("#tile-room-1")
    later = {"seen": NIGHT.replace(minute=15)}
    ward.set_tile(replace(ward.board.tiles[0], headline=Words("SOMEONE IN BED · still · seen {seen}", later)))
    page.wait_for_selector("#tile-room-1:has-text('02:15')")
    assert page.inner_text("#spoken") == ""
    ward.set_tile(TileView("room-1", "Room 1", "A.K.", TileKind.CANNOT_TELL, Words("CANNOT TELL · look in")))
    page.wait_for_selector("#spoken:has-text('Room 1. CANNOT TELL. look in.')", state="attached")
    assert page.locator("[aria-live]").count() == 1


def test_the_keyboard_keeps_its_place_when_a_tile_is_drawn_anew(screen, ward):
    page = screen("nurse")
    page.wait_for_selector("#tile-room-4")
    page.focus("#tile-room-4 a")
    ward.set_tile(replace(ward.board.tiles[3], headline=Words("EN-SUITE {lasted}", {"lasted": "2:41"})))
    page.wait_for_selector("#tile-room-4:has-text('2:41')")
    assert page.evaluate("document.activeElement.closest('li').id") == "tile-room-4"


def test_A8_a_press_counts_also_where_its_tile_is_drawn_anew_under_the_thumb(screen, ward):
    page = screen("nurse", "phone")
    page.hover("#tile-room-6 button")
    page.mouse.down()
    ward.set_tile(replace(ward.board.tiles[5], detail=Words("new under the thumb")))
    page.wait_for_timeout(700)
    page.mouse.up()
    page.wait_for_selector("#tile-room-6:has-text('new under the thumb')")
    assert ("attend", "p1", "saw_them_fine") in ward.presses


def test_a_phone_is_told_on_top_where_to_go(screen):
    page = screen("nurse", "phone")
    page.click("#asks a")
    assert page.evaluate("document.querySelector('#tile-room-6').getBoundingClientRect().top") < 844


def test_A8_a_board_that_stands_open_darkens_with_the_hour(screen, ward):
    evening = NIGHT.replace(hour=20)
    ward.board = replace(ward.board, at=evening)
    page = screen("nurse", theme="day")
    page.wait_for_selector("#tile-room-1")
    ward.board = replace(ward.board, at=evening.replace(hour=21))
    page.wait_for_selector("html[data-theme='night']", timeout=3000)
