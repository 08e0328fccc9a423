"""The page about a night: plain sums, gaps as gaps, and only while the consent names it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.vocabulary import Place, Presence, Purpose
from console.rules.consenting.consent import EntryKind
from console.rules.consenting.hours import DAY_AND_NIGHT, Hours, Window, parse_hours
from console.rules.policy import shipped_policy
from console.rules.sensing.sleep import Minute, NoNight, Part, Sums, night_of, night_to_tell, part_of
from tests.console.test_consent_rules import LONDON, NOON, a_yes, entry, standing

POLICY = shipped_policy()
BEGINS = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
WINDOW = Window(BEGINS, BEGINS + timedelta(hours=9))
IN_BED = Minute(BEGINS, 60.0, 60.0, 0.0, Presence.PRESENT, Place.IN_BED, 1)
NIGHT: tuple[Hours, ...] = (parse_hours("22:00-07:00"),)
BOTH = (Purpose.PRESENCE, Purpose.BED_EXIT, Purpose.SLEEP_REPORT)


def minutes(count, begins=BEGINS, **changes):
    return [replace(IN_BED, at=begins + timedelta(minutes=n), **changes) for n in range(count)]


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({}, Part.STILL),
        ({"moving_s": 5.0}, Part.STILL),
        ({"moving_s": 6.0}, Part.RESTLESS),
        ({"place": Place.OUT_OF_BED}, Part.OUT),
        ({"place": Place.ENSUITE, "present_s": 0.0}, Part.OUT),
        ({"place": Place.ON_FLOOR}, Part.OUT),
        ({"present_s": 0.0, "presence": Presence.ABSENT, "place": None}, Part.OUT),
        ({"present_s": 0.0, "presence": None, "place": None}, Part.UNKNOWN),
        ({"place": None}, Part.UNKNOWN),
        ({"sensed_s": 44.0}, Part.UNKNOWN),
        ({"people": 2}, Part.UNKNOWN),
        ({"present_s": None}, Part.UNKNOWN),
        ({"moving_s": None}, Part.UNKNOWN),
    ],
    ids=str,
)
def test_a_minute_is_what_was_seen_and_in_doubt_not_known(changes, part):
    assert part_of(replace(IN_BED, **changes), knows_place=True) is part


def test_without_leave_to_say_where_somebody_is_a_bed_is_not_spoken_of():
    night = night_of(minutes(540, place=None), WINDOW, knows_place=False)
    assert (night.bed_min, night.whole) == (None, Sums(still=540))


def test_what_was_not_sensed_is_a_gap_and_not_a_quiet_stretch():
    night = night_of([*minutes(60), *minutes(60, BEGINS + timedelta(hours=5))], WINDOW, knows_place=True)
    assert night.whole == Sums(still=120, unknown=420)
    assert [hour.sums.unknown for hour in night.hours] == [0, 60, 60, 60, 60, 0, 60, 60, 60]


def test_a_minute_cut_in_two_is_not_known():
    night = night_of([*minutes(1), *minutes(1)], WINDOW, knows_place=True)
    assert night.whole == Sums(unknown=540)


def test_a_minute_outside_the_night_does_not_count():
    night = night_of(minutes(1, BEGINS - timedelta(minutes=1)), WINDOW, knows_place=True)
    assert night.whole == Sums(unknown=540)


@given(
    st.lists(
        st.builds(
            Minute,
            st.integers(-30, 600).map(lambda n: BEGINS + timedelta(minutes=n)),
            st.floats(0, 61),
            st.none() | st.floats(0, 61),
            st.none() | st.floats(0, 61),
            st.none() | st.sampled_from([Presence.PRESENT, Presence.ABSENT]),
            st.none() | st.sampled_from(list(Place)),
            st.none() | st.integers(0, 2),
        ),
        max_size=60,
    ),
    st.integers(1, 700),
    st.integers(0, 59),
    st.booleans(),
)
def test_every_minute_of_a_night_is_exactly_one_thing(seen, length, minute, knows_place):
    window = Window(BEGINS.replace(minute=minute), BEGINS.replace(minute=minute) + timedelta(minutes=length))
    night = night_of(seen, window, knows_place=knows_place)
    assert sum((night.whole.still, night.whole.restless, night.whole.out, night.whole.unknown)) == length
    for name in ("still", "restless", "out", "unknown"):
        assert sum(getattr(hour.sums, name) for hour in night.hours) == getattr(night.whole, name)


def told(purposes=BOTH, hours=NIGHT, now=NOON + timedelta(days=1), *more):
    given = a_yes(NOON, purposes=purposes, hours=hours)
    return night_to_tell(standing(given, *more, now=now), now, POLICY, LONDON)


def test_the_last_granted_stretch_that_is_over_is_told():
    assert told() == WINDOW
    assert told(now=NOON + timedelta(hours=12)) is NoNight.NOT_YET
    assert told(now=WINDOW.closes_at) == WINDOW


def test_C3_without_its_own_purpose_nothing_is_worked_out():
    assert told(purposes=(Purpose.PRESENCE, Purpose.BED_EXIT)) is NoNight.NOT_AGREED


def test_C3_with_no_other_purpose_there_is_not_enough_to_write_it():
    assert told(purposes=(Purpose.SLEEP_REPORT,)) is NoNight.NOT_ENOUGH


def test_C6_after_a_no_nothing_more_is_worked_out():
    now = NOON + timedelta(days=1)
    assert told(BOTH, NIGHT, now, entry(EntryKind.WITHDRAWN, now - timedelta(hours=1))) is NoNight.NOT_AGREED


def test_where_day_and_night_were_granted_the_night_is_the_wards():
    found = told(hours=(DAY_AND_NIGHT,))
    assert isinstance(found, Window)
    begins, ends = (at.astimezone(LONDON).time() for at in (found.opens_at, found.closes_at))
    assert (begins, ends) == (POLICY.time_of_day("C7", "night_from"), POLICY.time_of_day("C7", "night_until"))
