from pathlib import Path

from broker.clock import HandClock
from broker.vocabulary import HealthFlag, SensorState, Withheld
from edge.health import Machine
from tests.kit.nodes import NIGHT, node_at_night


def test_a_processor_that_does_not_say_its_temperature_has_none(tmp_path: Path) -> None:
    assert Machine(tmp_path, HandClock(NIGHT), tmp_path / "nothing").temperature_c is None


def test_a_hot_processor_is_flagged(tmp_path: Path) -> None:
    thermal = tmp_path / "temp"
    thermal.write_text("81500\n")
    machine = Machine(tmp_path, HandClock(NIGHT), thermal)
    assert machine.temperature_c == 81.5
    assert HealthFlag.HOT in machine.flags


def test_nonsense_of_the_hardware_is_no_temperature(tmp_path: Path) -> None:
    thermal = tmp_path / "temp"
    thermal.write_text("99999999\n")
    assert Machine(tmp_path, HandClock(NIGHT), thermal).temperature_c is None


def test_a_data_folder_that_is_gone_is_a_storage_fault(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "gone", HandClock(NIGHT), tmp_path / "nothing")
    assert machine.flags == (HealthFlag.STORAGE_FAULT,)


def test_the_machine_is_looked_at_now_and_then_not_every_time(tmp_path: Path) -> None:
    thermal, clock = tmp_path / "temp", HandClock(NIGHT)
    thermal.write_text("40000")
    machine = Machine(tmp_path, clock, thermal)
    assert machine.temperature_c == 40
    thermal.write_text("50000")
    assert machine.temperature_c == 40
    clock.advance(10)
    assert machine.temperature_c == 50


def test_a_healthy_node_has_no_flags_and_says_how_old_its_frames_are(tmp_path: Path) -> None:
    room = node_at_night(tmp_path)
    room.send(room.console.open_lease())
    room.step()
    room.sense(frames_lost=3, frames_bad=1)
    health = room.live.health
    assert (health.frames_lost, health.frames_bad, health.frame_age_s) == (3, 1, 0.0)
    assert HealthFlag.SENSOR_LOST not in health.flags
    room.outbox.close()


def test_what_the_node_refuses_is_told_to_the_console(tmp_path: Path) -> None:
    room = node_at_night(tmp_path)
    lease = room.console.open_lease()
    room.send(lease)
    room.step()
    assert room.live.health.refused == 0
    room.send(lease)
    room.clock.advance(1)
    room.step()
    assert room.live.health.refused == 1
    room.outbox.close()


def test_a_crash_loop_and_an_untrusted_clock_are_flagged(tmp_path: Path) -> None:
    room = node_at_night(tmp_path)
    room.sensing.is_crash_loop = True
    room.sensing.state = SensorState.FAULT
    room.clock.jump(NIGHT.replace(hour=3))
    room.step()
    assert {HealthFlag.CRASH_LOOP, HealthFlag.CLOCK_UNTRUSTED} <= set(room.live.health.flags)
    room.outbox.close()


def test_C2_a_spoilt_memory_of_the_gate_is_flagged(tmp_path: Path) -> None:
    (tmp_path / "gate.json").write_text("spoilt")
    room = node_at_night(tmp_path)
    room.send(room.console.open_lease())
    room.step()
    assert HealthFlag.STORAGE_FAULT in room.live.health.flags
    assert room.sensing.state is SensorState.CLOSED
    room.outbox.close()


def test_H4_a_sensor_that_gives_nothing_is_lost_at_once_and_its_newest_frame_grows_old(tmp_path: Path) -> None:
    room = node_at_night(tmp_path)
    room.send(room.console.open_lease())
    room.step()
    room.sense(frames_read=20)
    for _ in range(3):
        room.sense(frames_read=20, fault=Withheld.SENSOR_FAULT)
    assert HealthFlag.SENSOR_LOST in room.live.health.flags
    assert room.live.health.frame_age_s == 3.0
    room.sense(frames_read=40)
    assert HealthFlag.SENSOR_LOST not in room.live.health.flags
    room.outbox.close()


def test_a_recording_that_has_ended_is_no_lost_sensor(tmp_path: Path) -> None:
    room = node_at_night(tmp_path)
    room.send(room.console.open_lease())
    room.step()
    for _ in range(8):
        room.sense(frames_read=20, fault=Withheld.RECORDING_ENDED)
    assert HealthFlag.SENSOR_LOST not in room.live.health.flags
    room.outbox.close()
