import subprocess
import sys
from pathlib import Path

import pytest

from deploy import packages
from deploy.errors import DeployError
from deploy.plan import replays
from tests.kit.house import ROOT

WITHOUT = """
import sys
class Gone:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {gone!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name={gone!r})
sys.meta_path.insert(0, Gone())
from deploy.cli import main
raise SystemExit(main(["up", "--for", "1", "--no-browser", "--data", sys.argv[1]]))
"""


def test_a_machine_that_was_set_up_misses_nothing() -> None:
    assert packages.missing() == []
    packages.check()


@pytest.mark.parametrize("gone", ["numpy", "typer", "pydantic"])
def test_a_missing_package_is_said_in_one_sentence_with_its_remedy(gone: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", WITHOUT.format(gone=gone), str(tmp_path / "ward")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr == f"hushward up: missing on this machine: {gone}; run `make setup`\n"


def test_a_file_that_is_no_recording_is_refused_before_anything_starts(tmp_path: Path) -> None:
    odd = tmp_path / "passwd"
    odd.write_text("root:x:0:0\n")
    with pytest.raises(DeployError, match=r"--replay room2=.*passwd is in no format that is known here"):
        replays([f"room2={odd}"], ["room1", "room2"])


def commands_that_install() -> list[str]:
    """Return every command of the scripts that brings packages here, its continued lines joined."""
    files = [*sorted((ROOT / "deploy").glob("*.sh")), ROOT / "Makefile"]
    text = "\n".join(file.read_text("utf-8").replace("\\\n", " ") for file in files)
    return [line for line in text.splitlines() if "pip install" in line or '"${uv[@]}"' in line]


def test_T40_every_package_is_installed_by_the_hash_that_was_locked() -> None:
    by_no_hash = [one for one in commands_that_install() if "--require-hashes" not in one]
    # Our own source is no package of others. What is measured against, and what an emulated ARM is asked with, lie
    # apart from what runs on a ward.
    apart = ("--no-deps", "uv=(", "--group bench", "--python-platform aarch64")
    assert [one.strip() for one in by_no_hash if not any(words in one for words in apart)] == []
    assert len(commands_that_install()) > len(by_no_hash)


@pytest.mark.parametrize("lock", [*sorted(ROOT.glob("*.lock")), *sorted((ROOT / "deploy/locks").glob("*.lock"))],
                         ids=lambda one: one.name)  # fmt: skip
def test_T40_no_package_of_a_lock_is_without_its_hash(lock: Path) -> None:
    packages_of = [one for one in lock.read_text("utf-8").replace("\\\n", " ").splitlines() if "==" in one]
    assert packages_of
    assert [one for one in packages_of if "--hash=sha256:" not in one] == []
