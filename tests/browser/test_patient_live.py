"""C5, S1: stopping is one press, the page says by itself when the sensor is closed, and a shared screen forgets."""

from dataclasses import replace
from datetime import UTC, datetime

from console.showing.views import StopState


def test_C5_the_page_says_stopping_then_stopped_without_being_touched(screen, ward):
    page = screen("patient", "phone")
    page.click(".stop")
    page.wait_for_selector(".state--stopping")
    ward.confirm_stop(datetime(2026, 11, 20, 2, 14, 9, tzinfo=UTC))
    page.wait_for_selector(".state--confirmed", timeout=3000)
    assert "Stopped, confirmed at 02:14:09" in page.inner_text("main")
    page.wait_for_selector(".lamp--off", timeout=3000)


def test_C5_the_card_of_a_room_stops_without_a_sign_in_and_tells_only_its_own_stop(screen, ward, address):
    page = screen(None, "phone")
    page.goto(f"{address}/stop/room-2")
    page.click(".stop")
    page.wait_for_selector(".state--stopping")
    ward.stop = replace(ward.stop, state=StopState.NOT_CONFIRMED)
    page.wait_for_selector(".state--not_confirmed", timeout=3000)
    assert "press the switch in the room now" in page.inner_text("main")
    ward.confirm_stop(datetime(2026, 11, 20, 2, 14, 9, tzinfo=UTC))
    page.wait_for_selector(".state--confirmed", timeout=3000)


def test_S1_a_screen_that_nobody_touches_for_a_minute_forgets(screen, ward):
    page = screen("patient", "phone")
    page.wait_for_selector(".stop")
    page.evaluate("const real = Date.now; Date.now = () => real() + 61000")
    page.wait_for_url("**/hidden", timeout=4000)
    page.go_back()
    page.wait_for_timeout(1500)
    assert "breaths" not in page.inner_text("body") and not ward.identity.sessions


def test_S1_hide_my_page_is_one_press(screen, ward):
    page = screen("patient", "phone")
    page.click("#hide button")
    page.wait_for_url("**/hidden")
    assert "Nothing about anybody is kept on this screen." in page.inner_text("main")
