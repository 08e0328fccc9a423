"""A2 to A6, A13, A16: what the steps of an alert amount to, and what a press may do."""

import pytest

from console.roles import Role
from console.rules.alerting.alerts import TOP, AlertState, Concern, Rung, StepKind
from console.rules.alerting.ladder import Staffing, due_steps, ladder_of, rung_at
from console.rules.alerting.responding import (
    is_reminder_due,
    may_answer,
    may_arrive,
    may_go,
    may_rate,
    may_report,
    may_report_tag_fault,
)
from console.rules.alerting.shifts import Post
from console.rules.alerting.visits import NOT_SEEN, HowSeen, VisitOutcome
from tests.kit.alerting import (
    ADA,
    BEN,
    CHARGE,
    POLICY,
    a_full_shift,
    a_step,
    after,
    an_alert,
    on_shift,
    progressed,
    somebody,
)

GOES = a_step(StepKind.GOING, 21, ADA)
ARRIVES = a_step(StepKind.ARRIVED, 90, ADA)
NURSE = somebody(Role.NURSE, ADA)


def could_not(outcome: VisitOutcome, seconds: float = 100, who: str = ADA):
    return a_step(StepKind.FOUND, seconds, who, outcome=outcome.value)


def test_A2_an_alert_sounds_until_somebody_has_seen_them():
    assert progressed().sounds(after(0)) and progressed().sounds(after(3600 * 24))


def test_A3_a_walk_is_quiet_for_a_minute_and_then_it_moves_up():
    progress = progressed(GOES)
    assert not progress.sounds(after(80)) and progress.sounds(after(81))
    assert due_steps(an_alert(), progress, a_full_shift(), after(80), POLICY) == ()
    assert due_steps(an_alert(), progress, a_full_shift(), after(81), POLICY)[0].details == {"rung": "everybody"}


def test_A3_a_walk_that_is_over_moves_it_a_rung_higher_than_time_alone():
    went_late = progressed(a_step(StepKind.MOVED_UP, 60, rung="everybody"), a_step(StepKind.GOING, 70, ADA))
    assert due_steps(an_alert(), went_late, a_full_shift(), after(131), POLICY)[0].details == {
        "rung": "nurse_in_charge"
    }


def test_A3_going_twice_is_refused_with_when_they_said_it():
    decision = may_go(progressed(GOES), NURSE, POLICY)
    assert not decision and decision.reason.text == "You said that at {at}. Are you there?"
    assert decision.reason.values == {"at": after(21)}


def test_A3_no_number_of_walks_holds_back_the_last_rung():
    steps = [a_step(StepKind.GOING, 59 * n, f"{n}" * 32) for n in range(1, 6)]
    assert due_steps(an_alert(), progressed(*steps), a_full_shift(), after(300), POLICY)[0].details == {
        "rung": "site_coordinator"
    }


@pytest.mark.parametrize("outcome", sorted(set(VisitOutcome) - NOT_SEEN))
def test_A4_NA1_nobody_closes_it_from_a_desk(outcome):
    for progress in (progressed(), progressed(GOES), progressed(a_step(StepKind.NOTED, 30, ADA))):
        assert not may_report(an_alert(), progress, NURSE, outcome, HowSeen.SPOKE, POLICY)


def test_A4_somebody_elses_proof_of_place_is_not_ones_own():
    progress = progressed(ARRIVES)
    assert not may_report(
        an_alert(), progress, somebody(Role.NURSE, BEN), VisitOutcome.SAW_THEM_FINE, HowSeen.MOVED, POLICY
    )


def test_A4_at_the_door_somebody_who_saw_them_closes_it_and_says_how():
    progress = progressed(ARRIVES)
    assert not may_report(an_alert(), progress, NURSE, VisitOutcome.SAW_THEM_FINE, None, POLICY)
    assert may_report(an_alert(), progress, NURSE, VisitOutcome.SAW_THEM_FINE, HowSeen.SAW_BREATHING, POLICY)
    closed = progressed(ARRIVES, a_step(StepKind.CLOSED, 120, ADA, outcome="saw_them_fine"))
    assert closed.state is AlertState.CLOSED and closed.closed_by == ADA


def test_A4_A19_a_voice_closes_it_only_where_the_plan_permits_it():
    spoke = (progressed(ARRIVES), NURSE, VisitOutcome.SPOKE_AND_ANSWERED, HowSeen.SPOKE, POLICY)
    assert may_report(an_alert(voice_answer=True), *spoke)
    assert not may_report(an_alert(voice_answer=False), *spoke)


@pytest.mark.parametrize("outcome", sorted(NOT_SEEN))
def test_A4_NA9_whoever_could_not_see_them_calls_everybody_at_once_and_it_sounds_on(outcome):
    assert may_report(an_alert(), progressed(), NURSE, outcome, None, POLICY)
    progress = progressed(GOES, could_not(outcome, 30))
    assert progress.rung is TOP and progress.sounds(after(31)) and progress.is_open
    again = progressed(GOES, could_not(outcome, 30), a_step(StepKind.GOING, 40, BEN))
    assert again.sounds(after(41))


def test_A4_NA9_a_tap_by_the_same_person_after_it_does_not_silence_it_and_another_persons_does():
    failed = (ARRIVES, could_not(VisitOutcome.COULD_NOT_GET_IN))
    assert progressed(*failed, a_step(StepKind.ARRIVED, 110, ADA)).sounds(after(111))
    assert not progressed(*failed, a_step(StepKind.ARRIVED, 110, BEN)).sounds(after(111))


def test_A4_after_it_a_new_proof_is_needed_to_close():
    failed = progressed(ARRIVES, could_not(VisitOutcome.COULD_NOT_GET_IN))
    assert not may_report(an_alert(), failed, NURSE, VisitOutcome.SAW_THEM_FINE, HowSeen.SPOKE, POLICY)


def test_A4_a_slip_of_somebody_else_takes_nobody_from_the_patient():
    progress = progressed(ARRIVES, could_not(VisitOutcome.NOT_THERE, who=BEN))
    assert progress.state is AlertState.WITH_PATIENT and progress.with_actor == ADA


def test_A4_NA16_a_code_that_is_not_the_doors_proves_nothing_and_guessing_ends():
    assert not may_arrive(progressed(), False, 0, POLICY)
    assert may_arrive(progressed(), True, 4, POLICY)
    assert not may_arrive(progressed(), True, 5, POLICY)


def test_A4_where_the_tag_is_broken_the_nurse_in_charge_closes_it_in_person():
    told = (an_alert(), progressed())
    seen = (VisitOutcome.SAW_THEM_FINE, HowSeen.SPOKE, POLICY)
    assert not may_report_tag_fault(*told, NURSE, *seen)
    assert may_report_tag_fault(*told, somebody(Role.NURSE_IN_CHARGE, CHARGE), *seen)


def test_A6_the_ladder_of_a_full_shift():
    told = [(rung.name.lower(), after_s) for rung, after_s in ladder_of(an_alert(), a_full_shift(), POLICY)]
    assert told == [
        ("allocated", 0),
        ("everybody", 60),
        ("nurse_in_charge", 120),
        ("corridor", 180),
        ("site_coordinator", 300),
    ]


def test_A6_a_rung_without_anybody_falls_out_and_the_others_come_sooner():
    only = Staffing((on_shift(actor_id=BEN), on_shift(actor_id="9" * 32), on_shift(actor_id="8" * 32)))
    told = dict(ladder_of(an_alert(), only, POLICY))
    assert told == {Rung.EVERYBODY: 0, Rung.CORRIDOR: 60, Rung.SITE_COORDINATOR: 180}


@pytest.mark.parametrize("post", [Post.ONE_TO_ONE, Post.ESCORT, Post.BREAK])
def test_A6_whoever_is_not_free_is_allocated_nothing_and_few_free_call_the_site_coordinator_early(post):
    staffing = Staffing((on_shift(rooms=frozenset({"room6"}), post=post), *a_full_shift().people[1:]))
    told = dict(ladder_of(an_alert(), staffing, POLICY))
    assert Rung.ALLOCATED not in told and told[Rung.SITE_COORDINATOR] == 120


def test_A6_whoever_is_with_a_patient_is_not_free():
    told = dict(ladder_of(an_alert(), a_full_shift(busy=frozenset({ADA})), POLICY))
    assert Rung.ALLOCATED not in told


def test_A6_when_nobody_answers_the_last_rung_the_ward_is_told_to_ring():
    top = progressed(a_step(StepKind.MOVED_UP, 300, rung="site_coordinator"))
    assert due_steps(an_alert(), top, a_full_shift(), after(359), POLICY) == ()
    (step,) = due_steps(an_alert(), top, a_full_shift(), after(360), POLICY)
    assert step.kind is StepKind.NOBODY_ANSWERED
    (at_once,) = due_steps(an_alert(), top, Staffing(), after(301), POLICY)
    assert at_once.kind is StepKind.NOBODY_ANSWERED


def test_A6_an_answer_is_written_down_and_quiets_nothing():
    assert may_answer(progressed(), POLICY)
    answered = progressed(a_step(StepKind.MOVED_UP, 300, rung="site_coordinator"), a_step(StepKind.ANSWERED, 310, BEN))
    assert answered.sounds(after(320)) and due_steps(an_alert(), answered, a_full_shift(), after(999), POLICY) == ()


def test_A19_high_concern_has_a_ladder_of_its_own():
    told = dict(ladder_of(an_alert(concern=Concern.HIGH), a_full_shift(), POLICY))
    assert told == {Rung.EVERYBODY: 0, Rung.NURSE_IN_CHARGE: 30, Rung.CORRIDOR: 60, Rung.SITE_COORDINATOR: 120}


def test_A17_NA13_while_others_are_at_an_emergency_everybody_and_the_site_coordinator_are_called_at_once():
    told = ladder_of(an_alert(), a_full_shift(thin=True), POLICY)
    assert rung_at(told, Rung.ALLOCATED, 0) is TOP


def test_A15_an_alert_that_begins_higher_has_no_longer_way_to_the_next_rung():
    ladder = ladder_of(an_alert(), a_full_shift(), POLICY)
    assert rung_at(ladder, Rung.EVERYBODY, 59) is Rung.EVERYBODY
    assert rung_at(ladder, Rung.EVERYBODY, 60) is Rung.NURSE_IN_CHARGE


def test_A16_proof_of_place_stops_every_sound_and_time_never_ends_it():
    progress = progressed(ARRIVES)
    assert not progress.sounds(after(3600 * 4)) and progress.is_open and progress.with_since == after(90)


def test_A16_a_soft_pulse_every_five_minutes_and_a_question_after_fifteen():
    progress = progressed(ARRIVES)
    assert is_reminder_due(progress, after(90 + 300), POLICY) and not is_reminder_due(progress, after(90 + 320), POLICY)
    assert due_steps(an_alert(), progress, a_full_shift(), after(90 + 899), POLICY) == ()
    assert due_steps(an_alert(), progress, a_full_shift(), after(90 + 900), POLICY)[0].kind is StepKind.ASKED_STILL
    asked = progressed(ARRIVES, a_step(StepKind.ASKED_STILL, 990))
    assert due_steps(an_alert(), asked, a_full_shift(), after(1000), POLICY) == ()


def test_A13_whether_it_was_worth_the_walk_is_said_once_and_after_it():
    closed = (ARRIVES, a_step(StepKind.CLOSED, 120, ADA, outcome="saw_them_fine"))
    assert not may_rate(progressed(ARRIVES), POLICY) and may_rate(progressed(*closed), POLICY)
    rated = progressed(*closed, a_step(StepKind.RATED, 125, ADA, useful="no"))
    assert rated.useful is False and not may_rate(rated, POLICY)


def test_A4_nothing_that_comes_after_the_close_opens_or_changes_it():
    closed = (ARRIVES, a_step(StepKind.CLOSED, 120, ADA, outcome="saw_them_fine"))
    assert progressed(*closed, a_step(StepKind.GOING, 130, BEN)) == progressed(*closed)
    for decision in (may_go(progressed(*closed), NURSE, POLICY), may_answer(progressed(*closed), POLICY)):
        assert not decision
