from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker.readings import RateReading, Readings
from broker.vocabulary import Movement, Place, Presence, Purpose, RoomEventKind, SensedState, Withheld, Zone
from edge.events import Happened
from edge.minutes import Minutes, summary
from edge.reports import Since, readings_of, room_event, said_for
from edge.supervisor import Order
from tests.kit.nodes import NIGHT, sensed_line

ALL = tuple(Purpose)


def order(*purposes: Purpose, vital_signs: bool = True) -> Order:
    return Order("d" * 32, purposes or ALL, vital_signs, 0.0)


def readings(*purposes: Purpose, place: Place | None = Place.IN_BED, **changes: Any) -> Readings:
    return readings_of(sensed_line(**changes), order(*purposes), place, Since())


def test_a_second_is_told_in_the_words_of_the_wire() -> None:
    told = readings(people=1, people_withheld=None)
    assert (told.presence.value, told.movement.value, told.place.value) == (
        Presence.PRESENT,
        Movement.STILL,
        Place.IN_BED,
    )
    assert (told.respiratory_rate.value_per_min, told.respiratory_rate.uncertainty_per_min) == (14.0, 0.5)
    assert told.people.value == 1
    assert told.living_seen_at == NIGHT


@pytest.mark.parametrize(
    ("purpose", "names"),
    [
        (Purpose.PRESENCE, {"presence", "movement"}),
        (Purpose.BED_EXIT, {"place"}),
        (Purpose.SECOND_PERSON, {"people"}),
        (Purpose.BREATHING_SPOT, {"breathing", "respiratory_rate"}),
        (Purpose.PULSE_SPOT, {"pulse_rate"}),
        (Purpose.NO_MOVEMENT, set()),
        (Purpose.SLEEP_REPORT, set()),
    ],
)
def test_C3_each_purpose_opens_its_own_readings_and_no_other(purpose: Purpose, names: set[str]) -> None:
    told = readings(
        purpose,
        people=1,
        people_withheld=None,
        pulse_rate_per_min=60.0,
        pulse_rate_uncertainty_per_min=2.0,
        pulse_rate_withheld=None,
    )
    all_names = {"presence", "movement", "place", "people", "breathing", "respiratory_rate", "pulse_rate"}
    given_names = {name for name in all_names if getattr(told, name).has_value()}
    assert given_names == names
    assert all(getattr(told, name).withheld is Withheld.NOT_PERMITTED for name in all_names - names)


def test_P3_the_en_suite_is_a_place_only_with_its_own_purpose() -> None:
    assert readings(Purpose.BED_EXIT, place=Place.ENSUITE).place.withheld is Withheld.NOT_PERMITTED
    assert readings(Purpose.BATHROOM_DWELL, place=Place.ENSUITE).place.value is Place.ENSUITE


def test_A11_without_leave_for_vital_signs_nothing_of_breathing_is_said() -> None:
    strict = order(vital_signs=False)
    told = readings_of(sensed_line(), strict, Place.IN_BED, Since())
    assert told.breathing.withheld is Withheld.NOT_PERMITTED
    assert told.respiratory_rate.withheld is Withheld.NOT_PERMITTED
    assert told.presence.value is Presence.PRESENT
    assert Purpose.BREATHING_SPOT not in said_for(strict)


def test_a_reason_is_passed_on_and_never_joined_by_a_value() -> None:
    told = readings(
        presence=None,
        presence_withheld=Withheld.FROZEN,
        respiratory_rate_per_min=None,
        respiratory_rate_uncertainty_per_min=None,
        respiratory_rate_withheld=Withheld.FROZEN,
        place=None,
    )
    assert told.presence.withheld is Withheld.FROZEN
    assert told.place.withheld is Withheld.FROZEN
    assert told.respiratory_rate == RateReading(withheld=Withheld.FROZEN)


@pytest.mark.parametrize(("value", "spread"), [(1.9, 0.5), (221.0, 0.5), (14.0, 51.0), (14.0, -0.1)])
def test_a_rate_that_no_body_has_is_withheld(value: float, spread: float) -> None:
    told = readings(respiratory_rate_per_min=value, respiratory_rate_uncertainty_per_min=spread)
    assert told.respiratory_rate == RateReading(withheld=Withheld.MODEL_FAULT)


def test_since_stands_over_a_moment_of_doubt_and_not_over_a_long_one() -> None:
    since = Since()
    assert since.of("presence", Presence.PRESENT, NIGHT) == NIGHT
    assert since.of("presence", Presence.PRESENT, NIGHT + timedelta(seconds=9)) == NIGHT
    later = NIGHT + timedelta(seconds=30)
    assert since.of("presence", Presence.PRESENT, later) == later
    assert since.of("presence", Presence.ABSENT, later + timedelta(seconds=1)) == later + timedelta(seconds=1)


def test_an_event_names_the_estimate_it_stands_on() -> None:
    event = room_event(Happened(RoomEventKind.OUT_OF_BED, 61.04), readings())
    assert (event.event, event.after_s, event.quality) == (RoomEventKind.OUT_OF_BED, 61.0, 0.9)
    assert (event.estimated_at, event.model) == (NIGHT, "e" * 64)


def rate(value: float, spread: float = 0.5) -> RateReading:
    return RateReading(value_per_min=value, uncertainty_per_min=spread)


def test_a_minutes_rate_is_the_median_and_its_uncertainty_holds_the_spread() -> None:
    told = summary([rate(14.0)] * 30 + [rate(15.0)] * 20 + [RateReading(withheld=Withheld.MOVING)] * 10)
    assert told.value_per_min == 14.0
    assert told.uncertainty_per_min == pytest.approx(1.12, abs=0.01)


def test_a_minute_without_a_rate_gives_the_commonest_reason() -> None:
    reasons = [Withheld.MOVING] * 20 + [Withheld.LOW_QUALITY] * 40
    assert summary([RateReading(withheld=one) for one in reasons]).withheld is Withheld.LOW_QUALITY


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.floats(2, 220), st.floats(0, 50)), min_size=1, max_size=61))
def test_a_minutes_rate_lies_among_its_seconds_and_is_never_surer_than_they(shown: list[tuple[float, float]]) -> None:
    told = summary([rate(value, spread) for value, spread in shown])
    assert told.value_per_min is not None
    assert told.uncertainty_per_min is not None
    assert min(v for v, _ in shown) - 0.01 <= told.value_per_min <= max(v for v, _ in shown) + 0.01
    assert told.uncertainty_per_min >= min(u for _, u in shown) - 0.01


def test_a_minute_counts_its_seconds_and_begins_anew_with_the_next() -> None:
    minutes, done = Minutes(), []
    for second in range(70):
        at = NIGHT + timedelta(seconds=second)
        moving = Movement.MOVING if second < 10 else Movement.STILL
        made = minutes.add(readings(captured_at=at, movement=moving))
        done += [made] if made is not None else []
    rest = minutes.finish()
    assert [(one.minute_from, one.sensed_s, one.present_s, one.moving_s) for one in done] == [(NIGHT, 60, 60, 10)]
    assert rest is not None
    assert rest.sensed_s == 10
    assert minutes.finish() is None


def test_C3_a_minute_without_the_purpose_counts_nobody() -> None:
    minutes = Minutes()
    minutes.add(readings(Purpose.BREATHING_SPOT))
    told = minutes.finish()
    assert told is not None
    assert (told.present_s, told.moving_s) == (None, None)


_ANY_LINE = st.fixed_dictionaries(
    {
        "presence": st.sampled_from([Presence.PRESENT, Presence.ABSENT, None]),
        "presence_withheld": st.sampled_from([*Withheld, None]),
        "movement": st.sampled_from([*Movement, None]),
        "movement_withheld": st.sampled_from([*Withheld, None]),
        "people": st.sampled_from([0, 1, 2, None]),
        "people_withheld": st.sampled_from([*Withheld, None]),
        "zone": st.sampled_from([*Zone, None]),
        "breathing": st.sampled_from([SensedState.BREATHING, SensedState.NO_BREATHING_SEEN, None]),
        "breathing_withheld": st.sampled_from([*Withheld, None]),
        "respiratory_rate_per_min": st.sampled_from([14.0, None]),
        "respiratory_rate_withheld": st.sampled_from([*Withheld, None]),
    }
)


@settings(max_examples=300, deadline=None)
@given(_ANY_LINE, st.frozensets(st.sampled_from(ALL)), st.booleans(), st.sampled_from([*Place, None]))
def test_every_line_becomes_readings_with_a_value_or_a_reason(
    changes: dict[str, Any], purposes: frozenset[Purpose], vital_signs: bool, place: Place | None
) -> None:
    asked = Order("d" * 32, tuple(purposes), vital_signs, 0.0)
    told = readings_of(sensed_line(**changes), asked, place, Since())
    if not vital_signs:
        assert not told.respiratory_rate.has_value()
    if Purpose.PRESENCE not in purposes:
        assert not told.presence.has_value()
