"""How much each block of a camera's view moves: a person lights up, noise does not, and a hidden block never."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from edge.block_activity import BlockActivity
from edge.camera.activity import levels_of
from edge.camera.sense import CameraSense
from edge.frames import Frame, FrameKind, Layout
from edge.senses import SensingModels, shipped_models
from edge.view import OPEN_VIEW, View

RATE_HZ = 10.0
WALKER = (slice(100, 140), slice(200, 240))
"""Where somebody moves: rows 5 and 6, columns 10 and 11 of the grid."""


@pytest.fixture(scope="module")
def models() -> SensingModels:
    return shipped_models()


def frames(view: View, moving_from: int, count: int) -> Iterator[Frame]:
    """A textured room with noise, in which something begins to move in one place."""
    rng = np.random.default_rng(5)
    room = np.kron(rng.integers(60, 180, (60, 80)), np.ones((4, 4)))
    nothing = np.empty(0)
    layout = Layout(FrameKind.CAMERA, nothing, float("nan"), RATE_HZ, view=view)
    for number in range(count):
        seen = room + rng.normal(0, 2, room.shape)
        if number >= moving_from:
            seen[WALKER] = rng.integers(60, 180, (40, 40))
        picture = view.hide(np.clip(seen, 0, 255).astype(np.uint8))
        yield Frame(layout, number / RATE_HZ, np.empty(0, np.complex64), picture=picture)


def watched(models: SensingModels, view: View, moving_from: int, count: int = 40) -> CameraSense:
    sense = CameraSense(models)
    for frame in frames(view, moving_from, count):
        sense.add(frame)
    return sense


def test_an_empty_room_is_still_whatever_its_noise(models: SensingModels) -> None:
    assert watched(models, OPEN_VIEW, moving_from=1000).levels().max() <= 2


def test_what_moves_lights_up_in_its_own_blocks_and_nowhere_else(models: SensingModels) -> None:
    levels = watched(models, OPEN_VIEW, moving_from=35).levels()
    assert levels[5:7, 10:12].min() >= 7
    levels[5:7, 10:12] = 0
    assert levels.max() <= 2


def test_P3_a_hidden_block_says_nothing(models: SensingModels) -> None:
    rows = list(OPEN_VIEW.rows)
    rows[5] = rows[6] = "." * 10 + "##" + "." * 4
    assert watched(models, View.checked(rows), moving_from=35).levels()[5:7, 10:12].max() == 0


def test_before_the_first_picture_nothing_is_said(models: SensingModels) -> None:
    looks: Sequence[object] = ()
    assert not CameraSense(models).levels().any()
    assert levels_of(looks, looks, OPEN_VIEW.hidden).shape == (12, 16)  # type: ignore[arg-type]


def test_a_camera_knows_its_blocks_and_a_radar_has_none(models: SensingModels) -> None:
    from edge.senses import RadarSense
    from edge.zones import Zones

    assert isinstance(CameraSense(models), BlockActivity)
    assert not isinstance(RadarSense(models, Zones(), lambda: None), BlockActivity)
