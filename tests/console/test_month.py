"""C21, E2, S2, S6: what the month shows to those outside the ward, and what a person chooses for themselves."""

from dataclasses import replace

import pytest

from console.roles import Role
from console.rules.consenting.consent import ConsentEntry, EntryKind
from console.rules.consenting.groups import OwnQuestion
from console.rules.consenting.person import Change
from console.rules.decision import Decision
from console.rules.governing.equality import NOT_ON_RECORD, GroupQuestion, OnePerson, Outcome, counts_by_group
from console.rules.looking.telling import Telling
from console.rules.policy import shipped_policy
from console.store import audit_rows
from tests.kit.boxed_ward import ADMIN, GOVERNANCE, MORNING, NURSE, an_actor, boxed_ward

POLICY = shipped_policy()


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path) as one:
        yield one


def a_history(*told):
    return [ConsentEntry("e" * 32, "", "s" * 32, MORNING, kind, details) for kind, details in told]


ADULT_YES = a_history(
    (EntryKind.ABOUT_THEM, {"age": "adult"}), (EntryKind.OFFERED, {}), (EntryKind.GIVEN, {"basis": "capacity_consent"})
)
YOUNG_NO = a_history((EntryKind.ABOUT_THEM, {"age": "under_16"}), (EntryKind.OFFERED, {}), (EntryKind.REFUSED, {}))


def test_E2_people_are_counted_by_group_and_outcome_once_each():
    found = {
        one.group: one for one in counts_by_group([OnePerson([*ADULT_YES, *ADULT_YES])] * 9, GroupQuestion.AGE, POLICY)
    }
    assert found["adult"].people == 10
    assert (found["adult"].outcomes[Outcome.YES], found["adult"].outcomes[Outcome.NO]) == (10, 0)


def test_E2_a_group_of_four_shows_nothing_of_itself_nor_what_would_give_it_away():
    histories = [ADULT_YES] * 9 + [YOUNG_NO] * 4 + [a_history((EntryKind.OFFERED, {}))] * 20
    everybody = [OnePerson(one) for one in histories]
    found = {one.group: one for one in counts_by_group(everybody, GroupQuestion.AGE, POLICY)}
    assert found["under_16"].people is None and set(found["under_16"].outcomes.values()) == {None}
    assert found["adult"].people is None and found[NOT_ON_RECORD].people == 20


def test_E2_the_newest_answer_counts_and_nobody_is_left_out():
    later = [*ADULT_YES, *a_history((EntryKind.ADJUSTED, {"needs": ["bsl"]}))]
    found = counts_by_group([OnePerson(one) for one in [later] * 6 + [ADULT_YES] * 6], GroupQuestion.NEEDS, POLICY)
    assert {one.group: one.people for one in found} == {NOT_ON_RECORD: 5, "some": 5}


def test_E2_what_people_tell_about_themselves_is_counted_and_a_small_group_is_not_shown():
    told = [{OwnQuestion.SEX: "female"}] * 8 + [{OwnQuestion.SEX: "other"}] * 2 + [{}] * 9
    found = counts_by_group([OnePerson(ADULT_YES, one) for one in told], OwnQuestion.SEX, POLICY)
    assert {one.group: one.people for one in found} == {"female": None, "other": None, NOT_ON_RECORD: 10}


def test_E2_a_patient_tells_and_takes_back_for_themselves_alone_and_the_log_says_not_what(box):
    groups, pat = box.ward.groups, box.patient("room1")
    assert groups.tell(pat, {"religion": "sikh"}) and groups.tell(pat, {"religion": "none", "sex": ""})
    assert groups.answers(pat) == {OwnQuestion.RELIGION: "none"}
    assert box.ward.month.view(GOVERNANCE).groups[OwnQuestion.RELIGION][0].people is None
    assert not groups.tell(pat, {"religion": "of the fairies"}) and not groups.tell(pat, {"shoe_size": "9"})
    assert not groups.tell(NURSE, {"religion": "sikh"})
    assert groups.tell(pat, {"religion": ""}) and groups.answers(pat) == {}
    entries = box.ward.office.store.read(lambda tx: audit_rows.done_since(tx, "patient:group:told", MORNING))
    assert len(entries) == 3 and not any("sikh" in one.entry or "religion" in one.entry for one in entries)


def test_C21_a_level_lowered_soon_after_a_yes_is_in_the_sample_until_somebody_looks_and_says_so(box):
    assert box.ward.care.note_change(NURSE, box.stay("room1"), Change.LEVEL_LOWERED, "team_review")
    view = box.ward.month.view(GOVERNANCE)
    assert [(one.reason, one.action) for one in view.sample] == [("team_review", "consent:record:changed")]
    assert view.looked_at is None
    assert box.ward.month.note_sample(GOVERNANCE)
    assert box.ward.month.view(GOVERNANCE).looked_at == box.clock.utc_now()


@pytest.mark.parametrize("role", [Role.NURSE, Role.NURSE_IN_CHARGE, Role.WARD_MANAGER, Role.ADMINISTRATOR])
def test_C21_nobody_who_works_on_the_ward_reads_the_month(box, role):
    assert not box.ward.month.view(an_actor(role))


def test_S2_when_they_are_told_is_their_choice_and_the_ward_sees_what_to_do(box):
    patient = box.patient("room1")
    assert box.ward.own.telling(patient) is Telling.WHEN_I_ASK
    assert box.ward.own.choose_telling(patient, "each_morning")
    assert not box.ward.own.choose_telling(patient, "never") and not box.ward.own.choose_telling(NURSE, "at_once")
    (row,) = [one for one in box.ward.access.rooms(NURSE) if one.room_id == "room1"]
    assert row.telling is not None and "on paper each morning" in row.telling.text


def test_S6_whoever_has_left_reads_the_answer_with_their_code_and_not_what_they_wrote_is_asked_for(box):
    patient = box.patient("room1")
    assert box.ward.complaints.make(patient, "complaint", "Somebody shouted.")
    code = box.ward.claims.make(patient).detail
    (waiting,) = box.ward.complaints.waiting(GOVERNANCE)
    assert box.ward.desk.discharge(ADMIN, box.stay("room1"))
    assert box.ward.complaints.acknowledge(GOVERNANCE, waiting.complaint_id)
    assert box.ward.complaints.answer(GOVERNANCE, waiting.complaint_id, "We are sorry.")

    (found,) = box.ward.claims.read(code.lower().replace("-", " "))
    assert found.outcome == "We are sorry." and not box.ward.claims.read("AAAA-BBBB-CCCC-DDDD")


def test_S6_a_new_code_ends_the_old_one_and_nobody_makes_one_for_somebody_else(box):
    patient = box.patient("room1")
    first, second = box.ward.claims.make(patient).detail, box.ward.claims.make(patient).detail
    assert isinstance(box.ward.claims.read(first), Decision) and box.ward.claims.read(second) == ()
    assert not box.ward.claims.make(replace(patient, patient_id="9" * 32)) and not box.ward.claims.make(NURSE)


@pytest.mark.parametrize(
    ("write", "told"),
    [
        (lambda ward, stay: ward.care.note_age(NURSE, stay, "adult"), "your age group"),
        (lambda ward, stay: ward.care.note_adjustments(NURSE, stay, ["none"], met=True), "what helps you"),
        (lambda ward, stay: ward.care.note_advance_wish(NURSE, stay, says_no=True), "what you wished"),
        (lambda ward, stay: ward.care.note_not_by(NURSE, stay, "9" * 32), "who is not to ask you"),
        (lambda ward, stay: ward.consents.refuse(NURSE, stay), "your no"),
    ],
)
def test_S2_what_staff_wrote_down_of_what_they_said_stands_on_their_page(box, write, told):
    assert write(box.ward, box.stay("room1"))
    page = box.ward.access.patient_page(box.patient("room1"))
    done = [row.words.values.get("done") for row in page.ledger]
    assert any(one is not None and told in one.text for one in done)
