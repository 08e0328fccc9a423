"""The desk after an incident and 'The system got something wrong', as they stand on the screen (chapter I, rule R3)."""

from dataclasses import replace

import pytest

from broker.clock import HandClock
from console.own.own_views import AfterIncident, KeptView
from console.showing.views import Words
from tests.kit.incident_facts import HOLD_ID, LIFT_ID, RELEASE_ID, REPORT_ID, TELLING_ID
from tests.kit.skin import HandWard, screens_over
from tests.kit.skin_facts import NIGHT, no
from tests.kit.visitor import text_of

PAGES = ("/incidents", f"/incidents/ask/{HOLD_ID}", "/incidents/keys", "/incidents/hazards")


@pytest.fixture
def screens(tmp_path):
    return screens_over(HandWard(HandClock(NIGHT)), tmp_path)


def test_I2_the_desk_shows_holds_requests_and_who_is_to_be_told_by_pseudonym(screens):
    text = text_of(screens.sign_in("governance_lead").client.get("/incidents").text)
    for said in ("Days are not sealed", "LATE", "The Caldicott Guardian was told", "Dr Okoro", "They are not told yet"):
        assert said in text
    assert "They have died" in text and "I told the named family contact" in text
    assert "They cannot be told yet" not in text


def test_I3_only_the_caldicott_role_is_offered_to_sign_that_somebody_is_not_told_yet(screens):
    screens.sign_in("ig_officer")
    assert "A risk of serious harm" in screens.client.get("/incidents").text
    screens.press("/incidents", f"/incidents/tellings/{TELLING_ID}", not_yet="serious_harm")
    screens.press("/incidents", f"/incidents/tellings/{TELLING_ID}", whom="patient")
    assert screens.ward.presses == [("let_wait", TELLING_ID, "serious_harm"), ("note_told", TELLING_ID, "patient")]


def test_I1_I4_a_hold_that_nobody_looked_at_is_late_and_its_end_is_asked_agreed_and_registered(screens):
    text = text_of(screens.sign_in("ig_officer").client.get("/incidents").text)
    for said in ("LATE: nobody has looked", "The family has its answer.", "I agree: the hold ends", "the hold ended"):
        assert said in text
    screens.press("/incidents", f"/incidents/lifts/{LIFT_ID}", what="lift")
    screens.press("/incidents", f"/incidents/holds/{HOLD_ID}/review")
    screens.press("/incidents", f"/incidents/holds/{HOLD_ID}/inquiry")
    page = f"/incidents/holds/{HOLD_ID}/lift"
    screens.press(page, page, reason="looked_into", words="It was looked into.")
    told = [one[0] for one in screens.ward.presses]
    assert told == ["lift", "review", "begin", "ask_to_lift"]


def test_I1_anybody_has_notes_kept_from_a_room_and_a_patient_their_own(screens):
    screens.sign_in("nurse")
    assert "In which room did it happen?" in screens.client.get("/holds?room=room-2").text
    screens.press("/holds", "/holds", room="room-2", why="asked_by_family", at="2026-11-20T01:30")
    (_begin, told) = screens.ward.presses[-1]
    assert (told.room_id, told.why, told.happened_at.isoformat()) == (
        "room-2", "asked_by_family", "2026-11-20T01:30:00+00:00",
    )  # fmt: skip
    refused = screens.press("/holds", "/holds", room="room-2", why="asked_by_family", at="yesterday")
    assert refused.status_code == 422 and "Nothing is kept yet" in refused.text and len(screens.ward.presses) == 1
    screens.sign_in("patient")
    assert screens.client.get("/holds").status_code == 404
    screens.press("/me/tell", "/me/hold")
    screens.press("/me/leaving", "/me/keep/days", days="1")
    assert [one[0] for one in screens.ward.presses if one[0] != "is_for_a_day"][-2:] == ["begin_own", "choose_day"]


@pytest.mark.parametrize("who", ["nurse", "patient", "administrator", "engineer"])
def test_I2_nobody_else_finds_the_desk(screens, who):
    screens.sign_in(who)
    assert {screens.client.get(page).status_code for page in PAGES} == {404}


def test_I2_a_request_names_its_purpose_and_recipient_and_the_code_is_never_shown(screens):
    screens.sign_in("ward_manager")
    page = f"/incidents/ask/{HOLD_ID}"
    assert 'name="code" type="password"' in screens.client.get(page).text
    told = {"kind": "bundle", "purpose": "coroner", "recipient": "Dr A", "organisation": "Court", "code": "SECRET-1"}
    assert "SECRET-1" not in screens.press(page, page, **told).text
    (_name, wanted), *_ = screens.ward.presses
    assert (wanted.hold_id, wanted.purpose, wanted.recipient, wanted.code) == (HOLD_ID, "coroner", "Dr A", "SECRET-1")


def test_I2_a_bundle_is_handed_over_once_and_a_wrong_code_is_a_sentence(screens):
    screens.sign_in("ig_officer")
    path = f"/incidents/releases/{RELEASE_ID}"
    refused = screens.press("/incidents", path, what="confirm", code="WRONG")
    assert refused.status_code == 403 and "opens no half" in refused.text
    out = screens.press("/incidents", path, what="confirm", code="RIGHT")
    assert out.content == b"PK-bundle" and out.headers["content-type"] == "application/zip"
    assert "no-store" in out.headers["cache-control"]


def test_I5_a_view_bears_its_readers_id_over_each_table_and_offers_no_download(screens):
    html = screens.sign_in("ward_manager").client.get(f"/incidents/view/{RELEASE_ID}").text
    assert html.count("Shown to 0123456789abcdef") == 3
    assert "download" not in html and "No alert was raised." in html and "call-bell" in html


def test_R1_a_code_is_shown_once(screens):
    screens.sign_in("ward_manager")
    assert "ABCD-EFGH-IJKL" in screens.press("/incidents/keys", "/incidents/keys").text
    assert "ABCD-EFGH-IJKL" not in screens.client.get("/incidents/keys").text


@pytest.mark.parametrize(("who", "page"), [("patient", "/me"), ("nurse", "/"), ("engineer", "/health")])
def test_I7_one_tap_stands_on_every_screen_and_a_word_can_follow(screens, who, page):
    screens.sign_in(who)
    answer = screens.press(page, "/wrong", here=page)
    assert answer.status_code == 200 and 'name="text"' in answer.text and f'href="{page}"' in answer.text
    screens.press(page, f"/wrong/{REPORT_ID}", text="It said on.")
    assert screens.ward.presses == [("report", page), ("say_more", REPORT_ID, "It said on.")]
    assert "Mended." in screens.client.get("/wrong").text


def test_I7_T45_the_way_back_leads_nowhere_else(screens):
    answer = screens.sign_in("nurse").press("/", "/wrong", here="//evil.example/x")
    assert "evil" not in answer.text


def test_I7_the_safety_officer_answers_and_sees_the_hazards_of_the_place_beside_the_products(screens):
    screens.sign_in("safety_officer")
    text = text_of(screens.client.get("/incidents/wrong").text)
    assert "LATE" in text and "It said on at noon." in text
    told = {"outcome": "upheld", "answer_text": "You were right.", "title": "T", "is_device": "true"}
    screens.press("/incidents/wrong", f"/incidents/wrong/{REPORT_ID}", **told)
    finding = screens.ward.presses[0][2]
    assert (finding.answer, finding.title, finding.is_device) == ("You were right.", "T", True)
    screens.ward.incidents.wrongs.answer = lambda *_told: no("Write the notice too.")
    refused = screens.press("/incidents/wrong", f"/incidents/wrong/{REPORT_ID}", **told)
    assert refused.status_code == 422 and "Write the notice too." in refused.text
    assert refused.text.count("You were right.</textarea>") == 1 == refused.text.count("<details open>")
    hazards = text_of(screens.client.get("/incidents/hazards").text)
    assert "L01" in hazards and "LFPSE-1" in hazards and "HZ01" in hazards


def test_R3_I3_their_page_asks_keep_or_delete_and_says_what_is_kept(screens):
    words, line = Words("You stopped the sensor."), Words("Notes about you were opened.")
    after = AfterIncident((line,), KeptView(words, None, -1, may_keep=True, may_delete=True))
    screens.ward.patient = replace(screens.ward.patient, after=after)
    screens.sign_in("patient")
    text = text_of(screens.client.get("/me").text)
    assert "Keep or delete what it noted about you?" in text and "Notes about you were opened." in text
    screens.press("/me", "/me/keep", said="delete")
    assert screens.ward.presses == [("say", "delete")]
