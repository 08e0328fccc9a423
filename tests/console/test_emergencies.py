"""A17, A18, NA-13: an emergency in one room, cover for the others, and the one lawful silence."""

import pytest

from console.alerting.alert_views import EmergencyView
from console.roles import Role
from console.rules.alerting.alerts import Rung
from console.rules.alerting.corridor import Heard, Level, level_of
from tests.kit.alerting import POLICY, a_person, in_the_ensuite, limit_ensuite, the_alert
from tests.kit.boxed_ward import BoxedWard, an_actor, boxed_ward


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path, rooms=2) as made:
        yield made


@pytest.fixture
def charge(box):
    return a_person(box, "ben", "Ben C.", Role.NURSE_IN_CHARGE)


@pytest.fixture
def ada(box):
    return a_person(box, "ada", "Ada K.")


def calls_in(box: BoxedWard, room_id: str) -> str:
    limit_ensuite(box, room_id)
    in_the_ensuite(box, room_id, 184)
    return the_alert(box, room_id).alert.alert_id


def test_A17_NA13_the_room_of_the_emergency_is_silent_and_another_starts_at_the_top(box, ada):
    calls_in(box, "room1")
    assert box.ward.emergencies.start(ada, "room1")
    calls_in(box, "room2")
    box.ward.step()
    assert not box.ward.alerts.sounds(the_alert(box, "room1"))
    there = the_alert(box, "room2")
    assert box.ward.alerts.sounds(there) and there.progress.rung is Rung.SITE_COORDINATOR


def test_A17_each_tap_has_its_time_and_a_second_press_joins_the_first(box, ada, charge):
    started = box.ward.emergencies.start(ada, "room1")
    box.clock.advance(40)
    assert box.ward.emergencies.start(charge, "room1").detail == started.detail
    assert box.ward.emergencies.tap(ada, started.detail, "rang_2222")
    view = box.ward.calling.emergency(ada, started.detail)
    assert isinstance(view, EmergencyView)
    assert [(one.kind, one.initials) for one in view.taps] == [
        ("started", "A.K."),
        ("there", "B.C."),
        ("rang_2222", "A.K."),
    ]
    assert (view.taps[1].at - view.started_at).total_seconds() == 40


def test_A17_it_ends_when_the_nurse_in_charge_says_who_is_back_on_the_floor(box, ada, charge):
    emergency_id = box.ward.emergencies.start(ada, "room1").detail
    assert not box.ward.emergencies.end(ada, emergency_id, [ada.actor_id])
    assert not box.ward.emergencies.end(charge, emergency_id, [])
    assert box.ward.emergencies.end(charge, emergency_id, [ada.actor_id, charge.actor_id])
    assert box.ward.emergencies.lasting() == () and not box.ward.emergencies.tap(ada, emergency_id, "there")


def test_A17_the_card_stands_although_nothing_can_be_written(box, ada):
    box.disk.is_full = True
    started = box.ward.emergencies.start(ada, "room1")
    assert started and box.ward.emergencies.of(started.detail) is not None


def test_A4_A17_who_finds_an_emergency_starts_it_with_the_outcome(box, ada):
    from tests.kit.alerting import code_at

    alert_id = calls_in(box, "room1")
    assert box.ward.alerts.arrive(ada, alert_id, code_at(box, "room1"))
    assert box.ward.alerts.report(ada, alert_id, "emergency", "saw_breathing").detail
    assert [one.room_id for one in box.ward.emergencies.lasting()] == ["room1"]


def test_A18_two_people_stand_the_monitor_down_and_every_sensor_closes(box, charge):
    manager = a_person(box, "mia", "Mia M.", Role.WARD_MANAGER)
    calls_in(box, "room1")
    asked = box.ward.emergencies.ask_to_stand_down(charge)
    assert asked.detail.isdigit()
    assert box.ward.emergencies.stand_down(charge, asked.detail, manager.actor_id)
    assert {str(node.lease.state) for node in box.nodes.values() if node.lease} == {"closed"}
    known = the_alert(box, "room1")
    assert known.progress.is_open and not box.ward.alerts.sounds(known)
    assert box.ward.calling.calls().stood_down_until is not None and box.ward.emergencies.times_this_month() == 1


def test_A18_it_ends_with_the_shift_and_the_sensors_follow_the_yes_again(box, charge):
    manager = a_person(box, "mia", "Mia M.", Role.WARD_MANAGER)
    asked = box.ward.emergencies.ask_to_stand_down(charge)
    assert box.ward.emergencies.stand_down(charge, asked.detail, manager.actor_id)
    box.clock.advance(13 * 3600)
    box.pass_time(2)
    assert not box.ward.emergencies.stands_down()
    assert box.nodes["room1"].lease is not None and box.nodes["room1"].lease.state == "open"


def test_A18_nobody_alone_and_no_wrong_code_stands_it_down(box, charge, ada):
    manager = a_person(box, "mia", "Mia M.", Role.WARD_MANAGER)
    code = box.ward.emergencies.ask_to_stand_down(charge).detail
    wrong = f"{(int(code) + 1) % 10000:04}"
    stand_down = box.ward.emergencies.stand_down
    assert not stand_down(charge, wrong, manager.actor_id)
    assert not stand_down(charge, code, charge.actor_id)
    assert not stand_down(an_actor(Role.NURSE_IN_CHARGE), code, manager.actor_id)
    assert not stand_down(ada, code, manager.actor_id)
    box.clock.advance(601)
    assert not stand_down(charge, code, manager.actor_id) and not box.ward.emergencies.stands_down()


def test_A10_without_a_word_of_the_console_the_corridor_sounds_by_itself_after_a_minute():
    heard = Heard(Level.SILENT, answered_s=0.0, devices_s=0.0)
    assert [level_of(heard, now_s, POLICY) for now_s in (59.0, 60.0, 1859.0)] == ["silent", "high", "high"]
    # Then a minute in every five.
    assert [level_of(heard, 60 + 1800 + after_s, POLICY) for after_s in (0.0, 59.0, 60.0, 299.0, 300.0)] == [
        "high",
        "high",
        "silent",
        "silent",
        "high",
    ]


def test_A10_with_every_tablet_gone_it_sounds_although_the_console_answers():
    assert level_of(Heard(Level.SILENT, answered_s=100.0, devices_s=0.0), 100.0, POLICY) is Level.HIGH


def test_A10_it_falls_silent_only_for_whoever_walks_to_it_and_sounds_at_the_next_loss():
    walked = Heard(Level.SILENT, answered_s=0.0, devices_s=0.0, walked_s=100.0)
    assert level_of(walked, 101.0, POLICY) is Level.SILENT
    later = Heard(Level.SILENT, answered_s=200.0, devices_s=200.0, walked_s=100.0)
    assert level_of(later, 261.0, POLICY) is Level.HIGH


def test_A10_an_alert_that_the_console_calls_is_sounded_as_it_says():
    assert level_of(Heard(Level.HIGH, answered_s=100.0, devices_s=100.0, walked_s=99.0), 101.0, POLICY) is Level.HIGH
