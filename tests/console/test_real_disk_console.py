"""A console whose own disk is full or fails: a real file system, seen by nobody else."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.kit.own_spaces import OwnDisk, own_disk
from tests.kit.processes import ROOT

pytestmark = pytest.mark.slow
Ask = Callable[[str], str]


@contextmanager
def console_on_a_disk(folder: Path) -> Iterator[tuple[Ask, OwnDisk]]:
    data = folder / "data"
    data.mkdir(mode=0o700)
    with own_disk(data, megabytes=12) as disk:
        command = disk.command("env", f"PYTHONPATH={ROOT}", sys.executable, "-m", "tests.kit.disk_console", str(data))
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
            assert running.stdin is not None and running.stdout is not None
            assert running.stdout.readline().startswith("well ")

            def ask(word: str) -> str:
                assert running.stdin is not None and running.stdout is not None
                print(word, file=running.stdin, flush=True)
                return running.stdout.readline().strip()

            yield ask, disk
            running.kill()


def test_F36_on_a_full_or_failed_disk_nothing_is_said_to_be_written_and_reading_goes_on(tmp_path: Path) -> None:
    with console_on_a_disk(tmp_path) as (ask, disk):
        disk.fill()
        refused = next(answer for answer in (ask("write") for _ in range(3000)) if not answer.startswith("well"))
        last = ask("write")
        assert refused.startswith("StoreFull")
        assert last.startswith("StoreFull") and ask("read").split()[1] == last.split()[1]
        disk.make_room()
        assert ask("write") == f"well {int(last.split()[1]) + 1}"
        before = ask("read")
        disk.fail()
        assert ask("write") == before.replace("well", "StoreFault")
        assert ask("read") == before
