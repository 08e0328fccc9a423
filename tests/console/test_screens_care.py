"""The presses around the talk and around where people are: each is one press, and what asks twice asks twice."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from broker.clock import HandClock
from broker.vocabulary import Purpose
from console.consenting.care_views import AbsentRow, RestrictionRow, TalkView
from console.rules.consenting.grants import Basis, CarePlanReason
from console.showing.views import Words
from tests.kit.skin import HandWard, screens_over
from tests.kit.skin_facts import NIGHT

TALK = "/consents/stay-1"
YES = {
    "sensors": "radar",
    "purposes": "presence",
    "hours": "22:00-07:00",
    "network": "stop",
    "feeling": "safer",
    "care_plan_reason": "rest_without_waking",
    "basis": "capacity_consent",
    "mark": "signature",
    "format": "talk",
    "review_days": "7",
}


@pytest.fixture
def screens(tmp_path):
    return screens_over(HandWard(HandClock(NIGHT)), tmp_path).sign_in("nurse")


def with_talk(screens, **told):
    first, *others = screens.ward.rooms
    screens.ward.rooms = (replace(first, talk=TalkView(**told)), *others)


@pytest.mark.parametrize(
    ("path", "told", "pressed"),
    [
        ("needs", {"needs": ["bsl", "more_time"], "met": "yes"}, ("note_adjustments", ["bsl", "more_time"], True)),
        ("age", {"age": "under_16"}, ("note_age", "under_16")),
        ("wish", {"says": "no", "written": "yes"}, ("note_advance_wish", True, True)),
        ("felt", {"feeling": "uneasy"}, ("note_feeling", "uneasy")),
        ("talked", {"less": "off"}, ("note_talk", "off")),
        ("changed", {"what": "level", "reason": ""}, ("note_change", "level", "")),
        ("not-by-me", {}, ("note_not_by", "a1" * 16)),
        ("tranquillised", {}, ("tranquillise",)),
        ("checked", {"seen": "asleep"}, ("check_in_person", "asleep")),
        ("checks-ended", {"prescriber": "D.R."}, ("end_sedation_checks", "D.R.")),
    ],
)
def test_C7_C20_C22_E5_P10_what_is_written_down_is_one_press(screens, path, told, pressed):
    assert screens.press(TALK, f"{TALK}/{path}", **told).status_code == 200
    name, *rest = pressed
    assert screens.ward.presses == [(name, "stay-1", *rest)]


def test_C10_an_objection_and_a_wish_to_talk_go_to_the_persons_room(screens):
    screens.press(TALK, f"{TALK}/objected", how="covering")
    screens.press(TALK, f"{TALK}/asks")
    assert screens.ward.presses == [("note_objection", "room-1", "covering"), ("wish_to_talk", "room-1")]


@pytest.mark.parametrize(
    ("path", "told", "pressed"),
    [
        ("hospital", {}, ("go_to_hospital", "stay-1")),
        ("up", {"place": "lounge"}, ("note_up", "stay-1", "lounge")),
        ("back", {}, ("come_back", "stay-1")),
        ("let-go", {}, ("let_go", "stay-1")),
        ("bring-back", {"room_id": "room-3"}, ("bring_back", "stay-1", "room-3")),
        (
            "leave",
            {"until": "2026-07-01T18:00", "reason": "planned_step"},
            ("go_on_leave", "stay-1", datetime(2026, 7, 1, 17, 0, tzinfo=UTC), "planned_step"),
        ),
        ("leave", {"until": "soon"}, ("go_on_leave", "stay-1", None, "")),
    ],
)
def test_C2_where_somebody_is_is_one_press(screens, path, told, pressed):
    screens.press("/rooms", f"/rooms/stay-1/{path}", **told)
    assert screens.ward.presses == [pressed]


@pytest.mark.parametrize(("path", "told"), [("died", {}), ("swap", {"other_id": "stay-2"})])
def test_H5_a_death_and_a_swap_are_looked_at_again_first(screens, path, told):
    asked = screens.press("/rooms", f"/rooms/stay-1/{path}", **told)
    assert "A.K." in asked.text and not screens.ward.presses
    screens.press("/rooms", f"/rooms/stay-1/{path}", **told, confirmed="yes")
    assert len(screens.ward.presses) == 1


def test_C18_what_they_wished_when_well_stands_before_everything_else(screens):
    with_talk(screens, wish=Words("When they were well they said no to this."), dues=(Words("Ask how it was."),))
    html = screens.client.get(TALK).text
    assert html.index("When they were well they said no") < html.index("Ask how it was.") < html.index("Begin the talk")


def test_C15_words_that_have_changed_since_a_yes_ask_for_a_review(screens):
    with_talk(screens, information=("0" * 64, "en"))
    assert "have changed since their yes" in screens.client.get(TALK).text


def test_P5_would_less_do_is_asked_at_each_review_and_not_at_the_first_yes(screens):
    assert screens.client.get(f"{TALK}/step/less").status_code == 404
    with_talk(screens, is_renewal=True)
    assert 'name="would_less_do"' in screens.client.get(f"{TALK}/step/less").text


def test_P6_the_register_stands_on_the_page_of_the_ward(screens):
    row = RestrictionRow(Purpose.PRESENCE, CarePlanReason.FEELING_SAFER, Basis.CAPACITY_CONSENT, NIGHT, "", "p. 3")
    with_talk(screens, restrictions=(row,))
    html = screens.client.get("/rooms").text
    assert "Register of restrictions" in html and "To feel safer" in html and "Asked at the first review" in html


def test_P10_the_checks_stand_on_the_page_while_the_timetable_runs(screens):
    assert "No reading of the sensor counts" not in screens.client.get("/rooms").text
    with_talk(screens, is_sedated=True, check_at=NIGHT)
    assert "Next check in person at 02:14. No reading of the sensor counts" in screens.client.get("/rooms").text


def test_NA15_whoever_is_away_while_their_bed_is_lent_is_listed(screens):
    screens.ward.absent = (AbsentRow("stay-9", "B.B.", "Room 9"),)
    html = screens.client.get("/rooms").text
    assert "B.B." in html and "/rooms/stay-9/bring-back" in html


@pytest.mark.parametrize(("who", "status"), [("matron", 200), ("governance_lead", 200), ("nurse", 404)])
def test_P9_only_those_who_sign_see_the_profiles(tmp_path, who, status):
    screens = screens_over(HandWard(HandClock(NIGHT)), tmp_path).sign_in(who)
    answer = screens.client.get("/places")
    assert answer.status_code == status
    assert ("There is no profile: nothing is sensed there." in answer.text) is (status == 200)


def test_P9_a_profile_is_put_forward_and_signed(tmp_path):
    screens = screens_over(HandWard(HandClock(NIGHT)), tmp_path).sign_in("matron")
    screens.press("/places", "/places", kind="seclusion", text_sha256="AB" * 32, stop_inside="yes")
    screens.press("/places", "/places/sign", kind="seclusion")
    assert screens.ward.presses == [("write_profile", "seclusion", "ab" * 32, True), ("sign_profile", "seclusion")]


def test_C19_a_basis_that_is_none_is_answered_by_its_rule(screens):
    screens.press(TALK, f"{TALK}/give", basis="next_of_kin")
    assert screens.ward.presses == [("turn_down", "stay-1", "next_of_kin")]


def test_C1_a_no_said_earlier_keeps_its_time_and_one_with_a_spoilt_time_is_not_lost(screens):
    screens.press(TALK, f"{TALK}/refuse", said_at="2026-11-20T01:00")
    screens.press(TALK, f"{TALK}/refuse", said_at="at night")
    said = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    assert screens.ward.presses == [("refuse", "stay-1", said), ("refuse", "stay-1", None)]


def test_E1_the_form_says_before_it_is_filled_in_which_texts_carry_no_yes(screens):
    html = screens.client.get(f"{TALK}/step/explained").text
    assert html.index("A text that no translator has checked carries no yes.") < html.index("<select")
    assert (
        html.index("English</option>")
        < html.index('<optgroup label="only with an interpreter">')
        < html.index("polski</option>")
    )


def test_C15_the_language_that_was_spoken_is_the_one_that_is_written_down(screens):
    screens.press(TALK, f"{TALK}/give", **YES, language="und", interpreter="i-77")
    (_give, _stay, grant, _said_at) = screens.ward.presses[-1]
    assert (grant.information.language, grant.information.interpreter) == ("und", "i-77")


def test_C15_a_form_without_the_language_is_no_yes(screens):
    screens.press(TALK, f"{TALK}/give", **YES)
    assert screens.ward.presses == [("turn_down", "stay-1", "capacity_consent")]
