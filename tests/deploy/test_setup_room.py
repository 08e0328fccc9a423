"""`hushward setup-room` as a whole: it listens only while the node says so, on one address, and is gone afterwards."""

import ast
import http.client
import json
import os
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from broker.clock import SystemClock
from broker.vocabulary import Lamp, Modality, SensorState
from deploy.setup_room.command import Engineer, Visit, main
from deploy.setup_room.server import HEADERS
from edge.commissioning.drawing import DrawingFile, digest_of_view
from edge.commissioning.grids import GridFile
from edge.commissioning.requests import Progress, Request, RequestDesk, Standing, Step
from edge.view import View
from tests.kit.drawn_room import DRAWN, SETTINGS, drawn, settings_file, walking
from tests.kit.house import imports, modules
from tests.kit.listening import listening
from tests.kit.pictures import as_npz, moving_pictures
from tests.kit.processes import CLOCK, eventually
from tests.kit.real_node import real_node


class NodeBesideIt:
    """The node's part in real time: answers the request as it is told to, and shows somebody who walks."""

    def __init__(self, data_dir: Path, standing: Standing = Standing.RUNNING, sentence: str = "begun") -> None:
        self.standing, self.sentence = standing, sentence
        self.heard: list[Step] = []
        data_dir.mkdir(exist_ok=True)
        self._desk, self._grids, self._read = RequestDesk(data_dir), GridFile(data_dir), walking(SystemClock())
        self._asked: Request | None = None
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not CLOCK.wait(self._ends, 0.02):
            request = self._desk.take()
            if request is not None:
                self.heard.append(request.step)
                self._asked = request if request.step is Step.DRAW else self._asked
            if self._asked is not None:
                now = SystemClock().utc_now()
                told = {"request_id": self._asked.request_id, "at": now, "sentence": self.sentence}
                self._desk.tell(Progress(standing=self.standing, **told))
                self._grids.show(tuple(self._read().decode().split()))

    def end(self) -> None:
        self._ends.set()
        self._thread.join()


class Terminal:
    """What the engineer reads in the terminal, while the page runs beside the test."""

    def __init__(self, folder: Path, drawing: DrawingFile | None = None) -> None:
        self.lines: list[str] = []
        self.code: int | None = None
        file = drawing or settings_file(folder)
        engineer = Engineer("room-6", folder / "data", file, SystemClock(), self.lines.append)
        self._visit = Visit(engineer)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self.code = self._visit.run("127.0.0.1", 0)

    def says(self, pattern: str) -> str:
        eventually(lambda: re.search(pattern, "\n".join(self.lines)) is not None, 5.0, pattern)
        found = re.search(pattern, "\n".join(self.lines))
        assert found is not None
        return found[1] if found.groups() else found[0]

    def wait(self) -> int | None:
        self._thread.join(10)
        assert not self._thread.is_alive()
        return self.code


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Callable[..., NodeBesideIt]]:
    made: list[NodeBesideIt] = []

    def make(*told: object) -> NodeBesideIt:
        made.append(NodeBesideIt(tmp_path / "data", *told))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        one.end()


@contextmanager
def what_listens_more() -> Iterator[Callable[[], set[str]]]:
    before = listening(os.getpid())
    yield lambda: listening(os.getpid()) - before


def ask(origin: str, method: str, path: str, body: str = "", **headers: str) -> tuple[int, dict[str, str], bytes]:
    web = http.client.HTTPConnection(origin.removeprefix("http://"), timeout=5)
    told = {"Origin": origin, "Content-Type": "application/json"} if method == "POST" else {}
    web.request(method, path, body or None, told | headers)
    answer = web.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read()


def test_N3_the_page_listens_on_its_one_address_while_the_node_says_so_and_not_before_or_after(
    tmp_path: Path, node: Callable[..., NodeBesideIt]
) -> None:
    with what_listens_more() as more:
        beside = node()
        assert more() == set()
        terminal = Terminal(tmp_path)
        origin = terminal.says(r"Open +(http://127.0.0.1:\d+)/")
        assert more() == {f"tcp {origin.removeprefix('http://')}"}
        beside.standing, beside.sentence = Standing.FAILED, "nothing was kept (the commissioning ended)"
        assert terminal.wait() == 0
        assert more() == set()
    assert "the commissioning ended" in terminal.says("The page is closed: .*")
    eventually(lambda: beside.heard == [Step.DRAW, Step.STOP], what="the node hears the end")


def test_N3_when_the_node_refuses_there_is_no_page_and_the_reason_is_said(
    tmp_path: Path, node: Callable[..., NodeBesideIt]
) -> None:
    with what_listens_more() as more:
        node(Standing.REFUSED, "no commissioning is open")
        terminal = Terminal(tmp_path)
        assert terminal.wait() == 1
        assert more() == set()
    assert terminal.lines == ["no commissioning is open"]


def test_a_drawing_goes_from_the_browser_into_the_settings(tmp_path: Path, node: Callable[..., NodeBesideIt]) -> None:
    node()
    terminal = Terminal(tmp_path)
    origin, code = terminal.says(r"Open +(\S+)/"), terminal.says(r"Code +(\d{4} \d{4})")
    status, headers, _ = ask(origin, "POST", "/code", json.dumps({"code": code}))
    assert status == 200
    assert {"HttpOnly", "SameSite=Strict"} <= set(headers["Set-Cookie"].split("; "))
    inside = {"Cookie": headers["Set-Cookie"].partition(";")[0]}
    assert ask(origin, "POST", "/drawing", json.dumps(drawn()), **inside)[0] == 200
    assert re.fullmatch(rb"(?:[0-9]{16}\n){12}", ask(origin, "GET", "/grid", **inside)[2])
    assert ask(origin, "POST", "/finish", "{}", **inside)[0] == 200
    assert terminal.wait() == 0
    assert digest_of_view(View.checked(DRAWN, 2.2)) in terminal.says("The drawing in .*")


def test_whatever_is_sent_the_page_answers_without_a_version_a_trace_or_a_log(
    tmp_path: Path, node: Callable[..., NodeBesideIt], capfd: pytest.CaptureFixture[str]
) -> None:
    beside = node()
    terminal = Terminal(tmp_path)
    origin = terminal.says(r"Open +(\S+)/")
    host, _, port = origin.removeprefix("http://").partition(":")
    strange = [
        b"",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"BREW / HTTP/1.1\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"POST /code HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
        b"POST /code HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /code HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
    ]
    for raw in strange:
        with socket.create_connection((host, int(port)), timeout=3) as line:
            line.sendall(raw)
            line.shutdown(socket.SHUT_WR)
            told = line.makefile("rb").read()
        assert b"Python" not in told and b"Traceback" not in told and b"<" not in told
        assert told == b"" or b"Content-Security-Policy: default-src 'none'" in told
    status, headers, page = ask(origin, "GET", "/")
    assert status == 200 and b"Draw the room" in page
    assert HEADERS.items() <= headers.items()
    beside.standing = Standing.STOPPED
    terminal.wait()
    assert capfd.readouterr().err == ""


def test_connections_that_wait_for_nothing_do_not_keep_the_engineer_out(
    tmp_path: Path, node: Callable[..., NodeBesideIt]
) -> None:
    beside = node()
    terminal = Terminal(tmp_path)
    origin = terminal.says(r"Open +(\S+)/")
    host, _, port = origin.removeprefix("http://").partition(":")
    idle = [socket.create_connection((host, int(port)), timeout=3) for _ in range(5)]
    assert ask(origin, "GET", "/")[0] == 200
    for one in idle:
        one.close()
    beside.standing = Standing.STOPPED
    terminal.wait()


@pytest.mark.parametrize(
    ("settings", "arguments", "sentence"),
    [
        (SETTINGS.replace('"camera"', '"radar"'), [], "this room has a radar"),
        (SETTINGS, ["--address", "0.0.0.0"], "listens on no network"),
        (SETTINGS, [], "start the node first"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence_and_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], settings: str, arguments: list[str], sentence: str
) -> None:
    path = settings_file(tmp_path, settings).path
    assert main(["--config", str(path), *arguments]) == 1
    assert sentence in capsys.readouterr().err


def test_N3_no_part_of_the_node_knows_how_to_listen() -> None:
    servers = {"http.server", "socketserver", "socket", "asyncio", "wsgiref", "xmlrpc", "uvicorn"}
    calls_out, plays_a_board = "edge.sources.ports", "edge.sources.a121_serving"
    rooms = [one for one in modules() if one.name.startswith("edge.") and one.name != plays_a_board]
    assert len(rooms) > 100 and not [one.name for one in rooms if plays_a_board in imports(one)]
    assert [one.name for one in rooms if imports(one) & servers] == [calls_out]
    calls = [ast.unparse(node.func) for one in rooms for node in ast.walk(one.tree) if isinstance(node, ast.Call)]
    assert [call for call in calls if call.endswith((".listen", ".bind", ".accept"))] == []


@pytest.mark.slow
def test_N3_a_real_camera_nodes_blocks_are_shown_and_the_node_itself_never_listens(tmp_path: Path) -> None:
    recording = as_npz(tmp_path / "room.npz", moving_pictures(80))
    with real_node(tmp_path, f'kind = "replay"\nfile = "{recording}"\nloop = true', Modality.CAMERA) as ward:
        ward.says_yes = False
        eventually(lambda: ward.live is not None, 40.0, "the node")
        node = ward.node.running
        assert node is not None
        ward.say(ward.voice.commissioning_lease(sensor=Modality.CAMERA))
        eventually(lambda: ward.live is not None and ward.live.sensor.state is SensorState.OPEN, 40.0, "the sensor")
        assert ward.live is not None and ward.live.sensor.lamp is Lamp.BLINK
        terminal = Terminal(tmp_path, DrawingFile(tmp_path / "node.toml"))
        origin, code = terminal.says(r"Open +(\S+)/"), terminal.says(r"Code +(\d{4} \d{4})")
        cookie = ask(origin, "POST", "/code", json.dumps({"code": code}))[1]["Set-Cookie"].partition(";")[0]
        eventually(lambda: ask(origin, "GET", "/grid", Cookie=cookie)[0] == 200, 40.0, "a grid")
        assert re.fullmatch(rb"(?:[0-9]{16}\n){12}", ask(origin, "GET", "/grid", Cookie=cookie)[2])
        assert listening(node.pid) == set() and [listening(pid) for pid in ward.sensing()] == [set()]
        assert ask(origin, "POST", "/drawing", json.dumps(drawn()), Cookie=cookie)[0] == 200
        ward.say(ward.voice.closed_lease(sensor=Modality.CAMERA))
        assert terminal.wait() == 0
        assert digest_of_view(View.checked(DRAWN, 2.2)) in terminal.says("The page is closed: .*")
