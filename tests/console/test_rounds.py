"""O1 to O10 on a ward in a box: planned, seen, kept once, brought forward, handed over."""

from datetime import timedelta

import pytest

from broker.readings import BreathingReading, PresenceReading
from broker.vocabulary import SensedState, Withheld
from console.observing.check_entries import PaperEntry
from console.observing.check_views import HandoverView, LoadView, PunctualView, RoundView
from console.observing.rounds import Rounds, Sensed
from console.roles import Role
from console.rules.decision import Obligation
from console.rules.in_person.rounds import CheckState, Moved
from console.store import observations as rows
from tests.kit.alerting import a_person, code_at
from tests.kit.boxed_ward import ADMIN, NURSE, an_actor, boxed_ward
from tests.kit.checking import an_entry, enter, observe, until_due, until_overdue

CHARGE, MATRON, SAFETY = (an_actor(one) for one in (Role.NURSE_IN_CHARGE, Role.MATRON, Role.CLINICAL_SAFETY_OFFICER))
HOUR = timedelta(hours=1)


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path) as made:
        yield made


def said(box, room_id):
    check = box.tile(room_id).check
    return check.text if check else None


def kept(box):
    return box.ward.office.store.read(lambda tx: rows.since(tx, box.clock.utc_now() - 24 * HOUR))


def test_O3_somebody_with_a_level_has_one_planned_check_and_a_new_one_once_they_were_seen(box):
    first = observe(box, "room1")
    assert said(box, "room1") is None
    until_due(box, first)
    assert said(box, "room1") == "CHECK DUE {left}" and 0 <= box.tile("room1").rim < 1
    assert enter(box, "room1")
    box.pass_time(2)
    second = box.ward.checks.rounds.of_room("room1")
    assert second.check_id != first.check_id and second.latest_at > first.latest_at
    assert said(box, "room1") is None


def test_O3_a_sensor_that_is_off_says_when_the_check_is_and_the_same_timer_runs(box):
    check = observe(box, "room1")
    box.stop("room1")
    box.pass_time(5)
    headline = box.tile("room1").headline
    assert (headline.text, headline.values["at"]) == ("SENSOR OFF · check {at}", check.due_at)
    assert box.ward.checks.rounds.of_room("room1") == check


def test_O1_overdue_stays_overdue_until_somebody_saw_them_and_late_is_kept_as_late(box):
    check = observe(box, "room1")
    until_overdue(box, check, 180)
    assert said(box, "room1") == "CHECK OVERDUE {late}" and box.tile("room1").rim == 1.0
    assert enter(box, "room1").reason.text == "Written down, late. Thank you."
    assert kept(box)[-1].marks == ("late",)


def test_NA2_O1_an_entry_without_proof_of_place_is_kept_and_the_check_stays_due(box):
    check = observe(box, "room1")
    told = enter(box, "room1", code="")
    assert told and kept(box)[-1].marks == ("place_not_proven",)
    assert box.ward.checks.rounds.of_room("room1") == check
    assert "round:observation:entered" in box.actions()


def test_O1_one_walk_ends_one_check_however_late_its_code_is_sent(box):
    first = observe(box, "room1")
    until_due(box, first)
    code, was_there_at = code_at(box, "room1"), box.clock.utc_now()
    assert enter(box, "room1", code=code)
    box.pass_time(300, in_steps_of=60)
    second, ago_s = box.ward.checks.rounds.of_room("room1"), (box.clock.utc_now() - was_there_at).total_seconds()
    told = enter(box, "room1", code=code, there_ago_s=ago_s - 10)
    assert told and "stays due" in told.reason.text and kept(box)[-1].place_proven
    assert box.ward.checks.rounds.of_room("room1") == second


def test_NA2_the_third_unproven_entry_of_one_person_tells_the_nurse_in_charge_and_nobody_else_by_name(box):
    ada = a_person(box, "ada", "Ada K.")
    observe(box, "room1")
    told = [enter(box, "room1", ada, code="0000" if code_at(box, "room1") != "0000" else "1111") for _ in range(3)]
    assert [one.obligations for one in told] == [(), (), (Obligation.TELL_NURSE_IN_CHARGE,)]
    assert box.ward.checks.round_list.view(CHARGE).unproven_by == (("A.K.", 3),)
    assert box.ward.checks.round_list.view(NURSE).unproven_by == ()
    assert any("Nurse in charge: see the round." in one.text for one in box.ward.board.view().notices)


def test_O1_O4_the_same_entry_sent_twice_is_kept_once_and_another_persons_number_is_refused(box):
    observe(box, "room1")
    entry = an_entry(box, "room1")
    take = box.ward.checks.observations.enter
    assert take(NURSE, entry) and take(NURSE, entry).reason.text == "Written down already."
    assert not take(CHARGE, entry)
    assert len(kept(box)) == 1


def test_O4_what_a_tablet_kept_while_it_was_cut_off_counts_from_when_somebody_stood_there(box):
    check = observe(box, "room1")
    until_due(box, check)
    code, there_at = code_at(box, "room1"), box.clock.utc_now()
    until_overdue(box, check, 600)
    ago = (box.clock.utc_now() - there_at).total_seconds()
    assert enter(box, "room1", code=code, there_ago_s=ago, entered_ago_s=ago - 5)
    row = kept(box)[-1]
    assert (row.there_at, row.marks, row.place_proven) == (there_at, (), True)
    assert row.there_at < row.entered_at < row.received_at


def test_O4_a_code_settles_which_clock_of_the_tablet_was_right_and_without_one_the_entry_says_that_it_is_in_doubt(box):
    observe(box, "room1")
    code = code_at(box, "room1")
    box.pass_time(600, in_steps_of=60)
    assert enter(box, "room1", code=code, there_ago_s=20, wall_ago_s=600)
    assert kept(box)[0].marks == () and kept(box)[0].place_proven
    assert enter(box, "room1", code="", there_ago_s=20, wall_ago_s=600)
    assert "clock_in_doubt" in kept(box)[0].marks or "clock_in_doubt" in kept(box)[1].marks


def test_O1_NA5_an_entry_that_no_person_made_is_refused_and_asks_somebody_to_go(box):
    check = observe(box, "room1")
    told = enter(box, "room1", source="sensor")
    assert not told and told.rules == ("O1", "O2") and told.way_out
    assert kept(box) == [] and box.ward.checks.rounds.of_room("room1") == check


def test_O1_whoever_could_not_be_seen_is_due_now(box):
    observe(box, "room1")
    assert enter(box, "room1", saw="could_not_see")
    check = box.ward.checks.rounds.of_room("room1")
    assert check.moved is Moved.COULD_NOT_SEE and check.state(box.clock.utc_now()) is CheckState.DUE


def test_O1_the_tag_of_the_lounge_proves_that_they_were_seen_there(box):
    observe(box, "room1")
    shown = box.ward.tags.shown("lounge", box.ward.office.policy, box.clock.utc_now())
    assert enter(box, "room1", place="lounge", code=shown).reason.text == "Written down."


def test_O4_a_paper_round_is_read_by_two_and_what_is_due_now_stays_due(box):
    ada, check = a_person(box, "ada", "Ada K."), observe(box, "room1")
    entry = PaperEntry("a" * 32, box.stay("room1"), "room1", "spoke", box.clock.utc_now() - HOUR, "no", ada.actor_id)
    assert not box.ward.checks.observations.enter_from_paper(ada, entry)
    assert box.ward.checks.observations.enter_from_paper(NURSE, entry)
    assert kept(box)[-1].marks == ("from_paper",) and kept(box)[-1].read_by == ada.actor_id
    assert box.ward.checks.rounds.of_room("room1") == check


def test_O7_a_tile_that_cannot_tell_brings_the_check_forward_once_and_a_good_one_puts_it_back_never(box):
    check = observe(box, "room1", "general")
    doubt = PresenceReading(withheld=Withheld.LOW_QUALITY)
    for _ in range(8):
        box.clock.advance(10)
        box.nodes["room1"].sees(presence=doubt)
        box.ward.step()
    after = box.ward.checks.rounds.of_room("room1")
    assert after.moved is Moved.DOUBTFUL_READING and after.due_at == max(check.opens_at, after.due_at)
    assert after.due_at <= check.due_at and after.latest_at == check.latest_at
    box.pass_time(60, in_steps_of=10)
    assert box.ward.checks.rounds.of_room("room1") == after
    assert box.actions().count("round:check:moved") == 1


def test_K8_NA11_no_breathing_seen_moves_the_check_to_now_until_it_is_done(box):
    observe(box, "room1", "general")
    since = box.clock.utc_now()
    for _ in range(8):
        box.clock.advance(10)
        unseen = BreathingReading(value=SensedState.NO_BREATHING_SEEN, since=since)
        box.nodes["room1"].sees(breathing=unseen, living_seen_at=since)
        box.ward.step()
    assert box.ward.checks.rounds.of_room("room1").moved is Moved.NO_BREATHING_SEEN
    assert said(box, "room1") in ("CHECK DUE {left}", "CHECK OVERDUE {late}")
    assert "CANNOT TELL" in box.tile("room1").headline.text
    assert enter(box, "room1")
    assert box.ward.checks.rounds.of_room("room1") is None or not box.ward.checks.rounds.of_room("room1").moved


def test_O3_whoever_is_on_leave_has_no_check_and_whoever_is_back_has_one(box):
    observe(box, "room1")
    assert box.ward.whereabouts.go_on_leave(NURSE, box.stay("room1"), box.clock.utc_now() + HOUR, "planned_step")
    box.pass_time(2)
    assert box.ward.checks.rounds.of_room("room1") is None
    assert box.ward.whereabouts.come_back(NURSE, box.stay("room1"))
    box.pass_time(2)
    assert box.ward.checks.rounds.of_room("room1") is not None


def test_O2_a_closer_level_is_planned_at_once_and_a_lower_one_only_by_a_named_clinician(box):
    observe(box, "room1", "general")
    plans, stay_id = box.ward.checks.plans, box.stay("room1")
    assert plans.set_level(NURSE, stay_id, "quarter_hourly")
    box.pass_time(2)
    assert box.ward.checks.rounds.of_room("room1").level == "quarter_hourly"
    assert not plans.set_level(CHARGE, stay_id, "general")
    assert plans.set_level(CHARGE, stay_id, "general", clinician="Dr L.", why="team_review")
    assert box.actions().count("consent:record:changed") == 2


def test_O3_a_full_disk_plans_and_takes_rounds_all_the_same_and_writes_them_down_later(box):
    box.ward.checks.plans.set_level(NURSE, box.stay("room1"), "quarter_hourly")
    assert box.ward.checks.plans.of(box.stay("room1"))
    box.disk.is_full = True
    box.pass_time(2)
    assert box.ward.checks.rounds.of_room("room1") is not None
    box.disk.is_full = False
    assert enter(box, "room1")
    assert box.ward.office.store.read(lambda tx: rows.by_id(tx, kept(box)[-1].observation_id)).check_id


def test_O3_a_console_that_starts_again_knows_what_it_had_planned(box):
    ward, check = box.ward, observe(box, "room1")
    sensed = Sensed(lambda _room: False, lambda _room: False)
    assert Rounds(ward.office, ward.roll, ward.checks.plans, sensed).of_room("room1") == check


def test_NA4_O5_a_red_load_is_seen_before_the_shift_and_the_manager_not_the_nurse_answers_for_it(box):
    observe(box, "room1")
    work = box.ward.checks.workload
    assert work.plan_people(NURSE, 2) and work.view(NURSE).load.colour == "green" and work.unanswered() is None
    assert work.plan_people(NURSE, 0) and work.view(NURSE).load.colour == "red"
    assert "shift:load:asked" in box.actions()
    assert not work.answer(NURSE, "people_sent", "", None)
    box.pass_time(1900, in_steps_of=100)
    assert work.view(MATRON).ask.is_unanswered
    assert any("executive on call" in one.text for one in box.ward.board.view().notices)
    assert work.answer(MATRON, "accepted", "", box.clock.utc_now() + HOUR)
    assert isinstance(work.view(NURSE), LoadView) and work.view(NURSE).ask.answer == "accepted"
    assert box.actions().count("shift:load:asked") == 1


def test_P10_one_entry_counts_for_the_round_and_for_the_timetable_after_rapid_tranquillisation(box):
    observe(box, "room1")
    assert box.ward.care.tranquillise(NURSE, box.stay("room1"))
    box.pass_time(60, in_steps_of=20)
    assert enter(box, "room1", physical="awake")
    standing = box.ward.roll.standing("room1")
    assert standing.sedation.checked_at == box.clock.utc_now() and standing.sedation.seen == "awake"


def test_O9_breathing_by_sensor_is_refused_where_vital_signs_are_not_opened(box):
    observe(box, "room1", "general")
    told = enter(box, "room1", saw="breathing_by_sensor")
    assert not told and told.rules == ("O9",) and kept(box) == []


def test_O8_O10_handover_tells_what_was_due_done_late_woken_and_talked_and_is_signed(box):
    first = observe(box, "room1")
    until_overdue(box, first, 120)
    assert enter(box, "room1", woke="yes", saw="spoke", engaged_min=10)
    box.pass_time(2)
    until_due(box, box.ward.checks.rounds.of_room("room1"))
    view = box.ward.checks.handovers.view(NURSE)
    assert isinstance(view, HandoverView)
    assert (view.due, view.on_time, view.late, view.most_late_min) == (1, 0, 1, 2)
    assert (view.wakings, view.engaged_min, view.late_rooms) == (1, 10, (("Room 1", 1),))
    assert box.ward.checks.handovers.sign(NURSE) and "shift:handover:signed" in box.actions()
    assert box.ward.checks.handovers.view(NURSE).due == 0


def test_O6_O8_those_who_answer_for_the_ward_see_counts_and_nurses_do_not(box):
    check = observe(box, "room1")
    box.stop("room1")
    until_overdue(box, check, 300)
    assert enter(box, "room1", woke="yes", engaged_min=5)
    view = box.ward.checks.punctual.view(SAFETY)
    assert isinstance(view, PunctualView) and view.engaged_min == 5
    assert not box.ward.checks.punctual.view(NURSE)


def test_O1_the_list_names_rooms_without_a_level_and_is_closed_to_those_who_do_not_work_on_the_ward(box):
    view = box.ward.checks.round_list.view(NURSE)
    assert isinstance(view, RoundView) and view.unplanned == ("Room 1",)
    assert [(row.room_id, row.state) for row in view.rows] == [("room1", None)]
    assert not box.ward.checks.round_list.view(ADMIN)
    assert "round:list:viewed" in box.actions()
