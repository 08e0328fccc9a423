"""S6: a complaint goes past the ward, is acknowledged in time, answered plainly, and its words stand in no log."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from console.own.complaints import LONGEST_TEXT
from console.roles import Role
from console.rules.afterwards.answering import acknowledged_by, answered_by
from console.rules.decision import Decision
from console.rules.policy import shipped_policy
from console.store.holds import standing_holds
from tests.kit.boxed_ward import GOVERNANCE, NURSE, an_actor, boxed_ward

LONDON = ZoneInfo("Europe/London")
SAID = "The light is too bright. Zebra-marker."


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path, yes=False) as one:
        yield one


def own(box):
    view = box.ward.access.patient_page(box.patient("room1"))
    assert not isinstance(view, Decision)
    return view.complaints


def test_S6_a_complaint_stands_on_their_own_page_with_the_day_by_which_they_hear(box):
    assert box.ward.complaints.make(box.patient("room1"), "complaint", SAID)
    (mine,) = own(box)
    assert (mine.text, mine.kind, mine.acknowledged_at) == (SAID, "complaint", None)
    assert mine.due_at.astimezone(LONDON).date().isoformat() == "2026-11-25"


def test_S6_its_words_stand_sealed_and_in_no_log(box, tmp_path):
    box.ward.complaints.make(box.patient("room1"), "complaint", SAID)
    rows = box.ward.access.audit_rows(GOVERNANCE, -1, 500)
    assert "patient:complaint:made" in {row.action for row in rows}
    assert "Zebra-marker" not in repr(rows)
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("console.db*"))
    assert b"Zebra-marker" not in kept


@pytest.mark.parametrize("role", [Role.NURSE, Role.NURSE_IN_CHARGE, Role.WARD_MANAGER, Role.ADMINISTRATOR, Role.MATRON])
def test_S6_nobody_who_works_on_the_ward_reads_or_answers_it(box, role):
    box.ward.complaints.make(box.patient("room1"), "complaint", SAID)
    assert isinstance(box.ward.complaints.waiting(an_actor(role)), Decision)
    assert not box.ward.complaints.acknowledge(an_actor(role), own(box)[0].complaint_id)


def test_S6_it_is_acknowledged_then_answered_and_both_are_on_their_page(box):
    box.ward.complaints.make(box.patient("room1"), "wrong", SAID)
    (waiting,) = box.ward.complaints.waiting(GOVERNANCE)
    assert not box.ward.complaints.answer(GOVERNANCE, waiting.complaint_id, "Mended.")
    assert box.ward.complaints.acknowledge(GOVERNANCE, waiting.complaint_id)
    assert not box.ward.complaints.acknowledge(GOVERNANCE, waiting.complaint_id)
    assert box.ward.complaints.answer(GOVERNANCE, waiting.complaint_id, "You were right. It is mended.")
    (mine,) = own(box)
    assert mine.acknowledged_at and mine.outcome == "You were right. It is mended."
    assert box.ward.complaints.waiting(GOVERNANCE) == ()


def test_S6_one_that_nobody_acknowledges_is_shown_as_late(box):
    box.ward.complaints.make(box.patient("room1"), "complaint", SAID)
    box.clock.advance(6 * 86400)
    assert box.ward.complaints.waiting(GOVERNANCE)[0].is_late


@pytest.mark.parametrize(
    ("kind", "text"), [("", SAID), ("praise", SAID), ("complaint", "  "), ("complaint", "x" * 1501)]
)
def test_S6_what_is_empty_too_long_or_of_no_kind_is_refused_in_a_sentence(box, kind, text):
    decision = box.ward.complaints.make(box.patient("room1"), kind, text)
    assert not decision and decision.rules == ("S6",)
    assert own(box) == () and LONGEST_TEXT == 1500


@pytest.mark.parametrize("text", ["چراغ خیلی روشن است؛ می‌خواهم خاموش باشد", "Linia jedna\nLinia druga", "\u202eevil"])
def test_S6_any_language_and_any_sign_is_taken_as_it_was_written(box, text):
    assert box.ward.complaints.make(box.patient("room1"), "complaint", text)
    assert own(box)[0].text == text


def test_S6_nobody_complains_in_somebody_elses_name(box):
    assert not box.ward.complaints.make(NURSE, "complaint", SAID)
    assert not box.ward.complaints.make(an_actor(Role.PATIENT, room_id="room1", patient_id="f" * 32), "complaint", SAID)
    assert box.ward.complaints.waiting(GOVERNANCE) == ()


@pytest.mark.parametrize(
    ("made", "due"),
    [("2026-11-20T09:00", "2026-11-25"), ("2026-11-21T09:00", "2026-11-25"), ("2026-11-23T09:00", "2026-11-26")],
)
def test_S6_three_working_days_leave_out_the_weekend(made, due):
    at = datetime.fromisoformat(made).replace(tzinfo=UTC)
    assert acknowledged_by(at, shipped_policy(), LONDON).astimezone(LONDON).date().isoformat() == due


@pytest.mark.parametrize(
    ("asked", "due"),
    [("2026-11-20T09:00", "2026-12-20"), ("2027-01-31T09:00", "2027-02-28"), ("2026-12-15T23:30", "2027-01-15")],
)
def test_S5_one_month_is_the_same_day_of_the_next_or_its_last(asked, due):
    at = datetime.fromisoformat(asked).replace(tzinfo=UTC)
    assert answered_by(at, shipped_policy(), LONDON).astimezone(LONDON).date().isoformat() == due


def test_S6_further_words_of_a_day_join_the_open_one_and_none_is_lost_and_one_hold_begins(box):
    for number in range(40):
        assert box.ward.complaints.make(box.patient("room1"), "complaint", f"word {number}")

    (mine,) = own(box)
    assert mine.text.split("\n\n") == [f"word {number}" for number in range(40)]
    assert box.actions().count("governance:hold:started") == 1
    told = box.actions()
    # The first, ten further ones, and then each doubling: 16 and 32.
    assert (told.count("patient:complaint:made"), told.count("patient:complaint:joined")) == (1, 12)


def test_S6_what_is_said_after_the_first_was_acknowledged_or_on_another_day_is_one_of_its_own(box):
    box.ward.complaints.make(box.patient("room1"), "complaint", "one")
    assert box.ward.complaints.acknowledge(GOVERNANCE, own(box)[0].complaint_id)
    box.ward.complaints.make(box.patient("room1"), "complaint", "two")
    box.clock.advance(86400)
    box.ward.complaints.make(box.patient("room1"), "complaint", "three")
    assert sorted(one.text for one in own(box)) == ["one", "three", "two"]


def test_I1_words_that_come_after_the_end_of_the_hold_are_held_too(box):
    box.ward.complaints.make(box.patient("room1"), "complaint", "In the morning.")
    box.clock.advance(5 * 3600)
    box.ward.complaints.make(box.patient("room1"), "complaint", "And at noon.")
    (hold,) = box.ward.office.store.read(standing_holds)
    assert hold.time.until_at == box.clock.utc_now() + timedelta(hours=2)
    assert box.actions().count("governance:hold:stretched") == 1
