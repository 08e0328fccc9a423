import re
from dataclasses import replace

import pytest

from broker.clock import HandClock
from broker.vocabulary import Modality
from console.showing.views import SensorRow, Words
from tests.kit.skin import HandWard, screens_over
from tests.kit.skin_facts import NIGHT, every_tile


@pytest.fixture
def screens(tmp_path):
    return screens_over(HandWard(HandClock(NIGHT)), tmp_path)


def test_the_page_of_the_board_holds_no_tile_so_no_cache_and_no_back_button_shows_one(screens):
    html = screens.sign_in("nurse").client.get("/").text
    assert "Room 1" not in html and "A.K." not in html
    assert "check in person" in html


def test_K9_the_sentence_about_breathing_stands_on_the_foot_of_the_board(screens):
    assert (
        "This system will not tell you if a patient stops breathing." in screens.sign_in("nurse").client.get("/").text
    )


def test_A11_a_demonstration_is_framed_in_words_on_every_screen(screens, tmp_path):
    for page in ("/sign-in", "/stop/room-2", "/nowhere"):
        assert "DEMONSTRATION · not for care" in screens.client.get(page).text
    clinical = screens_over(HandWard(HandClock(NIGHT)), tmp_path, context="clinical")
    assert "DEMONSTRATION" not in clinical.client.get("/sign-in").text


def test_A8_at_night_the_first_pixel_is_dark_without_anybody_choosing(screens):
    assert 'data-theme="night"' in screens.client.get("/sign-in").text
    screens.ward.clock.advance(8 * 3600)
    assert 'data-theme="day"' in screens.client.get("/sign-in").text


def test_A8_red_on_black_is_chosen_once_and_kept(screens):
    screens.client.post("/screen", data={"theme": "red", "back": "/sign-in"})
    assert 'data-theme="red"' in screens.client.get("/sign-in").text


def test_A8_a_choice_of_the_evening_does_not_make_the_night_bright(screens):
    screens.ward.clock.advance(16 * 3600)
    chosen = screens.client.post("/screen", data={"theme": "day", "back": "/sign-in"}).headers["set-cookie"]
    assert "Max-Age=9952" in chosen  # from 18:14:08 to 21:00 in ward time


def test_X1_a_look_needs_a_reason_and_comes_with_its_age(screens):
    screens.sign_in("nurse")
    answer = screens.press("/board/rooms/room-1", "/board/rooms/room-1/look", access_reason="direct_care")
    assert "about 14 breaths a minute (13 to 15), noticed 3 min ago. Not a check." in answer.text
    assert ("reading", "room-1", "direct_care") in screens.ward.presses


def test_X1_a_look_without_a_reason_of_care_is_denied_with_its_rule(screens):
    screens.sign_in("nurse")
    answer = screens.press("/board/rooms/room-1", "/board/rooms/room-1/look", access_reason="curiosity")
    assert answer.status_code == 403
    assert "Looking needs a reason of care." in answer.text and "Rule X1" in answer.text


def test_X1_a_page_of_one_room_is_a_viewing_that_ends_with_the_page(screens):
    screens.sign_in("nurse").client.get("/board/rooms/room-1")
    assert [viewing.closed for viewing in screens.ward.viewings] == ["closed"]


def test_no_rate_and_no_quality_figure_stands_on_a_tile(screens):
    html = screens.sign_in("nurse").client.get("/board/rooms/room-1").text
    assert "breaths" not in html and "quality" not in html.lower()


def test_a_prompt_is_answered_in_one_press_and_leads_back_to_the_board(screens):
    screens.sign_in("nurse")
    answer = screens.press("/", "/board/prompts/p1", outcome="saw_them_fine")
    assert answer.headers["location"] == "/"
    assert screens.ward.presses == [("attend", "p1", "saw_them_fine")]


def test_A4_an_answer_of_somebody_who_saw_nobody_is_met_with_what_to_do(screens):
    screens.sign_in("nurse")
    assert screens.press("/board/rooms/room-6", "/board/prompts/p1", outcome="could_not_get_in").status_code == 200


def test_X6_after_two_minutes_untouched_details_ask_for_the_password_and_answers_do_not(screens):
    screens.sign_in("nurse")
    token = screens.client.get("/").text.split('name="form_token" value="', 1)[1].split('"', 1)[0]
    screens.ward.clock.advance(121)
    look = screens.client.post("/board/rooms/room-1/look", data={"form_token": token, "access_reason": "direct_care"})
    rooms = screens.client.get("/rooms")
    going = screens.client.post("/board/prompts/p1", data={"form_token": token, "outcome": "saw_them_fine"})
    assert (look.headers["location"], rooms.headers["location"]) == ("/unlock", "/unlock")
    assert going.headers["location"] == "/" and screens.client.get("/").status_code == 200


def test_X6_the_password_opens_the_details_again(screens):
    screens.sign_in("nurse")
    screens.ward.clock.advance(121)
    asked = screens.client.get("/unlock").text
    assert "Say again who you are" in asked and 'name="pin"' not in asked, "nobody is asked for a PIN they never chose"
    screens.ward.identity.has_pin_of.add("ada")
    asked = screens.client.get("/unlock").text
    assert asked.index('name="pin"') < asked.index('name="password"')
    assert screens.sign_in("nurse").client.get("/rooms").status_code == 200


def test_a_nurse_passes_a_no_on_without_any_form_of_their_own(screens):
    screens.sign_in("nurse")
    answer = screens.client.post("/board/rooms/room-2/no", data={"what": "stop"})
    assert answer.headers["location"] == "/stop/room-2/state"
    assert screens.ward.presses[-1][:3] == ("withdraw", "room-2", "staff")


def test_every_kind_of_tile_has_a_shape_of_its_own(screens):
    screens.sign_in("nurse")
    shapes = set()
    for tile in every_tile()[:12]:
        screens.ward.set_tile(tile)
        screens.ward.board = type(screens.ward.board)(NIGHT, screens.ward.board.context, (tile,), tile.headline)
        html = screens.client.get(f"/board/rooms/{tile.room_id}").text
        shapes.add(html.split('class="shape"', 1)[1].split("</svg>", 1)[0])
    assert len(shapes) == 12


def test_the_origin_of_the_frames_stands_on_the_tile(screens):
    screens.sign_in("nurse")
    assert "simulated" in screens.client.get("/board/rooms/room-1").text
    assert "recording, again (2)" in screens.client.get("/board/rooms/room-2").text


@pytest.mark.parametrize(("who", "offered"), [("nurse", ["direct_care"]), ("matron", [])])
def test_X1_only_the_reasons_that_the_rules_permit_are_offered(screens, who, offered):
    html = screens.sign_in(who).client.get("/board/rooms/room-2").text
    assert re.findall(r'name="access_reason" value="(\w+)"', html) == offered
    assert ("Look at the last reading" in html) is bool(offered)
    assert "They said no: stop the sensor" in html


def test_K8_a_room_with_two_sensors_shows_what_each_says_and_on_what_they_do_not_agree(screens):
    there = (Words("whether somebody is there"),)
    rows = (
        SensorRow(
            Modality.RADAR, Words("NOBODY SEEN since {since} · where are they?", {"since": NIGHT}), None, (), there
        ),
        SensorRow(
            Modality.CAMERA, Words("OUT OF BED {lasted:minutes} min", {"lasted": NIGHT - NIGHT}), None, (), there
        ),
    )
    alone = Words("Only the {sensor} is on.", {"sensor": Words("radar")})
    tiles = tuple(replace(one, sensors=rows, beside=alone) for one in screens.ward.board.tiles)
    screens.ward.board = replace(screens.ward.board, tiles=tiles)
    html = screens.sign_in("nurse").client.get("/board/rooms/room-1").text

    assert "What each sensor says by itself" in html and "Only the radar is on." in html
    assert "They do not agree on:" in html and "whether somebody is there" in html
