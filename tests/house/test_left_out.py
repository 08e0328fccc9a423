"""A test that was left out is named, and in CI it is a failure: what was not tried did not pass."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.house import ROOT


def run(folder: Path, test: str, *arguments: str, ci: str = "true", path: str | None = None) -> tuple[int, str]:
    (folder / "conftest.py").write_text((ROOT / "tests/conftest.py").read_text("utf-8"))
    (folder / "test_it.py").write_text(test)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n  mosquitto: x\n  browser: x\n")
    # Other plugins have nothing to do here, and loading them takes longer than the test.
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "CI": ci, "PATH": path or os.environ["PATH"]}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments, str(folder)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


SKIPPED = "import pytest\n\ndef test_a():\n    pytest.skip('no time today')\n"
RECORDING = "import pytest\n\ndef test_a():\n    pytest.skip('recording: night.h5 is not here')\n"
EXPECTED = "import pytest\n\n@pytest.mark.xfail\ndef test_a():\n    assert False\n"


@pytest.mark.parametrize("arguments", [(), ("-p", "xdist", "-n", "1")], ids=["alone", "xdist"])
def test_a_left_out_test_is_named_and_fails_in_ci(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, told = run(tmp_path, SKIPPED, *arguments)
    assert code == 1
    assert "test_it.py::test_a: no time today" in told


def test_on_a_persons_machine_a_left_out_test_is_named_and_no_failure(tmp_path: Path) -> None:
    code, told = run(tmp_path, SKIPPED, ci="")
    assert code == 0
    assert "test_it.py::test_a: no time today" in told


def test_a_recording_that_is_not_there_is_named_and_allowed(tmp_path: Path) -> None:
    code, told = run(tmp_path, RECORDING)
    assert code == 0
    assert "night.h5 is not here" in told


@pytest.mark.parametrize(("why", "code"), [("kernel: no loop device", 0), ("tool: ip is not installed", 1)])
def test_what_no_package_brings_is_named_and_allowed_and_a_missing_tool_is_not(
    tmp_path: Path, why: str, code: int
) -> None:
    assert run(tmp_path, RECORDING.replace("recording: night.h5 is not here", why))[0] == code


def test_an_expected_failure_is_not_left_out(tmp_path: Path) -> None:
    assert run(tmp_path, EXPECTED)[0] == 0


def test_a_test_without_its_tool_is_left_out_with_the_remedy(tmp_path: Path) -> None:
    text = "import pytest\n\n@pytest.mark.browser\ndef test_a():\n    pass\n"
    (tmp_path / "tests").mkdir()
    code, told = run(tmp_path / "tests", text, ci="", path=str(tmp_path))
    assert code == 0
    assert "chromium is not installed; run `make tools`" in told
