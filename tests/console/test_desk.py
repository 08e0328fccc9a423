from concurrent.futures import ThreadPoolExecutor

import pytest

from broker.vocabulary import Modality
from console.roles import Role
from console.rules.consenting.consent import ConsentState
from console.rules.decision import Obligation
from console.store.sealing import NameSeals
from tests.kit.boxed_ward import ADMIN, ENGINEER, GOVERNANCE, NURSE, HandNode, boxed_ward


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path, rooms=2, yes=False) as made:
        yield made


def test_the_ward_is_made_once(box):
    assert not box.ward.desk.create_ward(ADMIN, "Another")


@pytest.mark.parametrize("actor", [NURSE, ENGINEER, GOVERNANCE])
def test_X4_only_an_administrator_adds_a_room_and_others_are_logged(box, actor):
    assert not box.ward.desk.add_room(actor, "room7", "Room 7")
    assert "desk:room:added" in box.actions(denied=True)


@pytest.mark.parametrize("room_id", ["", "Room 7", "7room", "room1", "a" * 40])
def test_a_room_needs_a_slug_of_its_own(box, room_id):
    assert not box.ward.desk.add_room(ADMIN, room_id, "Room 7")


def test_C2_an_admitted_person_has_said_nothing_yet(box):
    assert box.ward.roll.standing("room1").state is ConsentState.NOT_ASKED


def test_a_room_holds_one_person(box):
    assert not box.ward.desk.admit(NURSE, "Somebody Else", "SE", "room1")


@pytest.mark.parametrize(("name", "initials"), [("", "AE"), ("Ash Example", ""), ("Ash Example", "TOOLONG")])
def test_an_admission_needs_a_name_and_initials(box, name, initials):
    box.ward.desk.discharge(NURSE, box.stay("room1"))

    assert not box.ward.desk.admit(NURSE, name, initials, "room1")


def test_a_name_is_sealed_and_stands_nowhere_else(box, tmp_path):
    patient_id = box.person("room1").stay.patient_id
    office = box.ward.office

    opened = office.store.read(lambda tx: NameSeals(office.store.keys).open(tx, patient_id))
    assert opened == "P1\nPerson 1"
    assert all(b"Person 1" not in path.read_bytes() for path in tmp_path.glob("console.db*"))


def test_C2_a_no_travels_with_the_person(box):
    box.ward.consents.refuse(NURSE, box.stay("room1"))
    box.ward.desk.discharge(NURSE, box.stay("room2"))
    moved = box.ward.desk.move(NURSE, box.stay("room1"), "room2")

    assert moved and box.stay("room2") == moved.detail
    assert box.ward.roll.standing("room2").state is ConsentState.REFUSED
    assert "room1" not in box.ward.roll.sheet().people


def test_a_move_into_a_taken_room_is_denied(box):
    assert not box.ward.desk.move(NURSE, box.stay("room1"), "room2")


def test_a_stay_that_is_over_cannot_be_ended_again(box):
    stay_id = box.stay("room1")

    assert box.ward.desk.discharge(NURSE, stay_id)
    assert not box.ward.desk.discharge(NURSE, stay_id)


def test_H5_the_second_step_is_another_persons(box):
    key = HandNode("node9", box.clock, box.broker).public_key
    box.ward.desk.add_room(ADMIN, "room9", "Room 9")
    first = box.ward.desk.add_node(ADMIN, "node9", "room9", Modality.RADAR, key)

    assert "second_person" in first.obligations
    assert not box.ward.desk.confirm_node(ADMIN, "node9")
    assert box.ward.roll.sheet().nodes_in("room9") == ()
    assert box.ward.desk.confirm_node(NURSE, "node9")
    assert [one.node_id for one in box.ward.roll.sheet().nodes_in("room9")] == ["node9"]


def test_H5_a_second_step_that_comes_too_late_takes_the_sensor_out(box):
    key = HandNode("node9", box.clock, box.broker).public_key
    box.ward.desk.add_room(ADMIN, "room9", "Room 9")
    box.ward.desk.add_node(ADMIN, "node9", "room9", Modality.RADAR, key)
    box.clock.advance(901)

    assert not box.ward.desk.confirm_node(NURSE, "node9")
    assert "node9" not in box.ward.roll.sheet().nodes


@pytest.mark.parametrize(
    ("node_id", "room_id", "key"),
    [("node1", "room9", None), ("node9", "room1", None), ("node9", "nowhere", None), ("node9", "room9", "zz")],
)
def test_a_sensor_needs_a_new_name_a_free_room_and_a_key(box, node_id, room_id, key):
    box.ward.desk.add_room(ADMIN, "room9", "Room 9")
    public = key or HandNode("x", box.clock, box.broker).public_key

    assert not box.ward.desk.add_node(ADMIN, node_id, room_id, Modality.RADAR, public)


def test_X6_staff_get_an_account_with_a_link_that_works_once(box):
    invited = box.ward.desk.add_staff(ADMIN, "nora", "Nora N.", Role.NURSE)
    actor = box.ward.identity.enrol(invited.token, "", "", "three quiet words")

    assert invited.decision and actor.role is Role.NURSE
    assert invited.token not in repr(invited)
    assert not box.ward.identity.enrol(invited.token, "", "", "three quiet words")
    assert not box.ward.desk.add_staff(ADMIN, "NORA", "Nora O.", Role.NURSE).decision


def test_X6_who_leaves_is_out_at_once_and_a_new_link_opens_a_closed_account_again(box):
    link, device, desk = box.ward.desk.add_staff(ADMIN, "nora", "Nora N.", Role.NURSE).token, "d" * 32, box.ward.desk
    nora = box.ward.identity.enrol(link, "", "", "three quiet words")
    session = box.ward.identity.sign_in("nora", "three quiet words", device).session_token
    unused = desk.renew_staff(ADMIN, nora.actor_id).token
    assert not desk.close_staff(NURSE, nora.actor_id) and not desk.close_staff(nora, nora.actor_id)
    assert desk.close_staff(ADMIN, nora.actor_id) and not desk.close_staff(ADMIN, nora.actor_id)
    assert box.ward.identity.actor_of(session) is None
    assert not box.ward.identity.enrol(unused, "", "", "four quiet words now"), "its links ended with it"
    assert not box.ward.identity.sign_in("nora", "three quiet words", device)
    box.ward.identity.enrol(desk.renew_staff(ADMIN, nora.actor_id).token, "", "", "four quiet words now")
    assert box.ward.identity.sign_in("nora", "four quiet words now", device).actor == nora


def test_X6_whoever_makes_a_link_comes_in_as_nobody_who_administers_or_audits(box):
    lead = box.ward.desk.add_staff(ADMIN, "gov", "Gov L.", Role.GOVERNANCE_LEAD)
    box.ward.identity.enrol(lead.token, "", "", "three quiet words")
    assert not box.ward.desk.renew_staff(ADMIN, lead.actor.actor_id).token
    assert box.ward.desk.close_staff(ADMIN, lead.actor.actor_id).obligations == (Obligation.FLAG_TO_GOVERNANCE,)
    patient = box.ward.desk.add_patient_account(NURSE, box.stay("room1"), "pat").actor
    assert not box.ward.desk.renew_staff(ADMIN, patient.actor_id).token
    assert not box.ward.desk.close_staff(ADMIN, patient.actor_id)


def test_no_account_is_made_for_the_system_or_for_a_patient_without_a_stay(box):
    assert not box.ward.desk.add_staff(ADMIN, "ghost", "Ghost", Role.SYSTEM).decision
    assert not box.ward.desk.add_staff(ADMIN, "pat", "Pat", Role.PATIENT).decision


def test_a_patients_account_follows_them(box):
    invited = box.ward.desk.add_patient_account(NURSE, box.stay("room1"), "pat")
    box.ward.identity.enrol(invited.token, "", "", "three quiet words")
    box.ward.desk.discharge(NURSE, box.stay("room2"))
    box.ward.desk.move(NURSE, box.stay("room1"), "room2")

    assert box.ward.identity.sign_in("pat", "three quiet words", "d" * 32).actor.room_id == "room2"


def test_two_people_admitted_to_one_room_at_the_same_moment_are_one_admission(box):
    box.ward.desk.discharge(NURSE, box.stay("room1"))
    with ThreadPoolExecutor(2) as pool:
        decisions = list(pool.map(lambda name: box.ward.desk.admit(NURSE, name, "XX", "room1"), ["Ash", "Birch"]))

    assert sorted(bool(one) for one in decisions) == [False, True]
