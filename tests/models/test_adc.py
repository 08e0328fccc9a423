from itertools import islice

import numpy as np
import pytest

from models.simulator.acts import lie
from models.simulator.adc import BGT60, ChirpRadar, ChirpSettings, dca1000_bytes, sweeps_of
from models.simulator.breathing import BreathingStyle
from models.simulator.night import Night, Scene
from models.simulator.phantom import Phantom
from models.simulator.receiver import ReceiverSettings


def moments(seconds=12, place_m=1.2):
    scene = Scene(acts=[], phantom=Phantom(rate_per_min=15.0, swing_mm=4.0, range_m=place_m, echo=400.0))
    return list(islice(Night(3, scene).moments(), int(20 * seconds)))


def profiles(chirps, settings):
    """Transform the mean chirp of each frame: (frames, samples) to (frames, samples)."""
    taper = np.hanning(settings.samples)
    return np.fft.fft((chirps - chirps.mean(axis=-1, keepdims=True)) * taper, axis=-1) / taper.sum()


def path_mm(iq, wavelength_m):
    best = np.argmax(np.var(iq, axis=0))
    turns = np.unwrap(np.angle(iq[:, best]))
    return turns * 1000 * wavelength_m / (4 * np.pi)


def test_the_range_transform_of_complex_chirps_finds_the_plate_where_it_is():
    settings = ChirpSettings()
    radar = ChirpRadar(settings, 4, np.random.default_rng(1))
    frames = np.stack([radar.complex_frame(moment) for moment in moments(4)])
    assert frames.dtype == np.int16
    assert frames.shape == (80, 2, 4, 100, 2)
    iq = profiles((frames[..., 0] + 1j * frames[..., 1]).mean(axis=1)[:, 0], settings)
    stirred = np.var(iq[:, : settings.samples // 2], axis=0)
    assert np.argmax(stirred) * settings.bin_m == pytest.approx(1.2, abs=settings.bin_m)


@pytest.mark.parametrize("kind", ["complex", "real"])
def test_displacement_from_chirps_agrees_with_that_from_the_slow_time_profile(kind):
    settings = ChirpSettings() if kind == "complex" else BGT60
    radar = ChirpRadar(settings, 1, np.random.default_rng(1))
    seen = moments()
    if kind == "complex":
        raw = np.stack([radar.complex_frame(moment) for moment in seen])
        chirps = (raw[..., 0] + 1j * raw[..., 1]).mean(axis=1)[:, 0]
    else:
        chirps = np.stack([radar.real_frame(moment) for moment in seen]).mean(axis=2)[:, 0]
    from_chirps = path_mm(profiles(chirps, settings)[:, : settings.samples // 2], settings.wavelength_m)
    slow = Night(3, Scene(acts=[], receiver=ReceiverSettings(step_m=settings.bin_m, pulse_fwhm_m=2 * settings.bin_m)))
    iq = np.array([slow.receiver.profile(one.place_m, one.amplitude, one.dt_s).iq for one in seen])
    from_profile = -path_mm(iq, ReceiverSettings().wavelength_m)
    truth = np.array([one.place_m[0] for one in seen]) * 1000
    for told in (from_chirps, from_profile):
        assert np.ptp(told) == pytest.approx(np.ptp(truth), abs=0.4)
        assert np.corrcoef(told, truth)[0, 1] > 0.99


def test_a_bgt60_gives_twelve_bits_about_the_middle_and_clips_at_them():
    radar = ChirpRadar(BGT60, 3, np.random.default_rng(1))
    frame = radar.real_frame(moments(1)[0])
    assert frame.dtype == np.uint16
    assert frame.shape == (3, 16, 128)
    assert abs(float(frame.mean()) - 2048) < 60
    loud = ChirpRadar(ChirpSettings(housing_echo=20000.0), 1, np.random.default_rng(1))
    clipped = loud.real_frame(moments(1)[0])
    assert clipped.min() == 0
    assert clipped.max() == 4095


def test_the_lanes_of_a_dca1000_hold_two_real_parts_then_two_imaginary_ones():
    frame = np.arange(2 * 1 * 4 * 2, dtype=np.int16).reshape(2, 1, 4, 2)
    assert np.frombuffer(dca1000_bytes(frame), "<i2")[:8].tolist() == [0, 2, 1, 3, 4, 6, 5, 7]


def test_the_mean_of_an_a121s_sweeps_is_as_noisy_as_a_frame_of_the_night():
    scene = Scene(acts=[lie(60)], style=BreathingStyle())
    frames = list(islice(sweeps_of(Night(5, scene), 16, np.random.default_rng(2)), 100))
    raw = np.stack([frame.raw[..., 0] + 1j * frame.raw[..., 1] for frame in frames])
    assert raw.shape == (100, 16, 33)
    within = (np.abs(np.diff(raw, axis=1)) ** 2).mean(axis=(0, 1)) / 2 / 16
    assert within[-1] == pytest.approx(Night(5, scene).receiver.noise_power_at(4.1), rel=0.3)
    assert not any(frame.is_saturated for frame in frames)


def test_sweeps_beyond_the_converter_say_that_they_are_saturated():
    scene = Scene(acts=[lie(60)], receiver=ReceiverSettings(full_scale=2000.0))
    frame = next(sweeps_of(Night(5, scene), 4, np.random.default_rng(2)))
    assert frame.is_saturated
    assert np.abs(frame.raw.astype(int)).max() == 2000
