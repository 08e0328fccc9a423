"""A node as a real process, on a real broker, with a real sensing process behind it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.clock import SystemClock
from broker.vocabulary import CloseReason, SensorState
from edge.__main__ import main
from tests.kit.processes import Process, eventually
from tests.kit.real_node import RealNode, real_node

OPEN, CLOSED = SensorState.OPEN, SensorState.CLOSED


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[RealNode]:
    with real_node(tmp_path) as made:
        yield made


def test_C5_a_no_over_a_real_broker_ends_the_sensing_process_and_is_confirmed(ward: RealNode) -> None:
    ward.wait_for(OPEN)
    (pid,) = ward.sensing()
    began_s = SystemClock().elapsed_s()
    ward.say(ward.voice.closed_lease())
    ward.wait_for(CLOSED, CloseReason.LEASE_CLOSED)
    assert SystemClock().elapsed_s() - began_s < 2.0
    assert not Path(f"/proc/{pid}").exists()


def test_C2_a_node_killed_again_and_again_loses_and_doubles_no_record_and_leaves_nothing_open(ward: RealNode) -> None:
    for _ in range(3):
        ward.wait_for(OPEN)
        (pid,) = ward.sensing()
        ward.node.kill()
        eventually(lambda pid=pid: not Path(f"/proc/{pid}").exists(), 2.0, "the end of sensing")
        ward.live = None
        ward.node.start()
    ward.wait_for(OPEN)
    assert ward.node.end() == 0
    eventually(lambda: len(ward.changes) == 8, 5.0, "the last record")
    assert ward.sequences == list(range(1, len(ward.heard) + 1))
    assert all(len(contents) == 1 for contents in ward.heard.values())
    assert ward.changes == [(OPEN, None), (CLOSED, CloseReason.NODE_STOPPED)] * 4


def test_a_node_that_was_asked_to_end_records_that_its_sensor_closed_and_exits_0(ward: RealNode) -> None:
    ward.wait_for(OPEN)
    began_s = SystemClock().elapsed_s()
    assert ward.node.end() == 0
    assert SystemClock().elapsed_s() - began_s < 3.0
    eventually(lambda: ward.changes[-1:] == [(CLOSED, CloseReason.NODE_STOPPED)], 5.0, "the last record")
    words = ward.manager.heard()
    assert (words[0], set(words[1:-1]), words[-1]) == ("READY=1", {"WATCHDOG=1"}, "STOPPING=1")


def test_S3_the_control_in_the_room_works_while_the_broker_is_gone(ward: RealNode) -> None:
    ward.wait_for(OPEN)
    (pid,) = ward.sensing()
    ward.broker.process.kill()
    (ward.folder / "data" / "pause").touch()
    eventually(lambda: not Path(f"/proc/{pid}").exists(), 2.0, "the end of sensing")
    eventually(lambda: (ward.folder / "data" / "lamp").read_text() == "off\n", 2.0, "the lamp's going out")
    ward.broker.start()
    ward.wait_for(CLOSED, CloseReason.LOCAL_PAUSE)


def test_a_second_node_on_the_same_folder_is_refused_in_one_sentence(
    ward: RealNode, capfd: pytest.CaptureFixture[str]
) -> None:
    ward.wait_for(OPEN)
    second = Process(ward.node.command, ward.folder / "second.log")
    second.start()
    assert second.running is not None
    assert second.running.wait(10) == 1
    assert "another node runs" in second.output


def test_a_node_that_cannot_start_says_why_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "node.toml"
    path.write_text("site = 1\n")
    assert main(["--config", str(path)]) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"hushward node: {path}:1: `site`")
    assert told.count("\n") == 1


def test_settings_are_printed_without_starting_anything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "node.toml"
    path.write_text(
        f'site = "a"\nward = "b"\nnode_id = "c"\ndata_dir = "data"\nconsole_key = "{os.urandom(32).hex()}"\n'
    )
    assert main(["--config", str(path), "--print-settings"]) == 0
    assert "outbox_capacity = 300000" in capsys.readouterr().out
    assert not (tmp_path / "data").exists()
