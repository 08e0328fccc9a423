"""A6, K9: who is on shift and free."""

import pytest

from console.roles import Role
from console.rules.alerting.shifts import Post
from tests.kit.alerting import a_person
from tests.kit.boxed_ward import ENGINEER, boxed_ward, train


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path) as made:
        yield made


def test_K9_a_shift_begins_with_the_tap_of_what_the_system_does_not_tell(box):
    ada = a_person(box, "ada", "Ada K.")
    assert box.ward.shifts.sign_off(ada)
    denied = box.ward.shifts.sign_on(ada, knows=False)
    assert not denied and "K9" in denied.rules and box.ward.shifts.people() == ()


def test_A6_a_shift_that_nobody_ended_ends_by_itself(box):
    a_person(box, "ada", "Ada K.")
    box.clock.advance(13 * 3600)
    assert box.ward.shifts.people() == ()


def test_A6_a_break_without_cover_is_said_on_the_board(box):
    ada, ben = a_person(box, "ada", "Ada K."), a_person(box, "ben", "Ben C.")
    assert box.ward.shifts.change_post(ada, Post.BREAK)
    assert box.ward.calling.calls().breaks == ("Ada K.",)
    assert box.ward.shifts.change_post(ada, Post.BREAK, ben.actor_id)
    assert box.ward.calling.calls().breaks == ()


def test_A6_the_nurse_in_charge_allocates_and_everybody_may_take_their_own_rooms(box):
    ada, charge = a_person(box, "ada", "Ada K."), a_person(box, "ben", "Ben C.", Role.NURSE_IN_CHARGE)
    assert box.ward.shifts.allocate(charge, ada.actor_id, ["room1"]).rules == ("G3",)
    train(box.ward, charge)
    assert box.ward.shifts.allocate(charge, ada.actor_id, ["room1"])
    assert box.ward.shifts.people()[0].rooms == {"room1"}
    assert not box.ward.shifts.allocate(ada, charge.actor_id, ["room1"])
    assert box.ward.shifts.allocate(ada, ada.actor_id, [])
    (mine, _) = box.ward.calling.shift(ada)
    assert mine.is_me and mine.rooms == () and mine.post == "free"


def test_A6_whoever_does_not_work_on_the_ward_has_no_shift_here(box):
    assert not box.ward.shifts.sign_on(ENGINEER, knows=True)
    assert "shift:person:on" in box.actions(denied=True)


def test_A6_a_post_of_somebody_who_is_not_on_shift_is_refused(box):
    ada = a_person(box, "ada", "Ada K.")
    assert box.ward.shifts.sign_off(ada) and not box.ward.shifts.change_post(ada, Post.BREAK)
    assert not box.ward.shifts.change_post(ada, "asleep")
