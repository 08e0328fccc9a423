"""From admission to discharge: where people are, what the tile says, and that the sensor follows (C2, P9, P10)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from broker.vocabulary import LeaseState
from console.rules.consenting.consent import ConsentState, EntryKind
from console.rules.consenting.grants import Basis, LessAnswer
from console.rules.consenting.person import PlaceKind
from console.rules.consenting.places import SIGNERS
from console.running.seed import example_grant
from console.showing.views import TileKind
from console.words import open_catalogues
from tests.kit.boxed_ward import ADMIN, GOVERNANCE, MORNING, NURSE, an_actor, boxed_ward

ENGLISH = open_catalogues("Europe/London")["en"]
EVENING = MORNING + timedelta(hours=9)


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path, rooms=2) as made:
        yield made


def state(box, room_id="room1"):
    return box.ward.roll.standing(room_id).state


def is_open(box, room_id="room1"):
    return box.nodes[room_id].lease.state is LeaseState.OPEN


def says(box, room_id="room1"):
    return ENGLISH.words(box.tile(room_id).headline)


def test_C2_on_leave_the_tile_says_until_when_and_the_sensor_is_off_from_the_door(box):
    assert box.ward.whereabouts.go_on_leave(NURSE, box.stay("room1"), EVENING, "planned_step")

    assert not is_open(box)
    assert says(box) == "ON LEAVE until Fri 18:00"


def test_C2_a_leave_that_is_over_is_overdue_and_names_the_procedure(box):
    box.ward.whereabouts.go_on_leave(NURSE, box.stay("room1"), EVENING, "planned_step")
    box.clock.advance(9 * 3600)

    assert says(box) == "LEAVE OVERDUE" and box.tile("room1").kind is TileKind.LEAVE_OVERDUE
    assert "procedure" in box.tile("room1").detail.text


def test_C2_on_the_way_to_hospital_one_press_suspends_and_a_return_waits_for_their_tap(box):
    assert box.ward.whereabouts.go_to_hospital(NURSE, box.stay("room1"))
    assert not is_open(box) and says(box) == "AWAY: hospital"
    assert not box.ward.consents.resume(box.patient("room1"), "room1")

    assert box.ward.whereabouts.come_back(NURSE, box.stay("room1"))
    assert state(box) is ConsentState.SUSPENDED and not is_open(box)
    assert box.ward.consents.resume(box.patient("room1"), "room1") and is_open(box)


def test_C2_whoever_is_up_is_told_with_place_time_and_initials(box):
    ada = box.ward.desk.add_staff(ADMIN, "ada", "Ada K.", NURSE.role)
    actor = box.ward.identity.enrol(ada.token, "", "", "three quiet words")
    assert box.ward.whereabouts.note_up(actor, box.stay("room1"), "lounge")
    box.nodes["room1"].lost()
    box.ward.step()

    assert says(box) == "UP, in lounge (seen 09:00 A.K.)"
    box.clock.advance(2 * 3600)
    assert state(box) is ConsentState.SUSPENDED


def test_C2_whoever_is_seen_in_the_room_of_somebody_up_is_told_as_seen(box):
    box.ward.whereabouts.note_up(NURSE, box.stay("room1"), "kitchen")
    box.nodes["room1"].sees()
    box.ward.step()

    assert says(box).startswith("SOMEONE IN BED")


def test_NA15_the_bed_of_somebody_on_leave_is_lent_and_starts_at_off_under_no_old_name(box):
    box.ward.whereabouts.go_on_leave(NURSE, box.stay("room1"), EVENING, "planned_step")
    old_lease = box.nodes["room1"].lease.lease_id
    assert box.ward.desk.admit(NURSE, "Somebody Else", "SE", "room1")
    box.pass_time(30)

    assert state(box) is ConsentState.NOT_ASKED and not is_open(box)
    assert box.tile("room1").initials == "SE" and says(box) == "SENSOR OFF"
    assert box.ward.leases.lease_id_in_force("node1") != old_lease


def test_NA15_whoever_comes_back_gets_another_room_with_their_no_or_their_waiting_yes(box):
    first = box.person("room1").stay
    box.ward.whereabouts.go_to_hospital(NURSE, first.stay_id)
    box.ward.desk.admit(NURSE, "Somebody Else", "SE", "room1")
    box.ward.desk.discharge(NURSE, box.stay("room2"))
    (absent,) = box.ward.access.absent(NURSE)
    assert box.ward.desk.bring_back(NURSE, absent.stay_id, "room2")

    assert box.person("room2").stay.patient_id == first.patient_id
    assert state(box, "room2") is ConsentState.SUSPENDED and not is_open(box, "room2")
    assert box.ward.access.absent(NURSE) == ()


def test_C2_whoever_is_on_leave_or_in_hospital_is_not_said_to_be_checked_in_person(box):
    assert "All 2 people" in ENGLISH.words(box.ward.board.view().ward_sentence)
    box.ward.whereabouts.go_to_hospital(NURSE, box.stay("room1"))

    assert "The 1 person here is checked in person." in ENGLISH.words(box.ward.board.view().ward_sentence)


def test_a_bed_of_somebody_who_is_here_is_not_lent(box):
    assert not box.ward.desk.admit(NURSE, "Somebody Else", "SE", "room1")


def test_whoever_does_not_come_back_is_no_longer_listed(box):
    box.ward.whereabouts.go_to_hospital(NURSE, box.stay("room1"))
    box.ward.desk.admit(NURSE, "Somebody Else", "SE", "room1")
    (absent,) = box.ward.access.absent(NURSE)

    assert box.ward.desk.let_go(NURSE, absent.stay_id)
    assert box.ward.access.absent(NURSE) == () and not box.ward.desk.let_go(NURSE, absent.stay_id)


def test_C2_two_people_who_are_swapped_are_both_off_and_both_asked(box):
    before = {room_id: box.person(room_id).stay.patient_id for room_id in ("room1", "room2")}
    assert box.ward.desk.swap(NURSE, box.stay("room1"), box.stay("room2"))

    after = {room_id: box.person(room_id).stay.patient_id for room_id in ("room1", "room2")}
    assert after == {"room1": before["room2"], "room2": before["room1"]}
    for room_id in after:
        assert state(box, room_id) is ConsentState.SUSPENDED and not is_open(box, room_id)
    assert "desk:stay:swapped" in box.actions()


def test_C2_a_no_goes_along_with_a_swap(box):
    box.ward.consents.refuse(NURSE, box.stay("room1"))
    box.ward.desk.swap(NURSE, box.stay("room1"), box.stay("room2"))

    assert state(box, "room2") is ConsentState.REFUSED


def test_C2_nobody_is_swapped_with_themselves(box):
    assert not box.ward.desk.swap(NURSE, box.stay("room1"), box.stay("room1"))


def test_C2_after_a_death_the_room_is_closed_and_nothing_calls_any_more(box):
    box.nodes["room1"].sees()
    box.ward.step()
    assert box.ward.whereabouts.note_death(NURSE, box.stay("room1"))
    box.pass_time(300, in_steps_of=10)

    assert says(box) == "ROOM CLOSED" and not is_open(box)
    assert box.tile("room1").prompt is None and box.tile("room1").detail is None
    assert not any("Room 1" in str(one.values) for one in box.ward.board.view().notices)
    assert not box.ward.consents.offer(NURSE, box.stay("room1"), they_asked=True)


def test_P9_a_room_that_is_no_bedroom_ships_off_and_a_yes_there_is_void(box):
    assert box.ward.desk.add_room(ADMIN, "quiet", "Quiet room", PlaceKind.SECLUSION)
    moved = box.ward.desk.move(NURSE, box.stay("room1"), "quiet")

    assert moved and state(box, "quiet") is ConsentState.SUSPENDED
    assert box.ward.consents.offer(NURSE, moved.detail, they_asked=True).rules == ("P9",)
    assert box.ward.consents.give(NURSE, moved.detail, example_grant(box.clock.utc_now())).rules == ("P9",)
    assert box.ward.consents.resume(box.patient("quiet"), "quiet").rules == ("P9",)


def test_P9_a_profile_counts_when_all_four_have_signed_it_and_nobody_else_may(box):
    sign = box.ward.places
    box.ward.desk.add_room(ADMIN, "quiet", "Quiet room", "seclusion")
    roles = [an_actor(role) for role in SIGNERS]
    assert not sign.write_profile(NURSE, "seclusion", "a" * 64, stop_inside=True)
    assert sign.write_profile(roles[0], "seclusion", "a" * 64, stop_inside=True)
    for actor in roles:
        assert not box.ward.roll.sheet().has_profile("quiet")
        assert sign.sign_profile(actor, "seclusion")

    assert box.ward.roll.sheet().has_profile("quiet")
    assert sign.write_profile(roles[0], "seclusion", "b" * 64, stop_inside=True)
    assert not box.ward.roll.sheet().has_profile("quiet")


def test_P10_one_press_begins_the_timetable_on_the_tile_and_a_number_is_no_check(box):
    assert box.ward.care.tranquillise(NURSE, box.stay("room1"))

    assert ENGLISH.words(box.tile("room1").check).startswith("CHECK DUE 15:00 · in person")
    assert box.ward.care.check_in_person(NURSE, box.stay("room1"), "asleep", "sensor").rules == ("P10",)
    box.clock.advance(16 * 60)
    assert ENGLISH.words(box.tile("room1").check).startswith("CHECK OVERDUE 1:00")
    assert box.ward.care.check_in_person(NURSE, box.stay("room1"), "awake")
    assert ENGLISH.words(box.tile("room1").check).startswith("CHECK DUE 1:00:00")
    assert box.ward.care.end_sedation_checks(NURSE, box.stay("room1"), "D.R.") and box.tile("room1").check is None


def test_P10_the_timetable_goes_along_into_another_room(box):
    box.ward.care.tranquillise(NURSE, box.stay("room1"))
    box.ward.desk.discharge(NURSE, box.stay("room2"))
    box.ward.desk.move(NURSE, box.stay("room1"), "room2")

    assert box.tile("room2").check is not None


def test_C10_an_objection_under_somebody_elses_yes_pauses_it_for_the_night(tmp_path):
    with boxed_ward(tmp_path, yes=False) as box:
        box.ask(
            "room1",
            basis=Basis.LPA_HEALTH_WELFARE,
            assessment="a1",
            decision_maker="D.M.",
            authority=replace(
                example_grant(MORNING).authority,
                seen=True,
                registered=True,
                reference="7041",
                in_scope=True,
                assessed_at=MORNING,
            ),
        )
        assert is_open(box)
        assert box.ward.care.note_objection(NURSE, "room1", "turning_away")

        assert state(box) is ConsentState.PAUSED and not is_open(box)
        assert not box.ward.consents.resume(box.patient("room1"), "room1")


def test_C10_under_their_own_yes_an_objection_is_a_no(box):
    assert box.ward.care.note_objection(NURSE, "room1", "gesture").rules == ("C10",)


def test_C20_who_asks_to_talk_is_on_the_board_at_night_until_somebody_has(box):
    box.clock.advance(14 * 3600)
    assert box.ward.consents.wish_to_talk(box.patient("room1"), "room1")

    (notice,) = [one for one in box.ward.board.view().notices if "what" in one.values]
    assert ENGLISH.words(notice).startswith("Room 1: Asks to talk about the sensor: go by 23:15.")
    box.ward.consents.offer(NURSE, box.stay("room1"), they_asked=True)
    assert not [one for one in box.ward.board.view().notices if "what" in one.values]


def test_C21_a_leave_just_after_a_yes_needs_its_reason(box):
    assert box.ward.whereabouts.go_on_leave(NURSE, box.stay("room1"), EVENING).rules == ("C21",)
    assert "stay:record:away" in box.actions(denied=True)
    decision = box.ward.whereabouts.go_on_leave(NURSE, box.stay("room1"), EVENING, "family_event")
    assert decision and "monthly_sample" in decision.obligations


def test_C7_C12_when_they_can_decide_again_somebody_elses_yes_is_under_review(box):
    assert box.ward.care.note_change(NURSE, box.stay("room1"), "legal_status")
    box.clock.jump(MORNING + timedelta(days=1, hours=12))
    box.ward.step()

    assert state(box) is ConsentState.UNDER_REVIEW and not is_open(box)
    assert box.ward.care.note_talk(NURSE, box.stay("room1"), LessAnswer.NOTHING_LESS)
    assert state(box) is ConsentState.SUSPENDED


@pytest.mark.parametrize(
    ("press", "kind"),
    [
        (lambda care, stay: care.note_age(NURSE, stay, "young"), EntryKind.ABOUT_THEM),
        (lambda care, stay: care.note_adjustments(NURSE, stay, [], met=True), EntryKind.ADJUSTED),
        (lambda care, stay: care.note_adjustments(NURSE, stay, ["none", "bsl"], met=True), EntryKind.ADJUSTED),
        (lambda care, stay: care.note_talk(NURSE, stay, ""), EntryKind.TALKED),
        (lambda care, stay: care.note_feeling(NURSE, stay, "fine"), EntryKind.FELT),
        (lambda care, stay: care.note_change(NURSE, stay, "mood"), EntryKind.CHANGED),
        (lambda care, stay: care.note_not_by(NURSE, stay, ""), EntryKind.NOT_BY),
    ],
)
def test_X4_what_cannot_be_taken_is_refused_and_in_the_log(box, press, kind):
    assert not press(box.ward.care, box.stay("room1"))
    assert f"consent:record:{kind}" in box.actions(denied=True)


@pytest.mark.parametrize(
    ("basis", "rule"), [("mha", "C11"), ("next_of_kin", "C12"), ("settled", "C19"), ("", "C19"), ("gillick", "C3")]
)
def test_C11_C12_C19_a_form_without_a_basis_is_refused_and_in_the_log(box, basis, rule):
    assert box.ward.consents.turn_down(NURSE, box.stay("room1"), basis).rules == (rule,)
    assert "consent:record:given" in box.actions(denied=True)


def test_C9_an_earlier_no_is_reviewed_by_two_clinicians_and_a_written_one_by_nobody(box):
    care, stay = box.ward.care, box.stay("room1")
    told = {"told_first": True, "heard": True}
    assert not care.review_earlier_no(NURSE, stay, first="R.C.", second="S.C.", **told)
    care.note_advance_wish(NURSE, stay, says_no=True)
    assert not care.review_earlier_no(NURSE, stay, first="R.C.", second="r.c.", **told)
    assert not care.review_earlier_no(NURSE, stay, first="R.C.", second="S.C.", told_first=False, heard=True)
    assert care.review_earlier_no(NURSE, stay, first="R.C.", second="S.C.", **told)
    care.note_advance_wish(NURSE, stay, says_no=True, is_written=True)
    assert not care.review_earlier_no(NURSE, stay, first="R.C.", second="S.C.", **told)


def test_C1_a_yes_said_earlier_keeps_both_times_and_makes_no_earlier_look_lawful(tmp_path):
    with boxed_ward(tmp_path, yes=False) as box:
        care, stay = box.ward.care, box.stay("room1")
        care.note_adjustments(NURSE, stay, ["none"], met=True)
        box.ward.consents.offer(NURSE, stay, they_asked=True)
        box.ward.consents.explain(NURSE, stay, in_their_own_form=True)
        minute = box.nodes["room1"].record(box.nodes["room1"].minute())
        said_at = box.clock.utc_now() - timedelta(hours=8)
        decision = box.ward.consents.give(NURSE, stay, example_grant(box.clock.utc_now()), said_at=said_at)
        box.nodes["room1"].send(minute)
        box.ward.step()

        assert "flag_to_governance" in decision.obligations
        newest = box.person("room1").entries[-1]
        assert newest.at == box.clock.utc_now() and newest.details["said_at"] == said_at.isoformat()
        row = next(row for row in box.ward.access.audit_rows(GOVERNANCE, -1, 500)[::-1]
                   if row.action == "consent:record:given")  # fmt: skip
        assert row.reason == "said_earlier"
        assert _kept(box) == 0


def _kept(box):
    from sqlalchemy import func, select

    from console.store.tables import measurements

    return box.ward.office.store.read(
        lambda tx: tx.execute(select(func.count()).select_from(measurements)).scalar_one()
    )
