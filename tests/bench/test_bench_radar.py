"""What one room's radar costs, from bytes to estimate, beside the sensor maker's own reference application.

Both read the same recording of a simulated sleeper (16 range bins, 16 sweeps a frame, 20 frames/s), in turn, each in a
process of its own, and the best of three counts on either side. Time is that of the working thread alone.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.kit.a121_files import RATE_PER_MIN, sleeper_sweeps, write_a121
from tests.kit.bench import FIGURES, Figure
from tests.kit.house import ROOT

MAKERS_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
ROUNDS, SECONDS = 3, 90.0
MOST_OF_A_CORE, MOST_RESIDENT_MB, LATEST_FIRST_S, AIM_TIMES_CHEAPER = 0.05, 150.0, 15.0, 10.0


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """Run both in turn; the maker's is empty where it is not installed."""
    recording = write_a121(tmp_path_factory.mktemp("bench") / "sleeper.h5", sleeper_sweeps(SECONDS))
    found: dict[str, list[dict[str, Any]]] = {"ours": [], "maker": []}
    for _ in range(ROUNDS):
        found["ours"].append(_run([sys.executable, "-m", "tests.bench.our_app", str(recording)]))
        if MAKERS_PYTHON.exists():
            script = str(Path(__file__).with_name("maker_app.py"))
            found["maker"].append(_run([str(MAKERS_PYTHON), script, str(recording)]))
    return found


def _run(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _best(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return min(runs, key=lambda one: float(one["cpu_s_per_s"]))


def test_the_whole_radar_chain_against_a_core_and_its_memory(answers: dict[str, list[dict[str, Any]]]) -> None:
    ours = _best(answers["ours"])
    share, resident_mb, first_s = ours["cpu_s_per_s"], ours["resident_mb"], ours["first_s"]
    told = f"{share:.2%} of a core, {resident_mb:.0f} MB, first rate after {first_s:.0f} s"
    FIGURES.append(Figure("radar, decode to estimate", told, f"limit: {MOST_OF_A_CORE:.0%}", share / MOST_OF_A_CORE))
    assert ours["last_per_min"] == pytest.approx(RATE_PER_MIN, abs=1.5)
    assert share <= MOST_OF_A_CORE
    assert resident_mb <= MOST_RESIDENT_MB
    assert first_s <= LATEST_FIRST_S


def test_the_whole_radar_chain_against_the_makers_application(answers: dict[str, list[dict[str, Any]]]) -> None:
    if not answers["maker"]:
        pytest.skip("the maker's reference application is not installed; `make bench` fetches it where it can")
    ours, maker = _best(answers["ours"]), _best(answers["maker"])
    times = maker["cpu_s_per_s"] / ours["cpu_s_per_s"]
    reached = "reached" if times >= AIM_TIMES_CHEAPER else "not reached"
    first = "never" if maker["first_s"] is None else f"after {maker['first_s']:.0f} s"
    told = f"maker: {maker['cpu_s_per_s']:.2%} of a core, {maker['resident_mb']:.0f} MB, first rate {first}"
    name = f"radar; aim: {AIM_TIMES_CHEAPER:.0f} times cheaper, {reached}"
    FIGURES.append(Figure(name, f"{times:.2f} times cheaper", told, 1 / times))
    # Two answers to one question: a ratio of costs means something only when both have found the sleeper.
    assert maker["last_per_min"] == pytest.approx(RATE_PER_MIN, abs=1.5)
    assert ours["last_per_min"] == pytest.approx(maker["last_per_min"], abs=1.5)
