from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from broker.vocabulary import LeaseState, Modality, Purpose
from console.consenting.consents import Via
from console.errors import StoreConflict
from console.rules.consenting.consent import ConsentState, EntryKind
from console.rules.consenting.grants import Basis
from console.rules.consenting.hours import NIGHT
from console.rules.consenting.person import Hold
from console.running.seed import example_grant
from console.store.tables import consent_entries, talk_drafts
from tests.kit.boxed_ward import ADMIN, ENGINEER, GOVERNANCE, MORNING, NURSE, boxed_ward


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path) as made:
        yield made


@pytest.fixture
def unasked(tmp_path):
    with boxed_ward(tmp_path, yes=False) as made:
        yield made


def state(box, room_id="room1"):
    return box.ward.roll.standing(room_id).state


def is_open(box, room_id="room1"):
    return box.nodes[room_id].lease.state is LeaseState.OPEN


def entries(box):
    return box.ward.office.store.read(
        lambda tx: [row.kind for row in tx.execute(select(consent_entries).order_by(consent_entries.c.position))]
    )


def test_a_yes_is_asked_explained_given_and_opens_the_sensor(unasked):
    unasked.ask("room1")

    assert entries(unasked) == ["adjusted", "offered", "explained", "given"]
    assert is_open(unasked)


def test_C20_a_denied_question_is_written_into_the_log_and_not_into_the_record(unasked):
    decision = unasked.ward.consents.offer(NURSE, unasked.stay("room1"))

    assert not decision and decision.rules == ("C20",)
    assert entries(unasked) == []
    assert "consent:record:offered" in unasked.actions(denied=True)


def test_C15_a_yes_to_a_sensor_that_they_did_not_hear_about_is_not_recorded(unasked):
    stay_id, consents = unasked.stay("room1"), unasked.ward.consents
    assert unasked.ward.care.note_adjustments(NURSE, stay_id, ["none"], met=True)
    assert consents.offer(NURSE, stay_id, they_asked=True)
    assert consents.explain(NURSE, stay_id, in_their_own_form=True)

    camera = replace(example_grant(MORNING), sensors=(Modality.CAMERA,))
    decision = consents.give(NURSE, stay_id, camera)

    assert not decision and decision.rules == ("C15",)


def test_C20_answers_of_a_talk_wait_for_one_sitting_for_who_asks_and_end_with_the_stay(unasked):
    drafts, stay_id = unasked.ward.drafts, unasked.stay("room1")
    told = {"purposes": ("presence", "floor")}

    assert drafts.keep(NURSE, stay_id, told) and not drafts.keep(GOVERNANCE, stay_id, told)
    assert drafts.of(NURSE, stay_id) == told and drafts.of(replace(NURSE, actor_id="9" * 32), stay_id) == {}
    unasked.clock.advance(3 * 3600)
    assert drafts.of(NURSE, stay_id) == {}


def test_C20_answers_of_a_talk_are_gone_when_the_stay_is(unasked):
    drafts, stay_id = unasked.ward.drafts, unasked.stay("room1")
    assert drafts.keep(NURSE, stay_id, {"hours": ("22:00-07:00",)})

    assert unasked.ward.desk.discharge(ADMIN, stay_id)

    kept = unasked.ward.office.store.read(lambda tx: list(tx.execute(select(talk_drafts))))
    assert kept == []


def test_C6_a_yes_without_a_teach_back_is_not_recorded(unasked):
    unasked.ward.care.note_adjustments(NURSE, unasked.stay("room1"), ["none"], met=True)
    decision = unasked.ward.consents.give(NURSE, unasked.stay("room1"), example_grant(MORNING))

    assert decision.rules == ("C6",) and state(unasked) is ConsentState.NOT_ASKED


def test_C4_one_grant_is_for_one_stay(unasked):
    assert unasked.ward.consents.give(NURSE, "room1,room2", example_grant(MORNING)).rules == ("C4",)


@pytest.mark.parametrize("actor", [ADMIN, ENGINEER, GOVERNANCE])
def test_X4_who_may_not_record_a_consent_is_denied_and_that_is_logged(unasked, actor):
    decision = unasked.ward.consents.refuse(actor, unasked.stay("room1"))

    assert not decision and state(unasked) is ConsentState.NOT_ASKED
    assert "consent:record:refused" in unasked.actions(denied=True)


def test_C5_anyone_can_stop_without_signing_in(box):
    box.stop("room1")

    assert not is_open(box)
    assert entries(box)[-1] == EntryKind.RELAYED_NO


def test_C6_the_patients_own_stop_is_a_withdrawal_and_asks_nothing(box):
    decision = box.ward.consents.withdraw(box.patient("room1"), "room1", via=Via.OWN_PAGE, device="d" * 32)

    assert decision and "ask_the_patient" not in decision.obligations
    assert state(box) is ConsentState.WITHDRAWN and not box.ward.roll.standing("room1").relay_open


def test_C5_a_nurse_who_hears_a_no_relays_it_and_the_patient_is_asked(box):
    decision = box.ward.consents.withdraw(NURSE, "room1", via=Via.STAFF, device="d" * 32)

    assert "ask_the_patient" in decision.obligations
    page = box.ward.access.patient_page(box.patient("room1"))
    assert page.relayed_no.text.endswith("Was that you?")


@pytest.mark.parametrize(
    ("answer", "after"),
    [("yes", ConsentState.WITHDRAWN), ("no", ConsentState.SUSPENDED), ("talk", ConsentState.WITHDRAWN)],
)
def test_C5_the_patients_answer_decides_what_the_relayed_no_was(box, answer, after):
    box.stop("room1")

    assert box.ward.consents.answer_relay(box.patient("room1"), answer)
    assert state(box) is after and not is_open(box)


def test_C5_nobody_answers_for_the_patient(box):
    box.stop("room1")

    assert not box.ward.consents.answer_relay(replace(NURSE, room_id="room1"), "yes")
    assert box.ward.roll.standing("room1").relay_open


def test_C2_after_a_relayed_no_that_was_not_theirs_their_own_tap_starts_it_again(box):
    box.stop("room1")
    box.ward.consents.answer_relay(box.patient("room1"), "no")

    assert not box.ward.consents.resume(NURSE, "room1")
    assert box.ward.consents.resume(box.patient("room1"), "room1")
    assert is_open(box)


def test_P2_wider_hours_need_a_new_consent(tmp_path):
    with boxed_ward(tmp_path, yes=False) as box:
        box.ask("room1", hours=(NIGHT,))
        first = box.ward.roll.standing("room1").consent_id
        wider = box.ward.consents.give(NURSE, box.stay("room1"), example_grant(box.clock.utc_now()))
        assert wider.rules == ("C6",)

        box.ask("room1")
        assert box.ward.roll.standing("room1").consent_id != first


def test_C9_after_a_no_only_their_own_word_counts(unasked):
    unasked.ward.consents.refuse(NURSE, unasked.stay("room1"))
    unasked.clock.advance(80 * 3600)
    unasked.ward.consents.offer(NURSE, unasked.stay("room1"), they_asked=True)
    whole = replace(
        example_grant(unasked.clock.utc_now()),
        basis=Basis.BEST_INTERESTS,
        purposes=(Purpose.PRESENCE,),
        assessment="a1",
        decision_maker="d1",
        consultees=("carer",),
        least_restrictive="breathing",
        review_by=unasked.clock.utc_now() + timedelta(hours=72),
    )

    assert unasked.ward.consents.give(NURSE, unasked.stay("room1"), whole).rules == ("C9",)


def test_C14_a_re_ask_within_three_days_is_denied(unasked):
    unasked.clock.advance(24 * 3600)
    assert unasked.ward.consents.refuse(NURSE, unasked.stay("room1"))
    unasked.clock.advance(24 * 3600)

    assert unasked.ward.consents.offer(NURSE, unasked.stay("room1")).rules == ("C14",)


def test_C20_restraint_keeps_people_from_asking_for_a_day(unasked):
    unasked.clock.advance(24 * 3600)
    assert unasked.ward.care.note_hold(NURSE, unasked.stay("room1"), Hold.RESTRAINT)

    assert unasked.ward.consents.offer(NURSE, unasked.stay("room1")).rules == ("C20",)
    unasked.clock.advance(24 * 3600)
    assert unasked.ward.consents.offer(NURSE, unasked.stay("room1"))


def test_C18_a_wish_from_before_opens_nothing(unasked):
    assert unasked.ward.care.note_advance_wish(NURSE, unasked.stay("room1"))
    unasked.ward.step()

    assert not is_open(unasked)


def test_NA18_three_rooms_stopped_from_one_device_all_stop_and_somebody_goes_round(tmp_path):
    with boxed_ward(tmp_path, rooms=4) as box:
        decisions = [box.ward.consents.withdraw(None, f"room{n}", via=Via.CARD, device="e" * 32) for n in (1, 2, 3)]
        box.pass_time(1)

        assert [is_open(box, f"room{n}") for n in (1, 2, 3, 4)] == [False, False, False, True]
        assert "go_round_and_ask" not in decisions[1].obligations
        assert "go_round_and_ask" in decisions[2].obligations
        notice = box.ward.board.view().notices[0]
        assert notice.text.endswith("Nurse in charge: go round and ask each person.")
        assert notice.values["rooms"] == 3


def test_NA18_three_rooms_stopped_without_a_sign_in_send_somebody_round_whatever_the_cookie(tmp_path):
    with boxed_ward(tmp_path, rooms=3) as box:
        for number in (1, 2):
            box.stop(f"room{number}", device=f"{number:032x}")
        decision = box.ward.consents.withdraw(None, "room3", via=Via.CARD, device="f" * 32)

        assert "go_round_and_ask" in decision.obligations
        assert not any(is_open(box, room_id) for room_id in box.nodes)
        box.pass_time(10)
        assert "go round and ask" in box.ward.board.view().notices[0].text


def test_C5_presses_from_a_hundred_devices_are_one_entry_a_minute(box):
    before = len(entries(box))
    for number in range(100):
        box.stop("room1", device=f"{number:032x}")
    assert len(entries(box)) == before + 1 and not is_open(box)

    for number in range(100):
        box.ward.consents.pause(None, "room1", via=Via.CARD, device=f"{number:032x}")
    assert len(entries(box)) <= before + 2


def test_NA18_the_same_room_three_times_is_no_spree(box):
    decisions = [box.ward.consents.withdraw(None, "room1", via=Via.CARD, device="e" * 32) for _ in range(3)]

    assert all("go_round_and_ask" not in one.obligations for one in decisions)


def test_C5b_a_stop_without_a_clock_is_a_silent_line(box):
    decision = box.ward.consents.withdraw(box.patient("room1"), "room1", via=Via.OWN_PAGE, device="d" * 32)

    assert "tell_nurse_silently" in decision.obligations and "C5b" in decision.rules
    assert box.tile("room1").prompt is None
    assert box.ward.board.view().notices[0].text.endswith("The next check stays where it was.")


def test_R3_NA14_a_relayed_no_leaves_every_entry_where_it_was(box):
    before = entries(box)
    box.stop("room1")

    assert entries(box)[: len(before)] == before


def test_a_consent_entry_cannot_be_changed_or_deleted(box):
    with pytest.raises(StoreConflict):
        box.ward.office.store.write(lambda tx: tx.execute(text("UPDATE consent_entries SET kind = 'given'")))
    with pytest.raises(StoreConflict):
        box.ward.office.store.write(lambda tx: tx.execute(text("DELETE FROM consent_entries")))


def test_S3_a_pause_can_be_pressed_as_often_as_they_like(box):
    for _ in range(5):
        box.pause("room1", box.patient("room1"))

    assert state(box) is ConsentState.PAUSED
    assert box.ward.roll.standing("room1").paused_until == MORNING + timedelta(minutes=50)


def test_S3_staff_do_not_end_a_pause(box):
    box.pause("room1", box.patient("room1"))

    assert not box.ward.consents.resume(NURSE, "room1")
    assert box.ward.consents.resume(box.patient("room1"), "room1") and is_open(box)


def test_C5_a_stop_that_is_pressed_a_hundred_times_closes_each_time_and_is_written_once(box):
    before = len(entries(box))
    for _ in range(100):
        token = box.stop("room1")
    box.pass_time(1)

    assert len(entries(box)) == before + 1
    assert box.ward.access.stop_status("room1", token).state == "confirmed"


def test_C5_a_stop_after_their_own_new_yes_is_written_again(box):
    box.stop("room1")
    box.ward.consents.answer_relay(box.patient("room1"), "no")
    box.ward.consents.resume(box.patient("room1"), "room1")
    box.stop("room1")

    assert state(box) is ConsentState.WITHDRAWN and not is_open(box)


def test_a_stop_for_no_room_is_told_so(box):
    assert not box.ward.consents.withdraw(None, "nowhere", via=Via.CARD, device="d" * 32)


def test_C7_a_consent_that_ran_out_is_off_without_anybody_pressing(box):
    box.clock.jump(datetime(2026, 11, 27, 9, 0, tzinfo=UTC))
    box.pass_time(1)

    assert state(box) is ConsentState.EXPIRED and not is_open(box)
