"""How often somebody looks: what is flagged, what is only shown (rules X2, T02, T03)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from console.rules.looking.look_rates import Because, Flag, Look, Peers, flags_after, is_news, peers_of, shift_of
from console.rules.looking.reviewing import Escalation, Reviewed, ReviewKind, due_at, escalation_of, may_review
from console.rules.policy import shipped_policy

POLICY, ZONE = shipped_policy(), ZoneInfo("Europe/London")
NIGHT = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
NURSE, PEER, STAY = "a" * 32, "b" * 32, "c" * 32


def looks(count: int, every: timedelta, because: Because = Because.THEIRS) -> list[Look]:
    return [Look(NIGHT + number * every, NURSE, "nurse", STAY, because) for number in range(count)]


def kinds(told: list[Look], peers: tuple[int, ...] = ()) -> set[ReviewKind]:
    return {one.kind for one in flags_after(told[-1], told[:-1], Peers(len(told), peers), POLICY, ZONE)}


@pytest.mark.parametrize(("count", "every_min", "flagged"), [(6, 4, False), (7, 4, True), (7, 6, False)])
def test_X2_more_than_six_looks_in_half_an_hour_are_flagged(count: int, every_min: int, flagged: bool) -> None:
    assert (ReviewKind.BURST in kinds(looks(count, timedelta(minutes=every_min)))) == flagged


@pytest.mark.parametrize("because", [Because.ALERT, Because.SEDATION, Because.ONE_TO_ONE])
def test_X2_looks_that_an_alert_sedation_or_one_to_one_calls_for_are_only_shown(because: Because) -> None:
    assert kinds(looks(30, timedelta(minutes=1), because), (1, 1, 1)) == set()


@pytest.mark.parametrize(("peers", "flagged"), [((1, 1, 2), True), ((2, 2, 1), False), ((), False)])
def test_X2_more_than_three_times_the_peers_median_in_a_shift_is_flagged(peers: tuple[int, ...], flagged: bool) -> None:
    assert (ReviewKind.ABOVE_PEERS in kinds(looks(4, timedelta(hours=2)), peers)) == flagged


def test_X2_peers_are_compared_with_only_when_there_are_enough_looks_and_never_with_oneself() -> None:
    mine = looks(4, timedelta(hours=1))
    theirs = [Look(NIGHT - number * timedelta(days=1), PEER, "nurse", STAY, Because.THEIRS) for number in range(30)]
    assert peers_of([*theirs[:29], *mine], mine[-1], POLICY, ZONE) == Peers(4, [])
    assert peers_of([*theirs, *mine], mine[-1], POLICY, ZONE) == Peers(4, [1] * 30)


def test_X2_a_night_is_compared_with_nights_and_a_day_with_days() -> None:
    mine, half = looks(4, timedelta(hours=1)), timedelta(hours=12)
    by_day = [Look(NIGHT - half - number * 2 * half, PEER, "nurse", STAY, Because.THEIRS) for number in range(30)]
    assert peers_of([*by_day, *mine], mine[-1], POLICY, ZONE) == Peers(4, [])


@pytest.mark.parametrize(
    ("count", "days_ago", "is_told"), [(16, 30, False), (24, 30, False), (25, 30, True), (16, 181, True)]
)
def test_X2_a_habit_is_told_again_when_it_has_grown_by_half_or_after_half_a_year(
    count: int, days_ago: int, is_told: bool
) -> None:
    flag = Flag(ReviewKind.ABOVE_PEERS, count, NIGHT)
    assert is_news(flag, [(NIGHT - timedelta(days=days_ago), 16)], NIGHT, POLICY) == is_told
    assert is_news(flag, [], NIGHT, POLICY)


@pytest.mark.parametrize(("count", "flagged"), [(2, False), (3, True)])
def test_T02_three_looks_in_a_shift_at_somebody_who_is_not_theirs_are_flagged(count: int, flagged: bool) -> None:
    found = kinds(looks(count, timedelta(hours=2), Because.NOTHING))
    assert (ReviewKind.UNEXPLAINED in found) == flagged


@pytest.mark.parametrize(("days", "every_d", "flagged"), [(4, 1, False), (5, 1, True), (60, 1, True), (5, 20, False)])
def test_T03_one_look_a_day_without_a_reason_of_care_is_flagged_within_a_week(
    days: int, every_d: int, flagged: bool
) -> None:
    told = looks(days, timedelta(days=every_d), Because.NOTHING)
    assert (ReviewKind.SLOW in kinds(told)) == flagged
    assert ReviewKind.SLOW not in kinds(looks(days, timedelta(days=every_d), Because.THEIRS))


def test_X2_a_night_shift_is_one_shift_across_midnight_and_the_clocks() -> None:
    before, after = datetime(2026, 10, 24, 23, tzinfo=UTC), datetime(2026, 10, 25, 7, 30, tzinfo=UTC)
    assert shift_of(before, POLICY, ZONE) == shift_of(after, POLICY, ZONE)
    assert shift_of(after, POLICY, ZONE) != shift_of(after + timedelta(hours=1), POLICY, ZONE)


def test_X7_an_emergency_sight_that_nobody_reviews_goes_up_after_one_and_three_working_days() -> None:
    friday = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
    told = [escalation_of(friday, friday + timedelta(days=day), POLICY, ZONE) for day in (1, 3, 4, 5, 6)]
    assert told == [
        Escalation.NOBODY,
        Escalation.NOBODY,
        Escalation.CALDICOTT_GUARDIAN,
        Escalation.CALDICOTT_GUARDIAN,
        Escalation.EXECUTIVE,
    ]
    assert due_at(ReviewKind.SENSITIVE, friday, POLICY, ZONE).date() == friday.date() + timedelta(days=1)


def test_T27_nobody_reviews_their_own_looks() -> None:
    assert not may_review(Reviewed(NURSE, False), NURSE, "explained", POLICY)
    assert not may_review(Reviewed(NURSE, True), PEER, "explained", POLICY)
    assert not may_review(Reviewed(NURSE, False), PEER, "fine", POLICY)
    assert may_review(Reviewed(NURSE, False), PEER, "talked", POLICY)
