"""A node as a real process, on a real broker, with a real sensing process behind it."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.acl import CONSOLE
from broker.clock import SystemClock
from broker.codec import decode, encode
from broker.link import Delivery
from broker.messages import ConsentLease, LiveState, NodeAnnouncement, Record, SensorChange
from broker.topics import Leaf, Topic, parse, upward_filters
from broker.vocabulary import CloseReason, SensorState
from edge.__main__ import main
from tests.kit.nodes import SigningConsole
from tests.kit.processes import BrokerProcess, Process, broker_process, eventually

NODE = "room1"
OPEN, CLOSED = SensorState.OPEN, SensorState.CLOSED


class Ward:
    """One node at its broker, and a console that gives leases to whoever announces itself and settles what it hears.

    Attributes:
        heard: every record payload by (outbox, sequence), with all the contents it ever had.
        says_yes: whether an announcement is answered by an open lease.
    """

    def __init__(self, folder: Path, broker: BrokerProcess) -> None:
        self.folder = folder
        self.broker = broker
        self.voice = SigningConsole(SystemClock(), node_id=NODE)
        self.heard: dict[tuple[str, int], set[bytes]] = {}
        self.live: LiveState | None = None
        self.says_yes = True
        self._link = broker.link(CONSOLE, upward_filters("site", "ward"))
        self._link.start(self._hear, lambda _up: None)
        self.node = Process([sys.executable, "-m", "edge", "--config", str(self._settings())], folder / "node.log")

    def stop(self) -> None:
        if self.node.running is not None and self.node.running.poll() is None:
            self.node.end()
        self._link.stop()
        self.broker.process.kill()

    def say(self, lease: ConsentLease) -> None:
        self._link.publish(Topic("site", "ward", NODE, Leaf.LEASE), encode(lease))

    def wait_for(self, state: SensorState, reason: CloseReason | None = None) -> None:
        eventually(lambda: self._is(state, reason), 15.0, f"{state} ({self.node.output[-2000:]})")

    def sensing(self) -> list[int]:
        """Return the ids of the node's child processes."""
        assert self.node.running is not None
        pid = self.node.running.pid
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]

    @property
    def sequences(self) -> list[int]:
        return sorted(sequence for _, sequence in self.heard)

    @property
    def changes(self) -> list[tuple[SensorState, CloseReason | None]]:
        records = [Record.model_validate_json(min(self.heard[key])) for key in sorted(self.heard)]
        return [(one.body.state, one.body.reason) for one in records if isinstance(one.body, SensorChange)]

    def _is(self, state: SensorState, reason: CloseReason | None) -> bool:
        if self.live is None or self.live.boot_id != self.voice.boot_id:
            return False
        sensor = self.live.sensor
        return sensor.state is state and (reason is None or sensor.reason is reason)

    def _hear(self, delivery: Delivery) -> None:
        topic = parse(delivery.topic)
        assert topic is not None
        message = decode(topic, delivery.payload)
        if isinstance(message, NodeAnnouncement):
            self.voice.boot_id = message.boot_id
            self.say(self.voice.open_lease() if self.says_yes else self.voice.closed_lease())
        elif isinstance(message, LiveState):
            self.live = message
        elif isinstance(message, Record):
            self.heard.setdefault((message.outbox_id, message.sequence), set()).add(delivery.payload)
            self._settle(message.outbox_id)
        delivery.settle()

    def _settle(self, outbox_id: str) -> None:
        through = 0
        while (outbox_id, through + 1) in self.heard:
            through += 1
        self._link.publish(Topic("site", "ward", NODE, Leaf.RECEIPT), encode(self.voice.receipt(outbox_id, through)))

    def _settings(self) -> Path:
        data = self.folder / "data"
        data.mkdir()
        password = data / "broker.password"
        password.write_text(self.broker.logins[NODE].password)
        password.chmod(0o600)
        path = self.folder / "node.toml"
        path.write_text(
            f'site = "site"\nward = "ward"\nnode_id = "{NODE}"\ndata_dir = "data"\n'
            f'console_key = "{self.voice.public_hex}"\n[source]\nseed = 4\n'
            f'[broker]\nport = {self.broker.port}\nusername = "{NODE}"\npassword_file = "broker.password"\n'
        )
        return path


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    (tmp_path / "broker").mkdir()
    broker = broker_process("embedded", tmp_path / "broker", [NODE])
    broker.start()
    made = Ward(tmp_path, broker)
    made.node.start()
    yield made
    made.stop()


def test_C5_a_no_over_a_real_broker_ends_the_sensing_process_and_is_confirmed(ward: Ward) -> None:
    ward.wait_for(OPEN)
    (pid,) = ward.sensing()
    began_s = SystemClock().elapsed_s()
    ward.say(ward.voice.closed_lease())
    ward.wait_for(CLOSED, CloseReason.LEASE_CLOSED)
    assert SystemClock().elapsed_s() - began_s < 2.0
    assert not Path(f"/proc/{pid}").exists()


def test_C2_a_node_killed_again_and_again_loses_and_doubles_no_record_and_leaves_nothing_open(ward: Ward) -> None:
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


def test_a_node_that_was_asked_to_end_records_that_its_sensor_closed_and_exits_0(ward: Ward) -> None:
    ward.wait_for(OPEN)
    began_s = SystemClock().elapsed_s()
    assert ward.node.end() == 0
    assert SystemClock().elapsed_s() - began_s < 3.0
    eventually(lambda: ward.changes[-1:] == [(CLOSED, CloseReason.NODE_STOPPED)], 5.0, "the last record")


def test_S3_the_control_in_the_room_works_while_the_broker_is_gone(ward: Ward) -> None:
    ward.wait_for(OPEN)
    (pid,) = ward.sensing()
    ward.broker.process.kill()
    (ward.folder / "data" / "pause").touch()
    eventually(lambda: not Path(f"/proc/{pid}").exists(), 2.0, "the end of sensing")
    eventually(lambda: (ward.folder / "data" / "lamp").read_text() == "off\n", 2.0, "the lamp's going out")
    ward.broker.start()
    ward.wait_for(CLOSED, CloseReason.LOCAL_PAUSE)


def test_a_second_node_on_the_same_folder_is_refused_in_one_sentence(
    ward: Ward, capfd: pytest.CaptureFixture[str]
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
