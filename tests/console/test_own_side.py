"""S1, S5, E1: how a patient reads, how they call a human, and what they take away with them."""

from base64 import b64decode

import pytest

from broker.vocabulary import Purpose
from console.logbook.merkle import root_from_inclusion
from console.own.own_views import ReadingChoice
from console.roles import Role
from console.rules.consenting.grants import LessAnswer
from console.rules.decision import Decision
from tests.kit.boxed_ward import GOVERNANCE, NURSE, an_actor, boxed_ward

URDU = ReadingChoice("ur", easy_read=True, large_print=True)


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path) as one:
        yield one


def test_E1_how_a_patient_reads_is_asked_once_and_kept_for_them(box):
    patient = box.patient("room1")
    assert box.ward.own.reading_choice(patient) is None
    assert box.ward.own.choose_reading(patient, URDU)
    assert box.ward.own.reading_choice(patient) == URDU
    assert box.ward.own.choose_reading(patient, ReadingChoice("pl"))
    assert box.ward.own.reading_choice(patient) == ReadingChoice("pl")


def test_E1_nobody_chooses_for_somebody_else(box):
    stranger = an_actor(Role.PATIENT, room_id="room1", patient_id="f" * 32)
    assert not box.ward.own.choose_reading(stranger, URDU)
    assert not box.ward.own.choose_reading(NURSE, URDU)
    assert box.ward.own.reading_choice(NURSE) is None


def test_S1_i_do_not_feel_right_brings_a_human_once(box):
    patient = box.patient("room1")
    assert box.ward.prompts.call(patient) and box.ward.prompts.call(patient)
    tile = box.tile("room1")
    assert tile.prompt.text == "{room} says: I do not feel right. Go and ask."
    assert box.actions().count("board:prompt:raised") == 1
    assert box.ward.access.patient_page(patient).help_asked_at == box.clock.utc_now()


def test_S1_a_call_ends_when_somebody_has_been_there_and_stands_on_their_page(box):
    patient = box.patient("room1")
    box.ward.prompts.call(patient)
    assert box.ward.prompts.attend(NURSE, box.tile("room1").prompt_id, "saw_them_fine")
    view = box.ward.access.patient_page(patient)
    assert view.help_asked_at is None
    assert view.alerts[0].words.text == "You said that you do not feel right. Staff were asked to come."


def test_S1_a_call_goes_out_although_nothing_can_be_written_down(box):
    box.disk.is_full = True
    assert box.ward.prompts.call(box.patient("room1"))
    assert box.tile("room1").prompt is not None


def test_S1_nobody_calls_in_somebody_elses_room(box):
    assert not box.ward.prompts.call(NURSE)
    assert not box.ward.prompts.call(an_actor(Role.PATIENT, room_id="room1", patient_id="f" * 32))
    assert box.tile("room1").prompt is None


def test_S5_a_copy_holds_what_they_said_and_who_looked_and_asks_for_the_rest(box):
    patient = box.patient("room1")
    box.ward.access.reading(NURSE, "room1", "direct_care")
    view, copy = box.ward.access.own_copy(patient)
    assert Purpose.PRESENCE in view.purposes
    assert [line.kind for line in copy.consent] == ["adjusted", "offered", "explained", "given"]
    assert any("looked at" in row.words.text for row in copy.ledger)
    (asked,) = box.ward.access.patient_page(patient).copies
    assert asked.due_at == copy.rest_due_at and asked.due_at.date().isoformat() == "2026-12-20"
    assert "patient:copy:taken" in box.actions()


def test_S5_a_second_copy_asks_for_the_rest_no_second_time(box):
    patient = box.patient("room1")
    first = box.ward.access.own_copy(patient)[1].rest_due_at
    box.clock.advance(86400)
    assert box.ward.access.own_copy(patient)[1].rest_due_at == first
    assert len(box.ward.access.patient_page(patient).copies) == 1


def test_S5_the_receipts_of_a_copy_prove_that_the_entries_stand_in_the_log(box):
    box.ward.access.reading(NURSE, "room1", "direct_care")
    box.ward.office.store.write(box.ward.office.audit.checkpoint)
    copy = box.ward.access.own_copy(box.patient("room1"))[1]
    _origin, size, root = copy.checkpoint.splitlines()[:3]
    proven = [one for one in copy.receipts if one.proof is not None]
    assert proven
    for one in proven:
        proof = [bytes.fromhex(step) for step in one.proof]
        assert root_from_inclusion(bytes.fromhex(one.leaf), one.index, int(size), proof) == b64decode(root)


def test_S5_a_copy_is_nobody_elses(box):
    for actor in (NURSE, GOVERNANCE, an_actor(Role.PATIENT, room_id="room1", patient_id="f" * 32)):
        assert isinstance(box.ward.access.own_copy(actor), Decision)


def test_P5_what_was_answered_to_would_less_do_stands_on_their_page(box):
    patient = box.patient("room1")
    assert box.ward.access.patient_page(patient).less is None
    assert box.ward.care.note_talk(NURSE, box.stay("room1"), "fewer_hours")
    assert box.ward.access.patient_page(patient).less.text == "Fewer hours would do."
    box.ask("room1", would_less_do=LessAnswer.NOTHING_LESS)
    assert box.ward.access.patient_page(patient).less.text == "Nothing less would do."


@pytest.mark.parametrize(
    ("do", "told"),
    [
        (
            lambda box, stay: box.ward.care.tranquillise(NURSE, stay),
            "wrote down a calming injection; checks in person began",
        ),
        (lambda box, stay: box.ward.whereabouts.go_to_hospital(NURSE, stay), "wrote down where you were"),
        (lambda box, stay: box.ward.care.note_talk(NURSE, stay, "off"), "wrote down a talk with you about the sensor"),
        (lambda box, stay: box.ward.care.note_change(NURSE, stay, "level"), "wrote down a change around you"),
    ],
)
def test_S2_what_staff_wrote_down_about_them_stands_in_plain_words_on_their_page(box, do, told):
    assert do(box, box.stay("room1"))
    newest = box.ward.access.patient_page(box.patient("room1")).ledger[0].words
    assert newest.text == "{name} ({role}) {done}." and newest.values["done"].text == told


@pytest.mark.parametrize("role", [Role.GOVERNANCE_LEAD, Role.IG_OFFICER])
def test_S5_a_request_that_was_answered_shows_its_day_on_their_page(box, role):
    box.ward.access.own_copy(box.patient("room1"))
    (waiting,) = box.ward.copies.waiting(an_actor(role))
    assert box.ward.copies.answer(an_actor(role), waiting.request_id)
    assert not box.ward.copies.answer(an_actor(role), waiting.request_id)
    (mine,) = box.ward.access.patient_page(box.patient("room1")).copies
    assert mine.answered_at == box.clock.utc_now() and box.ward.copies.waiting(an_actor(role)) == ()


def test_S5_nobody_on_the_ward_sees_or_answers_a_request(box):
    box.ward.access.own_copy(box.patient("room1"))
    (waiting,) = box.ward.copies.waiting(GOVERNANCE)
    assert isinstance(box.ward.copies.waiting(NURSE), Decision)
    assert not box.ward.copies.answer(NURSE, waiting.request_id)


def test_S5_a_request_that_nobody_answers_in_a_month_is_late(box):
    box.ward.access.own_copy(box.patient("room1"))
    box.clock.advance(32 * 86400)
    assert box.ward.copies.waiting(GOVERNANCE)[0].is_late
