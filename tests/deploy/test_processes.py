import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.clock import HandClock
from deploy.errors import DeployError, WardStopped
from deploy.processes import Part, Processes
from tests.kit.contract import NIGHT
from tests.kit.processes import CLOCK, eventually

SLEEPER = (sys.executable, "-c", "import time\nwhile True: time.sleep(60)")
STUBBORN = (
    sys.executable,
    "-c",
    "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('deaf', flush=True)\n"
    "while True: time.sleep(60)",
)


class Said(list[str]):
    """What the ward said."""

    def __call__(self, sentence: str) -> None:
        self.append(sentence)


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
def ward(tmp_path: Path, said: Said) -> Iterator[Processes]:
    made = Processes(tmp_path, CLOCK, said)
    yield made
    made.stop()


def watch(ward: Processes, until: threading.Event) -> threading.Thread:
    watcher = threading.Thread(target=ward.watch, args=(until,))
    watcher.start()
    return watcher


def noting(name: str, folder: Path) -> tuple[str, ...]:
    """Return a command that notes when it was told to end."""
    code = (
        "import signal, sys, time\n"
        f"def end(*_):\n    open({str(folder / 'ends')!r}, 'a').write({name!r} + '\\n'); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\nprint('ready', flush=True)\nwhile True: time.sleep(60)"
    )
    return (sys.executable, "-c", code)


def test_sensors_end_first_then_the_console_then_the_broker(tmp_path: Path, said: Said) -> None:
    ward = Processes(tmp_path, CLOCK, said)
    for name, is_vital in (("broker", True), ("console", True), ("node", False)):
        ward.start(Part(name, noting(name, tmp_path), is_vital))
    eventually(lambda: all("ready" in ward.last_words(name) for name in ("broker", "console", "node")))
    ward.stop()
    assert (tmp_path / "ends").read_text().split() == ["node", "console", "broker"]
    assert said == []


def test_a_part_that_was_killed_is_started_again_and_it_is_said(ward: Processes, said: Said) -> None:
    ward.start(Part("node room1", SLEEPER, is_vital=False))
    first = ward.pids()["node room1"]
    until = threading.Event()
    watcher = watch(ward, until)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: ward.pids().get("node room1", first) != first, what="the restart")
    until.set()
    watcher.join()
    assert said == ["node room1 ended (killed by signal 9); it is started again in 0.5 s"]


def test_a_node_that_does_not_stay_up_is_said_once_and_the_ward_goes_on(tmp_path: Path, said: Said) -> None:
    clock = HandClock(NIGHT)
    ward = Processes(tmp_path, clock, said)
    ward.start(Part("node room1", (sys.executable, "-c", "raise SystemExit('no sensor')"), is_vital=False))
    until = threading.Event()
    watcher = watch(ward, until)
    eventually(lambda: clock.advance(0.25) or any("does not stay up" in one for one in said), 30)  # type: ignore[func-returns-value]
    assert watcher.is_alive()
    until.set()
    watcher.join()
    ward.stop()
    last = said[-1]
    assert "no sensor" in last
    assert str(tmp_path / "node-room1.log") in last
    assert sum("does not stay up" in one for one in said) == 1


def test_a_console_that_does_not_stay_up_ends_the_ward_with_its_last_words(tmp_path: Path, said: Said) -> None:
    clock = HandClock(NIGHT)
    ward = Processes(tmp_path, clock, said)
    ward.start(Part("console", (sys.executable, "-c", "raise SystemExit('database is broken')"), is_vital=True))
    stopped: list[WardStopped] = []

    def watch_it() -> None:
        try:
            ward.watch(threading.Event())
        except WardStopped as error:
            stopped.append(error)

    watcher = threading.Thread(target=watch_it)
    watcher.start()
    eventually(lambda: clock.advance(0.25) or bool(stopped), 30)  # type: ignore[func-returns-value]
    watcher.join()
    assert "database is broken" in str(stopped[0])


def test_what_will_not_end_is_killed_and_it_is_said(tmp_path: Path, said: Said) -> None:
    clock = HandClock(NIGHT)
    ward = Processes(tmp_path, clock, said)
    ward.start(Part("node room1", STUBBORN, is_vital=False))
    eventually(lambda: ward.last_words("node room1") == "deaf")
    pid = ward.pids()["node room1"]
    ender = threading.Thread(target=ward.stop)
    ender.start()
    eventually(lambda: clock.advance(0.5) or not ender.is_alive())  # type: ignore[func-returns-value]
    assert said == ["node room1 did not end within 10 s and was killed"]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_ward_ends_by_itself_after_its_time(tmp_path: Path, said: Said) -> None:
    clock = HandClock(NIGHT)
    ward = Processes(tmp_path, clock, said)
    watcher = threading.Thread(target=ward.watch, args=(threading.Event(), 20.0))
    watcher.start()
    eventually(lambda: clock.advance(1) or not watcher.is_alive())  # type: ignore[func-returns-value]


def test_all_parts_end_when_the_ward_itself_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom broker.clock import SystemClock\n"
        "from deploy.processes import Part, Processes\n"
        f"ward = Processes(Path({str(tmp_path)!r}), SystemClock(), print)\n"
        f"ward.start(Part('node', {SLEEPER!r}, False))\nprint(ward.pids()['node'], flush=True)\ntime.sleep(60)"
    )
    import subprocess

    up = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert up.stdout is not None
    pid = int(up.stdout.readline())
    up.kill()
    up.wait()
    up.stdout.close()
    eventually(lambda: not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2])


def test_a_program_that_is_not_there_is_said_in_a_sentence(ward: Processes) -> None:
    with pytest.raises(DeployError, match="node room1 cannot be started"):
        ward.start(Part("node room1", ("/nowhere/program",), is_vital=False))
