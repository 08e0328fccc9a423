"""S3, C5: covering a sensor is a pause with no end but theirs, under every basis; staff pause by name."""

from datetime import timedelta

import pytest

from broker.readings import PresenceReading
from broker.vocabulary import Lamp, LeaseState, Withheld
from console.consenting.stops import Via
from console.rules.consenting.consent import ConsentState
from tests.kit.boxed_ward import NURSE, boxed_ward


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path) as one:
        one.pass_time(2)
        yield one


def cover(box, seconds):
    for _ in range(seconds):
        box.clock.advance(1)
        node = box.nodes["room1"]
        if node.lease.state is LeaseState.OPEN:
            node.sees(presence=PresenceReading(withheld=Withheld.COVERED))
        else:
            node.live()
        box.ward.step()


def standing(box):
    return box.ward.roll.standing("room1")


def own_page(box):
    return box.ward.access.patient_page(box.patient("room1"))


def test_S3_covering_closes_the_sensor_and_no_time_opens_it_again(box):
    cover(box, 8)
    assert standing(box).state is ConsentState.PAUSED and box.nodes["room1"].lease.state is LeaseState.CLOSED
    box.pass_time(3600, in_steps_of=60)
    assert box.nodes["room1"].lease.state is LeaseState.CLOSED
    assert box.nodes["room1"].lease.lamp is Lamp.OFF and "PAUSED BY THEM" in box.tile("room1").headline.text


def test_S3_a_hand_before_the_sensor_for_a_moment_is_no_pause(box):
    cover(box, 3)
    assert standing(box).state is ConsentState.GIVEN


def test_S3_only_their_own_tap_ends_it(box):
    cover(box, 8)
    assert not box.ward.consents.resume(NURSE, "room1")
    assert own_page(box).may_resume and "It was covered" in own_page(box).status.text
    assert box.ward.consents.resume(box.patient("room1"), "room1")
    assert standing(box).is_given


def test_S3_a_press_on_pause_gives_a_covered_sensor_no_end(box):
    cover(box, 8)
    box.pause("room1")
    box.clock.advance(timedelta(hours=2).total_seconds())
    assert standing(box).state is ConsentState.PAUSED


def test_C5_a_pause_by_staff_is_shown_to_the_patient_by_name(box):
    assert box.ward.consents.pause(NURSE, "room1", via=Via.STAFF, device="d" * 32)
    assert "consent:sensor:privacy_paused" in box.actions()
    told = [row.words.values.get("done") for row in own_page(box).ledger]
    assert any(one is not None and "for your privacy" in one.text for one in told)
