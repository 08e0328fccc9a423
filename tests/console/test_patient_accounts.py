from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from broker.vocabulary import LeaseState
from console.rules.consenting.consent import ConsentState, RelayAnswer
from tests.kit.boxed_ward import ADMIN, NURSE, an_actor, boxed_ward

OTHER = replace(NURSE, actor_id="e" * 32)


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path) as made:
        yield made


def made(box, username="pat", by=NURSE):
    invited = box.ward.desk.add_patient_account(by, box.stay("room1"), username)
    assert invited.decision, invited
    return box.ward.identity.enrol(invited.token, "", "", "a long enough secret 7")


def test_X6_a_patient_has_one_sign_in_and_a_second_is_refused(box):
    made(box)

    again = box.ward.desk.add_patient_account(NURSE, box.stay("room1"), "pat2")
    assert not again.decision and again.token == "" and "sign-in already" in again.decision.reason.text


def test_X6_a_new_sign_in_ends_the_old_one_and_needs_a_second_person(box):
    old = made(box)
    session = box.ward.identity.sign_in("pat", "a long enough secret 7", "d" * 32).session_token
    stay_id, reset = box.stay("room1"), box.ward.desk.reset_patient_account

    first = reset(NURSE, stay_id, "pat2")
    assert first.token == "" and "second_person" in first.decision.obligations
    assert reset(NURSE, stay_id, "pat2").token == "", "the same person twice is one person"
    assert box.ward.identity.actor_of(session) == old

    second = reset(OTHER, stay_id, "pat2")
    assert second.token and second.actor.patient_id == old.patient_id
    assert box.ward.identity.actor_of(session) is None
    assert not box.ward.identity.sign_in("pat", "a long enough secret 7", "d" * 32)


def test_X6_with_the_patient_beside_them_one_person_is_enough_and_that_is_written_down(box):
    made(box)

    assert box.ward.desk.reset_patient_account(NURSE, box.stay("room1"), "pat2", patient_present=True).token
    assert "desk:account:reset" in box.actions()


def test_X6_a_second_person_who_comes_too_late_is_a_first(box):
    made(box)
    box.ward.desk.reset_patient_account(NURSE, box.stay("room1"), "pat2")
    box.clock.advance(901)

    assert box.ward.desk.reset_patient_account(OTHER, box.stay("room1"), "pat2").token == ""


def test_X6_nobody_makes_a_sign_in_after_the_stop_and_undoes_it_alone(box):
    box.stop("room1")
    box.clock.advance(60)
    patient = made(box)
    refused = box.ward.consents.answer_relay(patient, RelayAnswer.NO)
    assert not refused and refused.rules == ("X6",)
    assert box.ward.roll.standing("room1").state is ConsentState.WITHDRAWN

    assert not box.ward.desk.confirm_patient_account(NURSE, box.stay("room1")), "who made the link cannot confirm it"
    assert box.ward.desk.confirm_patient_account(OTHER, box.stay("room1"))
    assert box.ward.consents.answer_relay(patient, RelayAnswer.NO)
    assert box.ward.consents.resume(patient, "room1")
    assert box.nodes["room1"].lease.state is LeaseState.OPEN


def test_X6_a_pause_is_not_ended_from_a_sign_in_that_was_made_after_it(box):
    box.pause("room1", box.patient("room1"))
    box.clock.advance(5)

    assert not box.ward.consents.resume(made(box), "room1")
    assert box.nodes["room1"].lease.state is LeaseState.CLOSED


def test_X6_a_yes_that_it_was_them_needs_nobody(box):
    box.stop("room1")
    box.clock.advance(60)

    assert box.ward.consents.answer_relay(made(box), RelayAnswer.YES)


def test_X6_a_sign_in_from_before_the_stop_needs_nobody(box):
    patient = made(box)
    box.clock.advance(60)
    box.stop("room1")

    assert box.ward.consents.answer_relay(patient, RelayAnswer.NO) and box.ward.consents.resume(patient, "room1")


@pytest.mark.parametrize("who", ["reset", "confirm"])
def test_X6_nothing_is_made_or_confirmed_for_a_stay_that_is_over(box, who):
    stay_id = box.stay("room1")
    box.ward.desk.discharge(NURSE, stay_id)
    desk = box.ward.desk

    done = desk.confirm_patient_account(OTHER, stay_id) if who == "confirm" else None
    done = done or desk.reset_patient_account(NURSE, stay_id, "pat2", patient_present=True).decision
    assert not done


@pytest.mark.parametrize("hidden", ["\u202e", "\x07", "\n", "\u2066"])
def test_names_titles_and_initials_cannot_hold_hidden_signs(box, hidden):
    desk = box.ward.desk
    box.ward.desk.discharge(NURSE, box.stay("room1"))
    refused = [
        desk.admit(NURSE, f"Ash{hidden}Elm", "AE", "room1"),
        desk.admit(NURSE, "Ash Elm", f"A{hidden}E", "room1"),
        desk.add_room(ADMIN, "room9", f"Room{hidden}9"),
        desk.add_staff(ADMIN, "nora", f"No{hidden}ra", NURSE.role).decision,
        desk.add_staff(ADMIN, f"no{hidden}ra", "Nora", NURSE.role).decision,
    ]

    assert not any(refused) and all("hidden signs" in one.reason.text for one in refused)


def test_C7_six_discharges_at_the_same_moment_are_one(box):
    stay_id = box.stay("room1")
    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(lambda _n: box.ward.desk.discharge(NURSE, stay_id), range(6)))

    assert sum(map(bool, said)) == 1
    assert {one.reason.text for one in said if not one} == {"They have left already."}
    assert box.actions().count("desk:stay:ended") == 1


def test_a_move_of_somebody_who_has_left_is_told_so(box):
    stay_id = box.stay("room1")
    box.ward.desk.discharge(NURSE, stay_id)

    assert not box.ward.desk.move(an_actor(NURSE.role), stay_id, "room1")
