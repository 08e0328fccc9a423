import gc
import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from edge.camera.blocks import clipped_in
from edge.camera.field import NEAR, PLACES, most_rhythmic, powers_of, whole_field
from edge.camera.health import alike
from edge.frames import Frame, FrameKind, Layout
from edge.view import OPEN_VIEW, View
from tests.kit.films import pictures, window_of

LAYOUT = Layout(FrameKind.CAMERA, np.zeros(0), math.nan, 10.0, view=OPEN_VIEW)
Y, X = np.mgrid[:240, :320].astype(np.float64)


def texture(right_px: float = 0.0, down_px: float = 0.0, gain: float = 1.0) -> NDArray[np.float64]:
    """Waves in every direction, moved by a part of a pixel without any interpolation."""
    x, y = X - right_px, Y - down_px
    waves = sum(np.sin(0.08 * k * x + (0.27 - 0.08 * k) * y + k) for k in range(1, 5))
    return np.asarray(gain * (120 + 18 * waves))


def frame(t_s: float, picture: NDArray[np.float64], seed: int | None = None) -> Frame:
    noise = 0 if seed is None else np.random.default_rng(seed).normal(0, 2, picture.shape)
    grey = np.clip(np.round(picture + noise), 0, 255).astype(np.uint8)
    return Frame(LAYOUT, t_s, np.zeros(0, np.complex64), picture=grey)


@pytest.mark.parametrize(("right_px", "down_px"), [(0.2, 0.0), (0.0, -0.3), (0.4, 0.1)])
def test_a_shift_of_part_of_a_pixel_is_measured_in_every_block(right_px: float, down_px: float) -> None:
    window = window_of([frame(0, texture()), frame(0.1, texture(right_px, down_px))])
    window.learn_anew()
    shift = window.since(0.1)[0].shift_px[0]
    # The background has taken half of the second picture over before it was compared with it.
    assert np.median(shift[0]) == pytest.approx(right_px, abs=0.06)
    assert np.median(shift[1]) == pytest.approx(down_px, abs=0.06)


def test_a_step_of_the_gain_is_no_motion() -> None:
    window = window_of([frame(0, texture()), frame(0.1, texture(gain=1.1))])
    assert np.abs(np.median(window.since(0.1)[0].shift_px[0], axis=(1, 2))).max() < 0.05


def test_the_picture_before_and_a_picture_of_a_minute_ago_are_known_again_and_noise_is_new() -> None:
    loop = [frame(0.1 * i, texture(), seed=i) for i in range(5)]
    again = [Frame(LAYOUT, 0.5 + 0.1 * i, one.values, picture=one.picture) for i, one in enumerate(loop)]
    looks = window_of([*loop, *again, Frame(LAYOUT, 1.0, loop[0].values, picture=loop[-1].picture)]).since(0)
    assert [look.is_repeated for look in looks] == [False] * 5 + [True] * 5 + [False]
    assert [look.is_same for look in looks] == [False] * 10 + [True]


def test_K1_no_picture_is_kept_but_what_stands_still_and_the_one_before_at_half_size() -> None:
    window = window_of([frame(0.1 * i, texture(), seed=i) for i in range(30)])
    kept = [
        one for one in gc.get_objects() if isinstance(one, np.ndarray) and one.size == 240 * 320 and one.base is None
    ]
    assert not [one for one in kept if one.dtype == np.float32]
    assert window.background.shape == (1, 1, 120, 160)


def test_a_hole_in_time_begins_a_new_window() -> None:
    window = window_of([frame(0, texture()), frame(0.1, texture())])
    assert window.add(frame(0.2, texture()))
    assert not window.add(frame(3.0, texture()))
    assert len(window.since(-math.inf)) == 1


def test_displacements_are_kept_side_by_side_as_long_as_their_looks() -> None:
    window = window_of([frame(0.1 * i, texture(0.02 * i), seed=i) for i in range(30)])
    looks = window.since(1.0)
    assert np.array_equal(window.shifts(len(looks)), np.array([look.shift_px for look in looks]))
    for i in range(30, 450):
        window.add(frame(0.1 * i, texture(), seed=i % 40))
    looks = window.since(-math.inf)
    assert 300 < len(looks) < 340
    assert np.array_equal(window.shifts(len(looks)), np.array([look.shift_px for look in looks]))


def test_the_graph_says_what_its_formulas_say_in_double_precision() -> None:
    looks = window_of([frame(0.1 * i, texture(0.1 * i), seed=i) for i in range(3)]).since(0)
    half = [frame(0.1 * i, texture(0.1 * i), seed=i).picture for i in range(3)]
    now, before = (one.reshape(120, 2, 160, 2).mean(axis=(1, 3)) for one in half[-1:-3:-1] if one is not None)
    blocks = now.reshape(12, 10, 16, 10)
    assert looks[-1].level == pytest.approx(blocks.mean(axis=(1, 3)), rel=1e-6)
    assert looks[-1].contrast == pytest.approx(blocks.var(axis=(1, 3)), abs=0.02, rel=1e-4)
    assert looks[-1].change == pytest.approx(((now - before) ** 2).reshape(12, 10, 16, 10).mean(axis=(1, 3)), rel=1e-5)


def test_the_share_of_each_block_at_its_limit_is_counted() -> None:
    picture = np.random.default_rng(5).integers(200, 256, (240, 320)).astype(np.uint8)
    wanted = (picture >= 250).reshape(12, 20, 16, 20).mean(axis=(1, 3))
    assert clipped_in(picture) == pytest.approx(wanted, abs=1e-7)
    assert clipped_in(np.full_like(picture, 255)).min() == 1.0


def test_the_channels_that_are_chosen_lie_where_the_chest_is() -> None:
    window = window_of(pictures("sleeper_uncovered", 5, 40.0))
    calm = window.since(5.0)
    field = whole_field(calm, window.shifts(len(calm)), window.view)
    chosen = most_rhythmic(powers_of(field), field.trust, window.view)
    assert len(chosen) == 24
    assert all(window.view.lying[row, column] for row, column in PLACES[chosen])


def test_a_hidden_block_is_never_trusted() -> None:
    rows = ["#" * 16] * 6 + ["b" * 16] * 6
    layout = Layout(FrameKind.CAMERA, np.zeros(0), math.nan, 10.0, view=View.checked(rows))
    frames = [
        Frame(layout, 0.1 * i, np.zeros(0, np.complex64), picture=frame(0, texture(), i).picture) for i in range(40)
    ]
    window = window_of(frames)
    looks = window.since(0.0)
    trust = whole_field(looks, window.shifts(len(looks)), window.view).trust[:NEAR]
    assert trust.reshape(2, 12, 16)[:, :6].max() == 0
    assert trust.reshape(2, 12, 16)[:, 6:].min() > 0


def test_another_view_is_not_alike_and_another_light_is() -> None:
    def half(make: Callable[[], NDArray[np.float64]]) -> NDArray[np.float32]:
        return make().reshape(120, 2, 160, 2).mean(axis=(1, 3))[None, None].astype(np.float32)

    before, hidden = half(texture), np.zeros((12, 16), dtype=bool)
    assert alike(before, half(lambda: texture(gain=0.5)), hidden) > 0.95
    assert alike(before, half(lambda: texture(37.0, 23.0)), hidden) < 0.4
