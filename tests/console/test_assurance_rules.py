"""G1, G2, G4, G5, E2, R1: the desk's rules, each alone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.vocabulary import Context
from console.rules.consenting.hours import is_within
from console.rules.consenting.talking_over import Talk, may_log
from console.rules.governing.benefit import BenefitAnswer, BenefitReview, Measure, may_review, quarter_of, stopped_from
from console.rules.governing.counting import withheld
from console.rules.governing.documents import (
    Document,
    DocumentKind,
    Notice,
    may_enter,
    newest_of,
    notices_due,
    refuse_lapsed,
    sensors_stop_at,
)
from console.rules.governing.freezing import days_of, days_to_freeze, frozen_at, is_overdue
from console.rules.governing.listening import VisitReason, visit_reason
from console.rules.policy import shipped_policy

POLICY, ZONE = shipped_policy(), ZoneInfo("Europe/London")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SAME = {one.value: "same" for one in Measure}


def a_dpia(review_by: datetime = NOON) -> Document:
    return Document(DocumentKind.DPIA, "3", review_by, ("d" * 32,), NOON - 300 * DAY, "e" * 32)


def told(now: datetime, given: tuple[Notice, ...] = ()) -> list[int]:
    return [one.days for one in notices_due(newest_of([a_dpia()]), given, now, POLICY)]


def test_R1_a_day_is_frozen_at_noon_of_the_next_and_none_is_left_out() -> None:
    first = date(2026, 11, 17)
    assert list(days_to_freeze(first, None, NOON, POLICY, ZONE)) == [date(2026, 11, d) for d in (17, 18, 19)]
    assert list(days_to_freeze(first, date(2026, 11, 18), NOON - timedelta(seconds=1), POLICY, ZONE)) == []


def test_R1_noon_is_ward_time_on_the_days_when_the_clocks_change() -> None:
    assert frozen_at(date(2026, 10, 24), POLICY, ZONE) == datetime(2026, 10, 25, 12, 0, tzinfo=UTC)
    assert frozen_at(date(2026, 3, 28), POLICY, ZONE) == datetime(2026, 3, 29, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "1999-10", "2026-10-01", ""])
def test_a_month_is_written_in_one_way(month: str) -> None:
    with pytest.raises(ValueError, match="2026-10"):
        days_of(month)


def test_G1_an_unsigned_audit_is_overdue_after_ten_days_and_not_before() -> None:
    whole = frozen_at(date(2026, 10, 31), POLICY, ZONE)
    assert not is_overdue("2026-10", whole + 10 * DAY, POLICY, ZONE)
    assert is_overdue("2026-10", whole + 10 * DAY + timedelta(seconds=1), POLICY, ZONE)


@pytest.mark.parametrize(
    ("share", "before", "reason"),
    [
        (95.0, [], VisitReason.HIGH),
        (12.0, [], VisitReason.LOW),
        (55.0, [50.0, 60.0], None),
        (80.0, [50.0, 50.0, 50.0], VisitReason.CHANGED),
        (30.0, [10.0, 60.0, 60.0, 60.0], VisitReason.CHANGED),
        (None, [50.0], None),
    ],
)
def test_G1_a_high_share_of_yes_asks_for_a_visit_as_a_low_one_does(share, before, reason) -> None:
    assert visit_reason(share, before, POLICY) is reason


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 30), max_size=8))
def test_E2_nothing_under_five_can_be_worked_out_from_the_sum(counts: dict[str, int]) -> None:
    hidden = withheld(counts, 5)
    shown = {name for name in counts if name not in hidden}
    assert not any(0 < counts[name] < 5 for name in shown)
    left = sum(counts[name] for name in hidden)
    nothing_else = not any(counts[name] >= 5 for name in shown)
    assert not hidden or nothing_else or (len(hidden) > 1 and left >= 5)


def test_G2_a_lapsed_dpia_refuses_a_new_yes_names_itself_and_says_what_to_do() -> None:
    newest = newest_of([a_dpia()])
    assert refuse_lapsed(newest, Context.CLINICAL, NOON - timedelta(seconds=1), POLICY) is None
    denied = refuse_lapsed(newest, Context.CLINICAL, NOON, POLICY)
    assert denied is not None and not denied and denied.rules == ("G2",) and "governance lead" in denied.way_out


@pytest.mark.parametrize("context", Context)
def test_G2_no_dpia_at_all_is_one_that_lapsed_but_for_made_up_people(context: Context) -> None:
    assert (refuse_lapsed({}, context, NOON, POLICY) is None) == (context is Context.DEMONSTRATION)


def test_G2_the_newest_review_counts() -> None:
    newest = newest_of([a_dpia(NOON), a_dpia(NOON + 90 * DAY)])
    assert refuse_lapsed(newest, Context.CLINICAL, NOON + DAY, POLICY) is None


@given(st.integers(0, 1_000_000))
def test_G2_sensors_stop_thirty_days_after_and_never_in_the_night(minutes: int) -> None:
    review_by = NOON + timedelta(minutes=minutes)
    stops_at = sensors_stop_at(newest_of([a_dpia(review_by)]), POLICY, ZONE)
    assert stops_at is not None and timedelta(0) <= stops_at - review_by - 30 * DAY < timedelta(hours=24)
    begins, ends = POLICY.time_of_day("C7", "night_from"), POLICY.time_of_day("C7", "night_until")
    assert not is_within(stops_at, begins, ends, ZONE)


def test_G2_deputies_are_told_sixty_thirty_and_seven_days_before_each_once() -> None:
    given: tuple[Notice, ...] = ()
    found = []
    for day in range(70, -5, -1):
        for one in notices_due(newest_of([a_dpia()]), given, NOON - day * DAY, POLICY):
            given += (one,)
            found.append((day, one.days))
    assert found == [(60, 60), (30, 30), (7, 7)]


def test_G2_after_a_long_silence_only_the_most_pressing_notice_is_given() -> None:
    assert told(NOON - 3 * DAY) == [7] and told(NOON - 61 * DAY) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"version": " "},
        {"version": "x" * 41},
        {"review_by": NOON},
        {"review_by": NOON + 400 * DAY},
        {"deputies": ()},
        {"deputies": ("f" * 32,)},
    ],
)
def test_G2_a_review_has_a_version_a_date_within_reach_and_a_deputy_of_the_staff(changed) -> None:
    good = {"kind": DocumentKind.DPIA, "version": "3", "review_by": NOON + DAY, "deputies": ("d" * 32,)}
    whole = {**good, "entered_at": NOON, "entered_by": "e" * 32}
    assert may_enter(Document(**whole), {"d" * 32}, NOON, POLICY)
    assert not may_enter(Document(**{**whole, **changed}), {"d" * 32}, NOON, POLICY)
    assert not may_enter(None, {"d" * 32}, NOON, POLICY)


def a_review(answer: BenefitAnswer, at: datetime = NOON) -> BenefitReview:
    return BenefitReview("2026-Q4", answer, SAME, at, "e" * 32)


def test_G4_stop_stops_at_the_end_of_the_night_and_go_on_stops_nothing() -> None:
    in_the_night = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
    assert stopped_from([a_review(BenefitAnswer.STOP, in_the_night)], POLICY, ZONE) == datetime(
        2026, 11, 21, 8, 0, tzinfo=UTC
    )
    assert stopped_from([a_review(BenefitAnswer.STOP), a_review(BenefitAnswer.GO_ON)], POLICY, ZONE) is None
    assert stopped_from([], POLICY, ZONE) is None


def test_G4_every_measure_is_answered_and_a_stop_is_ended_by_somebody_else() -> None:
    assert may_review("go_on", SAME, "e" * 32, [], POLICY)
    assert not may_review("go_on", {**SAME, "wakings": ""}, "e" * 32, [], POLICY)
    assert not may_review("go_on", dict(list(SAME.items())[1:]), "e" * 32, [], POLICY)
    assert not may_review("more", SAME, "e" * 32, [], POLICY)
    stopped = [a_review(BenefitAnswer.STOP)]
    assert not may_review("go_on", SAME, "e" * 32, stopped, POLICY)
    assert may_review("go_on", SAME, "f" * 32, stopped, POLICY)
    assert may_review("stop", SAME, "e" * 32, stopped, POLICY)


@pytest.mark.parametrize(("month", "quarter"), [(1, "2026-Q1"), (3, "2026-Q1"), (4, "2026-Q2"), (12, "2026-Q4")])
def test_G4_a_day_is_in_its_quarter(month: int, quarter: str) -> None:
    assert quarter_of(date(2026, month, 1)) == quarter


def test_G5_an_objection_is_answered_in_public() -> None:
    talk = Talk("A radar in every room", "three patients", "Two were for it.", "")
    assert may_log(talk, POLICY)
    objection = Talk("A camera", "the panel", "We object.", " ", is_objection=True)
    assert not may_log(objection, POLICY)
    assert may_log(Talk("A camera", "the panel", "We object.", "No camera then.", is_objection=True), POLICY)
    assert not may_log(Talk("", "the panel", "Yes.", ""), POLICY)
    assert not may_log(Talk("x" * 401, "the panel", "Yes.", ""), POLICY)
