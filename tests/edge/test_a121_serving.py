import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from broker.clock import SystemClock
from deploy.simulating import main
from edge.decoders.a121 import A121Decoder, Message
from edge.errors import SourceError
from edge.sources.a121_recorded import A121Words
from edge.sources.a121_serving import PtySocket, Socket, TcpSocket, serve
from edge.sources.a121_simulated import Drill, SimulatedA121
from edge.sources.ports import Port, open_port
from tests.kit.a121 import write_recording
from tests.kit.processes import eventually

CLOCK = SystemClock()


@pytest.fixture(params=[lambda _: TcpSocket(), lambda folder: PtySocket(folder / "tty")], ids=["tcp", "pty"])
def cable(request: pytest.FixtureRequest, tmp_path: Path) -> Socket:
    make: Callable[[Path], Socket] = request.param
    return make(tmp_path)


@contextmanager
def served(cable: Socket, sensor: SimulatedA121, *, once: bool = False) -> Iterator[threading.Thread]:
    until = threading.Event()
    thread = threading.Thread(target=serve, args=(sensor, cable, until), kwargs={"once": once})
    thread.start()
    try:
        yield thread
    finally:
        until.set()
        thread.join(10)


def sensor_of(folder: Path, frames: int = 40, drill: Drill | None = None) -> SimulatedA121:
    return SimulatedA121(A121Words(write_recording(folder / "a.h5", sessions=((frames, 5),))), CLOCK, drill)


def ask(port: Port, *commands: dict[str, object], until: str) -> list[Message]:
    """Send commands and read until a message has a key or a status."""
    decoder, heard = A121Decoder(), list[Message]()
    for command in commands:
        port.write(json.dumps(command).encode() + b"\n")

    def has_come() -> bool:
        heard.extend(decoder.feed(port.read(0.05)))
        return any(until in one.header or one.header.get("status") == until for one in heard)

    eventually(has_come, 10.0, until)
    return heard


def test_who_asks_is_answered_over_either_cable(cable: Socket, tmp_path: Path) -> None:
    with served(cable, sensor_of(tmp_path)):
        port = open_port(cable.address)
        told = ask(port, {"cmd": "get_system_info"}, {"cmd": "get_sensor_info"}, until="sensor_info")
        assert told[0].header["system_info"]["sensor"] == "a121"
        assert told[1].header["sensor_info"] == [{"connected": True}]
        port.close()


def test_a_recording_is_served_to_its_end_and_the_server_ends(cable: Socket, tmp_path: Path) -> None:
    sensor = sensor_of(tmp_path, frames=10)
    session = A121Words(tmp_path / "a.h5").longest.session
    with served(cable, sensor) as thread:
        port = open_port(cable.address)
        ask(port, {"cmd": "setup", **session}, {"cmd": "start_streaming"}, until="result_info")
        eventually(lambda: sensor.is_over, 5.0, "the end of the recording")
        thread.join(5)
        assert not thread.is_alive()
        port.close()


def test_with_once_the_server_ends_when_its_client_has_left(cable: Socket, tmp_path: Path) -> None:
    with served(cable, sensor_of(tmp_path), once=True) as thread:
        port = open_port(cable.address)
        ask(port, {"cmd": "get_system_info"}, until="system_info")
        port.close()
        thread.join(5)
        assert not thread.is_alive()


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ({"cmd": "dance"}, "cannot be done now: dance"),
        ({"cmd": "start_streaming"}, "cannot be done now: start_streaming"),
        ({"cmd": "setup"}, "no session"),
        ([1], "a JSON object"),
    ],
)
def test_what_cannot_be_done_is_refused_as_the_sensor_does(command: object, says: str, tmp_path: Path) -> None:
    sensor = sensor_of(tmp_path)
    sensor.hear(json.dumps(command).encode() + b"\n")
    answer = json.loads(sensor.say())
    assert answer["status"] == "error"
    assert says in answer["message"]


def test_a_port_that_is_taken_and_a_name_that_is_taken_are_said(tmp_path: Path) -> None:
    first = TcpSocket()
    with pytest.raises(SourceError, match="is taken"):
        TcpSocket(int(first.address.rsplit(":", 1)[1]))
    first.pull()
    (tmp_path / "tty").touch()
    with pytest.raises(SourceError, match="is there already"):
        PtySocket(tmp_path / "tty")


def test_the_command_says_in_one_sentence_what_it_cannot_serve(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.h5").write_text("no recording")
    assert main(["a121", str(tmp_path / "x.h5")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
