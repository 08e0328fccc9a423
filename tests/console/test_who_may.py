"""Who may look, in a ward: snooping found, emergency sight, sensitive stays, and whom a patient has shut out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.roles import Actor, Role
from console.rules.decision import Decision
from console.rules.looking.reviewing import Escalation, ReviewKind
from console.words import open_catalogues
from tests.kit.boxed_ward import ADMIN, GOVERNANCE, NURSE, BoxedWard, an_actor, boxed_ward

ENGLISH = open_catalogues("Europe/London")["en"]
MATRON = an_actor(Role.MATRON)
CHARGE = an_actor(Role.NURSE_IN_CHARGE)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[BoxedWard]:
    with boxed_ward(tmp_path) as made:
        yield made


def look(box: BoxedWard, actor: Actor = NURSE, reason: str = "direct_care") -> object:
    return box.ward.access.reading(actor, "room1", reason)


def a_colleague(box: BoxedWard, username: str = "nora", role: Role = Role.NURSE) -> Actor:
    invited = box.ward.desk.add_staff(ADMIN, username, f"{username.title()} N.", role)
    made = box.ward.identity.enrol(invited.token, "", "", "three quiet words")
    assert isinstance(made, Actor)
    return made


def lines(box: BoxedWard) -> str:
    return " ".join(ENGLISH.words(one.words) for one in box.ward.access.patient_page(box.patient("room1")).ledger)


def test_NA6_one_person_opened_thirty_times_is_flagged_told_to_governance_and_seen_by_the_patient(box) -> None:
    for _ in range(30):
        assert not isinstance(look(box), Decision)
        box.clock.advance(40)
        box.ward.look_watch.step()
    found = box.ward.reviews.waiting(GOVERNANCE)
    assert {one.kind for one in found} == {ReviewKind.BURST, ReviewKind.UNEXPLAINED}
    assert max(one.raised_at - one.begins_at for one in found) < timedelta(minutes=15)
    assert "looked at your details more often than usual" in lines(box)
    assert "governance:looks:flagged" in box.actions()


def test_X2_looks_are_counted_late_when_the_disk_was_full_and_never_twice(box) -> None:
    for _ in range(3):
        look(box)
    box.disk.is_full = True
    box.pass_time(60, in_steps_of=20)
    box.disk.is_full = False
    box.pass_time(120, in_steps_of=20)
    assert [one.count for one in box.ward.reviews.waiting(GOVERNANCE)] == [3]


def test_X2_whose_room_it_is_looks_without_a_flag_and_who_has_another_does_not(tmp_path: Path) -> None:
    with boxed_ward(tmp_path, rooms=2) as box:
        ada, ben = a_colleague(box, "ada"), a_colleague(box, "ben")
        for one, room in ((ada, "room1"), (ben, "room2")):
            assert box.ward.shifts.sign_on(one, knows=True)
            assert box.ward.shifts.allocate(one, one.actor_id, [room])
        for actor in (ada, ben) * 3:
            look(box, actor)
            box.clock.advance(600)
            box.ward.look_watch.step()
        assert [one.name for one in box.ward.reviews.waiting(GOVERNANCE)] == ["Ben N."]


def test_T27_the_list_of_reviews_is_read_on_the_record_and_nobody_closes_their_own(box) -> None:
    for _ in range(3):
        look(box)
        box.clock.advance(600)
        box.ward.look_watch.step()
    (found,) = box.ward.reviews.waiting(GOVERNANCE)
    assert isinstance(box.ward.reviews.waiting(NURSE), Decision)
    himself = replace(GOVERNANCE, actor_id=NURSE.actor_id)
    assert not box.ward.reviews.close(himself, found.review_id, "explained")
    assert box.ward.reviews.close(GOVERNANCE, found.review_id, "talked")
    assert not box.ward.reviews.close(GOVERNANCE, found.review_id, "talked")
    assert "governance:reviews:viewed" in box.actions()


def test_X7_emergency_sight_opens_what_is_noted_for_an_hour_and_tells_everybody_who_must_know(box) -> None:
    assert isinstance(look(box, MATRON, "emergency"), Decision)
    taken = box.ward.sights.take(MATRON, "room1", "medical_emergency")
    assert taken and taken.obligations == ("tell_nurse_in_charge", "flag_to_governance")
    assert not isinstance(look(box, MATRON, "emergency"), Decision)
    assert "took emergency sight" in " ".join(ENGLISH.words(one) for one in box.ward.board.view().notices)
    assert [one.kind for one in box.ward.reviews.waiting(GOVERNANCE)] == [ReviewKind.BREAK_GLASS]
    assert "took emergency sight of what is noted about you" in lines(box)
    box.clock.advance(3601)
    assert isinstance(look(box, MATRON, "emergency"), Decision)


def test_X7_who_has_their_own_way_or_none_takes_no_sight_and_nobody_starts_a_sensor_by_it(box) -> None:
    for role in (Role.NURSE, Role.GOVERNANCE_LEAD, Role.ADMINISTRATOR, Role.ENGINEER, Role.PATIENT):
        assert not box.ward.sights.take(an_actor(role), "room1", "medical_emergency")
    assert not box.ward.sights.take(MATRON, "room1", "curious")
    assert not box.ward.sights.take(MATRON, "nowhere", "medical_emergency")
    box.stop("room1")
    box.pass_time(3)
    assert box.ward.sights.take(MATRON, "room1", "medical_emergency")
    box.pass_time(3)
    assert box.nodes["room1"].lease.state == "closed"
    assert look(box, MATRON, "emergency").words.text == "No reading: the sensor is off."


def test_X7_unreviewed_it_goes_up_twice_and_the_account_on_duty_is_left_alone(box) -> None:
    matron = a_colleague(box, "mia", Role.MATRON)
    assert box.ward.sights.take(matron, "room1", "medical_emergency")
    for day, told in ((4, Escalation.CALDICOTT_GUARDIAN), (3, Escalation.EXECUTIVE)):
        box.clock.advance(day * 86400)
        box.ward.look_watch.step()
        assert box.ward.reviews.waiting(GOVERNANCE)[0].escalated is told
    assert box.actions().count("governance:review:escalated") == 2
    assert not isinstance(box.ward.identity.sign_in("mia", "three quiet words", "d" * 32), Decision)


def test_X8_a_sensitive_stay_shows_the_room_only_and_each_look_takes_a_second_person(box) -> None:
    second = a_colleague(box)
    assert not box.ward.closeness.mark(CHARGE, box.stay("room1"), "colleague", transfer_offered=False)
    assert box.ward.closeness.mark(CHARGE, box.stay("room1"), "colleague", transfer_offered=True)
    assert box.tile("room1").initials == "" and box.tile("room1").kind != "vacant"
    assert "Person" not in str(box.ward.access.rooms(NURSE))
    refused = look(box)
    assert isinstance(refused, Decision) and refused.rules == ("X8",)
    assert box.ward.closeness.ask_second(NURSE, "room1")
    (asked,) = box.ward.closeness.waiting(second)
    assert not box.ward.closeness.agree(NURSE, asked.asked_id)
    assert box.ward.closeness.agree(second, asked.asked_id)
    assert not isinstance(look(box), Decision)
    (review,) = box.ward.reviews.waiting(GOVERNANCE)
    assert review.kind is ReviewKind.SENSITIVE and review.due_at - box.clock.utc_now() < timedelta(days=2)
    assert box.ward.reviews.tell_contact(GOVERNANCE, review.review_id)
    box.clock.advance(601)
    assert isinstance(look(box), Decision)


def test_X8_a_member_of_staff_whom_the_patient_named_cannot_look_whatever_their_role(box) -> None:
    patient, nora = box.patient("room1"), a_colleague(box)
    assert not isinstance(look(box, nora), Decision)
    assert "Nora N." in [one.name for one in box.ward.closeness.staff_for(patient)]
    assert box.ward.closeness.shut_out(patient, nora.actor_id, may_look=False)
    refused = look(box, nora)
    assert isinstance(refused, Decision) and refused.rules == ("X8",)
    assert isinstance(box.ward.access.talk(nora, box.stay("room1")), Decision)
    assert not isinstance(look(box), Decision)
    matron = a_colleague(box, "mia", Role.MATRON)
    assert box.ward.closeness.shut_out(patient, matron.actor_id, may_look=False)
    assert box.ward.sights.take(matron, "room1", "someone_at_risk")
    assert isinstance(look(box, matron, "emergency"), Decision), "not even in an emergency: they go to the room"
    assert not box.ward.closeness.shut_out(NURSE, nora.actor_id, may_look=True)
    assert box.ward.closeness.shut_out(patient, nora.actor_id, may_look=True)
    assert not isinstance(look(box, nora), Decision)
