"""O3, O5, O7, K8: rounds that nobody can foresee, brought forward once, and what they ask of a shift."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.rules.in_person.levels import CONTINUOUS, Level, longest_gap
from console.rules.in_person.load import LoadColour, load_of, may_answer, measured_minutes
from console.rules.in_person.rounds import (
    CheckState,
    Moved,
    PlannedCheck,
    ToSee,
    counts_from,
    in_walking_order,
    mean_gap,
    moved,
    neighbours,
    plan_round,
)
from console.rules.policy import shipped_policy

POLICY = shipped_policy()
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
MIN = timedelta(minutes=1)
EACH = 1.5 * MIN
LATE = timedelta(seconds=50)
TIMED = [one for one in Level if one not in CONTINUOUS]


def people(count: int, seen_at: datetime = NOW) -> list[ToSee]:
    return [ToSee(f"stay{n}", f"room{n}", seen_at) for n in range(count)]


def a_check(**changes) -> PlannedCheck:
    told = {"opens_at": NOW + 20 * MIN, "due_at": NOW + 40 * MIN, "latest_at": NOW + 60 * MIN} | changes
    return PlannedCheck("c", "stay1", "room1", Level.GENERAL, **told)


def walked(level: Level, count: int, nights_seed: int, hours: int) -> dict[str, list[datetime]]:
    """Walk rounds for some hours, each check a little after it is due, as a punctual nurse does."""
    seen = {one.stay_id: [NOW] for one in people(count)}
    for group in neighbours(people(count), level, EACH, POLICY):
        number = 0
        while min(seen[one.stay_id][-1] for one in group) < NOW + timedelta(hours=hours):
            number += 1
            told = [ToSee(one.stay_id, one.room_id, seen[one.stay_id][-1]) for one in group]
            for check in plan_round(told, level, f"{nights_seed} {number} {group[0].room_id}", EACH, POLICY):
                seen[check.stay_id].append(check.due_at + LATE)
    return seen


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(TIMED), st.integers(1, 18), st.integers(0, 10_000))
def test_O3_no_gap_passes_the_levels_longest_when_each_check_is_made_as_it_becomes_due(level, count, seed):
    for times in walked(level, count, seed, 8).values():
        gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
        assert max(gaps) <= longest_gap(level, POLICY)


@pytest.mark.parametrize("level", TIMED)
def test_O3_nobody_who_knows_all_but_the_seed_names_a_fifth_of_the_gap_more_often_than_every_second_time(level):
    group = neighbours(people(18), level, EACH, POLICY)[0]
    drawn: dict[str, list[datetime]] = {one.stay_id: [] for one in group}
    for seed in range(600):
        for check in plan_round(group, level, str(seed), EACH, POLICY):
            drawn[check.stay_id].append(check.due_at)
    fifth = longest_gap(level, POLICY) / 5
    for times in map(sorted, drawn.values()):
        best = max(sum(start <= one < start + fifth for one in times) for start in times)
        assert best / len(times) <= 0.5 + 0.06, "0.06 is three standard errors of 600 draws"


def test_O3_a_seed_gives_the_same_round_again_and_another_seed_another_order_and_start():
    rounds = [plan_round(people(5), Level.GENERAL, str(seed), EACH, POLICY) for seed in range(40)]
    assert plan_round(people(5), Level.GENERAL, "7", EACH, POLICY) == rounds[7]
    assert {one[0].room_id for one in rounds} == {f"room{n}" for n in range(5)}
    after_first = {(one[0].room_id, one[1].room_id) for one in rounds}
    assert len(after_first) == 10, "every first room, in both directions"


def test_O3_the_closer_the_level_the_fewer_neighbours_share_a_round():
    sizes = {one: len(neighbours(people(18), one, EACH, POLICY)[0]) for one in TIMED}
    assert sizes == {Level.GENERAL: 3, Level.HALF_HOURLY: 2, Level.QUARTER_HOURLY: 1}


@pytest.mark.parametrize("level", TIMED)
def test_O5_the_load_counts_as_many_checks_as_the_rounds_plan(level):
    walks = walked(level, 18, 1, 100).values()
    gaps = [(times[-1] - times[0]) / (len(times) - 1) - LATE for times in walks]
    assert sum(gaps, timedelta()) / len(gaps) / mean_gap(level, POLICY) == pytest.approx(1.0, abs=0.03)


def test_O7_a_doubtful_reading_brings_a_check_to_the_earliest_minute_of_its_window_and_only_once():
    forward = moved(a_check(), Moved.DOUBTFUL_READING, NOW, POLICY)
    assert forward.due_at == NOW + 20 * MIN and forward.latest_at == NOW + 60 * MIN
    assert moved(forward, Moved.DOUBTFUL_READING, NOW + 30 * MIN, POLICY) == forward


def test_K8_no_breathing_seen_brings_it_to_now_and_a_doubtful_reading_moves_it_no_more():
    forward = moved(a_check(), Moved.NO_BREATHING_SEEN, NOW, POLICY)
    assert forward.due_at == NOW and forward.latest_at == NOW + MIN
    assert moved(forward, Moved.DOUBTFUL_READING, NOW + MIN, POLICY) == forward


@given(st.sampled_from(Moved), st.integers(-90, 90), st.integers(-90, 90))
def test_O2_nothing_that_is_sensed_ever_puts_a_check_off(why, due_min, latest_min):
    check = a_check(due_at=NOW + due_min * MIN, latest_at=NOW + latest_min * MIN)
    after = moved(check, why, NOW, POLICY)
    assert after.due_at <= check.due_at and after.latest_at <= check.latest_at


def test_O5_the_longest_unseen_is_walked_first():
    late = a_check(due_at=NOW - 30 * MIN, latest_at=NOW - 10 * MIN)
    later = a_check(due_at=NOW - 20 * MIN, latest_at=NOW - 20 * MIN)
    waits = a_check()
    assert in_walking_order([waits, late, later], NOW) == [later, late, waits]
    assert [one.state(NOW) for one in (waits, late)] == [CheckState.WAITING, CheckState.OVERDUE]


def test_NA4_O5_sixty_six_checks_an_hour_for_one_person_are_red_and_for_three_they_are_not():
    levels = [Level.QUARTER_HOURLY] * 12
    alone, three, four = (load_of(levels, count, 1.5, POLICY) for count in (1, 3, 4))
    assert alone.checks_per_h == pytest.approx(65.5, abs=0.5) and alone.colour is LoadColour.RED
    assert three.percent == pytest.approx(61.8, abs=0.5) and four.colour is LoadColour.GREEN


def test_O5_the_colour_is_that_of_the_breaks_in_which_there_is_one_fewer():
    three = load_of([Level.QUARTER_HOURLY] * 12, 3, 1.5, POLICY)
    assert three.percent_on_break == pytest.approx(92.7, abs=0.5) and three.colour is LoadColour.AMBER
    alone = load_of([Level.GENERAL], 1, 1.5, POLICY)
    assert alone.percent < 5 and alone.percent_on_break == float("inf") and alone.colour is LoadColour.RED
    assert load_of([], 1, 1.5, POLICY).colour is LoadColour.GREEN


def test_O5_somebody_who_is_never_left_takes_one_member_of_staff_away():
    load = load_of([Level.ARMS_LENGTH, Level.GENERAL], 1, 1.5, POLICY)
    assert load.people == 0 and load.colour is LoadColour.RED


def test_O5_minutes_are_measured_on_walks_once_there_are_enough_of_them():
    walk = [NOW + n * 2 * MIN for n in range(40)]
    assert measured_minutes([walk[:10]], POLICY) == 1.5
    assert measured_minutes([walk, [NOW, NOW + 60 * MIN]], POLICY) == 2.0


@pytest.mark.parametrize(
    ("answer", "clinician", "until", "is_taken"),
    [
        ("people_sent", "", None, True),
        ("levels_reviewed", "", None, False),
        ("levels_reviewed", "Dr L.", None, True),
        ("accepted", "", NOW, False),
        ("accepted", "", NOW + MIN, True),
        ("wait", "", None, False),
    ],
)
def test_O5_a_red_load_takes_one_named_answer(answer, clinician, until, is_taken):
    assert bool(may_answer(answer, clinician, until, NOW, POLICY)) is is_taken


@pytest.mark.parametrize("why", [Moved.NO_BREATHING_SEEN, Moved.COULD_NOT_SEE])
def test_K8_O1_what_was_brought_to_now_is_ended_by_nobody_who_was_there_before(why):
    assert counts_from(moved(a_check(), why, NOW, POLICY), NOW - 30 * MIN, POLICY) == NOW
    assert counts_from(a_check(), NOW - 30 * MIN, POLICY) == NOW - 29 * MIN
    assert counts_from(a_check(), None, POLICY) is None
