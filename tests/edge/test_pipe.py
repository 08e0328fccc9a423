from dataclasses import replace

import pytest

from broker.vocabulary import Movement, Presence, Purpose, SensedState, Withheld, Zone
from edge.errors import PipeError
from edge.estimates import Estimate, withheld_estimate
from edge.permitted import permitted
from edge.pipe import (
    MAX_LINE_BYTES,
    Ended,
    Extend,
    Fault,
    Loop,
    Notice,
    Open,
    Opened,
    decode_from_sensing,
    decode_to_sensing,
    encode,
)
from tests.kit.sleeper import moment

FULL: Estimate = replace(
    withheld_estimate(moment(31), Withheld.LOW_QUALITY, "a" * 64),
    presence=Presence.PRESENT,
    state=SensedState.BREATHING,
    people=1,
    zone=Zone.BED,
    respiratory_rate_per_min=14.1,
    respiratory_rate_uncertainty_per_min=0.6,
    respiratory_rate_withheld=None,
    quality=0.9,
    living_age_s=0.0,
)
SENT = [Opened(), Ended("recording_ended"), Loop(2), Fault(Withheld.SENSOR_FAULT, "it is gone"), Notice("plug it in")]


@pytest.mark.parametrize("line", [*SENT, permitted(FULL, set(Purpose), True), permitted(FULL, set(), False)])
def test_what_sensing_says_arrives_as_it_was_said(line):
    raw = encode(line)
    assert len(raw) <= MAX_LINE_BYTES
    assert decode_from_sensing(raw) == line


def test_what_the_node_says_arrives_as_it_was_said():
    told = Open(
        {"kind": "synthetic", "seed": 1},
        (Purpose.PRESENCE,),
        False,
        "0" * 32,
        ({"zone": "bed", "from_m": 0.0, "to_m": 1.6},),
        60.0,
    )
    assert decode_to_sensing(encode(told)) == told
    assert decode_to_sensing(encode(Extend(20.0, ()))) == Extend(20.0, ())


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"kind":"picture"}', b'{"kind":"loop","loop":2,"frame":[1]}'])
def test_K1_anything_but_the_agreed_lines_is_refused(raw):
    with pytest.raises(PipeError):
        decode_from_sensing(raw)


def test_nothing_of_a_person_leaves_without_a_purpose():
    line = permitted(FULL, set(), True)
    told = (line.presence, line.movement, line.people, line.zone, line.breathing, line.respiratory_rate_per_min)
    assert told == (None,) * 6
    assert line.living_age_s is None
    reasons = {line.presence_withheld, line.movement_withheld, line.people_withheld, line.breathing_withheld}
    assert reasons | {line.respiratory_rate_withheld, line.pulse_rate_withheld} == {Withheld.NOT_PERMITTED}


def test_A11_vital_signs_stay_inside_where_they_are_switched_off():
    line = permitted(FULL, set(Purpose), vital_signs=False)
    assert line.respiratory_rate_withheld is Withheld.NOT_PERMITTED
    assert line.breathing_withheld is Withheld.NOT_PERMITTED
    assert line.presence is Presence.PRESENT
    assert line.quality == 0.0


def test_presence_alone_opens_presence_and_movement_and_no_place():
    line = permitted(FULL, {Purpose.PRESENCE}, True)
    assert (line.presence, line.movement) == (Presence.PRESENT, Movement.STILL)
    assert line.zone is None
    assert line.people is None


def test_breathing_alone_opens_the_rate_and_no_presence():
    line = permitted(FULL, {Purpose.BREATHING_SPOT}, True)
    assert line.respiratory_rate_per_min == 14.1
    assert line.breathing is SensedState.BREATHING
    assert line.presence is None


def test_the_en_suite_is_a_room_to_whoever_did_not_agree_to_its_watch():
    there = replace(FULL, zone=Zone.ENSUITE)
    assert permitted(there, {Purpose.BED_EXIT}, True).zone is Zone.ROOM
    assert permitted(there, {Purpose.BATHROOM_DWELL}, True).zone is Zone.ENSUITE
    assert permitted(FULL, {Purpose.BATHROOM_DWELL}, True).zone is None


def test_a_sensor_fault_is_said_whatever_the_purposes():
    broken = withheld_estimate(moment(3), Withheld.FROZEN, "a" * 64)
    assert permitted(broken, set(), False).fault is Withheld.FROZEN


def test_an_unsure_presence_is_withheld_with_a_reason():
    unsure = replace(FULL, presence=Presence.UNSURE)
    line = permitted(unsure, {Purpose.PRESENCE}, True)
    assert line.presence is None
    assert line.presence_withheld is Withheld.LOW_QUALITY
