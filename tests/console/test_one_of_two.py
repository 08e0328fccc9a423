"""C3, C5, A15, S1: a yes for two sensors, what is left of it when one is stopped, and what lasts by either."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from broker.vocabulary import Modality, Purpose
from console.rules.alerting.lasting import goes_on
from console.rules.consenting.consent import ConsentEntry, ConsentState, EntryKind, derive
from console.rules.consenting.grants import Grant
from console.rules.consenting.history import ONE_SENSOR
from console.rules.policy import shipped_policy
from console.rules.sensing.sleep import Part, joined_part
from console.running.seed import example_grant

POLICY, LONDON = shipped_policy(), ZoneInfo("Europe/London")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BOTH = (Modality.RADAR, Modality.CAMERA)
NOT_BREATHING = ((Modality.CAMERA, Purpose.BREATHING_SPOT),)
GRANT = replace(example_grant(NOON, *BOTH), not_with=NOT_BREATHING)


def entry(kind, minute=0, **details):
    return ConsentEntry("e" * 32, "c" * 32, "s" * 32, NOON + timedelta(minutes=minute), kind, details)


def standing(*entries):
    given = entry(EntryKind.GIVEN, **GRANT.to_details())
    return derive((given, *entries), NOON + timedelta(hours=1), POLICY, LONDON)


def test_C3_what_was_left_out_for_one_sensor_is_kept_and_read_back():
    assert Grant.from_details(GRANT.to_details()) == GRANT
    assert Purpose.BREATHING_SPOT in GRANT.purposes_of(Modality.RADAR)
    assert Purpose.BREATHING_SPOT not in GRANT.purposes_of(Modality.CAMERA)


def test_C3_a_yes_from_before_there_were_pairs_is_read_as_it_was_said():
    told = {name: value for name, value in GRANT.to_details().items() if name != "not_with"}
    assert Grant.from_details(told) == replace(GRANT, not_with=())


def test_C5_a_no_to_one_sensor_keeps_the_yes_to_the_other_and_takes_what_only_the_first_was_for():
    left = standing(entry(EntryKind.WITHDRAWN, 5, **{ONE_SENSOR: "radar"}))

    assert left.state is ConsentState.GIVEN and left.grant.sensors == (Modality.CAMERA,)
    assert Purpose.BREATHING_SPOT not in left.grant.purposes and not left.grant.not_with


@pytest.mark.parametrize("sensors", [("radar", "camera"), ("sonar",)])
def test_C5_a_no_to_the_last_sensor_or_to_one_that_is_not_understood_is_a_no_to_all(sensors):
    said = [entry(EntryKind.WITHDRAWN, 5 + n, **{ONE_SENSOR: one}) for n, one in enumerate(sensors)]

    assert standing(*said).state is ConsentState.WITHDRAWN


def at(second):
    return NOON + timedelta(seconds=second)


def test_A15_what_lasts_keeps_its_beginning_while_a_sensor_that_saw_it_sees_it_still():
    seen = {"radar": {"ensuite": at(0)}, "camera": {"ensuite": at(4)}}
    alone = {"radar": {}, "camera": {"ensuite": at(4)}}

    assert goes_on({}, {}, seen) == {"ensuite": at(0)}
    assert goes_on({"ensuite": at(0)}, seen, alone) == {"ensuite": at(0)}
    assert goes_on({"ensuite": at(0)}, alone, {"camera": {"ensuite": at(90)}}) == {"ensuite": at(90)}
    assert goes_on({"ensuite": at(0)}, seen, {"radar": {}, "camera": {}}) == {}


@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        (Part.STILL, Part.UNKNOWN, Part.STILL),
        (Part.STILL, Part.RESTLESS, Part.RESTLESS),
        (Part.STILL, Part.OUT, Part.UNKNOWN),
        (Part.OUT, Part.OUT, Part.OUT),
    ],
)
def test_S1_a_minute_of_two_sensors_is_one_minute_and_not_known_where_they_contradict(one, other, joined):
    assert joined_part(one, other) is joined and joined_part(other, one) is joined
