"""Who may import whom, and nothing that type checking or the linter would refuse: as `make check` asks it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.house import ROOT

BIN = Path(sys.executable).parent


@pytest.mark.parametrize("command", [["lint-imports"], ["ruff", "check"], ["ruff", "format", "--check"]], ids=" ".join)
def test_the_house_keeps_its_own_rules(command: list[str]) -> None:
    done = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
