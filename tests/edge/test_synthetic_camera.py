"""The simulated camera as a source, and what its mask hides from everything after it."""

from itertools import islice

import numpy as np
import pytest

from broker.clock import HandClock
from edge.errors import SourceError
from edge.frames import Frame, FrameKind, LoopMark
from edge.sources.camera.simulated import SyntheticCamera
from edge.sources.table import entry_of
from tests.kit.pictures import HIDDEN_CORNER
from tests.kit.sleeper import START as NIGHT


def test_the_same_seed_films_the_same_room_with_its_own_drawing() -> None:
    first, again = (list(islice(SyntheticCamera(3, "sleeper", film_s=2), 3)) for _ in range(2))
    assert all((a.picture == b.picture).all() for a, b in zip(first, again, strict=True))
    assert first[0].layout.kind is FrameKind.CAMERA
    assert first[0].layout.view is not None and first[0].layout.view.has_zones
    hidden = np.kron(first[0].layout.view.hidden, np.ones((20, 20), bool))
    assert all(not one.picture[hidden].any() and one.picture[~hidden].any() for one in first)


def test_when_a_film_is_over_another_begins_with_a_cleared_window() -> None:
    source = SyntheticCamera(3, "sleeper", film_s=0.5)
    items = list(islice(source, 8))
    frames = [one for one in items if isinstance(one, Frame)]
    marks = [one for one in items if isinstance(one, LoopMark)]
    assert marks == [LoopMark(2)] and source.count.bad == 0
    assert frames[0].layout is not frames[-1].layout and frames[-1].t_s > 0.5


def test_a_node_may_name_it_with_a_drawing_of_its_own() -> None:
    told = {"kind": "synthetic-camera", "seed": 2, "scenario": "sleeper", "view": {"rows": HIDDEN_CORNER.rows}}
    entry = entry_of(told)
    frame = next(iter(entry.open(told, HandClock(NIGHT))))
    assert not entry.is_live and isinstance(frame, Frame)
    assert frame.layout.view is not None and frame.layout.view.rows == HIDDEN_CORNER.rows


def test_a_film_that_is_not_there_is_said_with_those_that_are() -> None:
    with pytest.raises(SourceError, match="no film 'opera'; there are sleeper"):
        SyntheticCamera(1, "opera")
