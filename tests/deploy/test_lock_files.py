"""The lock files: whole, and told with the line where they are not."""

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.errors import LockBroken
from deploy.lock_files import main, part, read_lock
from tests.kit.processes import ROOT

HASH = "    --hash=sha256:" + "ab" * 32
GOOD = f"numpy==2.4.6 ; python_full_version < '3.12' \\\n{HASH}\nuv==0.9 \\\n{HASH} \\\n{HASH}\n"
LOCKS = sorted([*ROOT.glob("requirements*.lock"), *ROOT.glob("deploy/locks/*.lock")])


def lock(folder: Path, text: str) -> Path:
    file = folder / "a.lock"
    file.write_text(text)
    return file


def test_every_lock_that_ships_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *map(str, LOCKS)]) == 0
    assert f"{len(LOCKS)} locks are whole" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("numpy==2.4.6\n", ":1: not a package with its version and its hashes"),
        ("numpy>=2 \\\n" + HASH, ":1: not a package"),
        (GOOD + "--index-url https://example.org\n", ":6: not a package"),
        (GOOD.replace(HASH, "", 1), ":2: a hash is missing or cut"),
        (GOOD.replace("abab", "ab", 1), ":2: a hash is missing or cut"),
        (GOOD + "pip==1 \\\n", "ends in the middle of a package"),
        ("<<<<<<< HEAD\n" + GOOD, ":1: not a package"),
    ],
)
def test_a_broken_lock_is_told_with_its_line_and_what_to_do(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(LockBroken) as refused:
        read_lock(lock(tmp_path, text))
    assert told in str(refused.value)
    assert "make lock" in str(refused.value)


def test_a_part_of_a_lock_keeps_its_hashes_and_its_conditions(tmp_path: Path) -> None:
    assert part(read_lock(lock(tmp_path, GOOD)), ["uv"]) == GOOD[GOOD.index("uv") :]
    with pytest.raises(LockBroken, match="does not hold onnxruntime"):
        part(read_lock(lock(tmp_path, GOOD)), ["uv", "onnxruntime"])


def test_the_check_of_the_packages_stops_at_a_broken_lock(tmp_path: Path) -> None:
    for name in (".venv", "deploy"):
        (tmp_path / name).mkdir()
    (tmp_path / ".venv" / "bin").mkdir()
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (tmp_path / "deploy" / "supply.sh").write_bytes((ROOT / "deploy" / "supply.sh").read_bytes())
    (tmp_path / "requirements.lock").write_text(GOOD.replace(HASH, ""))
    done = subprocess.run(["bash", tmp_path / "deploy" / "supply.sh"], capture_output=True, text=True, check=False)
    assert (done.returncode, "NOT LOOKED AT" in done.stdout + done.stderr) == (1, False)
    assert "requirements.lock:2: a hash is missing or cut" in done.stderr


@pytest.mark.parametrize("script", sorted((ROOT / "deploy").rglob("*.sh")), ids=lambda path: path.name)
def test_no_script_installs_a_package_without_its_hashes(script: Path) -> None:
    told = script.read_text("utf-8").replace("\\\n", " ").splitlines()
    installs = [line for line in told if "pip install" in line and "--editable" not in line and "uninstall" not in line]
    wrong = [
        line for line in installs if "--require-hashes" not in line and '"${uv[@]}"' not in line and "uv=(" not in line
    ]
    assert wrong == []
