"""`hushward up` as a person runs it: real processes, a real broker, real ends."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from deploy.plan import free_port
from tests.kit.processes import CLOCK, ROOT, eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

UP = (sys.executable, "-c", "import sys; from deploy.cli import main; sys.exit(main())", "up", "--no-browser")
ROLES = {
    "nurse": 2,
    "nurse_in_charge": 1,
    "ward_manager": 1,
    "governance_lead": 1,
    "ig_officer": 1,
    "clinical_safety_officer": 1,
    "engineer": 1,
    "patient": 2,
}


@dataclass
class Up:
    """One run of `hushward up`."""

    data: Path
    arguments: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    def start(self) -> "Up":
        command = [*UP, "--data", str(self.data), "--port", str(self.port), *self.arguments]
        log = self.data.with_suffix(".out").open("w")
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, text=True)
        log.close()
        return self

    @property
    def told(self) -> str:
        return self.data.with_suffix(".out").read_text("utf-8")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ready(self) -> "Up":
        eventually(lambda: "the ward is ready" in self.told or self.ended, 90, "a ready ward")
        assert not self.ended, self.told
        return self

    @property
    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def tell(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(30)

    def pids(self) -> dict[str, int]:
        """Return the ward's processes by what they run."""
        assert self.process is not None
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                words = (entry / "cmdline").read_text().split("\0")
            except (OSError, IndexError, ValueError):
                continue
            if parent == self.process.pid and "-m" in words:
                room = words[words.index("-m") + 1]
                name = Path(words[-2]).stem if room == "edge" else room
                found[name] = int(entry.name)
        return found


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Up]:
    made = Up(tmp_path / "ward", ("--demo", "--rooms", "2"))
    yield made
    if made.process is not None and not made.ended:
        made.tell(signal.SIGTERM)


def fetch(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        text: str = answer.read().decode()
    return text


def audit(data: Path) -> tuple[int, str]:
    command = [sys.executable, "-c", UP[2], "audit", "verify", "--data", str(data)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_newcomer_sees_a_ward_and_ends_it_with_ctrl_c(ward: Up) -> None:
    ward.start().ready()
    assert f"http://127.0.0.1:{ward.port}/" in ward.told
    assert "Hushward" in fetch(ward.address)
    accounts_file = ward.data / "demo-accounts.json"
    accounts = json.loads(accounts_file.read_text())
    assert accounts_file.stat().st_mode & 0o077 == 0
    roles = [one["role"] for one in accounts]
    assert {role: roles.count(role) for role in ROLES} == ROLES
    assert all({"username", "password", "role", "room"} == one.keys() for one in accounts)
    started = ward.pids()
    assert started.keys() == {"broker", "console", "node1", "node2"}
    log = ward.data / "logs" / "node1-in-room1.log"
    eventually(lambda: "link is up" in log.read_text(), 30, "the node's link")
    before_s = CLOCK.elapsed_s()
    assert ward.tell(signal.SIGINT) == 0
    assert CLOCK.elapsed_s() - before_s < 12
    assert not any(Path(f"/proc/{pid}").exists() for pid in started.values())
    assert '"sensor_is_closed": true' in log.read_text()
    assert "Traceback" not in ward.told


def test_it_goes_on_where_it_was(ward: Up) -> None:
    ward.start().ready()
    eventually(lambda: any(ward.data.glob("nodes/*/witness.json")), 60, "a node that remembers the log's head")
    ward.tell(signal.SIGTERM)
    accounts = (ward.data / "demo-accounts.json").read_text()
    code, told = audit(ward.data)
    assert code == 0, told
    rows = int(re.findall(r"(\d+) rows", told)[0])
    ward.start().ready()
    ward.tell(signal.SIGTERM)
    assert (ward.data / "demo-accounts.json").read_text() == accounts
    code, told = audit(ward.data)
    assert code == 0, told
    assert int(re.findall(r"(\d+) rows", told)[0]) >= rows


def test_a_killed_node_and_a_killed_console_come_back(ward: Up) -> None:
    ward.start().ready()
    before = ward.pids()
    for name in ("node1", "console"):
        os.kill(before[name], signal.SIGKILL)
        eventually(lambda name=name: ward.pids().get(name, before[name]) != before[name], 20, f"the return of {name}")
    eventually(lambda: "console ended (killed by signal 9)" in ward.told)

    def answers() -> bool:
        try:
            return "Hushward" in fetch(ward.address)
        except OSError:
            return False

    eventually(answers, 30, "the console's answer")


def test_a_folder_that_another_ward_holds_is_said_in_a_sentence(ward: Up) -> None:
    ward.start().ready()
    second = Up(ward.data, ("--demo", "--rooms", "2"))
    command = [*UP, "--data", str(ward.data), "--port", str(second.port), "--demo"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "in use by another" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_after_its_time_it_ends_by_itself(tmp_path: Path) -> None:
    ward = Up(tmp_path / "ward", ("--demo", "--rooms", "1", "--for", "2")).start()
    assert ward.process is not None
    assert ward.process.wait(90) == 0
    assert "ended" in ward.told.splitlines()[-1]


def test_without_demo_nobody_has_an_account_and_the_terminal_shows_one_link(tmp_path: Path) -> None:
    ward = Up(tmp_path / "ward", ("--rooms", "1", "--for", "3")).start()
    assert ward.process is not None
    assert ward.process.wait(90) == 0
    assert re.search(r"first administrator, once: http://127\.0\.0\.1:\d+/enrol/\S+", ward.told)
    assert not (ward.data / "demo-accounts.json").exists()


@pytest.mark.mosquitto
def test_a_real_mosquitto_carries_the_same_ward(tmp_path: Path) -> None:
    ward = Up(tmp_path / "ward", ("--demo", "--rooms", "1", "--mosquitto", "--for", "4")).start()
    assert ward.process is not None
    assert ward.process.wait(90) == 0
    assert "broker: mosquitto" in ward.told
    assert "link is up" in (ward.data / "logs" / "node1-in-room1.log").read_text()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--replay", "room9=x.h5"), "there is no room9"),
        (("--replay", "room1=/nowhere.h5"), "no such file"),
        (("--host", "0.0.0.0"), "needs a certificate"),
        (("--data", "/proc/ward"), "cannot be written"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_exit_code_1(
    tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    command = [*UP, "--data", str(tmp_path / "ward"), "--port", str(free_port()), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_folder_of_somebody_else_is_left_exactly_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    command = [*UP, "--data", ".", "--port", str(free_port())]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "is not a ward's folder" in done.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_taken_port_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        command = [*UP, "--data", str(tmp_path / "ward"), "--port", str(port)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"hushward up: port {port} is taken")
