import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from console.__main__ import main
from console.running.serve import LINK_FILE
from tests.kit.processes import eventually
from tests.kit.service_manager import ServiceManager

SETTINGS = 'site = "st-elsewhere"\nward = "willow"\ndata_dir = "data"\nport = {port}\n[broker]\nport = 9\n'


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as place:
        return int(place.getsockname()[1])


def settings(folder: Path, port: int, more: str = "") -> Path:
    file = folder / "console.toml"
    file.write_text(more + SETTINGS.format(port=port), "utf-8")
    return file


def test_a_taken_port_is_one_sentence_and_nothing_is_opened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--config", str(settings(tmp_path, port))]) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"hushward console: 127.0.0.1 port {port} cannot be served on")
    assert "choose another `port`" in told
    assert not (tmp_path / "data" / "console.db").exists()


def test_a_missing_broker_password_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = settings(tmp_path, free_port())
    file.write_text(file.read_text("utf-8") + 'password_file = "broker.password"\n', "utf-8")
    assert main(["serve", "--config", str(file)]) == 1
    assert "the broker's password cannot be read" in capsys.readouterr().err


def test_A11_an_evaluation_that_has_ended_does_not_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = settings(tmp_path, free_port(), 'context = "evaluation"\n')
    ended = '[evaluation]\nreference = "SE-12"\nsponsor = "A trust"\nends_on = 2020-01-01\n'
    file.write_text(file.read_text("utf-8") + ended, "utf-8")
    assert main(["serve", "--config", str(file)]) == 1
    assert "the evaluation ended on 2020-01-01" in capsys.readouterr().err


@pytest.mark.slow
def test_a_console_offers_the_first_link_serves_and_ends_in_order(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "console", "serve", "--config", str(settings(tmp_path, port))]
    manager = ServiceManager(str(tmp_path / "notify"), patience_s=3)
    told = {**os.environ, **manager.environment}
    console = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=told)
    try:
        page = _first_answer(console, f"http://127.0.0.1:{port}/sign-in")
        link = tmp_path / "data" / LINK_FILE
        assert stat.S_IMODE(link.stat().st_mode) == 0o600
        assert link.read_text("utf-8").startswith(f"http://127.0.0.1:{port}/enrol/")
        assert "<form" in page
        words: list[str] = []
        eventually(lambda: words.extend(manager.heard()) or "WATCHDOG=1" in words, 30, "a word of life")
        os.kill(console.pid, signal.SIGTERM)
        said, logged = console.communicate(timeout=60)
    finally:
        console.kill()
    words += manager.heard()
    manager.close()
    assert (words[0], words[-1]) == ("READY=1", "STOPPING=1")
    assert console.returncode == 0
    assert link.read_text("utf-8").strip() in said
    assert "Traceback" not in logged
    assert main(["audit", "verify", "--data", str(tmp_path / "data")]) == 3


def _first_answer(console: subprocess.Popen[str], address: str) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert console.poll() is None, console.stderr and console.stderr.read()
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the console did not answer within a minute")
