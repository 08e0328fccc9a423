"""The pages of a round: two taps at the door, what a tablet sends again, the load, the handover (O1, O4, O5)."""

import pytest

from console.observing.check_entries import Entry
from tests.kit.check_facts import LOAD, ROUND
from tests.kit.skin import HandWard, no, screens_over


@pytest.fixture
def screens(tmp_path):
    return screens_over(HandWard(), tmp_path)


def test_O1_the_tag_of_a_door_opens_the_line_of_its_room_with_the_code_filled_in(screens):
    screens.sign_in("nurse")
    onward = screens.client.get("/at/room-3?code=4711").headers["location"]
    html = screens.client.get(onward).text
    line = html.split('id="walk-room-3"', 1)[1].split("</li>", 1)[0]
    assert "<details open>" in line and 'value="4711"' in line
    assert html.index("walk-room-3") < html.index("walk-room-6") < html.index("walk-room-4")


def test_O1_O10_two_taps_write_a_check_down_on_a_locked_screen_too(screens):
    screens.sign_in("nurse")
    screens.ward.clock.advance(600)
    told = {"observation_id": "a" * 32, "stay_id": "s1", "room_id": "room-3", "saw": "breathed", "woke": "no"}
    assert screens.press("/round", "/round/entries", **told).headers["location"] == "/round"
    name, entry = screens.ward.presses[-1]
    assert name == "enter" and entry == Entry("a" * 32, "s1", "room-3", "breathed", woke="no")


def test_O4_a_tablet_is_told_in_one_word_whether_its_entry_was_taken_and_ages_out_of_bounds_are_not(screens):
    screens.sign_in("nurse")
    screens.client.headers["accept"] = "application/json"
    told = {"observation_id": "a" * 32, "saw": "spoke", "there_ago_s": "31.5", "wall_ago_s": "33"}
    assert screens.press("/round", "/round/entries", **told).json()["taken"] is True
    entry = screens.ward.presses[-1][1]
    assert (entry.there_ago_s, entry.wall_ago_s) == (31.5, 33.0)
    for ago in ("-1", "nan", "1e9"):
        assert screens.press("/round", "/round/entries", **(told | {"there_ago_s": ago})).status_code == 422


def test_O1_a_refusal_names_its_rule_and_the_way_out(screens):
    screens.ward.checks.observations._answers["enter"] = no("Go and see them.", rules=("O1", "O2"))
    answer = screens.sign_in("nurse").press("/round", "/round/entries", source="sensor")
    assert answer.status_code == 403 and "O1" in answer.text and "Go and see them." in answer.text


def test_O4_a_paper_round_takes_the_time_that_stands_on_it_in_ward_time(screens):
    screens.sign_in("nurse")
    path = "/round/from-paper"
    assert screens.press(path, path, there_at="yesterday").status_code == 422
    assert screens.press(path, path, who="s1 room-3", saw="spoke", there_at="2026-07-01T02:10").status_code == 200
    entry = screens.ward.presses[-1][1]
    assert entry.there_at.isoformat() == "2026-07-01T02:10:00+01:00" and entry.room_id == "room-3"


def test_O4_the_paper_round_lists_everybody_in_walking_order(screens):
    html = screens.sign_in("nurse").client.get("/round/paper").text
    places = [html.index(row.room_title) for row in ROUND.rows]
    assert places == sorted(places)


def test_O5_a_red_load_says_so_in_words_and_offers_its_answer_to_whoever_may_give_it(screens):
    html = screens.sign_in("matron").client.get("/load").text
    assert "RED: this cannot be done" in html and "ring the executive on call" in html
    assert f"{LOAD.load.checks_per_h:.0f} checks an hour" in html
    screens.press("/load", "/load/answer", answer="accepted", for_h="4")
    assert screens.ward.presses[-1][:3] == ("answer", "accepted", "")
    screens.press("/load", "/load/people", people="3")
    assert screens.ward.presses[-1] == ("plan_people", 3)


def test_O2_a_level_is_set_with_who_decided_it_and_why(screens):
    screens.sign_in("nurse")
    told = {"stay_id": "s3", "level": "half_hourly", "clinician": "Dr L.", "why": "team_review", "caution": ["opioids"]}
    screens.press("/levels/room-3", "/levels/room-3", **told)
    assert screens.ward.presses[-1] == ("set_level", "s3", "half_hourly", "Dr L.", "team_review", False, ["opioids"])


def test_O8_O10_the_handover_is_read_printed_and_signed_and_the_counts_stand_beside_each_other(screens):
    html = screens.sign_in("nurse").client.get("/handover").text
    assert all(one in html for one in ("297", "291", "most: 4 min", "place not proven", "node lost", "45 min"))
    assert screens.press("/handover", "/handover/sign").status_code == 200
    assert screens.ward.presses[-1] == ("sign",)
    counts = screens.client.get("/checks-in-counts").text
    assert "22100" in counts and "310" in counts and "0.40" in counts


def test_O3_turns_are_a_list_and_one_press_at_the_door_and_the_code_of_the_tag_is_filled_in(screens):
    screens.sign_in("nurse")
    assert "Nobody is written down as being with them" in screens.client.get("/turns").text
    page = screens.client.get("/turns/room-5?code=4711").text
    assert 'value="4711"' in page and "call everybody" in page and "Room 7" not in page
    screens.press("/turns/room-5", "/turns/room-5", code="4711", what="over")
    screens.press("/turns/room-5", "/turns/room-5", what="leave")
    assert screens.ward.presses[-2:] == [("press", "room-5", "4711"), ("leave", "room-5")]


def test_O7_what_to_offer_is_four_presses_and_off_leads_to_the_stop(screens):
    screens.sign_in("nurse")
    assert "could not tell" in screens.client.get("/offer/room-6").text
    answer = screens.press("/offer/room-6", "/offer/room-6", chosen="off")
    assert screens.ward.presses[-1] == ("answer", "room-6", "off") and "/board/rooms/room-6#no" in answer.text
    assert screens.client.get("/offer/room-99").status_code == 404
