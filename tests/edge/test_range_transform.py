import numpy as np
import pytest

from edge.range_transform import RangeTransform, is_clipped
from tests.kit.raw_radar import BGT_CHIRP, TI_CHIRP, beat


@pytest.mark.parametrize("chirp", [TI_CHIRP, BGT_CHIRP])
@pytest.mark.parametrize("range_m", [0.5, 1.2, 3.3])
def test_an_echo_stands_at_its_distance(chirp, range_m):
    transform = RangeTransform(chirp, 1)
    values = transform.profile(beat(chirp, range_m)[None, None, :]).values
    assert transform.range_m[np.abs(values).argmax()] == pytest.approx(range_m, abs=chirp.range_step_m())


@pytest.mark.parametrize("chirp", [TI_CHIRP, BGT_CHIRP])
def test_a_millimetre_towards_the_sensor_turns_the_phase_by_its_share_of_the_wavelength(chirp):
    transform = RangeTransform(chirp, 1)
    far, near = (transform.profile(beat(chirp, range_m)[None, None, :]).values for range_m in (1.001, 1.0))
    strongest = np.abs(far).argmax()
    turned = np.angle(far[strongest] / near[strongest])
    assert turned * chirp.wavelength_m / (4 * np.pi) == pytest.approx(0.001, rel=0.05)


def test_receivers_stand_side_by_side_within_each_range():
    samples = np.stack([beat(TI_CHIRP, 1.0), 3 * beat(TI_CHIRP, 1.0)])[None]
    transform = RangeTransform(TI_CHIRP, 2)
    values = np.abs(transform.profile(samples).values)
    assert transform.range_m[0] == transform.range_m[1] < transform.range_m[2]
    assert values[1::2] == pytest.approx(3 * values[::2], rel=1e-3)


def test_ranges_end_where_they_were_told_to_and_never_beyond_what_the_sampling_shows():
    assert RangeTransform(TI_CHIRP, 1, 2.0).range_m[-1] == pytest.approx(2.0, abs=0.1)
    assert len(RangeTransform(BGT_CHIRP, 1, 1e6).range_m) == BGT_CHIRP.samples // 2 - 1
    assert len(RangeTransform(TI_CHIRP, 1, 0.0).range_m) == 1


def test_an_offset_of_the_mixer_leaves_nothing_in_the_near_ranges():
    steady = np.full((1, 1, TI_CHIRP.samples), 500 + 300j)
    assert np.abs(RangeTransform(TI_CHIRP, 1).profile(steady).values).max() < 1e-3


def test_the_noise_of_a_frame_is_found_from_its_chirps():
    rng = np.random.default_rng(1)
    transform = RangeTransform(BGT_CHIRP, 1)
    frames = [transform.profile(rng.normal(0, 10, (16, 1, 128)).astype(np.float32)) for _ in range(200)]
    seen = np.var([frame.values for frame in frames])
    assert np.mean([frame.noise_power for frame in frames]) == pytest.approx(seen, rel=0.1)


def test_too_few_chirps_say_nothing_of_the_noise():
    assert RangeTransform(TI_CHIRP, 1).profile(np.zeros((3, 1, 100), np.complex64)).noise_power is None


def test_a_converter_at_its_limit_is_seen_and_a_single_sample_there_is_not():
    raw = np.full(1000, 100)
    raw[:5] = 4095
    assert not is_clipped(raw, 0, 4095)
    raw[:50] = 0
    assert is_clipped(raw, 0, 4095)
