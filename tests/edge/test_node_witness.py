"""A node as a witness: a console whose log is another than before opens no sensor."""

from pathlib import Path

from broker.messages import (
    Cosignature,
)
from broker.vocabulary import (
    CheckpointOutcome,
    CloseReason,
    HealthFlag,
    SensorState,
)
from tests.kit.nodes import NodeAtNight, node_at_night

OPEN, CLOSED, FAULT = SensorState.OPEN, SensorState.CLOSED, SensorState.FAULT


def test_X3_a_checkpoint_is_cosigned_once_and_a_conflict_is_told(room: NodeAtNight, tmp_path: Path) -> None:
    room.send(room.console.checkpoint(5, "a" * 64))
    room.send(room.console.checkpoint(5, "a" * 64))
    room.step()
    room.send(room.console.checkpoint(5, "b" * 64))
    room.send(room.console.checkpoint(5, "b" * 64))
    room.step()
    answers = [one for one in room.bodies if isinstance(one, Cosignature)]
    assert [one.outcome for one in answers] == [CheckpointOutcome.ACCEPTED, CheckpointOutcome.CONFLICT]
    assert HealthFlag.AUDIT_CONFLICT in room.live.health.flags


def set_back(sensing_room: NodeAtNight) -> None:
    """Let the console show a log that the node has seen grow, and then the shorter log of an older backup."""
    sensing_room.send(sensing_room.console.checkpoint(12, "a" * 64))
    sensing_room.step(1)
    sensing_room.send(sensing_room.console.checkpoint(7, "b" * 64))
    sensing_room.step(1)


def test_T10_T22_F37_a_console_restored_from_an_older_backup_cannot_open_the_sensor_again(
    sensing_room: NodeAtNight, tmp_path: Path
) -> None:
    room = sensing_room
    set_back(room)
    assert room.changes[-1] == (SensorState.CLOSED, CloseReason.AUDIT_CONFLICT)
    room.send(room.console.open_lease())
    room.step(1)
    assert (room.sensing.state, room.live.sensor.reason) == (SensorState.CLOSED, CloseReason.AUDIT_CONFLICT)
    room.outbox.close()

    again = node_at_night(tmp_path, clock=room.clock, console=room.console)
    again.send(again.console.open_lease())
    again.step(1)
    assert again.sensing.orders == [None] * len(again.sensing.orders)
    assert again.live.sensor.reason is CloseReason.AUDIT_CONFLICT
    assert HealthFlag.AUDIT_CONFLICT in again.live.health.flags
    again.outbox.close()

    (tmp_path / "witness.json").rename(tmp_path / "evidence.json")
    cleared = node_at_night(tmp_path, clock=room.clock, console=room.console)
    cleared.send(cleared.console.open_lease())
    cleared.step(1)
    assert cleared.sensing.state is SensorState.OPEN


def test_T22_a_no_still_counts_when_the_log_does_not_match(sensing_room: NodeAtNight) -> None:
    set_back(sensing_room)
    closed = sensing_room.console.closed_lease()
    sensing_room.send(closed)
    sensing_room.step(1)
    assert sensing_room.live.sensor.reason is CloseReason.LEASE_CLOSED
    assert sensing_room.live.sensor.lease_serial == closed.serial


def test_T22_a_conflict_that_the_disk_cannot_keep_still_closes(sensing_room: NodeAtNight, tmp_path: Path) -> None:
    sensing_room.send(sensing_room.console.checkpoint(12, "a" * 64))
    sensing_room.step(1)
    (tmp_path / ".witness.json.new").mkdir()
    sensing_room.send(sensing_room.console.checkpoint(7, "b" * 64))
    sensing_room.step(1)
    assert sensing_room.live.sensor.reason is CloseReason.AUDIT_CONFLICT
