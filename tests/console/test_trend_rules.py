"""A room's last hours on one time axis: gaps are gaps, the surer sensor leads, and after a no there is nothing."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from broker.vocabulary import Place, Presence, Purpose, Withheld
from console.rules.consenting.consent import EntryKind
from console.rules.consenting.hours import Window, parse_hours
from console.rules.sensing.sleep import Minute, Part
from console.rules.sensing.trend import Gap, Mark, MarkKind, Noted, NoTrend, trend_of, window_to_show
from console.screens.trends import HEIGHT, LEFT, WIDTH, drawn, folded
from console.showing.views import Words
from tests.console.test_consent_rules import LONDON, NOON, a_yes, entry, standing

BEGINS = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
WINDOW = Window(BEGINS, BEGINS + timedelta(hours=2))
ALL = (Purpose.PRESENCE, Purpose.BED_EXIT, Purpose.BREATHING_SPOT)
NIGHT = (parse_hours("22:00-07:00"),)
IN_BED = Minute(BEGINS, 60.0, 60.0, 0.0, Presence.PRESENT, Place.IN_BED, 1)


def at(minute):
    return BEGINS + timedelta(minutes=minute)


def noted(minute, rate=14.0, spread=1.0, **changes):
    return Noted(replace(IN_BED, at=at(minute), **changes), rate, spread)


def withheld(minute, why, **changes):
    return Noted(replace(IN_BED, at=at(minute), **changes), None, None, why)


def trend(*minutes, marks=(), purposes=ALL, may_show_rates=True):
    return trend_of(minutes, marks, WINDOW, purposes, may_show_rates=may_show_rates)


def test_X1_a_gap_is_a_gap_with_its_reason_and_nothing_is_drawn_across_it():
    told = trend(*(noted(n) for n in range(10)), *(withheld(n, Withheld.MOVING) for n in range(10, 15)), noted(15))
    assert [len(run) for run in told.runs] == [10, 1]
    assert told.gaps == (Gap(Window(at(10), at(15)), Withheld.MOVING), Gap(Window(at(16), at(120)), None))


def test_X1_of_two_sensors_the_surer_one_leads_minute_by_minute():
    (run,) = trend(noted(0, 14.0, 2.0), noted(0, 15.0, 0.5, sensor="camera")).runs
    assert (run[0].low, run[0].middle, run[0].high) == (14.5, 15.0, 15.5)


def test_X1_where_two_sensors_contradict_each_other_there_is_no_rate():
    told = trend(noted(0, 12.0, 1.0), noted(0, 16.0, 1.0, sensor="camera"), noted(1))
    assert len(told.runs) == 1 and told.gaps[0].withheld is Withheld.SENSORS_DISAGREE


@pytest.mark.parametrize(("purposes", "may_show"), [((Purpose.PRESENCE,), True), (ALL, False)], ids=["agreed", "A11"])
def test_A11_without_agreement_or_context_no_rate_and_no_gap_tells_of_breathing(purposes, may_show):
    told = trend(noted(0), withheld(1, Withheld.NO_BREATHING_SEEN), purposes=purposes, may_show_rates=may_show)
    assert (told.runs, told.gaps, told.shows_rate) == ((), (), False)
    assert told.hours[0].middle is None


def test_X1_what_was_seen_is_told_without_a_hole_and_the_unseen_is_not_known():
    told = trend(noted(0), noted(1, moving_s=20.0), noted(2, place=Place.OUT_OF_BED))
    assert [(one.part, one.window) for one in told.stretches] == [
        (Part.STILL, Window(at(0), at(1))),
        (Part.RESTLESS, Window(at(1), at(2))),
        (Part.OUT, Window(at(2), at(3))),
        (Part.UNKNOWN, Window(at(3), at(120))),
    ]


def test_X1_the_hours_say_the_same_in_numbers():
    first, second = trend(noted(0, 12.0), noted(1, 18.0), noted(2, 13.0), noted(59, 60.0)).hours
    assert (first.lowest, first.middle, first.highest, first.rated_min) == (12.0, 15.5, 60.0, 4)
    assert first.parts == Counter({Part.STILL: 4, Part.UNKNOWN: 56}) and first.whole_min == 60
    assert (second.middle, second.parts) == (None, Counter({Part.UNKNOWN: 60}))


def test_X1_only_what_happened_within_the_hours_is_marked_in_order_of_time():
    marks = [Mark(MarkKind.EVENT, at(n), None, Words("Out of bed")) for n in (50, -1, 3, 120)]
    assert [one.at for one in trend(marks=marks).marks] == [at(3), at(50)]


def test_X1_everything_lies_on_the_drawing_whatever_the_rate():
    marks = [Mark(MarkKind.ALERT, at(119), at(500), Words("On the floor"))]
    told = drawn(trend(noted(0, 3.0, 9.0), noted(119, 200.0, 40.0), marks=marks))
    places = [tuple(map(float, one.split(","))) for run in (*told.bands, *told.lines) for one in run.split()]
    assert all(LEFT <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places)
    assert all(x >= LEFT and x + width <= WIDTH for x, width, *_ in (*told.marks, *told.strip, *told.gaps))


def test_R1_the_ward_reads_back_one_day_and_no_further():
    told = standing(a_yes(hours=(parse_hours("00:00-24:00"),)))
    now = NOON + timedelta(days=3)
    assert window_to_show(told, now, LONDON) == Window(now - timedelta(hours=24), now)


def test_X1_in_the_night_the_window_is_the_night_so_far_and_by_day_the_last_one():
    told = standing(a_yes(hours=NIGHT))
    night = NOON.replace(hour=22, minute=0)
    assert window_to_show(told, night + timedelta(hours=3), LONDON) == Window(night, night + timedelta(hours=3))
    assert window_to_show(told, night + timedelta(hours=12), LONDON) == Window(night, night + timedelta(hours=9))


def test_X1_after_a_no_and_before_the_first_night_there_is_nothing():
    told = standing(a_yes(), entry(EntryKind.WITHDRAWN, NOON + timedelta(hours=20)))
    assert window_to_show(told, NOON + timedelta(hours=21), LONDON) is NoTrend.NO_CONSENT
    assert window_to_show(standing(a_yes(hours=NIGHT)), NOON + timedelta(hours=1), LONDON) is NoTrend.NOTHING_YET


def test_X1_hours_of_which_nothing_is_known_are_one_row_and_the_drawing_names_no_more_than_twelve():
    day = trend_of([noted(3 * 60)], (), Window(BEGINS, BEGINS + timedelta(hours=24)), ALL, may_show_rates=True)
    rows = [(first.begins, last.begins if last else None) for first, last in folded(day.hours)]
    assert rows == [(at(0), at(120)), (at(180), None), (at(240), at(23 * 60))]
    assert len(drawn(day).hours) == 12
