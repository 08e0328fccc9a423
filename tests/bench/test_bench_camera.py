"""What one room's camera costs, from picture to estimate, beside what others do with each picture.

All look at the same simulated film (320x240, 10 pictures a second), each in a process of its own with one thread.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.simulator.camera import film, scene_named
from tests.kit.bench import FIGURES, Figure
from tests.kit.house import ROOT

OTHERS_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
SECONDS, RATE_HZ = 60.0, 10.0
MOST_MS, MOST_RESIDENT_MB, AIM_TIMES_CHEAPER = 2.0, 200.0, 5.0


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Film a sleeper, and time everybody on the film."""
    path = tmp_path_factory.mktemp("bench") / "sleeper.npz"
    clip = film(scene_named("sleeper_blanket", 61, SECONDS))
    t_s, pictures = zip(*clip.frames(), strict=True)
    np.savez(path, frames=np.stack(pictures), frame_rate_hz=RATE_HZ, t_s=np.array(t_s), rows=np.array(clip.rows))
    command = [sys.executable, "-m", "tests.bench.camera_app", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    told["true_per_min"] = clip.truth[-1].respiratory_rate_per_min
    return told | _published(path)


def _published(film: Path) -> dict[str, Any]:
    """Time a published pulse method; nothing where it is not installed (`make bench` installs it)."""
    if not OTHERS_PYTHON.exists():
        return {}
    command = [str(OTHERS_PYTHON), str(Path(__file__).with_name("pos_app.py")), str(film)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else {}


def test_the_whole_camera_chain_against_its_limits(answer: dict[str, Any]) -> None:
    told = f"{answer['ours_ms']:.2f} ms a picture, {answer['resident_mb']:.0f} MB"
    FIGURES.append(Figure("camera, file to estimate", told, f"limit: {MOST_MS:.0f} ms", answer["ours_ms"] / MOST_MS))
    assert answer["last_per_min"] == pytest.approx(answer["true_per_min"], abs=1.5)
    assert answer["ours_ms"] <= MOST_MS
    assert answer["resident_mb"] <= MOST_RESIDENT_MB


OTHERS = [
    ("motion boxes of a recorder", "boxes_ms"),
    ("dense flow", "flow_ms"),
    ("POS of vitallens, its box given", "pos_ms"),
    ("POS of vitallens, with its search for faces", "with_face_search_ms"),
]


@pytest.mark.parametrize(("name", "key"), OTHERS)
def test_the_whole_camera_chain_against_what_others_do(answer: dict[str, Any], name: str, key: str) -> None:
    if key not in answer:
        pytest.skip(f"{name}: not installed here; make bench brings it")
    times = answer[key] / answer["ours_ms"]
    reached = "" if key == "boxes_ms" else f"; aim: {AIM_TIMES_CHEAPER:.0f} times cheaper"
    reached += "" if key == "boxes_ms" else (", reached" if times >= AIM_TIMES_CHEAPER else ", not reached")
    told = f"{name}: {answer[key]:.2f} ms a picture"
    FIGURES.append(Figure(f"camera{reached}", f"{times:.2f} times cheaper", told, 1 / times))
    assert times > 0
