from itertools import islice

import numpy as np
import pytest

from edge.errors import SourceError
from edge.sources.module_frames import MODULES
from edge.sources.synthetic import SyntheticRoom
from edge.sources.table import SOURCES, entry_of
from tests.kit.flying import TimeThatFlies
from tests.kit.sleeper import START

CAMERAS = ("camera", "rtsp", "synthetic-camera")


def test_a_synthetic_room_gives_twenty_frames_a_second_and_counts_them():
    room = SyntheticRoom(3)
    frames = list(islice(room, 40))
    assert frames[-1].t_s == pytest.approx(1.95)
    assert room.count.read == 40
    assert frames[0].layout is frames[-1].layout


def test_the_same_seed_is_the_same_sleeper():
    one, two = (list(islice(SyntheticRoom(9), 20)) for _ in range(2))
    assert all(np.array_equal(a.values, b.values) for a, b in zip(one, two, strict=True))


def test_a_closed_room_gives_no_more_frames():
    room = SyntheticRoom(3)
    frames = iter(room)
    next(frames)
    room.close()
    assert list(frames) == []


def opened(**settings):
    return entry_of(settings).open(settings, TimeThatFlies(START))


def test_an_unknown_scenario_or_source_is_named_with_those_there_are():
    with pytest.raises(SourceError, match="there are night"):
        opened(kind="synthetic", scenario="opera")
    with pytest.raises(SourceError, match="there are synthetic, synthetic-camera, replay, hang"):
        opened(kind="telescope")
    with pytest.raises(SourceError, match="name of a recording"):
        opened(kind="replay")


def test_every_source_says_what_it_is():
    assert set(SOURCES) == {*CAMERAS, "synthetic", "replay", "hang", "a121", "ti", "bgt60", *MODULES}
    assert all(entry.meaning for entry in SOURCES.values())
