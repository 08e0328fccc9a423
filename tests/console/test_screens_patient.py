from dataclasses import replace
from datetime import timedelta

import pytest

from broker.clock import HandClock
from broker.vocabulary import Modality
from console.own.own_views import OwnSensor
from console.showing.views import StopState, StopView, Words
from tests.kit.skin import HandWard, screens_over
from tests.kit.skin_facts import NIGHT, NOTHING_ASKED


@pytest.fixture
def screens(tmp_path):
    return screens_over(HandWard(HandClock(NIGHT)), tmp_path)


def test_S1_the_page_says_what_is_on_why_until_when_and_who_looked(screens):
    html = screens.sign_in("patient").client.get("/me").text
    for sentence in (
        "The sensor is on",
        "counts your breaths now and then",
        "So that we wake you less at night.",
        "On until Fri 07:14. We talk about it again by Wed 25 Nov.",
        "Ada (nurse) looked at your breathing reading, to care for you.",
        "receipt 412",
        "about 14 breaths a minute",
    ):
        assert sentence in html, sentence


def test_C5_one_press_on_their_own_page_stops_and_the_page_says_stopping(screens):
    screens.sign_in("patient")
    answer = screens.client.post("/stop/room-2", data={"what": "stop"})
    assert answer.headers["location"] == "/me"
    assert screens.ward.presses[-1][:3] == ("withdraw", "room-2", "own_page")
    assert "Stopping…" in screens.client.get("/me").text


def test_C5_the_page_says_when_the_node_itself_confirmed_it(screens):
    screens.sign_in("patient").client.post("/stop/room-2")
    screens.ward.confirm_stop(NIGHT + timedelta(seconds=1))
    live = screens.client.get("/stop/room-2/state/live")
    assert "Stopped, confirmed at 02:14:09" in live.text and live.headers["hx-refresh"] == "true"
    assert "The sensor is off" in screens.client.get("/me").text


def test_a_state_that_stands_is_not_sent_and_so_not_read_out_again(screens):
    screens.client.post("/stop/room-2")
    assert screens.client.get("/stop/room-2/state/live?shown=stopping").status_code == 204
    assert screens.client.get("/stop/room-2/state/live?shown=nothing_asked").status_code == 200


def test_C5_what_is_not_confirmed_says_to_press_the_switch(screens):
    screens.sign_in("patient").client.post("/stop/room-2")
    screens.ward.stop = replace(screens.ward.stop, state=StopState.NOT_CONFIRMED)
    html = screens.client.get("/stop/room-2/state").text
    assert "NOT CONFIRMED · press the switch in the room now" in html and 'hx-trigger="every 1s"' in html


def test_C6_a_stop_needs_no_sign_in_no_secret_and_no_second_question(screens):
    answer = screens.client.post("/stop/room-2")
    assert answer.headers["location"] == "/stop/room-2/state"
    assert screens.ward.presses[-1][:3] == ("withdraw", "room-2", "card")


def test_C5_a_stop_works_when_the_session_has_just_ended(screens):
    screens.sign_in("patient")
    screens.ward.identity.sessions.clear()
    screens.client.post("/stop/room-2")
    assert screens.ward.presses[-1][:3] == ("withdraw", "room-2", "card")


def test_S1_a_pause_comes_from_the_same_page(screens):
    screens.client.post("/stop/room-2", data={"what": "pause"})
    assert screens.ward.presses[-1][0] == "pause"


def test_S1_the_stop_page_tells_nothing_before_and_only_its_own_stop_after(screens):
    html = screens.client.get("/stop/room-2").text
    assert not any(word in html for word in ("P.T.", "Pat", "breath", "SOMEONE", "The sensor is"))
    screens.ward.stop = StopView(StopState.CONFIRMED, NIGHT, NIGHT, Words("stopped"))
    assert "Nothing was stopped from this screen." in screens.client.get("/stop/room-2/state").text


@pytest.mark.parametrize("forgotten", ["withdraw", "pause"])
def test_T14_a_press_that_the_ward_no_longer_knows_of_is_never_told_as_nothing(screens, forgotten):
    screens.client.post("/stop/room-2", data={"what": "pause" if forgotten == "pause" else "stop"})
    screens.ward.stop = NOTHING_ASKED
    for page in ("/stop/room-2/state", "/stop/room-2/state/live"):
        html = screens.client.get(page).text
        assert "Nothing was stopped" not in html and "NOT CONFIRMED · press the switch in the room now" in html


def test_T14_a_nurse_who_passes_on_two_noes_can_follow_both(screens):
    screens.sign_in("nurse")
    for room in ("room-1", "room-2"):
        screens.client.post(f"/board/rooms/{room}/no", data={"what": "stop"})
    for room in ("room-1", "room-2"):
        assert "Stopping…" in screens.client.get(f"/stop/{room}/state").text


def test_C5_a_no_for_a_room_that_is_not_there_reads_not_confirmed_also_without_signing_in(screens):
    answer = screens.client.post("/board/rooms/room-9/no")
    assert answer.status_code == 409 and "NOT CONFIRMED" in answer.text


def test_S1_the_token_of_one_stop_opens_no_other_rooms_state(screens):
    screens.client.post("/stop/room-2")
    assert "Nothing was stopped from this screen." in screens.client.get("/stop/room-1/state").text


def test_a_card_of_a_room_that_is_no_more_says_so_loudly(screens):
    answer = screens.client.post("/stop/room-9")
    assert answer.status_code == 409 and "press the switch in the room now" in answer.text


def test_NA18_several_stops_from_one_phone_carry_one_pseudonym(screens):
    for room in ("room-1", "room-2", "room-3"):
        screens.client.post(f"/stop/{room}")
    assert len({press[-1] for press in screens.ward.presses}) == 1


def test_C5_a_relayed_no_asks_was_that_you_and_takes_three_answers(screens):
    screens.sign_in("patient")
    for said in ("yes", "no", "talk"):
        screens.press("/me", "/me/answer", said=said)
    assert [press for press in screens.ward.presses if press[0] == "answer_relay"] == [
        ("answer_relay", "yes"),
        ("answer_relay", "no"),
        ("answer_relay", "talk"),
    ]


def test_S1_hide_my_page_is_one_press_that_signs_out(screens):
    screens.sign_in("patient")
    assert screens.client.post("/hide").headers["location"] == "/hidden"
    assert screens.client.get("/me").headers["location"] == "/sign-in"
    assert not screens.ward.identity.sessions


def test_S1_another_readers_page_is_not_there(screens):
    assert screens.sign_in("nurse").client.get("/me").status_code == 404


def test_C5_F36_a_page_that_cannot_be_read_now_still_stops(screens):
    screens.sign_in("patient")
    screens.ward.is_unwritable = True
    page = screens.client.get("/me")
    assert page.status_code == 503
    assert 'action="/stop/room-2"' in page.text and "You can still stop the sensor here." in page.text


def test_C5_the_page_names_both_sensors_and_one_press_stops_one_of_them(screens):
    on = Words("The sensor is on")
    both = tuple(OwnSensor(kind, True, on, may_stop_alone=True) for kind in (Modality.RADAR, Modality.CAMERA))
    screens.ward.patient = replace(screens.ward.patient, sensors=both)
    html = screens.sign_in("patient").client.get("/me").text
    assert "<strong>Radar</strong> · The sensor is on" in html and "<strong>Camera</strong> · The sensor is on" in html

    screens.press("/me", "/me/stop-sensor", sensor="camera")
    assert screens.ward.presses[-1][:2] == ("withdraw_sensor", "camera")
