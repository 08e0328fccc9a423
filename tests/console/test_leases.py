from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from broker.link import MemoryBroker
from broker.messages import ConsentLease, Sensor
from broker.topics import Leaf, upward_filters
from broker.vocabulary import CloseReason, Lamp, LeaseKind, LeaseState, Modality, Purpose, SensorState
from console.keys.signer import verifies
from console.rules.consenting.grants import NetworkChoice
from console.rules.consenting.hours import NIGHT
from console.store.tables import lease_serials, leases
from tests.kit.boxed_ward import ADMIN, ENGINEER, MORNING, NURSE, SITE, WARD, HandNode, boxed_ward, open_ward


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path) as made:
        yield made


def lease_of(box, room_id="room1") -> ConsentLease:
    lease = box.nodes[room_id].lease
    assert lease is not None
    return lease


def sent(box, room_id="room1"):
    return len(box.nodes[room_id].received(Leaf.LEASE))


def test_C1_a_yes_becomes_a_signed_lease_for_its_purposes_and_hours(box):
    lease = lease_of(box)

    assert verifies(box.ward.office.store.keys.lease_key, lease)
    assert lease.state is LeaseState.OPEN and Purpose.BREATHING_SPOT in lease.purposes
    assert lease.closes_at == MORNING + timedelta(days=7)
    assert (lease.lifetime_s, lease.lamp) == (60.0, Lamp.ON)


def test_C2_without_a_yes_the_node_is_told_that_its_sensor_is_closed(tmp_path):
    with boxed_ward(tmp_path, yes=False) as box:
        assert lease_of(box).state is LeaseState.CLOSED and lease_of(box).purposes == ()


def test_a_lease_is_renewed_every_twenty_seconds_under_the_same_id(box):
    first = lease_of(box)
    box.pass_time(19)
    assert lease_of(box).serial == first.serial
    box.pass_time(1)

    assert lease_of(box).serial == first.serial + 1
    assert lease_of(box).lease_id == first.lease_id


def test_a_node_that_starts_again_is_answered_at_once_for_its_new_boot(box):
    node, before = box.nodes["room1"], lease_of(box)
    node.restart()
    node.announce()
    box.ward.step()

    assert lease_of(box).boot_id == node.boot_id and lease_of(box).serial > before.serial
    assert lease_of(box).lease_id == before.lease_id


def test_C5_a_stop_closes_at_once_with_a_higher_serial(box):
    before = lease_of(box)
    box.stop("room1")

    assert lease_of(box).state is LeaseState.CLOSED
    assert lease_of(box).serial > before.serial and lease_of(box).lease_id == before.lease_id


def test_C5_a_stop_is_repeated_every_second_until_the_node_confirms(box):
    box.stop("room1")
    before = sent(box)
    box.pass_time(3, heard=False)
    assert sent(box) == before + 3

    box.pass_time(1)
    after = sent(box)
    box.pass_time(5)
    assert sent(box) == after


def test_C5_a_stop_that_is_not_heard_for_long_is_signed_anew(box):
    box.stop("room1")
    first = lease_of(box)
    box.pass_time(20, heard=False)

    assert lease_of(box).serial > first.serial and lease_of(box).state is LeaseState.CLOSED


def test_C5_the_page_says_when_the_node_confirmed(box):
    token = box.stop("room1")
    assert box.ward.access.stop_status("room1", token).state == "stopping"
    box.pass_time(2)

    view = box.ward.access.stop_status("room1", token)
    assert view.words.text == "stopped, confirmed at {at:seconds}"
    assert view.confirmed_at == MORNING + timedelta(seconds=1)


def test_C5_after_a_minute_without_the_node_the_page_sends_people_to_the_switch(box):
    token = box.stop("room1")
    box.pass_time(60, in_steps_of=10, heard=False)

    view = box.ward.access.stop_status("room1", token)
    assert view.words.text == "NOT CONFIRMED · press the switch in the room now"
    box.pass_time(1)
    assert box.ward.access.stop_status("room1", token).state == "confirmed"


def test_C5_a_sensor_that_is_closed_for_another_reason_confirms_nothing(box):
    box.stop("room1")
    stale = Sensor(modality=Modality.RADAR, state=SensorState.CLOSED, since=MORNING, reason=CloseReason.LEASE_ENDED,
                   lease_serial=1)  # fmt: skip
    token = box.stop("room1")
    box.nodes["room1"].live(sensor=stale)
    box.ward.step()

    assert box.ward.access.stop_status("room1", token).state == "stopping"


def test_a_stop_tells_only_whoever_asked_for_it(tmp_path):
    with boxed_ward(tmp_path, rooms=2) as box:
        token = box.stop("room1")

        assert box.ward.access.stop_status("room2", token).state == "nothing_asked"
        assert box.ward.access.stop_status("room1", "guess").state == "nothing_asked"


def test_T10_serials_never_repeat_over_a_restart_of_the_console(tmp_path):
    with boxed_ward(tmp_path) as box:
        node, last, clock = box.nodes["room1"], lease_of(box), box.clock
    broker = MemoryBroker()
    link = broker.link(upward_filters(SITE, WARD))
    ward = open_ward(tmp_path, clock, link)
    link.start(ward.intake.receive, lambda _up: None)
    node.broker = broker
    ward.step()

    assert node.lease.serial > last.serial
    assert node.lease.lease_id == last.lease_id
    ward.stop()


def test_a_serial_is_on_the_disk_before_it_is_sent(box):
    reserved = box.ward.office.store.read(lambda tx: tx.execute(select(lease_serials.c.serial)).scalar_one())

    assert reserved >= lease_of(box).serial


def test_X3_a_database_that_was_set_back_closes_above_what_the_node_has_taken_and_opens_nothing(box):
    node = box.nodes["room1"]
    shown = node.state()
    taken = shown.sensor.model_copy(update={"lease_serial": 5000})
    node.live(sensor=taken)
    box.ward.step()

    assert (lease_of(box).state, lease_of(box).serial) == (LeaseState.CLOSED, 5001)
    box.pass_time(60)
    assert lease_of(box).state is LeaseState.CLOSED


def test_P1_the_sensor_opens_and_closes_with_the_granted_hours(tmp_path):
    with boxed_ward(tmp_path, yes=False) as box:
        box.ask("room1", hours=(NIGHT,))
        assert lease_of(box).state is LeaseState.CLOSED
        box.clock.jump(datetime(2026, 11, 20, 22, 0, tzinfo=UTC))
        box.pass_time(1)
        assert lease_of(box).state is LeaseState.OPEN
        assert lease_of(box).closes_at == datetime(2026, 11, 21, 7, 0, tzinfo=UTC)

        box.clock.jump(datetime(2026, 11, 21, 7, 0, tzinfo=UTC))
        box.pass_time(1)
        assert lease_of(box).state is LeaseState.CLOSED


def test_S3_a_pause_closes_and_opens_again_by_itself_after_a_blink(box):
    before = lease_of(box)
    box.pause("room1")
    assert lease_of(box).state is LeaseState.CLOSED and lease_of(box).lamp is Lamp.OFF
    box.pass_time(571, in_steps_of=5)
    assert lease_of(box).lamp is Lamp.BLINK
    box.pass_time(30)

    assert lease_of(box).state is LeaseState.OPEN and lease_of(box).lease_id != before.lease_id


def test_K3_the_lamp_blinks_for_the_last_half_minute_of_a_pause(box):
    box.pause("room1")
    box.pass_time(569, in_steps_of=569)
    assert lease_of(box).lamp is Lamp.OFF
    box.pass_time(2)

    assert lease_of(box).lamp is Lamp.BLINK and lease_of(box).state is LeaseState.CLOSED


def test_C17_whoever_chose_carry_on_is_sensed_until_morning_without_the_network(tmp_path):
    with boxed_ward(tmp_path, yes=False) as box:
        box.ask("room1", network=NetworkChoice.CARRY_ON)
        assert lease_of(box).offline_until is None
        box.clock.jump(datetime(2026, 11, 20, 23, 0, tzinfo=UTC))
        box.pass_time(1)

        assert lease_of(box).offline_until == datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def test_C7_discharge_closes_the_sensor_at_once(box):
    assert box.ward.desk.discharge(NURSE, box.stay("room1"))

    assert lease_of(box).state is LeaseState.CLOSED


def test_C2_a_move_closes_the_old_room_and_opens_nothing_in_the_new_one(tmp_path):
    with boxed_ward(tmp_path, rooms=2) as box:
        assert box.ward.desk.discharge(NURSE, box.stay("room2"))
        patient_id = box.person("room1").stay.patient_id
        assert box.ward.desk.move(NURSE, box.stay("room1"), "room2")
        box.pass_time(30)

        assert lease_of(box, "room1").state is LeaseState.CLOSED
        assert lease_of(box, "room2").state is LeaseState.CLOSED
        assert box.person("room2").stay.patient_id == patient_id
        assert box.ward.consents.resume(box.patient("room2"), "room2")
        assert lease_of(box, "room2").state is LeaseState.OPEN


def test_H5_a_sensor_that_nobody_confirmed_flashes_and_never_opens(box):
    node = HandNode("node9", box.clock, box.broker)
    assert box.ward.desk.add_room(ADMIN, "room9", "Room 9")
    assert box.ward.desk.admit(ADMIN, "Person 9", "P9", "room9")
    assert box.ward.desk.add_node(ADMIN, "node9", "room9", Modality.RADAR, node.public_key)
    box.nodes["room9"] = node
    box.ask("room9")
    node.announce()
    box.ward.step()
    assert (lease_of(box, "room9").state, lease_of(box, "room9").lamp) == (LeaseState.CLOSED, Lamp.IDENTIFY)

    assert box.ward.desk.confirm_node(ENGINEER, "node9")
    assert lease_of(box, "room9").state is LeaseState.OPEN


def test_a_node_that_is_taken_out_is_closed(box):
    assert box.ward.desk.retire_node(ADMIN, "node1")
    box.ward.step()

    assert lease_of(box).state is LeaseState.CLOSED


def test_N3_an_empty_room_is_sensed_for_a_quarter_of_an_hour_on_the_word_of_two(tmp_path):
    with boxed_ward(tmp_path) as box:
        assert box.ward.desk.discharge(NURSE, box.stay("room1"))
        assert box.ward.commissions.ask(ENGINEER, "room1")
        assert not box.ward.commissions.confirm(ENGINEER, "room1")
        assert box.ward.commissions.confirm(NURSE, "room1")
        box.pass_time(1)
        lease = lease_of(box)
        assert (lease.state, lease.lease_kind, lease.lamp) == (LeaseState.OPEN, LeaseKind.COMMISSIONING, Lamp.BLINK)

        box.pass_time(900, in_steps_of=100)
        assert lease_of(box).state is LeaseState.CLOSED


def test_N3_an_admission_ends_it_for_good(tmp_path):
    with boxed_ward(tmp_path) as box:
        box.ward.desk.discharge(NURSE, box.stay("room1"))
        assert not box.ward.commissions.confirm(NURSE, "room1")
        assert box.ward.commissions.ask(ENGINEER, "room1") and box.ward.commissions.confirm(NURSE, "room1")
        box.pass_time(1)
        admitted = box.ward.desk.admit(NURSE, "Somebody Else", "SE", "room1")
        assert lease_of(box).state is LeaseState.CLOSED

        box.ward.desk.discharge(NURSE, admitted.detail)
        box.pass_time(1)
        assert lease_of(box).state is LeaseState.CLOSED


def test_NA15_somebody_elses_bed_is_off_and_carries_no_old_name(tmp_path):
    with boxed_ward(tmp_path) as box:
        box.ward.desk.discharge(NURSE, box.stay("room1"))
        box.ward.desk.admit(NURSE, "Somebody Else", "SE", "room1")
        box.pass_time(30)

        assert lease_of(box).state is LeaseState.CLOSED
        assert (box.tile("room1").initials, box.tile("room1").kind) == ("SE", "sensor_off")


def test_every_opening_and_closing_is_in_the_log(box):
    box.stop("room1")
    box.pass_time(1)

    assert [one for one in box.actions() if one.startswith("lease:")] == ["lease:sensor:opened", "lease:sensor:closed"]
    ended = box.ward.office.store.read(lambda tx: tx.execute(select(leases.c.ended_at)).scalar_one())
    assert ended == MORNING


def test_F36_sensors_go_on_under_their_leases_while_the_disk_is_full_and_close_when_told(box):
    box.disk.is_full = True
    before = lease_of(box)
    box.pass_time(120)
    assert lease_of(box).serial == before.serial + 6 and lease_of(box).state is LeaseState.OPEN

    box.stop("room1")
    assert lease_of(box).state is LeaseState.CLOSED and lease_of(box).serial > before.serial + 6


def test_F36_nothing_is_opened_that_cannot_be_written_down(tmp_path):
    with boxed_ward(tmp_path, yes=False) as box:
        box.ask("room1", hours=(NIGHT,))
        box.disk.is_full = True
        box.clock.jump(datetime(2026, 11, 20, 22, 0, tzinfo=UTC))
        box.pass_time(5)
        assert lease_of(box).state is LeaseState.CLOSED

        box.disk.is_full = False
        box.pass_time(1)
        assert lease_of(box).state is LeaseState.OPEN
