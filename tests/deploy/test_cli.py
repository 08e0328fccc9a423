import subprocess
import sys
from importlib import import_module

import pytest

from deploy.cli import VERBS, main
from tests.kit.processes import CLOCK, ROOT


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "import sys; from deploy.cli import main; sys.exit(main())", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_the_list_names_every_verb() -> None:
    page = run("--help")
    assert page.returncode == 0
    for verb in ("up", "node", "console", "broker", "estimate", "eval", "simulate", "audit", "doctor"):
        assert f"  {verb} " in page.stdout


def test_an_unknown_verb_is_said_and_is_exit_code_2() -> None:
    told = run("frobnicate")
    assert told.returncode == 2
    assert "no verb 'frobnicate'" in told.stderr


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_verb_leads_to_a_function_of_a_room(verb: object) -> None:
    assert callable(getattr(import_module(verb.module), verb.function))  # type: ignore[attr-defined]


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_verbs_help_is_a_page_with_an_example(verb: object) -> None:
    told = run(verb.name, "--help")  # type: ignore[attr-defined]
    assert told.returncode == 0
    assert "example" in told.stdout.lower()
    assert len(told.stdout.splitlines()) > 5


def test_the_list_is_there_at_once() -> None:
    started_s = CLOCK.elapsed_s()
    run("--help")
    assert CLOCK.elapsed_s() - started_s < 2.0


def test_the_version_is_the_packages() -> None:
    from importlib.metadata import version

    assert version("hushward") in run("--version").stdout


def test_no_verb_at_all_shows_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "Usage: hushward VERB" in capsys.readouterr().out


@pytest.mark.parametrize("module", ["deploy.cli", "deploy.up", "broker.__main__", "edge.__main__", "console.__main__"])
def test_nothing_on_the_way_up_loads_the_camera_library(module: str) -> None:
    code = f"import sys, {module}; sys.exit('cv2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
