"""I1, I4: what was noted around something that happened is kept; it starts no sensor, and the ward does not see it."""

from datetime import timedelta

import pytest

from broker.vocabulary import LeaseState
from console.errors import KeyHeld
from console.rules.afterwards.holding import HoldReason, hold_after, hold_around
from console.rules.consenting.consent import EntryKind
from console.rules.consenting.person import Hold
from console.rules.policy import shipped_policy
from console.store.holds import standing_holds
from console.store.sealing import DaySeals
from tests.kit.boxed_ward import ADMIN, GOVERNANCE, MORNING, NURSE, boxed_ward

POLICY = shipped_policy()


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path, yes=False) as one:
        yield one


def held(box):
    return box.ward.office.store.read(standing_holds)


def test_I1_a_hold_keeps_the_day_before_and_two_hours_after():
    time = hold_around(MORNING, POLICY)
    assert (time.from_at, time.until_at) == (MORNING - timedelta(hours=24), MORNING + timedelta(hours=2))


def test_I4_a_hold_is_looked_at_again_within_28_days():
    assert hold_around(MORNING, POLICY).review_by == MORNING + timedelta(days=28)


@pytest.mark.parametrize(
    ("kind", "details", "why"),
    [
        (EntryKind.DIED, {}, HoldReason.DEATH),
        (EntryKind.AWAY, {"kind": "hospital"}, HoldReason.HOSPITAL),
        (EntryKind.AWAY, {"kind": "leave"}, None),
        (EntryKind.RESTRAINED, {"hold": "seclusion"}, HoldReason.SECLUSION),
        (EntryKind.TRANQUILLISED, {}, HoldReason.TRANQUILLISED),
        (EntryKind.REFUSED, {}, None),
    ],
)
def test_I1_what_happened_starts_a_hold_by_itself_and_a_no_starts_none(kind, details, why):
    assert hold_after(kind, details) is why


def test_I1_a_complaint_holds_what_was_noted_and_the_log_says_so_outside_the_ward(box):
    assert box.ward.complaints.make(box.patient("room1"), "complaint", "Somebody shouted.")

    (hold,) = held(box)
    assert (hold.why, hold.room_id, hold.about.partition(":")[0]) == (HoldReason.COMPLAINT, "room1", "complaint")
    assert "governance:hold:started" in box.actions()
    (shown,) = box.ward.month.view(GOVERNANCE).holds
    assert shown.why == "complaint" and not box.ward.month.view(NURSE)


def test_I1_a_word_of_feedback_holds_nothing(box):
    assert box.ward.complaints.make(box.patient("room1"), "feedback", "I slept well.")
    assert held(box) == []


def test_I1_restraint_holds_and_opens_no_sensor(box):
    assert box.ward.care.note_hold(NURSE, box.stay("room1"), Hold.RESTRAINT)
    box.pass_time(2)
    assert [one.why for one in held(box)] == [HoldReason.RESTRAINT]
    assert box.nodes["room1"].lease.state is LeaseState.CLOSED


def test_I1_what_is_held_is_not_destroyed_and_the_hold_outlives_the_stay(box):
    store, day = box.ward.office.store, box.clock.utc_now().date()
    seals = DaySeals(store)
    store.write(lambda tx: seals.key_of(tx, day))
    box.ward.complaints.make(box.patient("room1"), "wrong", "It was on at noon.")
    box.ward.desk.discharge(ADMIN, box.stay("room1"))

    with pytest.raises(KeyHeld):
        store.write(lambda tx: seals.destroy(tx, day))
    assert store.read(lambda tx: seals.key(tx, store.read(lambda inner: seals.key_of(inner, day)).key_id))


def test_R1_a_day_that_nothing_holds_is_destroyed(box):
    store, day = box.ward.office.store, (box.clock.utc_now() - timedelta(days=20)).date()
    seals = DaySeals(store)
    store.write(lambda tx: seals.key_of(tx, day))
    box.ward.complaints.make(box.patient("room1"), "complaint", "Somebody shouted.")

    assert store.write(lambda tx: seals.destroy(tx, day))
