"""G3: training in date gates a few acts, and never a response; a shift with nobody trained is told at once."""

from datetime import UTC, datetime, timedelta

import pytest

from console.roles import Role
from console.rules.in_person.training import Course, TrainingRecord, in_date, may_enter, missing_on
from console.rules.policy import shipped_policy
from tests.kit.alerting import a_person
from tests.kit.boxed_ward import GOVERNANCE, NURSE, an_actor, boxed_ward
from tests.kit.skin import HandWard, screens_over

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ADA, MANAGER = an_actor(Role.NURSE), an_actor(Role.WARD_MANAGER)
YEAR = timedelta(days=365)


def record(course: Course, until: datetime) -> TrainingRecord:
    return TrainingRecord(ADA.actor_id, course, until, NOW, MANAGER.actor_id)


def test_G3_the_record_that_was_written_down_last_counts_and_a_date_that_is_over_does_not():
    records = [record(Course.CONSENT, NOW + YEAR), record(Course.BOARD, NOW), record(Course.CONSENT, NOW - YEAR)]
    assert in_date(records[:1], ADA.actor_id, NOW) == {Course.CONSENT}
    assert in_date(records, ADA.actor_id, NOW) == frozenset()


def test_G3_a_shift_misses_what_nobody_on_it_holds_and_an_empty_ward_misses_nothing():
    held = {"a": frozenset({Course.CONSENT}), "b": frozenset({Course.RELEASE})}
    assert missing_on(["a", "b"], held) == (Course.BOARD,)
    assert missing_on([], held) == ()


@pytest.mark.parametrize(
    ("person", "course", "until"),
    [
        (None, "consent", NOW + YEAR),
        (an_actor(Role.PATIENT), "consent", NOW + YEAR),
        (MANAGER, "consent", NOW + YEAR),
        (ADA, "everything", NOW + YEAR),
        (ADA, "consent", None),
        (ADA, "consent", NOW + 9 * YEAR),
    ],
)
def test_G3_a_training_that_cannot_be_is_not_written_down(person, course, until):
    decision = may_enter(MANAGER, person, course, until, NOW, shipped_policy())
    assert not decision and decision.rules == ("G3",)


def test_G3_who_is_not_in_date_gives_and_limits_nothing_and_writes_down_a_no_as_ever(tmp_path):
    with boxed_ward(tmp_path, yes=False, trained=False) as box:
        ward, stay_id = box.ward, box.stay("room1")
        asked = ward.consents.offer(NURSE, stay_id, they_asked=True)
        limited = ward.limits.set_limit(NURSE, stay_id, "ensuite", 600, "ordinary", "safety_plan", 7)
        assert (asked.rules, limited.rules) == (("G3",), ("G3",)) and asked.way_out
        assert ward.consents.refuse(NURSE, stay_id)
        assert box.stop("room1", NURSE)


def test_G3_C20_a_course_that_is_entered_opens_its_act_at_once_and_a_wish_is_answered_truly(tmp_path):
    with boxed_ward(tmp_path, yes=False, trained=False) as box:
        ward, stay_id = box.ward, box.stay("room1")
        ben = a_person(box, "ben", "Ben O.", Role.NURSE)
        assert wish(box).text == "Nobody who is trained for this is here now. We will do it at {at:day}."
        assert ward.training.enter(GOVERNANCE, ben.actor_id, "consent", ward.clock.utc_now() + YEAR)
        assert "by" in wish(box).values
        assert ward.consents.offer(ben, stay_id, they_asked=True)
        assert not ward.training.enter(ben, NURSE.actor_id, "consent", ward.clock.utc_now() + YEAR)


def wish(box):
    return box.ward.consents.wish_to_talk(box.patient("room1"), "room1").reason


def test_G3_the_manager_is_asked_once_and_the_red_line_goes_when_somebody_trained_comes(tmp_path):
    with boxed_ward(tmp_path, trained=False, yes=False) as box:
        a_person(box, "ben", "Ben O.", Role.NURSE)
        box.pass_time(30, in_steps_of=10)
        assert box.actions().count("staff:manager:asked") == 1
        assert len(box.ward.trained_shift.notices()) == 2
        cy = a_person(box, "cy", "Cy P.", Role.NURSE)
        for course in ("consent", "board"):
            assert box.ward.training.enter(GOVERNANCE, cy.actor_id, course, box.clock.utc_now() + YEAR)
        box.ward.step()
        assert box.ward.trained_shift.notices() == ()


def test_G3_everybody_sees_their_own_and_the_register_is_for_who_keeps_it(tmp_path):
    ward = HandWard()
    mine = screens_over(ward, tmp_path).sign_in("nurse").client.get("/training").text
    assert "in date until" in mine and "not in date" in mine and "Write down a course" not in mine
    keeper = screens_over(ward, tmp_path).sign_in("governance_lead")
    assert "Write down a course" in keeper.client.get("/training").text
    keeper.press("/training", "/training", person="a1" * 16, course="consent", until="2027-01-31")
    name, person, course, until = ward.presses[-1]
    assert (name, person, course) == (
        "enter",
        "a1" * 16,
        "consent",
    ) and until.isoformat() == "2027-01-31T23:59:00+00:00"
