"""The pages of whoever goes: every press on them, and the words that must stand there (A4, A8, A17, A19, K9)."""

import pytest

from console.rules.alerting.alerts import AlertState
from tests.kit.alert_facts import ALERT, CALLS
from tests.kit.skin import HandWard, screens_over


@pytest.fixture
def screens(tmp_path):
    return screens_over(HandWard(), tmp_path)


PAGE = f"/alerts/{ALERT.alert_id}"


def test_A4_NA12_a_locked_screen_takes_going_being_there_and_what_was_found(screens):
    screens.sign_in("nurse")
    screens.ward.clock.advance(600)
    assert screens.press(PAGE, f"{PAGE}/going").headers["location"] == PAGE
    assert screens.press(PAGE, f"{PAGE}/there", code="4711").headers["location"] == PAGE
    assert screens.press(PAGE, f"{PAGE}/found", outcome="saw_them_fine", how="spoke").headers["location"] == PAGE
    assert screens.press(PAGE, f"{PAGE}/useful", useful="yes").headers["location"] == "/"
    told = [press[0] for press in screens.ward.presses]
    assert told == ["go", "arrive", "report", "rate"]


def test_A4_before_the_door_the_page_offers_nothing_that_closes(screens):
    html = screens.sign_in("nurse").client.get(PAGE).text
    assert "I saw them: fine" not in html and "I could not get in" in html and "ALERT 1:15 · go to room 6" in html


def test_A4_at_the_door_it_offers_what_was_seen_and_a_voice_only_where_the_plan_permits_it(screens):
    from dataclasses import replace

    screens.ward.calling.one = replace(ALERT, i_am_there=True)
    html = screens.sign_in("nurse").client.get(PAGE).text
    assert "I saw them: fine" in html and "through the door" not in html
    screens.ward.calling.one = replace(ALERT, i_am_there=True, voice_answer=True)
    assert "through the door" in screens.client.get(PAGE).text


def test_A4_NA9_after_it_the_door_card_stands_there(screens):
    from dataclasses import replace

    screens.ward.calling.one = replace(ALERT, could_not=True, tell_to_ring=True)
    html = screens.sign_in("nurse").client.get(PAGE).text
    assert "Override key. Anti-barricade. Call for help." in html and "call 2222 / 999" in html


def test_A13_after_the_close_one_tap_says_whether_it_was_worth_the_walk(screens):
    from dataclasses import replace

    screens.ward.calling.one = replace(ALERT, state=AlertState.CLOSED, closed_by="A.K.", may_rate=True)
    html = screens.sign_in("nurse").client.get(PAGE).text
    assert "Was it worth the walk?" in html and "I'm going" not in html


def test_a_tag_that_is_touched_leads_to_the_alert_of_its_room_with_the_code(screens):
    screens.sign_in("nurse")
    assert screens.client.get("/at/room-6?code=4711").headers["location"] == f"{PAGE}?code=4711"
    assert 'value="4711"' in screens.client.get(f"{PAGE}?code=4711").text
    assert screens.client.get("/at/room-1").headers["location"] == "/round?room=room-1&code="


@pytest.mark.parametrize("who", ["patient", "governance_lead"])
def test_X5_an_alert_is_not_there_for_who_does_not_answer_it(screens, who):
    assert screens.sign_in(who).client.get(PAGE).status_code == 404


def test_A17_the_red_control_is_on_every_screen_of_staff_and_the_card_needs_no_sign_in(screens):
    assert "Ring 2222 or 999 now." in screens.client.get("/emergency").text
    for who, page in (("nurse", "/rooms"), ("engineer", "/health"), ("matron", "/places")):
        assert 'href="/emergency"' in screens.sign_in(who).client.get(page).text
    assert 'href="/emergency"' not in screens.sign_in("patient").client.get("/me").text


def test_A17_two_presses_start_the_card_and_each_tap_is_one(screens):
    screens.sign_in("nurse")
    card = screens.press("/emergency", "/emergency", room="room-6").headers["location"]
    assert card == "/emergency/" + "e1" * 16
    assert "ligature cutter, bag, oxygen, defibrillator" in screens.client.get(card).text
    screens.press(card, f"{card}/tap", what="rang_999")
    screens.press(card, f"{card}/end", back=["a1" * 16])
    assert [press[0] for press in screens.ward.presses] == ["start", "tap", "end"]


def test_A18_the_stand_down_shows_the_code_and_who_can_read_it_back(screens):
    screens.sign_in("nurse")
    page = screens.press("/stand-down", "/stand-down/ask").text
    assert "4711" in page and "Mo L." in page
    screens.press("/shift", "/stand-down", code="4711", manager="f6" * 16)
    assert screens.ward.presses[-1][0] == "stand_down"


def test_K9_a_shift_begins_with_the_sentence(screens):
    screens.ward.calling.shift = lambda _actor: ()
    html = screens.sign_in("nurse").client.get("/shift").text
    assert "This system will not tell you if a patient stops breathing." in html
    assert screens.press("/shift", "/shift/on", knows="yes").headers["location"] == "/shift"


def test_A6_posts_cover_and_rooms_are_one_press_each(screens):
    screens.sign_in("nurse")
    screens.press("/shift", "/shift/post", post="break", cover="b1" * 16)
    screens.press("/shift", "/shift/rooms", room=["room-1", "room-6"])
    screens.press("/shift", "/shift/off")
    assert [press[0] for press in screens.ward.presses] == ["change_post", "allocate", "sign_off"]


def test_A19_every_screen_that_offers_the_clock_says_what_it_does_not_detect(screens):
    html = screens.sign_in("nurse").client.get("/limits/room-6").text
    assert (
        "This does not detect a ligature. By the time it calls, serious harm may already have happened. Use "
        "observation, a safe en-suite and the safety plan." in html
    )
    told = {"stay": "stay-6", "kind": "ensuite", "after_min": 3, "concern": "high", "reason": "safety_plan", "days": 7}
    assert "Done" in screens.press("/limits/room-6", "/limits/room-6", **told).text
    assert screens.ward.presses == [("set_limit", "stay-6", "ensuite", 180.0, "high", "safety_plan", 7.0)]


def test_A1_a_board_is_one_that_may_be_silent_until_somebody_heard_it(screens):
    html = screens.sign_in("nurse").client.get("/").text
    assert "This device may be silent." in html
    assert screens.client.post("/board/sounding", data={"front": "yes"}).json() == {"counts": True}
    assert screens.press("/", "/board/heard").headers["location"] == "/"


def test_A8_whoever_signs_out_puts_their_device_away(screens):
    screens.sign_in("nurse")
    screens.press("/", "/sign-out")
    assert screens.ward.presses[-1][0] == "leave"


def test_A1_no_page_no_setting_and_no_script_can_mute():
    from tests.kit.house import ROOT

    texts = [path.read_text("utf-8") for path in (ROOT / "console").rglob("*") if path.suffix in (".html", ".js")]
    own = [text for text in texts if "nhsuk" not in text[:400]]
    assert not [text for text in own if "mute" in text.lower().replace("no other mute", "")]


def test_A12_A13_a_night_is_told_in_counts_to_who_answers_for_it(screens):
    html = screens.sign_in("governance_lead").client.get("/nights").text
    assert "6 / 8 (75 %)" in html and "Room" not in html.split("<main", 1)[1]


def test_A9_the_strip_above_the_tiles_says_calls_round_and_too_few_devices(screens):
    from console.words import open_catalogues

    english = open_catalogues("Europe/London")["en"]
    from console.screens.pages import Pages
    from console.skin.cookies import Cookies

    pages = Pages({"en": english}, Cookies(b"k" * 32, False), screens.ward.clock, "demonstration", "en")
    html = pages.render(english, "board/calls.html", calling=CALLS)
    assert 'data-level="high"' in html and "ALERT · go to room 6" in html
    assert "WARD ROUND" in html and "Fewer than two devices" in html
