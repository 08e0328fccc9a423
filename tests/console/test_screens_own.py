"""The patient's own pages beside the first: how to read, show-me, a human, a complaint, a copy, papers."""

import io
import json
import zipfile
from dataclasses import replace

import pytest

from broker.clock import HandClock
from broker.vocabulary import Modality
from console.own.own_views import OwnSensor, ReadingChoice, TrialView
from console.showing.views import Words
from tests.kit.skin import HandWard, screens_over
from tests.kit.skin_facts import NIGHT

YES = {
    "sensors": ["radar", "camera"],
    "purposes": ["presence"],
    "hours": "22:00-07:00",
    "network": "stop",
    "feeling": "safer",
    "alternatives": ["check_in_person"],
    "care_plan_reason": "rest_without_waking",
    "basis": "capacity_consent",
    "mark": "signature",
    "format": "talk",
    "language": "en",
    "review_days": "7",
}
CARD = (
    "There is a sensor in this room. It is OFF until you say yes. It takes no pictures and hears nothing. "
    "Small amber light: on. No light: off. Press, or tell anyone: 'off'. Nobody may argue. "
    "We check on you in person either way. It will not notice if you stop breathing or hurt yourself. "
    "You can ask who looked."
)
"""GOVERNANCE, patient card, whole text."""


@pytest.fixture
def screens(tmp_path):
    return screens_over(HandWard(HandClock(NIGHT)), tmp_path)


def text_of(html: str) -> str:
    from tests.kit.visitor import text_of as seen

    return seen(html)


def test_E1_a_patient_who_was_never_asked_is_asked_first_and_can_stop_from_there(screens):
    screens.ward.reading_choice = None
    screens.sign_in("patient")
    assert screens.client.get("/me").headers["location"] == "/reading"
    html = screens.client.get("/reading").text
    assert "How do you want to read?" in html and 'action="/stop/room-2"' in html


def test_E1_the_choice_is_kept_for_the_patient_and_applied_before_anything_else(screens):
    screens.ward.reading_choice = None
    screens.sign_in("patient")
    answer = screens.press("/reading", "/reading", language="ar", ways=["easy_read", "large_print", "high_contrast"])
    assert answer.headers["location"] == "/me"
    assert screens.ward.reading_choice == ReadingChoice("ar", True, True, True)
    html = screens.client.get("/me").text
    assert '<html lang="ar" dir="rtl" data-theme="night" data-print="large" data-contrast="high" data-easy>' in html
    assert 'class="easy__row"' in html


def test_E1_the_choice_comes_with_the_sign_in_to_any_screen(tmp_path):
    ward = HandWard(HandClock(NIGHT))
    ward.reading_choice = ReadingChoice("pl", large_print=True)
    html = screens_over(ward, tmp_path).sign_in("patient").client.get("/me").text
    assert '<html lang="pl" dir="ltr" data-theme="night" data-print="large">' in html


@pytest.mark.parametrize("leave", ["/hide", "/sign-out"])
def test_S1_a_screen_that_is_left_does_not_tell_how_the_last_person_reads(screens, leave):
    screens.ward.reading_choice = ReadingChoice("pl", easy_read=True)
    screens.sign_in("patient")
    screens.press("/me", leave)
    assert '<html lang="en" dir="ltr" data-theme="night">' in screens.client.get("/sign-in").text


def test_E1_whoever_scans_the_card_chooses_for_this_screen_alone_and_comes_back_to_stop(screens):
    answer = screens.client.post("/reading", data={"language": "ur", "ways": "easy_read", "back": "room-2"})
    assert answer.headers["location"] == "/stop/room-2"
    html = screens.client.get("/stop/room-2").text
    assert 'dir="rtl"' in html and 'class="easy__row"' in html
    assert not [one for one in screens.ward.presses if one[0] == "choose_reading"]


@pytest.mark.parametrize("back", ["//evil.example", "../me", "room-2/../../x", ""])
def test_a_way_back_that_is_no_room_leads_nowhere_else(screens, back):
    assert screens.client.post("/reading", data={"language": "en", "back": back}).headers["location"] == "/sign-in"


def test_a_form_of_another_session_changes_nothing_that_is_kept(screens):
    screens.sign_in("patient")
    screens.client.post("/reading", data={"language": "ur", "form_token": "of somebody else"})
    assert screens.ward.reading_choice == ReadingChoice()


@pytest.mark.parametrize("scene", ["off", "still", "moving", "up", "two", "stop"])
def test_S4_show_me_is_marked_as_a_picture_and_touches_no_sensor(screens, scene):
    html = screens.client.get(f"/stop/room-2/show?scene={scene}").text
    assert "THIS IS A PICTURE. Nothing in your room is being noticed by this page." in html
    assert "What staff see on their board:" in html
    assert screens.ward.presses == [] and screens.ward.viewings == []


def test_S4_an_unknown_scene_shows_the_sensor_off(screens):
    assert "The lamp is off. Nothing is noticed." in screens.client.get("/stop/room-2/show?scene=dragon").text


def test_S1_i_do_not_feel_right_calls_a_human(screens):
    screens.sign_in("patient")
    assert screens.press("/me", "/me/help").headers["location"] == "/me"
    assert screens.ward.presses[-1][0] == "call"


def test_S6_ico_pals_cqc_and_the_advocate_are_shown_together(screens):
    seen = text_of(screens.sign_in("patient").client.get("/me/tell").text)
    for one in ("Sam Okafor, 01632 960 001", "01632 960 002", "03000 61 61 61", "0303 123 1113"):
        assert one in seen


def test_S6_a_complaint_is_sent_and_what_was_said_before_shows_its_answer(screens):
    screens.sign_in("patient")
    screens.press("/me/tell", "/me/tell", kind="complaint", text="The light is too bright.")
    assert screens.ward.presses[-1] == ("make", "complaint", "The light is too bright.")
    seen = text_of(screens.client.get("/me/tell").text)
    assert "You were right. The bed was drawn in the wrong place; it is mended." in seen


def test_S6_governance_reads_acknowledges_and_answers(screens):
    screens.sign_in("governance_lead")
    html = screens.client.get("/complaints").text
    assert "The light is too bright." in html
    screens.press("/complaints", f"/complaints/{'1a' * 16}/arrived")
    screens.press("/complaints", f"/complaints/{'2b' * 16}/answer", text="Thank you.")
    done = [one[:2] for one in screens.ward.presses if one[0] != "waiting"]
    assert done == [("acknowledge", "1a" * 16), ("answer", "2b" * 16)]


def test_S5_a_copy_is_a_page_to_read_the_same_as_data_and_the_receipts(screens):
    screens.sign_in("patient")
    answer = screens.press("/me/copy", "/me/copy")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == 'attachment; filename="hushward-my-copy.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        assert sorted(file.namelist()) == ["my-page.html", "my-page.json", "receipts.json"]
        page, told = file.read("my-page.html").decode(), json.loads(file.read("my-page.json"))
        receipts = json.loads(file.read("receipts.json"))
    assert "The night board was open: Ben." in page and "Nobody argued." in page and "http" not in page
    assert told["agreed_to"] == ["presence", "breathing_spot"] and told["who_looked"][0]["receipt"] == 388
    assert receipts["receipts"][0]["index"] == 388 and receipts["checkpoint"]


def test_S5_their_page_shows_by_when_the_rest_comes(screens):
    seen = text_of(screens.sign_in("patient").client.get("/me/copy").text)
    assert "Asked on Thu 19 Nov. The rest comes by Sat 19 Dec." in seen


@pytest.mark.parametrize("path", ["/me/tell", "/me/copy", "/me/leaving", "/me/print"])
def test_S1_reading_needs_their_own_sign_in(screens, path):
    assert screens.client.get(path).headers["location"] == "/sign-in"


@pytest.mark.parametrize(
    "path", ["/me", "/me/tell", "/me/copy", "/me/leaving", "/me/print", "/reading", "/stop/room-2/show"]
)
def test_S1_every_page_of_a_patient_hides_itself(screens, path):
    html = screens.sign_in("patient").client.get(path).text
    assert 'id="hide"' in html and "/static/patient.js" in html


def test_the_card_says_the_whole_text_to_the_letter(screens):
    seen = text_of(screens.sign_in("administrator").client.get("/cards").text)
    assert seen.count(f"{CARD} Your advocate's name and number: Sam Okafor, 01632 960 001") == 2


def test_K9_the_carers_leaflet_says_that_it_will_not_tell(screens):
    assert "This system will not tell you if a patient stops breathing." in screens.client.get("/print/carers").text


def test_E4_the_carers_leaflet_says_what_it_is_for_what_it_is_not_and_how_to_object_or_worry(screens):
    seen = text_of(screens.client.get("/print/carers").text)
    for heading in ("What it is for", "What it is not", "If you do not agree with it", "If you are worried about them"):
        assert heading in seen


@pytest.mark.parametrize("sheet", ["leaflet", "consent", "carers"])
@pytest.mark.parametrize("language", ["ar", "pl"])
def test_E1_a_paper_is_printed_in_the_language_of_whoever_it_is_for(screens, sheet, language):
    screens.sign_in("nurse")
    html = screens.client.get(f"/print/{sheet}?language={language}").text
    assert f'<html lang="{language}"' in html and 'class="unchecked"' in html


def test_C15_an_unchecked_consent_record_says_that_it_carries_no_yes(screens):
    assert "It cannot carry a yes." in screens.client.get("/print/consent?language=so").text
    assert "It cannot carry a yes." not in screens.client.get("/print/consent").text


def test_C20_and_C21_stand_on_the_consent_record(screens):
    seen = text_of(screens.client.get("/print/consent").text)
    assert (
        "May a sensor notice that you are breathing and moving at night? You can say no. Nothing else changes." in seen
    )
    assert "Yes or no does not change your checks, your level, your leave, your room, your discharge." in seen


def test_a_receipt_is_only_for_the_browser_that_stopped(screens):
    assert screens.client.get("/stop/room-2/receipt").status_code == 404
    screens.client.post("/stop/room-2")
    assert "Receipt of a stop" in screens.client.get("/stop/room-2/receipt").text


def test_a_paper_that_does_not_exist_says_so(screens):
    assert screens.client.get("/print/dragon").status_code == 404


def test_S5_governance_says_that_a_copy_was_answered(screens):
    screens.sign_in("governance_lead")
    html = screens.client.get("/complaints").text
    assert "LATE: due by Tue 10 Nov" in html and "c3" * 16 in html
    screens.press("/complaints", f"/copies/{'4d' * 16}/answered")
    assert screens.ward.presses[-1] == ("answer", "4d" * 16)


CAMERA = (
    "It is a camera: it sees in the dark to measure movement. "
    "Its pictures never leave the sensor, are never kept, and nobody can see them. It hears nothing."
)


def hang_a_camera(ward: HandWard) -> None:
    ward.rooms = tuple(replace(room, sensors=(Modality.CAMERA,)) if room.stay_id else room for room in ward.rooms)
    ward.patient = replace(ward.patient, sensors=(OwnSensor(Modality.CAMERA, True, Words("The sensor is on")),))
    ward.sensor_kinds = (Modality.CAMERA,)


@pytest.mark.parametrize(
    ("who", "page"),
    [
        ("nurse", "/consents/stay-1/step/ask"),
        ("nurse", "/cards"),
        ("patient", "/me"),
        (None, "/print/leaflet"),
        (None, "/print/carers"),
        (None, "/print/consent"),
    ],
)
def test_C15_of_a_camera_nobody_says_that_it_takes_no_pictures(screens, who, page):
    hang_a_camera(screens.ward)
    if who:
        screens.sign_in(who)
    told = text_of(screens.client.get(page).text)
    assert CAMERA in told and "takes no pictures" not in told


def test_C15_the_words_of_a_camera_are_another_version_than_those_of_a_radar(screens):
    screens.sign_in("nurse")
    versions = []
    for _ in range(2):
        screens.press("/consents/stay-1", "/consents/stay-1/give", **YES)
        versions.append(screens.ward.presses[-1][2].information.version)
        hang_a_camera(screens.ward)
    assert versions[0] != versions[1]


def test_C15_where_two_kinds_hang_on_the_ward_a_paper_is_chosen_by_its_sensor(screens):
    screens.ward.sensor_kinds = (Modality.CAMERA, Modality.RADAR)
    assert screens.client.get("/print/leaflet").headers["location"] == "/print"
    assert "/print/leaflet?sensor=camera" in screens.client.get("/print").text
    assert "takes no pictures" in text_of(screens.client.get("/print/leaflet?sensor=radar").text)


def test_S4_the_trial_is_found_from_show_me_and_its_presses_reach_the_ward(screens):
    screens.sign_in("patient")
    assert 'href="/me/try"' in screens.client.get("/stop/room-2/show").text
    told = screens.client.get("/me/try").text
    assert "Try the radar for 10 minutes" in told and "I ask for this myself" not in told
    screens.press("/me/try", "/me/try", sensor="radar")
    screens.press("/me/try", "/me/try/end")
    assert screens.ward.presses[-2:] == [("begin", "radar", False), ("end",)]


def test_S4_a_running_trial_says_what_staff_would_see_and_offers_stop(screens):
    seen = Words("SOMEONE IN THE ROOM · still · seen {seen}", {"seen": NIGHT})
    trial = TrialView("room-2", (Modality.RADAR,), True, NIGHT, True, seen, Words("No reading now. Look in."))
    screens.ward.trial = trial
    screens.sign_in("patient")
    told = screens.client.get("/me/try").text
    assert "SOMEONE IN THE ROOM" in told and 'value="stop"' in told and 'action="/me/try/end"' in told
    screens.ward.trial = replace(trial, until=None)
    assert screens.client.get("/me/try/live").headers["hx-refresh"] == "true"
    assert "I ask for this myself" in screens.client.get("/me/try").text


def test_E2_what_i_tell_about_myself_is_one_form_and_each_answer_may_stay_away(screens):
    screens.sign_in("patient")
    told = screens.client.get("/me/about").text
    assert "You need not tell anything." in told and 'value="sex:female" selected' in told
    screens.press("/me/about", "/me/about", told=["sex:male", "religion:"])
    assert screens.ward.presses[-1] == ("tell", {"sex": "male", "religion": ""})
