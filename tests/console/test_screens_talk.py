"""The talk, one question to a page: back is possible, nothing is lost, and nothing is written before its end."""

from dataclasses import replace

import pytest

from broker.clock import HandClock
from broker.vocabulary import Modality
from console.consenting.care_views import TalkView
from console.screens.talk_steps import STEPS, step_before, steps_for
from tests.kit.skin import HandWard, screens_over
from tests.kit.skin_facts import NIGHT

TALK = "/consents/stay-1"
ANSWERS = {
    "feel": {"feeling": "safer"},
    "sensor": {"sensors": "radar"},
    "purposes": {"purposes": ["presence", "breathing_spot"]},
    "hours": {"hours": "22:00-07:00"},
    "network": {"network": "carry_on"},
    "other-ways": {"alternatives": "check_in_person"},
    "why": {"care_plan_reason": "feeling_safer", "reason_presence": "rest_without_waking", "days_presence": "3"},
    "whose": {"basis": "capacity_consent"},
    "mark": {"mark": "spoken_with_witness"},
    "witness": {"mark_witness": "B.B."},
    "explained": {"format": "talk", "language": "en"},
    "when": {"review_days": "7"},
}


@pytest.fixture
def screens(tmp_path):
    screens = screens_over(HandWard(HandClock(NIGHT)), tmp_path).sign_in("nurse")
    first, *others = screens.ward.rooms
    talk = TalkView(needs=("none",), is_offered=True, was_explained=True)
    screens.ward.rooms = (replace(first, talk=talk), *others)
    return screens


def answer(screens, name, **told):
    return screens.press(f"{TALK}/step/{name}", f"{TALK}/step/{name}", **(told or ANSWERS[name]))


def test_C20_each_answer_leads_to_the_next_question_and_the_last_one_to_a_page_that_reads_all_of_them(screens):
    onward = [answer(screens, name).headers["location"].rpartition("/")[2] for name in ANSWERS]
    assert onward == ["hear", *list(ANSWERS)[2:], "check"]
    html = screens.client.get(f"{TALK}/step/check").text
    assert "Count breaths now and then" in html and "B.B." in html and not screens.ward.presses


def test_C3_what_was_answered_page_by_page_is_the_yes_that_is_written_down(screens):
    for name in ANSWERS:
        answer(screens, name)
    screens.press(f"{TALK}/step/check", f"{TALK}/give")
    (_give, _stay, grant, _said) = screens.ward.presses[-1]
    assert (grant.sensors, grant.mark_witness, grant.teach_back_done) == ((Modality.RADAR,), "B.B.", True)
    assert [one.purpose for one in grant.own_reasons] == ["presence"] and not screens.ward.drafts.kept


def test_C20_whoever_goes_back_or_stops_finds_what_was_answered(screens):
    answer(screens, "feel")
    answer(screens, "hours")
    html = screens.client.get(f"{TALK}/step/hours").text
    assert html.count("checked") == 1 and "Go on with the talk" in screens.client.get(TALK).text


def test_C17_a_page_without_its_answer_asks_again_and_keeps_nothing(screens):
    asked = screens.press(f"{TALK}/step/hours", f"{TALK}/step/hours", hours="")
    assert asked.status_code == 422 and "An answer is missing." in asked.text and not screens.ward.drafts.kept


@pytest.mark.parametrize(("name", "told"), [("sensor", {"sensors": "camera"}), ("purposes", {"purposes": "all"})])
def test_C3_what_was_not_offered_is_no_answer(screens, name, told):
    assert answer(screens, name, **told).status_code == 422


def test_C22_whoever_feels_uneasy_is_not_persuaded_and_a_camera_stays_off(screens):
    first, *others = screens.ward.rooms
    screens.ward.rooms = (replace(first, sensors=(Modality.CAMERA,)), *others)
    answer(screens, "feel", feeling="watched")
    html = screens.client.get(f"{TALK}/step/answer").text
    assert "Nobody persuades them." in html and "It stays off." in html and "They said yes" not in html


def test_C6_a_no_is_one_press_away_on_every_page_and_ends_the_talk(screens):
    answer(screens, "feel")
    for step in steps_for({}, TalkView()):
        html = screens.client.get(f"{TALK}/step/{step.name}").text
        assert f"{TALK}/step/answer" in html or f'action="{TALK}/refuse"' in html, step.name
    screens.press(f"{TALK}/step/answer", f"{TALK}/refuse")
    assert screens.ward.presses == [("refuse", "stay-1", None)] and not screens.ward.drafts.kept


def test_C20_every_step_has_a_way_back():
    asked = {"basis": ("parent",), "mark": ("spoken_with_witness",)}
    names = [one.name for one in STEPS if one.name != "each-sensor"]
    assert [step_before(name, asked, TalkView(is_renewal=True)) for name in names] == ["", *names[:-1]]


def test_C20_the_talk_begins_at_the_first_thing_that_is_not_done(screens):
    first, *others = screens.ward.rooms
    screens.ward.rooms = (replace(first, talk=TalkView()), *others)
    assert f"{TALK}/step/helps" in screens.client.get(TALK).text
