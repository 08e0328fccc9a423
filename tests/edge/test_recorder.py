import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from broker.clock import HandClock
from broker.codec import canonical
from broker.messages import Record, SensorChange
from broker.outbox import Outbox
from broker.vocabulary import CloseReason, HealthFlag, Lamp, Origin, SensorState
from edge.recorder import MOST_OWED, Recorder, Start
from edge.trust import NodeKey, signature_holds
from tests.kit.nodes import BOOT, NIGHT, NODE, node_at_night

BODY = SensorChange(state=SensorState.CLOSED, reason=CloseReason.NO_LEASE, lamp=Lamp.OFF)


@contextmanager
def full_disk() -> Iterator[None]:
    """Let every write of this process to a file fail, as a full disk does; the kernel says EFBIG."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NIGHT)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    made = Outbox.open(tmp_path / "outbox.db", NodeKey.open(tmp_path).sign)
    yield made
    made.close()


@pytest.fixture
def recorder(outbox: Outbox, clock: HandClock) -> Recorder:
    return Recorder(outbox, Start(NODE, BOOT, Origin.SIMULATED, clock.elapsed_s()), clock)


def kept(outbox: Outbox) -> list[Record]:
    return [Record.model_validate_json(payload) for _, payload in outbox.waiting(0, 1000)]


def test_H2_what_a_full_disk_refuses_is_owed_and_written_in_order_with_its_own_time(
    recorder: Recorder, outbox: Outbox, clock: HandClock
) -> None:
    recorder.record(BODY)
    with full_disk():
        recorder.record(BODY)
        clock.advance(5)
        recorder.record(BODY)
        recorder.pay()
        assert recorder.fault is HealthFlag.STORAGE_FAULT
        assert recorder.waiting == 3
    clock.advance(1)
    recorder.pay()
    assert recorder.fault is None
    assert [(one.sequence, one.uptime_s) for one in kept(outbox)] == [(1, 0), (2, 0), (3, 5)]


def test_a_record_is_signed_by_the_node_before_the_outbox_keeps_its_bytes(
    recorder: Recorder, outbox: Outbox, tmp_path: Path
) -> None:
    recorder.record(BODY)
    (record,) = kept(outbox)
    assert signature_holds(NodeKey.open(tmp_path).public_hex, canonical(record), record.signature)


def test_H2_what_is_owed_is_bounded(recorder: Recorder, outbox: Outbox, clock: HandClock) -> None:
    with full_disk():
        for _ in range(MOST_OWED + 10):
            recorder.record(BODY)
    clock.advance(1)
    recorder.pay()
    assert outbox.last_sequence == MOST_OWED


def test_H2_a_disk_that_fills_while_sensing_closes_the_sensor_and_opens_it_again_later(tmp_path: Path) -> None:
    room = node_at_night(tmp_path)
    room.send(room.console.open_lease())
    room.step()
    with full_disk():
        for _ in range(4):
            room.sense()
        assert room.sensing.state is SensorState.CLOSED
        assert HealthFlag.STORAGE_FAULT in room.live.health.flags
        room.send(room.console.closed_lease())
        room.step()
        assert room.live.sensor.reason is CloseReason.LEASE_CLOSED
    room.step(2)
    assert room.changes[-1][0] is SensorState.CLOSED
    room.send(room.console.open_lease())
    room.step()
    assert room.sensing.state is SensorState.OPEN
    room.outbox.close()
