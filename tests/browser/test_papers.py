"""E4, K9: every paper comes out of the printer whole: on as many sheets as it should, with its bar left out."""

import re

import pytest

from tests.kit.skin_facts import ROOMS

A4 = {"format": "A4", "prefer_css_page_size": True}


def sheets_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


@pytest.mark.parametrize(
    ("path", "most"),
    [("/print/leaflet", 2), ("/print/consent", 2), ("/print/carers", 2), ("/print/stop-sheet", 1)],
)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_E4_a_paper_fits_its_sheets(screen, address, path, most, language):
    page = screen(None)
    page.goto(f"{address}{path}?language={language}")
    pdf = page.pdf(**A4)
    assert pdf.startswith(b"%PDF") and 1 <= sheets_of(pdf) <= most


def test_a_card_stands_for_every_room_with_a_sensor_and_nothing_else_is_printed(screen, address):
    page = screen("administrator")
    page.goto(f"{address}/cards")
    page.emulate_media(media="print")
    assert page.locator(".card").count() == sum(bool(room.sensors) for room in ROOMS)
    assert page.is_hidden(".paper__bar") and page.is_hidden("h1")
    box = page.locator(".card__code svg").first.bounding_box()
    assert box["width"] >= 90
    assert sheets_of(page.pdf(**A4)) == 1


def test_S2_who_looked_and_the_receipt_of_a_stop_are_one_sheet_each(screen, ward, address):
    page = screen("patient")
    page.goto(f"{address}/me/print")
    assert "Ada (nurse) looked at your breathing reading" in page.inner_text("main")
    assert sheets_of(page.pdf(**A4)) == 1
    page.goto(f"{address}/me")
    page.click(".stop")
    page.wait_for_selector("#state")
    page.goto(f"{address}/stop/room-2/receipt")
    assert "Stopping" in page.inner_text("main") and sheets_of(page.pdf(**A4)) == 1


def test_the_print_button_is_there_only_where_it_works(screen, address):
    page = screen(None)
    page.goto(f"{address}/print/leaflet")
    assert page.is_visible("[data-print]")


def test_O4_a_handover_is_one_black_sheet_also_from_a_screen_at_night(screen, address):
    page = screen("nurse", "tablet", "night")
    page.goto(f"{address}/handover")
    assert sheets_of(page.pdf(**A4)) == 1
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.querySelector('main h2')).color") == "rgb(0, 0, 0)"
    assert page.is_hidden("form[action='/handover/sign']")
