"""What a ward installs: the five packages with their models, templates and rules, and nothing of the workshop."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.kit.house import ROOMS, ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    out: Path = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(out.glob("hushward-*.whl"))) as wheel:
        return wheel.namelist()


def test_the_wheel_holds_the_five_packages_and_nothing_else(names: list[str]) -> None:
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == set(ROOMS)


def test_the_wheel_leaves_the_workshop_and_the_tests_out(names: list[str]) -> None:
    assert [
        name for name in names if "recipes" in name or "tests/" in name or name.endswith((".pyc", ".toml.new"))
    ] == []


@pytest.mark.parametrize(
    "ending",
    [".onnx", "policy.toml", "access.cedar", "loopback.conf", "py.typed", ".html", "hushward.po", "language.toml"],
)
def test_the_wheel_holds_what_is_not_python(names: list[str], ending: str) -> None:
    assert [name for name in names if name.endswith(ending)]


def test_the_screens_of_the_wheel_need_no_internet(names: list[str]) -> None:
    vendored = [name for name in names if name.startswith("console/static/vendor/")]
    assert {name.rpartition(".")[2] for name in vendored} >= {"css", "js"}
    assert [name for name in vendored if "LICEN" in name.upper() or "NOTICE" in name.upper()]


def test_every_model_travels_with_its_card(names: list[str]) -> None:
    models = {name.removesuffix(".onnx") for name in names if name.endswith(".onnx")}
    assert models
    assert all(f"{name}.toml" in names for name in models)


def test_the_licence_travels_with_the_wheel(names: list[str]) -> None:
    assert [name for name in names if name.endswith("licenses/LICENSE")]
