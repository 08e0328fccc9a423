"""I3, I7, R3: somebody is told, the safety officer answers, and a patient's own word alone deletes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from console.roles import Role
from console.rules.afterwards.informing import (
    NotYet,
    Telling,
    due_by,
    is_late,
    may_note_told,
    may_wait,
    stands_on_page,
)
from console.rules.afterwards.keeping import KeepEnd, Kept, asked_from, may_say, own_stop, stops_deletion
from console.rules.afterwards.wrongs import Finding, WrongOutcome, answer_by, may_answer
from console.rules.consenting.consent import ConsentEntry, EntryKind
from console.rules.decision import Decision
from console.rules.policy import shipped_policy
from console.store.tables import measurements
from tests.kit.boxed_ward import GOVERNANCE, MORNING, NURSE, BoxedWard, an_actor, boxed_ward
from tests.kit.two_people import CALDICOTT, MANAGER

POLICY, LONDON = shipped_policy(), ZoneInfo("Europe/London")
DAY = 24 * 3600
FRIDAY = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
SAFETY = an_actor(Role.CLINICAL_SAFETY_OFFICER)
OWED = Telling(due_by(FRIDAY, POLICY, LONDON))


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path) as one:
        yield one


def test_I3_I7_one_working_day_from_friday_is_the_end_of_monday():
    monday = datetime(2026, 11, 23, 23, 59, tzinfo=UTC)
    assert due_by(FRIDAY, POLICY, LONDON) == answer_by(FRIDAY, POLICY, LONDON) == monday


@pytest.mark.parametrize(
    ("telling", "after_d", "late", "on_page"),
    [
        (OWED, 1, False, False),
        (OWED, 5, True, True),
        (Telling(OWED.due_at, told_at=FRIDAY), 1, False, True),
        (Telling(OWED.due_at, not_yet=NotYet.SAFEGUARDING, review_by=FRIDAY + timedelta(days=7)), 5, False, False),
        (Telling(OWED.due_at, not_yet=NotYet.SAFEGUARDING, review_by=FRIDAY + timedelta(days=7)), 8, True, True),
        (Telling(OWED.due_at, has_died=True), 5, True, False),
    ],
)
def test_I3_a_person_tells_first_silence_keeps_nothing_back_and_no_page_tells_after_a_death(
    telling, after_d, late, on_page
):
    now = FRIDAY + timedelta(days=after_d)
    assert (is_late(telling, now), stands_on_page(telling, now)) == (late, on_page)


def test_I3_only_three_reasons_let_it_wait_and_only_the_caldicott_guardian_signs_one():
    assert may_wait(OWED, "safeguarding", Role.IG_OFFICER, POLICY)
    assert not may_wait(OWED, "it_may_upset_them", Role.IG_OFFICER, POLICY)
    assert not may_wait(OWED, "safeguarding", Role.WARD_MANAGER, POLICY)


@pytest.mark.parametrize(("died", "whom", "may"), [(True, "patient", False), (True, "family", True),
                                                   (False, "family", False), (False, "patient", True)])  # fmt: skip
def test_I3_after_a_death_those_whom_they_left_are_told_and_before_it_they_are(died, whom, may):
    assert bool(may_note_told(Telling(OWED.due_at, has_died=died), whom, POLICY)) is may


def test_I3_a_hold_is_owed_to_the_patient_escalated_when_late_and_shown_on_their_page(box):
    assert box.ward.complaints.make(box.patient("room1"), "complaint", "Somebody shouted.")
    box.pass_time(120, in_steps_of=60)
    (owed,) = box.ward.incidents.view(GOVERNANCE).tellings
    assert page(box).after.told == () and not owed.is_late
    box.pass_time(5 * DAY, in_steps_of=DAY)
    assert "incident:telling:escalated" in box.actions()
    assert box.ward.incidents.view(GOVERNANCE).tellings[0].escalated and len(page(box).after.told) == 1
    assert box.ward.incidents.informing.let_wait(CALDICOTT, owed.telling_id, "safeguarding")
    assert page(box).after.told == ()
    assert box.ward.incidents.informing.note_told(MANAGER, owed.telling_id, "patient")
    assert len(page(box).after.told) == 1 and box.ward.incidents.view(GOVERNANCE).tellings == ()
    assert not box.ward.incidents.informing.note_told(MANAGER, owed.telling_id, "patient")


def page(box: BoxedWard):
    view = box.ward.access.patient_page(box.patient("room1"))
    assert not isinstance(view, Decision)
    return view


UPHELD = Finding("upheld", "You were right.", "LFPSE-123", "MHRA-77", True, "Old number shown", "A", "B", "Look out.")


@pytest.mark.parametrize(
    ("changed", "may"),
    [
        ({}, True),
        ({"outcome": "perhaps"}, False),
        ({"answer": " "}, False),
        ({"title": ""}, False),
        ({"national_ref": ""}, False),
        ({"regulator_ref": ""}, False),
        ({"regulator_ref": "", "is_device": False}, True),
        ({"notice": ""}, False),
        ({"outcome": "not_upheld", "title": "", "national_ref": "", "notice": ""}, True),
    ],
)
def test_I7_what_is_upheld_needs_a_hazard_its_references_and_a_notice(changed, may):
    told = Finding(**{name: getattr(UPHELD, name) for name in Finding.__slots__} | changed)
    assert bool(may_answer(told, is_open=True, policy=POLICY)) is may
    assert not may_answer(told, is_open=False, policy=POLICY)


def test_I7_T25_one_tap_reaches_the_safety_officer_and_its_words_stand_sealed(box, tmp_path):
    wrongs, patient = box.ward.incidents.wrongs, box.patient("room1")
    made = wrongs.report(patient, f"/me/receipts/{'a' * 32}?x=Zebra")
    assert made and wrongs.say_more(patient, made.detail, "It said on. Zebra.")
    assert not wrongs.say_more(NURSE, made.detail, "Not mine.")
    (waiting,) = wrongs.waiting(SAFETY)
    assert (waiting.text, waiting.screen, waiting.role) == ("It said on. Zebra.", "/me/receipts/…", Role.PATIENT)
    box.pass_time(5 * DAY, in_steps_of=DAY)
    assert "incident:wrong:escalated" in box.actions()
    assert not wrongs.answer(GOVERNANCE, made.detail, UPHELD) and isinstance(wrongs.waiting(NURSE), Decision)
    assert wrongs.answer(SAFETY, made.detail, UPHELD)
    (hazard,) = wrongs.hazards(GOVERNANCE)
    assert (hazard.number, hazard.title, hazard.national_ref) == ("L01", "Old number shown", "LFPSE-123")
    assert wrongs.own(patient)[0].answer == "You were right." and wrongs.own(patient)[0].outcome is WrongOutcome.UPHELD
    assert "Zebra" not in repr(box.ward.access.audit_rows(GOVERNANCE, -1, 500))
    assert b"Zebra" not in b"".join(path.read_bytes() for path in tmp_path.glob("console.db*"))


def test_I7_a_finger_that_taps_all_day_fills_no_list(box):
    assert [bool(box.ward.incidents.wrongs.report(NURSE, "/")) for _ in range(22)].count(True) == 20


def entry(kind: EntryKind, hour: int, **details: str) -> ConsentEntry:
    return ConsentEntry("e", "c", "s", MORNING + timedelta(hours=hour), kind, details)


GIVEN = entry(EntryKind.GIVEN, 0)


@pytest.mark.parametrize(
    ("told", "stopped"),
    [
        ([GIVEN, entry(EntryKind.WITHDRAWN, 2)], 2),
        ([GIVEN, entry(EntryKind.RELAYED_NO, 2)], None),
        ([GIVEN, entry(EntryKind.RELAYED_NO, 2), entry(EntryKind.RELAY_ANSWERED, 3, answer="yes")], 3),
        ([GIVEN, entry(EntryKind.RELAYED_NO, 2), entry(EntryKind.RELAY_ANSWERED, 3, answer="no")], None),
        ([GIVEN, entry(EntryKind.WITHDRAWN, 2), entry(EntryKind.GIVEN, 4)], None),
        ([entry(EntryKind.WITHDRAWN, 2)], None),
    ],
)
def test_R3_NA14_only_a_patient_s_own_word_can_ever_start_a_deletion(told, stopped):
    assert own_stop(told) == (MORNING + timedelta(hours=stopped) if stopped is not None else None)


@pytest.mark.parametrize(
    ("withdrawn", "restrained", "asked"),
    [
        ("2026-11-20 09:00", None, "2026-11-21 08:00"),
        ("2026-11-20 01:00", None, "2026-11-20 13:00"),
        ("2026-11-20 01:00", "2026-11-20 10:00", "2026-11-21 10:00"),
        ("2026-11-20 17:00", None, "2026-11-21 08:00"),
    ],
)
def test_R3_they_are_asked_at_a_calm_time_by_day(withdrawn, restrained, asked):
    at = [datetime.fromisoformat(f"{one}+00:00") if one else None for one in (withdrawn, restrained, asked)]
    assert asked_from(at[0], at[1], POLICY, LONDON) == at[2]


def test_R3_nothing_is_deleted_where_something_happened_within_three_days():
    assert stops_deletion(MORNING, [MORNING + timedelta(hours=71)], POLICY)
    assert not stops_deletion(MORNING, [MORNING + timedelta(hours=73)], POLICY)
    kept = Kept(MORNING, MORNING)
    assert not may_say(kept, "delete", MORNING, is_held=True, policy=POLICY)
    assert may_say(kept, "keep", MORNING, is_held=True, policy=POLICY)
    assert not may_say(kept, "perhaps", MORNING, is_held=False, policy=POLICY)
    assert not may_say(None, "delete", MORNING, is_held=False, policy=POLICY)


def noted(box: BoxedWard) -> int:
    return box.ward.office.store.read(
        lambda tx: tx.execute(select(func.count()).select_from(measurements)).scalar_one()
    )


def a_night_then_stopped(box: BoxedWard, actor) -> None:
    box.pass_time(14 * 3600, in_steps_of=7 * 3600)
    node = box.nodes["room1"]
    node.live()
    box.ward.step()
    node.send(node.record(node.minute()))
    box.ward.step()
    box.stop("room1", actor)
    assert page(box).after.kept is None
    box.pass_time(14 * 3600, in_steps_of=7 * 3600)


def test_R3_three_days_after_their_own_answer_it_is_gone_with_a_receipt_and_withdrawal_deleted_nothing(box):
    a_night_then_stopped(box, box.patient("room1"))
    assert noted(box) == 1 and page(box).after.kept is not None
    say = box.ward.incidents.keeping.say
    assert say(box.patient("room1"), "delete") and say(box.patient("room1"), "keep")
    box.pass_time(4 * DAY, in_steps_of=2 * DAY)
    assert noted(box) == 1
    assert not say(NURSE, "delete") and say(box.patient("room1"), "delete")
    box.pass_time(3 * DAY - 60, in_steps_of=3 * DAY)
    assert noted(box) == 1
    box.pass_time(180, in_steps_of=90)
    assert noted(box) == 0
    kept = page(box).after.kept
    assert kept.ending is KeepEnd.DELETED and kept.receipt >= 0
    assert not isinstance(box.ward.access.own_receipt(box.patient("room1"), kept.receipt), Decision)


def test_R3_NA14_a_relayed_no_asks_nothing_and_a_hold_that_came_since_keeps_it(box):
    a_night_then_stopped(box, NURSE)
    assert page(box).after.kept is None and not box.ward.incidents.keeping.say(box.patient("room1"), "delete")
    assert box.ward.consents.answer_relay(box.patient("room1"), "yes")
    box.pass_time(24 * 3600, in_steps_of=DAY)
    assert box.ward.incidents.keeping.say(box.patient("room1"), "delete")
    assert box.ward.complaints.make(box.patient("room1"), "wrong", "It was on at noon.")
    box.pass_time(4 * DAY, in_steps_of=DAY)
    assert noted(box) == 1 and page(box).after.kept.ending is KeepEnd.HELD
