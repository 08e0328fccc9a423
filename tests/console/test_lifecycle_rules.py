"""A stay from admission to its end, as its entries tell it (rules C2, C7, C20 to C22, E5, P5, P6, P9, P10)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from broker.vocabulary import Modality, Purpose
from console.rules.consenting.asking import AskFacts, may_ask, may_resume
from console.rules.consenting.consent import (
    SAID_AT,
    ConsentEntry,
    ConsentState,
    EntryKind,
    Standing,
    carried_details,
    derive,
)
from console.rules.consenting.dues import DueKind, dues_of
from console.rules.consenting.giving import GiveFacts, may_give
from console.rules.consenting.grants import Basis, CarePlanReason, LessAnswer, Mark, PurposeReason
from console.rules.consenting.happenings import talk_due
from console.rules.consenting.leasing import LeaseFacts, decide_lease
from console.rules.consenting.person import AgeGroup, PlaceKind, SeenState
from console.rules.consenting.places import SIGNERS, may_sign, may_write
from console.rules.consenting.register import restrictions_of
from console.rules.consenting.sedation import may_check_quietly, may_enter_check, next_check_at
from console.rules.consenting.trading import may_ease
from console.rules.policy import shipped_policy
from console.running.seed import example_grant

LONDON = ZoneInfo("Europe/London")
POLICY = shipped_policy()
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def entry(kind, at=NOON, /, **details):
    return ConsentEntry(f"{kind}{at}", "c" * 32, "s" * 32, at, kind, details, "a" * 32)


def a_yes(at=NOON, **changes):
    return entry(EntryKind.GIVEN, at, **replace(example_grant(at), **changes).to_details())


def standing(*entries, now=NOON + HOUR):
    return derive(entries, now, POLICY, LONDON)


def give(before, now=NOON, facts=None, **changes):
    known = replace(before, was_explained=True)
    return may_give(GiveFacts(replace(example_grant(now), **changes), known, now, POLICY, LONDON, **(facts or {})))


def verdict(known, now=NOON + HOUR, **facts):
    return decide_lease(LeaseFacts(Modality.RADAR, known, **facts), now, POLICY, LONDON)


READY = Standing(adjustments=("none",))

# Where somebody is (C2).


@pytest.mark.parametrize("kind", ["leave", "hospital"])
def test_C2_leave_and_hospital_end_it_at_the_door_and_a_return_opens_nothing(kind):
    gone = (a_yes(), entry(EntryKind.AWAY, NOON + HOUR, kind=kind, until=(NOON + 9 * HOUR).isoformat()))

    assert standing(*gone).state is ConsentState.SUSPENDED
    back = standing(*gone, entry(EntryKind.RETURNED, NOON + 2 * HOUR))
    assert back.state is ConsentState.SUSPENDED and back.away is None


def test_C2_same_as_before_is_said_by_them_when_they_are_back():
    gone = (a_yes(), entry(EntryKind.AWAY, kind="leave"))
    too_early = standing(*gone, entry(EntryKind.RESUMED))
    back = standing(*gone, entry(EntryKind.RETURNED))

    assert not too_early.is_given and not may_resume(standing(*gone), True, NOON, POLICY, LONDON)
    assert may_resume(back, True, NOON, POLICY, LONDON)
    assert standing(*gone, entry(EntryKind.RETURNED), entry(EntryKind.RESUMED)).is_given


def test_C2_being_up_ends_it_after_two_hours_and_not_before():
    up = (a_yes(), entry(EntryKind.AWAY, NOON, kind="up", place="lounge"))

    assert standing(*up, now=NOON + timedelta(minutes=119)).is_given
    assert standing(*up, now=NOON + 2 * HOUR).state is ConsentState.SUSPENDED
    assert standing(*up, entry(EntryKind.RETURNED, NOON + HOUR), now=NOON + 3 * HOUR).is_given


def test_C2_being_seen_again_does_not_begin_the_two_hours_anew():
    seen = [entry(EntryKind.AWAY, NOON + n * HOUR, kind="up", place="lounge") for n in range(3)]
    now = standing(a_yes(), *seen, now=NOON + 2 * HOUR)

    assert now.state is ConsentState.SUSPENDED and now.away.seen_at == NOON + 2 * HOUR


def test_C2_no_yes_begins_for_a_room_that_its_person_is_not_in():
    gone = (entry(EntryKind.AWAY, kind="hospital"),)

    assert not standing(*gone, a_yes()).is_given
    assert give(replace(READY, away=standing(*gone).away)).rules == ("C2",)


def test_C2_what_is_known_of_a_person_comes_along_into_another_room():
    told = (
        entry(EntryKind.ABOUT_THEM, age="from_16_to_17"),
        entry(EntryKind.ADJUSTED, needs=["bsl"], met=True),
        entry(EntryKind.ADVANCE_WISH, says_no=True, is_written=True),
        entry(EntryKind.NOT_BY, actor="n" * 32),
        entry(EntryKind.TRANQUILLISED),
    )
    moved = standing(entry(EntryKind.CARRIED, **carried_details(standing(*told))))

    assert moved.age is AgeGroup.FROM_16_TO_17 and moved.adjustments == ("bsl",) and moved.adjustments_met
    assert moved.advance.is_written and moved.not_by == {"n" * 32} and moved.sedation is not None


def test_C2_after_a_death_nothing_that_is_written_changes_anything():
    died = (a_yes(), entry(EntryKind.DIED))
    later = standing(*died, a_yes(NOON + HOUR), entry(EntryKind.RESUMED, NOON + HOUR), now=NOON + 2 * HOUR)

    assert later.has_died and not later.is_given and not dues_of(later, NOON, POLICY, LONDON)


# Reviews (C7, P5).


@pytest.mark.parametrize(
    ("changed", "off_from"),
    [((20, 15), (21, 21)), ((20, 22), (21, 21)), ((21, 3), (21, 21)), ((21, 9), (22, 21))],
)
def test_C7_a_change_leaves_a_day_for_a_talk_and_then_it_stays_off_from_the_evening(changed, off_from):
    at = datetime(2026, 11, *changed, 0, tzinfo=UTC)

    assert talk_due(at, POLICY, LONDON) == datetime(2026, 11, *off_from, 0, tzinfo=UTC)


@pytest.mark.parametrize("what", ["legal_status", "level", "capacity_lost"])
def test_C7_without_a_talk_it_is_under_review_and_a_late_talk_waits_for_their_tap(what):
    changed = (a_yes(), entry(EntryKind.CHANGED, NOON + HOUR, what=what))
    evening = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)

    assert standing(*changed, now=evening - timedelta(seconds=1)).is_given
    assert standing(*changed, now=evening).state is ConsentState.UNDER_REVIEW
    late = standing(*changed, entry(EntryKind.TALKED, evening + 12 * HOUR), now=evening + 13 * HOUR)
    assert late.state is ConsentState.SUSPENDED


def test_C7_a_talk_in_time_lets_it_go_on():
    changed = (a_yes(), entry(EntryKind.CHANGED, what="level"), entry(EntryKind.TALKED, NOON + HOUR))

    assert standing(*changed, now=NOON + timedelta(days=3)).is_given


def test_C12_somebody_elses_yes_ends_when_the_person_can_decide_again():
    other = a_yes(basis=Basis.LPA_HEALTH_WELFARE)
    now = standing(other, entry(EntryKind.CHANGED, what="capacity_regained"), entry(EntryKind.TALKED))

    assert now.state is ConsentState.UNDER_REVIEW
    assert standing(a_yes(), entry(EntryKind.CHANGED, what="capacity_regained")).is_given


def test_C7_the_ward_sees_48_hours_before_that_it_runs_out_and_only_by_day():
    given_now = standing(a_yes(), now=NOON + timedelta(days=5, hours=1))
    by_night = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)

    kinds = {one.kind for one in dues_of(given_now, NOON + timedelta(days=5, hours=1), POLICY, LONDON)}
    assert DueKind.RUNS_OUT in kinds
    assert DueKind.RUNS_OUT not in {one.kind for one in dues_of(given_now, NOON + 4 * 24 * HOUR, POLICY, LONDON)}
    assert not dues_of(given_now, by_night, POLICY, LONDON)


def test_P5_a_purpose_stops_on_its_own_date_and_the_others_go_on():
    soon = PurposeReason(Purpose.BED_EXIT, CarePlanReason.GETTING_UP_AT_NIGHT, NOON + timedelta(days=1))
    known = standing(a_yes(own_reasons=(soon,)), now=NOON + timedelta(days=2))

    assert Purpose.BED_EXIT in verdict(known, NOON + HOUR).purposes
    later = verdict(known, NOON + timedelta(days=2))
    assert later.is_open and Purpose.BED_EXIT not in later.purposes


def test_P5_when_every_purpose_has_stopped_the_sensor_is_closed():
    own = PurposeReason(Purpose.PRESENCE, CarePlanReason.FEELING_SAFER, NOON + timedelta(days=1))
    known = standing(a_yes(purposes=(Purpose.PRESENCE,), own_reasons=(own,)), now=NOON + timedelta(days=2))

    assert verdict(known, NOON + timedelta(days=2)).rules == ("P5",)


def test_P5_at_each_review_it_is_asked_whether_less_would_do():
    before = replace(standing(a_yes()), adjustments=("none",))

    assert give(before).rules == ("P5",)
    assert give(before, would_less_do=LessAnswer.NOTHING_LESS)


def test_P6_the_register_holds_each_use_with_reason_end_and_whether_less_would_do():
    known = standing(a_yes(would_less_do=LessAnswer.FEWER_HOURS, safety_plan="p. 3"))
    rows = restrictions_of(known, NOON + HOUR, POLICY, LONDON)

    assert [row.purpose for row in rows] == list(known.grant.purposes)
    assert rows[0].less is LessAnswer.FEWER_HOURS and rows[0].safety_plan == "p. 3" and rows[0].ends_at
    assert not restrictions_of(standing(entry(EntryKind.REFUSED)), NOON, POLICY, LONDON)


# Asking without coercion (C20 to C22, E5).


def test_E5_without_adjustments_written_down_and_there_is_no_grant():
    assert give(Standing()).rules == ("E5",)
    assert give(Standing(adjustments=("bsl",))).rules == ("E5",)
    assert give(Standing(adjustments=("bsl",), adjustments_met=True))


def test_C20_nobody_asks_whom_they_do_not_want_to_see():
    facts = AskFacts(replace(READY, not_by=frozenset({"n" * 32})), NOON - timedelta(days=3), True, "n" * 32)

    assert may_ask(facts, NOON, POLICY, LONDON).rules == ("C20",)
    assert may_ask(replace(facts, asked_by="m" * 32), NOON, POLICY, LONDON)


def test_C20_who_asks_to_talk_is_gone_to_within_15_minutes_at_any_hour():
    night = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
    (due,) = dues_of(standing(entry(EntryKind.TALK_WISHED, night), now=night), night, POLICY, LONDON)

    assert due.kind is DueKind.THEY_ASKED and due.by == night + timedelta(minutes=15)
    assert not dues_of(standing(entry(EntryKind.TALK_WISHED, night), entry(EntryKind.OFFERED, night)), night,
                       POLICY, LONDON)  # fmt: skip


def test_C20_a_day_after_rapid_tranquillisation_nobody_is_asked():
    known = standing(entry(EntryKind.TRANQUILLISED))

    assert may_ask(AskFacts(known, NOON - timedelta(days=9), False), NOON + 22 * HOUR, POLICY, LONDON).rules == ("C20",)


def test_C21_a_leave_or_a_lower_level_soon_after_a_yes_asks_for_its_reason_and_is_sampled():
    known = standing(a_yes())

    assert may_ease(known, "", NOON + HOUR, POLICY).rules == ("C21",)
    assert "monthly_sample" in may_ease(known, "planned_step", NOON + HOUR, POLICY).obligations
    assert not may_ease(known, "", NOON + 25 * HOUR, POLICY).obligations


def test_C22_it_is_asked_again_after_the_first_night_and_after_the_first_week():
    known = (a_yes(review_by=NOON + timedelta(days=7), hours=example_grant(NOON).hours),)

    def kinds(at, *more):
        return {one.kind for one in dues_of(standing(*known, *more, now=at), at, POLICY, LONDON)}

    morning = NOON + 22 * HOUR
    assert DueKind.FIRST_NIGHT not in kinds(NOON + HOUR)
    assert DueKind.FIRST_NIGHT in kinds(morning)
    assert DueKind.FIRST_NIGHT not in kinds(morning + HOUR, entry(EntryKind.FELT, morning, feeling="safer"))


def test_C22_unease_with_a_camera_turns_it_off_and_persuades_nobody():
    seen = a_yes(sensors=(Modality.CAMERA,))

    assert standing(seen, entry(EntryKind.FELT, feeling="watched")).state is ConsentState.SUSPENDED
    assert standing(a_yes(), entry(EntryKind.FELT, feeling="watched")).is_given


def test_C6_a_spoken_yes_names_who_heard_it():
    assert give(READY, mark=Mark.SPOKEN_WITH_WITNESS).rules == ("C6",)
    assert give(READY, mark=Mark.SPOKEN_WITH_WITNESS, mark_witness="A.K.")


# Said earlier (C1).


def test_C1_a_yes_said_earlier_opens_nothing_before_it_was_written_down():
    said = (NOON - 10 * HOUR).isoformat()
    back_dated = replace(a_yes(), details={**a_yes().details, SAID_AT: said})

    assert standing(back_dated).is_given and standing(back_dated).given_at == NOON
    assert not derive([], NOON - HOUR, POLICY, LONDON).is_given


def test_C1_a_yes_said_earlier_is_flagged_and_one_said_tomorrow_is_denied():
    decision = give(READY, facts={"said_at": NOON - HOUR})

    assert "flag_to_governance" in decision.obligations
    assert give(READY, facts={"said_at": NOON + HOUR}).rules == ("C1",)


# Seclusion and like places (P9).


def confined(*more, place="seclusion", **changes):
    return standing(a_yes(**changes), entry(EntryKind.CONFINED, place=place), *more)


def test_P9_seclusion_suspends_and_only_a_yes_that_named_the_place_is_said_again():
    assert confined().state is ConsentState.SUSPENDED
    assert not confined(entry(EntryKind.RESUMED)).is_given
    assert confined(entry(EntryKind.RESUMED), places=(PlaceKind.SECLUSION,)).is_given
    assert may_resume(confined(), True, NOON, POLICY, LONDON).rules == ("P9",)


def test_P9_a_yes_first_asked_for_there_is_void_even_if_they_ask():
    here = standing(entry(EntryKind.CONFINED, place="section_136_suite"))

    assert may_ask(AskFacts(here, NOON - timedelta(days=3), True), NOON, POLICY, LONDON).rules == ("P9",)
    assert give(replace(here, adjustments=("none",))).rules == ("P9",)
    assert give(READY, facts={"room_kind": PlaceKind.EXTRA_CARE}).rules == ("P9",)
    assert not standing(entry(EntryKind.CONFINED, place="seclusion"), a_yes()).is_given


def test_P9_nothing_is_sensed_there_without_a_signed_profile_and_the_named_place():
    named = confined(entry(EntryKind.RESUMED), places=(PlaceKind.SECLUSION,))
    room = {"room_kind": PlaceKind.SECLUSION}

    assert verdict(named, **room).rules == ("P9",)
    assert verdict(named, **room, has_profile=True).is_open
    assert verdict(standing(a_yes()), **room, has_profile=True).rules == ("P9",)


def test_P9_a_profile_needs_a_stop_inside_and_four_signatures():
    assert may_write("seclusion", "a" * 64, False, POLICY).rules == ("P9",)
    assert may_write("bedroom", "a" * 64, True, POLICY).rules == ("P9",)
    assert may_write("seclusion", "a" * 64, True, POLICY)
    first, *others = SIGNERS
    assert may_sign(first, frozenset(others), POLICY)
    assert not may_sign(first, frozenset({first}), POLICY)


# After rapid tranquillisation (P10).


def test_P10_checks_are_every_quarter_of_an_hour_until_awake_and_then_hourly():
    given_at = (entry(EntryKind.TRANQUILLISED),)
    awake = standing(*given_at, entry(EntryKind.CHECKED_IN_PERSON, NOON + HOUR, seen="awake"))
    asleep = standing(*given_at, entry(EntryKind.CHECKED_IN_PERSON, NOON + HOUR, seen="asleep"))

    assert next_check_at(standing(*given_at).sedation, POLICY) == NOON + timedelta(minutes=15)
    assert next_check_at(awake.sedation, POLICY) == NOON + 2 * HOUR
    assert next_check_at(asleep.sedation, POLICY) == NOON + HOUR + timedelta(minutes=15)
    assert standing(*given_at, entry(EntryKind.SEDATION_ENDED)).sedation is None


def test_P10_a_number_of_a_sensor_is_no_check():
    known = standing(entry(EntryKind.TRANQUILLISED))

    assert may_enter_check(known, "sensor", PlaceKind.BEDROOM, POLICY).rules == ("P10",)
    assert may_enter_check(known, "sensor", PlaceKind.SECLUSION, POLICY).rules == ("P9",)
    assert may_enter_check(known, "person", PlaceKind.BEDROOM, POLICY)


def test_P10_no_quiet_check_for_a_day_even_when_the_timetable_is_over():
    over = standing(entry(EntryKind.TRANQUILLISED), entry(EntryKind.SEDATION_ENDED, NOON + HOUR))

    assert may_check_quietly(over, NOON + 23 * HOUR, POLICY).rules == ("P10",)
    assert may_check_quietly(over, NOON + 24 * HOUR, POLICY)


def test_P10_sedation_neither_ends_nor_widens_what_was_agreed():
    assert standing(a_yes(), entry(EntryKind.TRANQUILLISED)).is_given
    assert not standing(entry(EntryKind.REFUSED), entry(EntryKind.TRANQUILLISED)).is_given
    assert standing(entry(EntryKind.TRANQUILLISED)).sedation.seen is SeenState.DROWSY
