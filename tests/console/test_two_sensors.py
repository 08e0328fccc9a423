"""K8, C3, C5, A2, A9: a radar and a camera in one room: one tile, one alert, two leases, and a stop that stops both."""

from dataclasses import replace
from datetime import timedelta

import pytest

from broker.messages import Health, Sensor
from broker.readings import BreathingReading, PlaceReading, PresenceReading, RateReading
from broker.vocabulary import (
    CloseReason,
    HealthFlag,
    LeaseState,
    Modality,
    Place,
    Presence,
    Purpose,
    RoomEventKind,
    SensedState,
    SensorState,
)
from console.rules.consenting.grants import LessAnswer
from console.running.seed import example_grant
from console.words import open_catalogues
from tests.kit.boxed_ward import ADMIN, BOTH, NURSE, add_camera, boxed_ward

ENGLISH = open_catalogues("Europe/London")["en"]
GONE = timedelta(seconds=30)


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path) as made:
        add_camera(made)
        made.ask("room1", sensors=BOTH)
        made.pass_time(2)
        yield made


def radar(box):
    return box.nodes["room1"]


def camera(box):
    return box.nodes["room1+camera"]


def says(words):
    return ENGLISH.words(words) if words else ""


def nobody(box):
    return PresenceReading(value=Presence.ABSENT, since=box.clock.utc_now() - GONE)


def place(box, where):
    return PlaceReading(value=where, since=box.clock.utc_now() - GONE)


def speak(box, *, radar_sees=None, camera_sees=None):
    radar(box).sees(**(radar_sees or {}))
    camera(box).sees(**(camera_sees or {}))
    box.ward.step()


def paused_by_hand(box, node):
    now, serial = box.clock.utc_now(), node.lease.serial
    closed = Sensor(
        modality=node.modality, state=SensorState.CLOSED, since=now, lease_serial=serial, reason=CloseReason.LOCAL_PAUSE
    )
    node.live(sensor=closed)
    box.ward.step()


def test_H5_a_room_takes_one_sensor_of_each_kind_and_no_second_of_either(box):
    key = camera(box).public_key
    decision = box.ward.desk.add_node(ADMIN, "node7", "room1", Modality.CAMERA, key)
    assert not decision and decision.reason.text == "That room has such a sensor already, or is not there."
    assert [one.kind for one in box.ward.roll.sheet().nodes_in("room1")] == list(BOTH)


def test_C3_each_sensor_has_a_lease_of_its_own_for_what_was_agreed_for_it(box):
    left_out = ((Modality.CAMERA, Purpose.BREATHING_SPOT),)
    box.ask("room1", sensors=BOTH, not_with=left_out)
    box.pass_time(1)

    assert Purpose.BREATHING_SPOT in radar(box).lease.purposes
    assert Purpose.BREATHING_SPOT not in camera(box).lease.purposes
    assert radar(box).lease.lease_id != camera(box).lease.lease_id


def test_C3_a_yes_for_the_radar_alone_leaves_the_camera_off_and_the_tile_says_so(box):
    box.ask("room1", sensors=(Modality.RADAR,))
    box.pass_time(1)

    assert camera(box).lease.state is LeaseState.CLOSED
    assert box.tile("room1").kind == "still" and says(box.tile("room1").beside) == "Only the radar is on."


def test_K8_two_that_agree_make_one_tile_and_the_ward_counts_one_room(box):
    shown = box.tile("room1")

    assert shown.kind == "still" and shown.beside is None
    assert [one.modality for one in shown.sensors] == list(BOTH)
    assert box.ward.board.view().ward_sentence.values["sensors"].text == "Sensor on in 1 room."


def test_K8_two_that_contradict_each_other_take_the_calm_word_away(box):
    speak(box, camera_sees={"presence": nobody(box)})
    shown = box.tile("room1")

    assert shown.kind == "cannot_tell" and "do not agree" in says(shown.detail)
    assert all([says(one) for one in row.contradicts] == ["whether somebody is there"] for row in shown.sensors)


def test_K6_rates_that_contradict_each_other_are_no_reading_and_each_is_told_to_whoever_looks(box):
    speak(box, camera_sees={"respiratory_rate": RateReading(value_per_min=22.0, uncertainty_per_min=2.0)})
    reading = box.ward.access.reading(NURSE, "room1", "direct_care")

    assert not reading.is_value and "do not agree" in says(reading.words)
    assert [(kind, says(words)[:8]) for kind, words in reading.each] == [
        (Modality.RADAR, "about 14"),
        (Modality.CAMERA, "about 22"),
    ]


def test_A9_one_lost_sensor_leaves_the_others_tile_and_is_named_on_it_and_in_a_quiet_call(box):
    for _ in range(10):
        box.clock.advance(4)
        radar(box).live()
        box.ward.step()
    shown, (call,) = box.tile("room1"), box.ward.technical.calls()

    assert shown.kind == "still"
    assert says(shown.beside).startswith("Only the radar is on. The camera: Nothing heard from")
    assert says(call.words).startswith("The camera of Room 1 is silent since") and not call.is_loud
    assert box.ward.technical.round() == ()


def test_A9_when_both_are_lost_the_room_is_not_monitored_by_one_call(box):
    box.pass_time(40, in_steps_of=4, heard=False)
    (call,) = box.ward.technical.calls()

    assert box.tile("room1").kind == "not_monitored"
    assert says(call.words).startswith("Monitoring off in Room 1 since")


def test_A9_H4_a_blind_sensor_is_named_while_the_other_sees(box):
    for _ in range(9):
        box.clock.advance(4)
        radar(box).live(health=Health(flags=(HealthFlag.SENSOR_LOST,)))
        camera(box).live()
        box.ward.step()
    (call,) = box.ward.technical.calls()

    assert says(call.words).startswith("The radar of Room 1 is blind since")
    assert box.tile("room1").kind == "still"


def test_C5_a_stop_stops_both_and_is_confirmed_by_the_last_of_them(box):
    token = box.stop("room1")
    radar(box).live()
    box.ward.step()
    assert box.ward.access.stop_status("room1", token).state == "stopping"
    camera(box).live()
    box.ward.step()

    assert box.ward.access.stop_status("room1", token).state == "confirmed"
    assert box.tile("room1").kind == "sensor_off"


def test_C3_C5_a_patient_stops_the_camera_and_keeps_the_radar(box):
    me = box.patient("room1")
    assert box.ward.consents.withdraw_sensor(me, "camera", device="d" * 32)
    box.pass_time(1)
    page = box.ward.access.patient_page(me)

    assert (radar(box).lease.state, camera(box).lease.state) == (LeaseState.OPEN, LeaseState.CLOSED)
    assert [(one.modality, one.is_on) for one in page.sensors] == [(Modality.RADAR, True), (Modality.CAMERA, False)]
    assert says(page.sensors[1].words).startswith("Stopped, confirmed at")
    assert next(says(one) for one in box.ward.board.view().notices).startswith("Room 1: camera stopped at")


def test_C5_a_no_to_the_last_sensor_is_a_no_to_all_of_it(box):
    me = box.patient("room1")
    for sensor in BOTH:
        assert box.ward.consents.withdraw_sensor(me, sensor, device="d" * 32)
    box.pass_time(1)

    assert box.ward.roll.standing("room1").state == "withdrawn" and box.tile("room1").kind == "sensor_off"


def test_C5_what_cannot_be_written_down_of_one_sensor_stops_both(box):
    box.disk.is_full = True
    box.ward.consents.withdraw_sensor(box.patient("room1"), "camera", device="d" * 32)
    box.pass_time(1)

    assert radar(box).lease.state is LeaseState.CLOSED


def test_S3_the_control_in_the_room_hangs_at_one_node_and_pauses_both(box):
    paused_by_hand(box, radar(box))
    box.pass_time(1)

    assert camera(box).lease.state is LeaseState.CLOSED
    assert box.tile("room1").kind == "paused"


def test_A2_what_both_see_is_one_alert_and_what_either_sees_is_enough(box):
    from tests.kit.alerting import limit_ensuite

    limit_ensuite(box, "room1")
    inside = {"place": PlaceReading(value=Place.ENSUITE, since=box.clock.utc_now())}
    for second in range(190):
        box.clock.advance(1)
        speak(box, radar_sees=inside, camera_sees=inside if second < 100 else {"place": place(box, Place.LEFT_ROOM)})

    assert len(box.ward.alerts.book.open()) == 1


def test_C5a_a_clock_of_one_sensor_becomes_a_prompt_when_it_stops_and_the_other_does_not_see_it(box):
    inside = {"place": PlaceReading(value=Place.ENSUITE, since=box.clock.utc_now())}
    both_so = {"place": PlaceReading(value=Place.OUT_OF_BED, since=box.clock.utc_now())}
    for _ in range(3):
        box.clock.advance(1)
        speak(box, radar_sees=inside, camera_sees=both_so)
    box.ward.consents.withdraw_sensor(box.patient("room1"), "radar", device="d" * 32)
    box.ward.step()

    assert "en-suite clock" in says(box.tile("room1").prompt)


def test_C5a_a_clock_that_the_other_sensor_goes_on_with_brings_nobody(box):
    inside = {"place": PlaceReading(value=Place.ENSUITE, since=box.clock.utc_now())}
    box.clock.advance(1)
    speak(box, radar_sees=inside, camera_sees=inside)
    box.ward.consents.withdraw_sensor(box.patient("room1"), "radar", device="d" * 32)
    box.ward.step()

    assert box.tile("room1").prompt is None


def test_K8_breathing_that_either_does_not_see_calls_once(box):
    unseen = {
        "breathing": BreathingReading(
            value=SensedState.NO_BREATHING_SEEN, since=box.clock.utc_now() - timedelta(seconds=61)
        )
    }
    for _ in range(3):
        box.clock.advance(1)
        speak(box, radar_sees=unseen, camera_sees=unseen)

    assert [one for one in box.actions() if one == "board:prompt:raised"] == ["board:prompt:raised"]


def test_C1_what_one_sensor_saw_is_forgotten_with_its_lease(box):
    unsure = {"presence": PresenceReading(withheld="low_quality")}
    speak(box, camera_sees=unsure)
    box.ward.consents.withdraw_sensor(box.patient("room1"), "radar", device="d" * 32)
    box.clock.advance(1)
    radar(box).live()
    camera(box).sees(**unsure)
    box.ward.step()

    assert says(box.tile("room1").detail) != "" and box.tile("room1").kind == "cannot_tell"
    assert box.ward.live.of(radar(box).node_id).certain_at is None


def test_C3_a_sensor_without_a_purpose_is_no_sensor_of_a_yes(box):
    every = tuple((Modality.CAMERA, one) for one in Purpose)
    grant = replace(example_grant(box.clock.utc_now(), *BOTH), not_with=every, would_less_do=LessAnswer.NOTHING_LESS)
    assert box.ward.consents.explain(NURSE, box.stay("room1"), in_their_own_form=True)
    refused = box.ward.consents.give(NURSE, box.stay("room1"), grant)

    assert not refused and refused.rules == ("C3",)


def test_a_room_event_of_either_is_kept_as_that_sensors_evidence(box):
    for node in (radar(box), camera(box)):
        node.send(node.record(node.event(RoomEventKind.OUT_OF_BED)))
    box.ward.step()

    assert {radar(box).receipt.settled_through, camera(box).receipt.settled_through} == {1}
