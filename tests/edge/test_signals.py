import numpy as np
import pytest

from edge.frames import Frame, FrameKind, Layout
from edge.resampling import FIELD_HZ, taper_for
from edge.signals import SignalWindow
from models.simulator.acts import lie, turn
from models.simulator.night import Scene
from tests.kit.sleeper import frames, model

WAVELENGTH_M = 0.005
LAYOUT = Layout(FrameKind.RADAR, np.array([0.5, 0.6, 0.7]), WAVELENGTH_M, 20.0)


def moving_target(times_s, place_mm, layout=LAYOUT, clutter=0.0):
    rng = np.random.default_rng(5)
    for t_s, mm in zip(times_s, place_mm, strict=True):
        echo = np.exp(-4j * np.pi * mm / 1000 / WAVELENGTH_M) * np.array([30, 100, 30])
        noise = rng.normal(size=3) + 1j * rng.normal(size=3)
        yield Frame(layout, float(t_s), (echo + clutter + noise).astype(np.complex64), np.full(3, 2.0, np.float32))


def fill(source):
    window = SignalWindow(model("movement-v1"))
    kept = [window.add(frame) for frame in source]
    return window, kept


def best_wave(field):
    channel = int(np.argmax(field.trust))
    return field.field_mm[:, channel]


@pytest.mark.parametrize("clutter", [0.0, 20.0])
def test_a_known_motion_comes_out_in_millimetres(clutter):
    t = np.arange(0, 20, 0.05)
    window, _ = fill(moving_target(t, 3 * np.sin(2 * np.pi * 0.25 * t), clutter=clutter))
    wave = best_wave(window.read(0.0).field)[-150:]
    assert np.ptp(wave) == pytest.approx(6.0, rel=0.25)


def test_the_newest_sample_comes_last_and_nothing_stands_before_the_start():
    t = np.arange(0, 12, 0.05)
    window, _ = fill(moving_target(t, 3 * np.sin(t)))
    field = window.read(0.0).field
    length = int(field.duration_s * FIELD_HZ) + 1
    assert not field.field_mm[:-length].any()
    assert not field.taper[:-length].any()
    assert field.taper[-length // 2] == pytest.approx(1.0, abs=0.01)


def test_only_the_calm_part_enters_the_field():
    t = np.arange(0, 20, 0.05)
    window, _ = fill(moving_target(t, np.sin(t)))
    assert window.read(12.0).field.duration_s == pytest.approx(8.0, abs=0.1)


def test_a_short_hole_is_bridged_at_the_speed_around_it():
    t = np.arange(0, 20, 0.05)
    keep = (t < 8) | (t > 8.4)
    place = 4.0 * t
    window, kept = fill(moving_target(t[keep], place[keep]))
    wave = best_wave(window.read(0.0).field)
    slopes = np.diff(wave[-150:]) * FIELD_HZ
    assert all(kept[1:])
    assert np.abs(slopes).max() < 6


def test_a_long_hole_starts_the_window_again():
    t = np.concatenate([np.arange(0, 5, 0.05), np.arange(7, 9, 0.05)])
    window, kept = fill(moving_target(t, np.zeros_like(t)))
    assert kept.count(False) == 2
    assert window.duration_s == pytest.approx(1.95, abs=0.01)


def test_time_that_goes_back_and_another_layout_start_the_window_again():
    first = next(moving_target([5.0], [0]))
    window, _ = fill([first])
    assert not window.add(next(moving_target([4.0], [0])))
    other = Layout(FrameKind.RADAR, LAYOUT.range_m, WAVELENGTH_M, 20.0)
    assert not window.add(next(moving_target([4.1], [0], other)))


def test_less_than_a_second_cannot_be_read():
    t = np.arange(0, 0.5, 0.05)
    window, _ = fill(moving_target(t, t))
    assert window.read(0.0) is None
    assert window.path(4.0, None) is None
    assert len(window.churn(4.0)) == 0


def test_a_turning_body_is_restless_and_incoherent_and_a_breathing_one_is_not():
    calm, _ = fill(frame for frame, _ in frames(Scene(acts=[lie(10)]), 8))
    wild, _ = fill(frame for frame, _ in frames(Scene(acts=[turn(10)]), 8))
    still, moving = calm.read(0.0).motion, wild.read(0.0).motion
    assert moving.restlessness > 10 > still.restlessness
    assert moving.incoherence > 0.6 > still.incoherence


def test_an_empty_room_does_not_stir():
    window, _ = fill(frame for frame, _ in frames(Scene(acts=[]), 8))
    assert window.read(0.0).motion.slow.max() < 2.5


def test_a_taper_is_zero_before_the_newest_part():
    taper = taper_for(10.0)
    assert taper.shape == (300,)
    assert not taper[:200].any()
    assert taper[200:].min() > 0
