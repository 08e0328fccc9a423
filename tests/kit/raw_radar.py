"""What a frequency sweep's mixer gives for one still or moving reflector."""

import json

import numpy as np

from edge.range_transform import LIGHT_M_PER_S, Chirp
from models.simulator.breathing import Breathing, BreathingStyle

TI_CHIRP = Chirp(60e9, 60e12, 4e6, 100, True)
BGT_CHIRP = Chirp(60e9, 1.4e9 * 1e6 / 128, 1e6, 128, False)
TI_CFG = """
% one person at a bed
channelCfg 15 1 0
adcCfg 2 1
profileCfg 0 60 7 6 40 0 0 60 1 100 4000 0 0 40
chirpCfg 0 0 0 0 0 0 0 1
frameCfg 0 0 2 0 50 1 0
"""


def beat(chirp, range_m, size=1000.0):
    """Return the samples of one chirp, shape (samples,), complex or real as the mixer is."""
    t_s = np.arange(chirp.samples) / chirp.sample_rate_hz
    phase = 4 * np.pi * range_m / LIGHT_M_PER_S * (chirp.start_frequency_hz + chirp.slope_hz_per_s * t_s)
    return size * np.exp(1j * phase) if chirp.is_complex else size * np.cos(phase)


def room(chirp, ranges_m, size):
    """Return the samples of a reflector that moves, before a table and a wall that do not: (frames, samples)."""
    still = sum(beat(chirp, range_m, factor * size) for range_m, factor in ((1.3, 1.0), (2.6, 2.0)))
    return np.array([beat(chirp, range_m, size) for range_m in ranges_m]) + still


def breath_turns(frames, rate_hz, per_min=15.0):
    """Return where in its swing a breath is, about -1 to 1, shape (frames,); no two breaths are alike."""
    breathing = Breathing(BreathingStyle(per_min, depth_mm=2.0, depth_jitter=0.1), np.random.default_rng(5))
    return np.array([breathing.step(1 / rate_hz) - 1 for _ in range(frames)])


def breath_m(frames, rate_hz, per_min=15.0, around_m=0.7):
    """Return the distance of a chest in each frame [m]: 2 mm to and fro."""
    return around_m + 0.002 * breath_turns(frames, rate_hz, per_min)


def write_dca1000(path, ranges_m, chirps=2, rx=4, seed=1):
    """Write a `.bin` as the capture card does; every chirp and receiver sees the same reflector with its own noise."""
    rng = np.random.default_rng(seed)
    echoes = room(TI_CHIRP, ranges_m, 200.0)[:, None, None, :]
    noise = rng.normal(0, 20, (2, len(ranges_m), chirps, rx, TI_CHIRP.samples))
    samples = echoes + noise[0] + 1j * noise[1]
    pairs = samples.reshape(len(ranges_m), chirps, rx, -1, 2)
    np.concatenate([pairs.real, pairs.imag], axis=-1).round().astype("<i2").tofile(path)
    return path


def write_bgt60(folder, ranges_m, antennas=3, chirps=8, seed=1, rate_hz=20.0):
    """Write a recording folder as Infineon's recorder does."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    echoes = room(BGT_CHIRP, ranges_m, 100.0)[:, None, None, :]
    samples = 2048 + echoes + rng.normal(0, 20, (len(ranges_m), antennas, chirps, BGT_CHIRP.samples))
    np.save(folder / "radar.npy", samples.round().astype(np.uint16))
    shape = {
        "start_frequency_Hz": 60e9, "end_frequency_Hz": 61.4e9, "sample_rate_Hz": 1e6, "num_chirps_per_frame": chirps,
        "num_samples_per_chirp": BGT_CHIRP.samples, "frame_repetition_time_s": 1 / rate_hz,
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps({"device_config": {"fmcw_single_shape": shape}}))
    return folder
