"""A node whose own disk is full, fails, is pulled out or stands still: real file systems, seen by nobody else."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from broker.vocabulary import CloseReason, HealthFlag, SensorState
from tests.kit.own_spaces import OwnDisk, own_disk
from tests.kit.processes import answers, broker_process, eventually
from tests.kit.real_node import NODE, RealNode

pytestmark = pytest.mark.slow
OPEN, CLOSED = SensorState.OPEN, SensorState.CLOSED


@contextmanager
def node_on_a_disk(folder: Path) -> Iterator[tuple[RealNode, OwnDisk]]:
    (folder / "broker").mkdir()
    broker = broker_process("embedded", folder / "broker", [NODE])
    broker.process.start()
    eventually(lambda: answers(broker.port), 60, "the broker")
    made = RealNode(folder, broker)
    with own_disk(folder / "data") as disk:
        made.node.command = disk.command(*made.node.command)
        made.node.start()
        try:
            made.wait_for(OPEN, within_s=60)
            yield made, disk
        finally:
            made.stop()


def state_of(pid: int) -> str:
    """Return the kernel's one letter of a process: `D` waits for a disk, `Z` has ended."""
    return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]


def says(node: RealNode, flag: HealthFlag) -> bool:
    return node.live is not None and flag in node.live.health.flags


def test_F14_on_a_full_disk_the_sensor_closes_nothing_is_lost_and_with_room_it_opens_again(tmp_path: Path) -> None:
    with node_on_a_disk(tmp_path) as (node, disk):
        disk.fill()
        node.say(node.voice.open_lease())
        node.wait_for(CLOSED, within_s=30)
        eventually(lambda: says(node, HealthFlag.STORAGE_FAULT), 15, "the flag")
        disk.make_room()
        node.say(node.voice.open_lease())
        node.wait_for(OPEN, within_s=30)
        eventually(lambda: len(node.changes) >= 3, 10, "what was owed")
        assert [state for state, _ in node.changes[:3]] == [OPEN, CLOSED, OPEN]
        assert node.sequences == list(range(1, len(node.heard) + 1))
        assert not says(node, HealthFlag.STORAGE_FAULT)


def test_F15_a_disk_that_becomes_read_only_closes_the_sensor_and_the_node_says_so(tmp_path: Path) -> None:
    with node_on_a_disk(tmp_path) as (node, disk):
        disk.fail()
        node.say(node.voice.open_lease())
        node.wait_for(CLOSED, within_s=30)
        eventually(lambda: says(node, HealthFlag.STORAGE_FAULT), 15, "the flag")
        assert node.sensing() == []


def test_F15_of_a_disk_that_is_pulled_out_nothing_is_left_that_senses(tmp_path: Path) -> None:
    with node_on_a_disk(tmp_path) as (node, disk):
        sensing = node.sensing()
        disk.pull()
        node.say(node.voice.closed_lease())
        eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in sensing), 40, "the end of sensing")


def test_F15_a_no_ends_sensing_though_the_node_already_waits_for_a_disk_that_stands_still(tmp_path: Path) -> None:
    with node_on_a_disk(tmp_path) as (node, disk):
        assert node.node.running is not None
        waiting, sensing = node.node.running.pid, node.sensing()
        eventually(lambda: node.live is not None and node.live.outbox_waiting == 0, 15, "the receipts")
        assert sensing
        with disk.standing_still():
            # A renewal is kept on the disk before it counts; the node waits in that when the "no" comes.
            node.say(node.voice.open_lease())
            eventually(lambda: state_of(waiting) == "D", 30, "the node's wait for the disk")
            node.say(node.voice.closed_lease())
            # It has ended; nobody has asked for its exit status yet.
            eventually(lambda: all(state_of(pid) == "Z" for pid in sensing), 10, "the end of sensing")
        node.wait_for(CLOSED, CloseReason.LEASE_CLOSED, 30)
        eventually(lambda: len(node.changes) == 2, 15, "the record of it")
        assert node.sequences == list(range(1, len(node.heard) + 1))
        assert all(len(contents) == 1 for contents in node.heard.values())
