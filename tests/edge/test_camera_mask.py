"""Rule P3: what is behind the mask can change nothing that is ever said."""

from pathlib import Path

import numpy as np
import pytest

from edge.evaluation import estimates_of, json_line, new_estimator
from edge.sources.formats import open_recording
from edge.view import BLOCK_PX, Mark, View
from edge.zones import Zones
from models.simulator.camera import film, scene_named
from tests.kit.pictures import Picture

SECONDS = 16


@pytest.fixture(scope="module")
def room() -> tuple[View, list[Picture]]:
    clip = film(scene_named("sleeper", 5, float(SECONDS)))
    return View.checked(clip.rows, clip.distance_m), [picture for _, picture in clip.frames()]


def someone_in(blocks: np.ndarray, pictures: list[Picture]) -> list[Picture]:
    """Return the pictures with somebody bright and restless in some blocks."""
    where = np.kron(blocks, np.ones((BLOCK_PX, BLOCK_PX), bool))
    rng = np.random.default_rng(9)
    return [np.where(where, rng.integers(0, 256, one.shape), one).astype(np.uint8) for one in pictures]


def said_of(path: Path, pictures: list[Picture], view: View) -> list[str]:
    """Return every line that sensing says of a recording of these pictures."""
    np.savez(path, frames=np.stack(pictures), frame_rate_hz=10.0)
    return [json_line(one) for one in estimates_of(open_recording(path, view=view), new_estimator(Zones()))]


def test_P3_whatever_happens_behind_the_mask_every_estimate_is_the_same_to_the_byte(
    room: tuple[View, list[Picture]], tmp_path: Path
) -> None:
    view, pictures = room
    assert view.hidden.any()
    quiet = said_of(tmp_path / "quiet.npz", pictures, view)
    restless = said_of(tmp_path / "restless.npz", someone_in(view.hidden, pictures), view)
    seen = said_of(tmp_path / "seen.npz", someone_in(view.blocks(Mark.BED), pictures), view)
    assert quiet == restless
    assert '"state": "breathing"' in quiet[-1]
    assert quiet != seen, "the test would not notice a mask that hides everything"
