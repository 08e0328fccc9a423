import re
from dataclasses import replace

import pytest
from fastapi.params import Form
from fastapi.routing import APIRoute

from broker.clock import HandClock
from broker.errors import Refusal
from broker.vocabulary import HealthFlag, Modality, Purpose
from console.roles import Role
from console.rules.consenting.grants import Basis, NetworkChoice
from console.screens.health_words import worded
from console.screens.talk_steps import STEPS
from console.showing.views import Words
from tests.kit.skin import HandWard, screens_over
from tests.kit.skin_facts import NIGHT

YES = {
    "sensors": ["radar"],
    "purposes": ["presence", "breathing_spot"],
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
    "teach_back_done": "true",
    "advocate_offered": "true",
}

INVITED = [role for role in Role if role not in (Role.PATIENT, Role.SYSTEM)]


@pytest.fixture
def screens(tmp_path):
    return screens_over(HandWard(HandClock(NIGHT)), tmp_path)


def test_H5_nobody_is_admitted_before_room_and_initials_were_looked_at_again(screens):
    screens.sign_in("administrator")
    told = {"name": "Jo Webb", "initials": "J.W.", "room_id": "room-3", "age": "adult"}
    asked = screens.press("/rooms", "/rooms/admit", **told)
    assert "J.W. comes into Room 3" in asked.text and not screens.ward.presses
    screens.press("/rooms", "/rooms/admit", **told, confirmed="yes")
    assert screens.ward.presses == [("admit", "Jo Webb", "J.W.", "room-3", "adult")]


def test_H5_a_move_and_a_discharge_name_the_person_and_the_rooms_first(screens):
    screens.sign_in("nurse")
    move = screens.press("/rooms", "/rooms/stay-1/move", room_id="room-3")
    leave = screens.press("/rooms", "/rooms/stay-2/discharge")
    assert "A.K. moves from Room 1 to Room 3" in move.text and "P.T. leaves Room 2" in leave.text
    assert not screens.ward.presses
    screens.press("/rooms", "/rooms/stay-1/move", room_id="room-3", confirmed="yes")
    screens.press("/rooms", "/rooms/stay-2/discharge", confirmed="yes")
    assert screens.ward.presses == [("move", "stay-1", "room-3"), ("discharge", "stay-2")]


def test_H5_a_nodes_whole_key_is_shown_before_it_is_registered(screens):
    screens.sign_in("administrator")
    told = {"node_id": "node-3", "room_id": "room-3", "modality": "radar", "public_key": "ab" * 32}
    asked = screens.press("/ward", "/ward/nodes", **told)
    assert "ab" * 32 in asked.text and not screens.ward.presses
    screens.press("/ward", "/ward/nodes", **told, confirmed="yes")
    assert screens.ward.presses == [("add_node", "node-3", "room-3", Modality.RADAR, "ab" * 32)]


def test_H5_a_second_person_confirms_the_node_from_the_room(screens):
    screens.sign_in("nurse")
    screens.press("/rooms", "/ward/nodes/confirm", node_id="node-1")
    assert screens.ward.presses == [("confirm_node", "node-1")]


@pytest.mark.parametrize("modality", list(Modality))
def test_K1_a_node_is_registered_with_the_sensor_that_was_chosen(screens, modality):
    screens.sign_in("administrator")
    told = {"node_id": "node-3", "room_id": "room-3", "modality": modality.value, "public_key": "ab" * 32}
    screens.press("/ward", "/ward/nodes", **told, confirmed="yes")
    assert screens.ward.presses == [("add_node", "node-3", "room-3", modality, "ab" * 32)]


@pytest.mark.parametrize("role", INVITED)
def test_X4_a_colleague_is_invited_in_the_role_that_was_chosen(screens, role):
    screens.sign_in("administrator")
    screens.press("/staff", "/staff", username="ned", display_name="Ned B.", role=role.value)
    assert screens.ward.presses == [("add_staff", "ned", "Ned B.", role)]


def test_X6_an_account_is_closed_when_that_was_said_twice(screens):
    screens.sign_in("administrator")
    told = {"whose": "a" * 32, "what": "close"}
    assert "signed out everywhere" in screens.press("/staff", "/staff/change", **told).text
    assert not screens.ward.presses
    screens.press("/staff", "/staff/change", **told, confirmed="yes")
    assert screens.ward.presses == [("close_staff", "a" * 32)]


def test_X4_without_a_role_or_a_sensor_nothing_is_made_and_none_is_taken_for_granted(screens):
    screens.sign_in("administrator")
    no_role = screens.press("/staff", "/staff", username="ned", display_name="Ned B.")
    no_sensor = screens.press("/ward", "/ward/nodes", node_id="node-3", room_id="room-3", confirmed="yes")
    in_the_address = screens.press("/staff", "/staff?role=nurse", username="ned", display_name="Ned B.")
    assert {one.status_code for one in (no_role, no_sensor, in_the_address)} == {422}
    assert not screens.ward.presses


def test_X4_no_press_reads_anything_from_its_address_but_its_path(screens):
    """What stands in the address is in histories and logs; what a form asks must be in the form."""
    loose, walked = [], 0
    for route in every_route(screens.client.app.routes):
        if "POST" not in route.methods:
            continue
        walked += 1
        # The corridor's unit is no browser: it shows a token of its own, and no person has one to leave anywhere.
        if route.path != "/corridor":
            loose += [f"{route.path}: {name}" for name in from_elsewhere(route.dependant)]
    assert walked > 25 and not loose


def every_route(routes):
    """Return each route that a screen declares, also those of routers within routers."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif (within := getattr(route, "original_router", None)) is not None:
            yield from every_route(within.routes)


def from_elsewhere(dependant):
    """Return the parameters of a route, and of all that it depends on, that are neither form nor path."""
    found = [one.name for one in (*dependant.query_params, *dependant.header_params, *dependant.cookie_params)]
    found += [one.name for one in dependant.body_params if not isinstance(one.field_info, Form)]
    return [*found, *(name for one in dependant.dependencies for name in from_elsewhere(one))]


def test_X6_a_new_colleagues_link_is_shown_once_and_works_once(screens):
    screens.sign_in("administrator")
    answer = screens.press("/staff", "/staff", username="ned", display_name="Ned B.", role="nurse")
    assert "http://127.0.0.1:8800/enrol/one-time" in answer.text and "<svg" in answer.text
    assert "one-time" not in screens.client.get("/staff").text.replace("one-time link", "")


def test_the_first_administrator_chooses_a_name_and_a_password(screens):
    told = {"username": "root", "display_name": "Ro T.", "password": "three quiet words", "again": "three quiet words"}
    answer = screens.client.post("/enrol/good", data=told)
    assert "Your account is ready" in answer.text
    assert screens.ward.identity.enrolled == [("good", "root", "Ro T.")]


def test_two_different_passwords_make_no_account(screens):
    told = {"username": "root", "display_name": "Ro T.", "password": "three quiet words", "again": "three loud words"}
    assert "not the same" in screens.client.post("/enrol/good", data=told).text
    assert not screens.ward.identity.enrolled


def test_a_spent_link_says_so(screens):
    told = {"password": "three quiet words", "again": "three quiet words"}
    assert "This link was used or is too old." in screens.client.post("/enrol/spent", data=told).text


def test_every_refused_sign_in_reads_the_same(screens):
    answers = [screens.client.post("/sign-in", data={"username": name, "password": "x"}) for name in ("ada", "nobody")]
    first, second = (one.text.replace("ada", "").replace("nobody", "") for one in answers)
    assert first == second and answers[0].status_code == 403


def test_the_card_holds_its_whole_text_and_a_code_for_the_stop_page(screens):
    html = screens.sign_in("administrator").client.get("/cards").text
    for sentence in (
        "There is a sensor in this room. It is OFF until you say yes.",
        "It takes no pictures and hears nothing.",
        "Small amber light: on. No light: off.",
        "Press, or tell anyone: &#39;off&#39;. Nobody may argue.",
        "We check on you in person either way.",
        "It will not notice if you stop breathing or hurt yourself.",
        "You can ask who looked.",
    ):
        assert sentence in html, sentence
    assert html.count("<svg") == 2 and "No sensor, and so no card: Room 3." in html and "style=" not in html


@pytest.mark.parametrize("who", ["administrator", "engineer"])
def test_C6_whoever_sets_up_the_ward_does_not_talk_about_consent(screens, who):
    screens.sign_in(who)
    there, nowhere = (screens.client.get(f"/consents/{stay}") for stay in ("stay-1", "stay-99"))
    assert there.status_code == nowhere.status_code == 404
    assert there.text.replace("stay-1", "") == nowhere.text.replace("stay-99", "")
    assert "/consents/" not in screens.client.get("/rooms").text


def test_X6_a_patients_new_sign_in_takes_a_second_person_or_the_patient(screens):
    screens.sign_in("nurse")
    path = "/rooms/stay-1/account/reset"
    first = screens.press("/rooms", path, username="anna-2")
    assert "Now a second person asks for the same." in first.text and "/enrol/" not in first.text
    seated = screens.press("/rooms", path, username="anna-2", patient_present="yes")
    assert "/enrol/one-time" in seated.text
    screens.press("/rooms", "/rooms/stay-1/account/confirm")
    told = ("reset_patient_account", "stay-1", "anna-2")
    assert screens.ward.presses == [(*told, False), (*told, True), ("confirm_patient_account", "stay-1")]


@pytest.mark.parametrize(("who", "offered"), [("nurse", False), ("administrator", True), ("governance_lead", True)])
def test_X3_a_console_that_may_be_an_older_copy_says_so_and_two_people_end_it(screens, who, offered):
    screens.sign_in(who)
    assert "Every sensor is off" not in screens.client.get("/health").text
    screens.ward.notice = Words("Every sensor is off: this console may be an older copy of itself.")
    html = screens.client.get("/health").text
    assert "older copy of itself" in html and ("I have looked" in html) is offered
    screens.press("/health", "/health/rollback")
    assert screens.ward.presses == [("clear",)]


def test_X4_whoever_may_only_read_the_list_is_offered_no_press(screens):
    html = screens.sign_in("engineer").client.get("/rooms").text
    assert "/move" not in html and "/account" not in html and "/rooms/admit" not in html
    assert "see its lamp flash: confirm" in html


def test_H5_only_a_sensor_that_nobody_confirmed_yet_asks_to_be_confirmed(screens):
    html = screens.sign_in("nurse").client.get("/rooms").text
    assert html.count("see its lamp flash: confirm") == 1
    assert 'name="node_id" value="node-1"' in html


def test_C17_no_answer_of_the_talk_is_given_beforehand(screens):
    screens.sign_in("nurse")
    for step in (
        one for one in STEPS if not one.is_page and one.name not in ("each-sensor", "less", "authority", "witness")
    ):
        html = screens.client.get(f"/consents/stay-1/step/{step.name}").text
        # What stands below the page chooses the reader's own language, and is no answer of the talk.
        html = html.split("<main")[1].split("</main>")[0]
        assert "<input" in html and not re.search(r"<(input|option)[^>]*\s(checked|selected)\b", html), step.name


def test_C21_the_talk_says_that_nothing_is_traded(screens):
    html = screens.sign_in("nurse").client.get("/consents/stay-1/step/ask").text
    assert "Yes or no does not change your checks, your level, your leave, your room, your discharge." in html
    assert "Some people feel safer with this, some feel watched." in html


def test_C3_a_yes_names_each_sensor_purpose_and_hour(screens):
    screens.sign_in("nurse")
    assert screens.press("/consents/stay-1", "/consents/stay-1/give", **YES).status_code == 200
    _, stay, grant, said_at = screens.ward.presses[-1]
    assert said_at is None
    assert (stay, grant.sensors, grant.basis) == ("stay-1", (Modality.RADAR,), Basis.CAPACITY_CONSENT)
    assert grant.purposes == (Purpose.PRESENCE, Purpose.BREATHING_SPOT)
    assert [str(one) for one in grant.hours] == ["22:00-07:00"] and grant.network is NetworkChoice.STOP


def test_C15_the_words_that_were_read_out_are_hashed_into_the_record_by_language(screens):
    screens.sign_in("nurse")
    screens.press("/consents/stay-1", "/consents/stay-1/give", **YES)
    screens.press("/consents/stay-1", "/consents/stay-1/give", **YES | {"language": "pl"})
    first, second = (press[2].information for press in screens.ward.presses)
    assert len(first.version) == 64 and first.version != second.version
    assert (first.language, second.language) == ("en", "pl")


@pytest.mark.parametrize(
    "missing", [name for name in YES if name not in ("alternatives", "teach_back_done", "advocate_offered")]
)
def test_C17_a_yes_with_an_answer_missing_is_no_yes(screens, missing):
    screens.sign_in("nurse")
    told = {name: value for name, value in YES.items() if name != missing}
    answer = screens.press("/consents/stay-1", "/consents/stay-1/give", **told)
    assert answer.status_code == 422
    assert screens.ward.presses == [("turn_down", "stay-1", told.get("basis", ""))]


def test_C3_all_is_not_an_answer(screens):
    screens.sign_in("nurse")
    answer = screens.press("/consents/stay-1", "/consents/stay-1/give", **{**YES, "purposes": "all"})
    assert answer.status_code == 422
    assert screens.ward.presses == [("turn_down", "stay-1", "capacity_consent")]


def test_C6_the_teach_back_is_written_down_either_way(screens):
    screens.sign_in("nurse")
    screens.press("/consents/stay-1", "/consents/stay-1/explain", heard="no")
    screens.press("/consents/stay-1", "/consents/stay-1/explain", heard="yes")
    assert screens.ward.presses == [("explain", "stay-1", False), ("explain", "stay-1", True)]


def test_everything_refused_is_counted_on_the_health_page(screens):
    html = screens.sign_in("nurse").client.get("/health").text
    assert "unknown_node" in html and "late" in html and "disk_low" in html


def test_X5_governance_reads_codes_by_day_the_newest_first_and_a_page_at_a_time(screens):
    screens.ward.health = replace(screens.ward.health, audit_size=len(screens.ward.audit))
    html = screens.sign_in("governance_lead").client.get("/governance").text
    assert html.count('<th scope="row">') == 25 and html.index(">129</th>") < html.index(">105</th>")
    assert "/governance?after=79" in html and "DENIED" in html and "Pat" not in html
    first = screens.client.get("/governance?after=-1").text
    assert ">0</th>" in first and "/governance?after=24" in first and "Earlier entries" not in first


def test_the_health_page_says_in_words_what_was_refused_and_what_is_wrong(screens):
    node, *_ = screens.ward.health.nodes
    shown = replace(node, refused={one.value: 1 for one in Refusal}, flags=tuple(HealthFlag))
    screens.ward.health = replace(screens.ward.health, nodes=(shown,))
    html = screens.sign_in("nurse").client.get("/health").text
    assert "not covered by a yes: thrown away unread" in html and "little room on its disk" in html
    assert all(worded(one) for one in (*Refusal, *HealthFlag))
