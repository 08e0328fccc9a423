"""A real node with a real driver on a real cable: the plug is pulled, and the ward knows within three seconds."""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from broker.clock import SystemClock
from broker.vocabulary import HealthFlag, SensorState, Withheld
from deploy.plan import free_port
from edge.sources.a121_recorded import A121Words
from tests.kit.a121 import write_recording
from tests.kit.processes import Process, eventually
from tests.kit.real_node import RealNode, real_node

pytestmark = pytest.mark.slow
CLOCK = SystemClock()
SIMULATE = "import sys; from deploy.simulating import main; sys.exit(main(sys.argv[1:]))"


class Sensor:
    """A simulated A121 in a process of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        file = write_recording(folder / "noise.h5", sessions=((2400, 8),))
        self.session = folder / "session.json"
        self.session.write_text(json.dumps(A121Words(file).longest.session))
        command = [sys.executable, "-c", SIMULATE, "a121", str(file), *options]
        self.process = Process(command, folder / "sensor.log")

    def plug_in(self) -> None:
        said = len(self.process.output)
        self.process.start()
        eventually(lambda: "\n" in self.process.output[said:], 20.0, f"the sensor ({self.process.output})")

    def signal(self, number: signal.Signals) -> None:
        assert self.process.running is not None
        self.process.running.send_signal(number)


@contextmanager
def node_with(folder: Path, sensor: Sensor, address: str) -> Iterator[RealNode]:
    try:
        with real_node(folder, f'kind = "a121"\nport = "{address}"\nsession = "{sensor.session}"') as node:
            yield node
    finally:
        if sensor.process.running is not None and sensor.process.running.poll() is None:
            sensor.process.kill()


def is_lost(node: RealNode) -> bool:
    """Whether the ward hears that the sensor is lost, and no value with it."""
    live = node.live
    if live is None or HealthFlag.SENSOR_LOST not in live.health.flags:
        return False
    assert live.sensor.state is SensorState.OPEN
    assert live.readings is not None
    reasons = {live.readings.presence.withheld, live.readings.movement.withheld}
    assert (live.readings.presence.value, reasons) == (None, {Withheld.SENSOR_FAULT})
    return True


def senses(node: RealNode) -> bool:
    live = node.live
    return bool(live and live.readings and live.readings.presence.withheld is not Withheld.SENSOR_FAULT) and bool(
        live.health.frame_age_s is not None and live.health.frame_age_s < 2 and not live.health.flags
    )


def seconds_until_lost(node: RealNode) -> float:
    began_s = CLOCK.elapsed_s()
    eventually(lambda: is_lost(node), 10.0, f"that the sensor is lost ({node.node.output[-2000:]})")
    return CLOCK.elapsed_s() - began_s


def test_H4_a_sensor_that_falls_silent_or_is_pulled_is_lost_within_three_seconds_and_comes_back(tmp_path: Path) -> None:
    port = free_port()
    sensor = Sensor(tmp_path, "--port", str(port), "--loop")
    sensor.plug_in()
    with node_with(tmp_path, sensor, f"tcp://127.0.0.1:{port}") as node:
        eventually(lambda: senses(node), 30.0, f"the first estimate ({node.node.output[-2000:]})")
        sensor.signal(signal.SIGSTOP)
        assert seconds_until_lost(node) <= 3.0
        sensor.signal(signal.SIGCONT)
        eventually(lambda: senses(node), 20.0, "the sensor after its silence")
        sensor.process.kill()
        assert seconds_until_lost(node) <= 3.0
        sensor.plug_in()
        eventually(lambda: senses(node), 20.0, "the sensor after it was plugged in again")
        (pid,) = node.sensing()
        assert node.node.output.count("the sensor is back") == 2
        assert "crash" not in node.node.output
        assert Path(f"/proc/{pid}").exists()


def test_a_serial_line_with_garbage_and_a_loose_plug_is_told_from_a_node_without_a_sensor(tmp_path: Path) -> None:
    device = tmp_path / "ttyA121"
    sensor = Sensor(
        tmp_path, "--pty", str(device), "--loop", "--garbage-at", "2", "--unplug-at", "6", "--back-after", "3"
    )
    with node_with(tmp_path, sensor, str(device)) as node:
        eventually(lambda: is_lost(node), 30.0, f"that there is no sensor ({node.node.output[-2000:]})")
        assert f"There is no device {device}" in node.node.output
        sensor.plug_in()
        eventually(lambda: senses(node), 30.0, f"the sensor ({node.node.output[-2000:]})")
        eventually(lambda: bool(node.live and node.live.health.frames_bad), 30.0, "the garbage, counted")
        eventually(lambda: is_lost(node), 15.0, "that it was pulled")
        eventually(lambda: senses(node), 30.0, f"the sensor again ({node.node.output[-2000:]})")
