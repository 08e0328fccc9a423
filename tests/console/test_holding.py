"""I1, I4: anybody may have notes kept, nobody on the ward sees it, and ending that takes two who were not there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from console.incidents.holding import Begun
from console.incidents.releases import Wanted
from console.roles import Role
from console.rules.afterwards.holding import HoldReason
from console.rules.afterwards.lifting import HoldState, Lift, LiftEnd, may_ask_to_lift, may_begin, may_lift
from console.rules.policy import shipped_policy
from console.store.holds import standing_holds
from tests.kit.boxed_ward import GOVERNANCE, MORNING, NURSE, an_actor, boxed_ward, train
from tests.kit.two_people import CALDICOTT, MANAGER

POLICY, DAY = shipped_policy(), timedelta(days=1)
WAITS = Lift("a" * 32, Role.MATRON, MORNING + DAY)
SECOND = ("b" * 32, Role.IG_OFFICER, MORNING)


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path, yes=False) as one:
        yield one


def held(box):
    return box.ward.office.store.read(standing_holds)


def test_I1_the_patient_family_advocate_or_staff_have_notes_kept_and_the_ward_sees_nothing_of_it(box):
    before = box.tile("room1")
    for role, why in (("nurse", "asked_by_family"), ("advocate", "asked_by_advocate"), ("nurse", "safeguarding")):
        assert box.ward.incidents.holding.begin(an_actor(Role(role)), Begun(why, "room1"))
    assert box.ward.incidents.holding.begin_own(box.patient("room1"))
    assert {one.why.value for one in held(box)} == {
        "asked_by_family", "asked_by_advocate", "safeguarding", "asked_by_patient",
    }  # fmt: skip
    assert box.tile("room1") == before and not box.ward.incidents.view(NURSE)
    assert box.actions().count("governance:hold:begun") == 4


def test_I1_a_hold_begins_once_however_often_somebody_presses(box):
    for _ in range(5):
        assert box.ward.incidents.holding.begin_own(box.patient("room1"))
    assert len(held(box)) == 1


def test_I1_nobody_begins_one_in_another_patients_name_or_for_an_empty_room(box):
    holding, stranger = box.ward.incidents.holding, replace(box.patient("room1"), patient_id="f" * 32)
    assert not holding.begin_own(stranger) and not holding.begin(box.patient("room1"), Begun("safeguarding", "room1"))
    assert not holding.begin(NURSE, Begun("asked_by_staff", "room99")) and held(box) == []


@pytest.mark.parametrize(
    ("why", "role", "ago", "allowed"),
    [
        ("asked_by_family", Role.NURSE, timedelta(0), True),
        ("asked_by_family", Role.NURSE, 14 * DAY, True),
        ("asked_by_family", Role.NURSE, 15 * DAY, False),
        ("asked_by_family", Role.NURSE, -DAY, False),
        ("complaint", Role.NURSE, timedelta(0), False),
        ("inquiry", Role.WARD_MANAGER, timedelta(0), False),
        ("inquiry", Role.IG_OFFICER, timedelta(0), True),
    ],
)
def test_I1_I4_who_begins_a_hold_for_what_and_for_how_long_ago(why, role, ago, allowed):
    assert may_begin(why, role, MORNING - ago, MORNING, POLICY).allowed == allowed


def test_I4_an_inquiry_keeps_the_whole_stay_also_of_somebody_who_has_left(box):
    assert box.ward.complaints.make(box.patient("room1"), "complaint", "Somebody shouted.")
    (first,) = held(box)
    admitted = box.ward.roll.sheet().people["room1"].stay.from_at
    assert box.ward.desk.discharge(NURSE, box.stay("room1"))
    box.pass_time(10 * 86400, in_steps_of=5 * 86400)
    assert box.ward.incidents.holding.begin(CALDICOTT, Begun("inquiry", hold_id=first.hold_id))
    inquiry = held(box)[-1]
    assert inquiry.why is HoldReason.INQUIRY and inquiry.time.from_at <= admitted


def test_I1_a_hold_ends_by_two_people_of_different_roles_with_a_reason_and_the_register_says_so(box):
    holding = box.ward.incidents.holding
    assert holding.begin(NURSE, Begun("asked_by_family", "room1"))
    (hold,) = held(box)
    assert holding.ask_to_lift(MANAGER, hold.hold_id, "looked_into", "The family has its answer.")
    (waiting,) = box.ward.incidents.view(CALDICOTT).lifts
    assert not holding.lift(MANAGER, waiting.lift_id) and held(box)
    assert holding.lift(CALDICOTT, waiting.lift_id) and held(box) == []
    view = box.ward.incidents.view(GOVERNANCE)
    (ended,) = view.lifted
    assert (ended.ending, ended.asked_role, ended.ended_role) == (LiftEnd.LIFTED, Role.WARD_MANAGER, Role.IG_OFFICER)
    assert ended.words == "The family has its answer." and not view.holds and not view.lifts


def test_I1_what_happened_before_somebody_came_is_kept_of_whoever_was_in_the_room_then(box):
    first, left = box.person("room1").stay, box.clock.utc_now() + 3 * DAY
    box.clock.advance(3 * 86400)
    assert box.ward.desk.discharge(NURSE, first.stay_id)
    box.clock.advance(3600)
    assert box.ward.desk.admit(NURSE, "Bea C.", "B.C.", "room1")
    box.clock.advance(86400)
    assert box.ward.incidents.holding.begin(NURSE, Begun("asked_by_family", "room1", happened_at=left - DAY))
    assert box.ward.incidents.holding.begin(CALDICOTT, Begun("inquiry", hold_id=held(box)[0].hold_id))
    for one in held(box):
        assert one.stay_id == first.stay_id and one.time.until_at <= left, "none of it is the next person's"
    assert not box.ward.incidents.holding.begin(NURSE, Begun("safeguarding", "room1", happened_at=left + DAY / 48))
    assert box.ward.incidents.holding.begin_own(box.patient("room1"))
    assert held(box)[-1].time.from_at == box.person("room1").stay.from_at


def test_I1_who_asks_again_later_has_what_came_since_kept_too(box):
    assert box.ward.incidents.holding.begin_own(box.patient("room1"))
    box.clock.advance(7000)
    assert box.ward.incidents.holding.begin_own(box.patient("room1"))
    (one,) = held(box)
    assert one.time.until_at == box.clock.utc_now() + timedelta(hours=2)


def test_I1_I4_whoever_receives_the_notice_of_an_inquiry_was_not_there_by_having_it_kept(box):
    holding = box.ward.incidents.holding
    assert holding.begin(NURSE, Begun("asked_by_family", "room1"))
    assert holding.begin(CALDICOTT, Begun("inquiry", hold_id=held(box)[0].hold_id))
    inquiry = held(box)[1].hold_id
    assert holding.review(CALDICOTT, inquiry) and holding.ask_to_lift(CALDICOTT, inquiry, "inquiry_over", "It is over.")


def test_I1_what_somebody_has_asked_to_open_since_is_not_lifted(box):
    holding = box.ward.incidents.holding
    train(box.ward, GOVERNANCE)
    assert holding.begin(NURSE, Begun("asked_by_family", "room1"))
    (hold,) = held(box)
    assert holding.ask_to_lift(MANAGER, hold.hold_id, "looked_into", "Done.")
    assert box.ward.incidents.releases.ask(GOVERNANCE, Wanted(hold.hold_id, "view", "complaint"))
    (waiting,) = box.ward.incidents.view(CALDICOTT).lifts
    refused = holding.lift(CALDICOTT, waiting.lift_id)
    assert not refused and "asked to open it" in refused.reason.text and held(box)


def test_I1_whoever_was_on_that_shift_neither_asks_nor_agrees(box):
    holding = box.ward.incidents.holding
    assert box.ward.shifts.sign_on(MANAGER, knows=True)
    assert holding.begin(NURSE, Begun("asked_by_family", "room1"))
    (hold,) = held(box)
    assert not holding.ask_to_lift(MANAGER, hold.hold_id, "looked_into", "Done.")
    assert not holding.review(MANAGER, hold.hold_id)
    assert holding.ask_to_lift(CALDICOTT, hold.hold_id, "looked_into", "Done.")
    (waiting,) = box.ward.incidents.view(MANAGER).lifts
    assert not holding.lift(MANAGER, waiting.lift_id) and held(box)


def test_I1_a_request_that_nobody_answers_lapses_and_the_hold_stands(box):
    holding = box.ward.incidents.holding
    assert holding.begin(NURSE, Begun("asked_by_family", "room1"))
    (hold,) = held(box)
    assert holding.ask_to_lift(MANAGER, hold.hold_id, "looked_into", "Done.")
    box.pass_time(8 * 86400, in_steps_of=4 * 86400)
    (ended,) = box.ward.incidents.view(CALDICOTT).lifted
    assert ended.ending is LiftEnd.LAPSED and held(box)


def test_I4_a_hold_that_nobody_looked_at_in_time_is_late_until_somebody_did(box):
    holding = box.ward.incidents.holding
    assert holding.begin(NURSE, Begun("asked_by_family", "room1"))
    box.clock.advance(29 * 86400)
    (late,) = box.ward.incidents.view(CALDICOTT).holds
    assert late.is_late and holding.review(CALDICOTT, late.hold_id)
    assert not box.ward.incidents.view(CALDICOTT).holds[0].is_late


@pytest.mark.parametrize(
    ("hold", "reason", "words", "there", "allowed"),
    [
        (HoldState(HoldReason.RESTRAINT), "looked_into", "Done.", False, True),
        (HoldState(HoldReason.RESTRAINT), "looked_into", "Done.", True, False),
        (HoldState(HoldReason.RESTRAINT), "looked_into", " ", False, False),
        (HoldState(HoldReason.RESTRAINT), "tired_of_it", "Done.", False, False),
        (HoldState(HoldReason.RESTRAINT, is_asked_already=True), "looked_into", "Done.", False, False),
        (HoldState(HoldReason.COMPLAINT, is_open=True), "looked_into", "Done.", False, False),
        (HoldState(HoldReason.INQUIRY), "looked_into", "Done.", False, False),
        (HoldState(HoldReason.INQUIRY), "inquiry_over", "Done.", False, True),
        (None, "looked_into", "Done.", False, False),
    ],
)
def test_I1_I4_when_somebody_may_ask_that_a_hold_ends(hold, reason, words, there, allowed):
    assert may_ask_to_lift(hold, reason, words, was_there=there, policy=POLICY).allowed == allowed


@pytest.mark.parametrize(
    ("lift", "second", "there", "allowed"),
    [
        (WAITS, SECOND, False, True),
        (WAITS, SECOND, True, False),
        (WAITS, ("a" * 32, Role.IG_OFFICER, MORNING), False, False),
        (WAITS, ("b" * 32, Role.MATRON, MORNING), False, False),
        (WAITS, ("b" * 32, Role.IG_OFFICER, MORNING + DAY), False, False),
        (replace(WAITS, ended=LiftEnd.REFUSED), SECOND, False, False),
        (None, SECOND, False, False),
    ],
)
def test_I1_the_second_person_is_another_of_another_role_who_was_not_there_and_in_time(lift, second, there, allowed):
    assert may_lift(lift, *second, was_there=there, policy=POLICY, is_open=False).allowed == allowed
    assert not may_lift(lift, *second, was_there=there, policy=POLICY, is_open=True)
