"""A simulated sleeper as an A121 would have recorded it: sixteen sweeps a frame, 16-bit numbers, sixteen range bins."""

import json
from itertools import islice
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from models.simulator.acts import lie
from models.simulator.breathing import BreathingStyle
from models.simulator.night import Night, Scene
from models.simulator.receiver import ReceiverSettings

SWEEPS, BINS, RATE_HZ = 16, 16, 20.0
BASE_STEP_M = 0.0025
FIRST_POINT, STEP_LENGTH = 240, 24
RATE_PER_MIN = 15.0
_NUMBER = np.dtype([("real", "<i2"), ("imag", "<i2")])


def sleeper_sweeps(seconds: float, seed: int = 7) -> NDArray[np.void]:
    """Simulate somebody asleep a metre away.

    Returns:
        shape (frames, sweeps, bins), fields real and imag.
    """
    receiver = ReceiverSettings(
        first_m=FIRST_POINT * BASE_STEP_M, step_m=STEP_LENGTH * BASE_STEP_M, bins=BINS, pulse_fwhm_m=0.14
    )
    style = BreathingStyle(rate_per_min=RATE_PER_MIN, depth_mm=6.0)
    night = Night(seed, Scene(acts=[lie(seconds + 1)], style=style, receiver=receiver, bed_m=1.0))
    rng = np.random.default_rng(seed)
    looks = list(islice(night, int(seconds * RATE_HZ)))
    numbers = np.zeros((len(looks), SWEEPS, BINS), _NUMBER)
    for place, look in enumerate(looks):
        # A frame's noise is that of the mean of its sweeps.
        spread = rng.standard_normal((2, SWEEPS, BINS)) * np.sqrt(look.noise_power * SWEEPS / 2)
        spread -= spread.mean(axis=1, keepdims=True)
        sweeps = look.iq + spread[0] + 1j * spread[1]
        numbers[place]["real"] = np.clip(np.round(sweeps.real), -32768, 32767)
        numbers[place]["imag"] = np.clip(np.round(sweeps.imag), -32768, 32767)
    return numbers


def write_a121(path: Path, numbers: NDArray[np.void]) -> Path:
    """Write sweeps in the layout of an A121 recording.

    Args:
        path: the `.h5`.
        numbers: shape (frames, sweeps, bins).
    """
    frames = len(numbers)
    config = {
        "frame_rate": RATE_HZ,
        "subsweeps": [{"start_point": FIRST_POINT, "num_points": numbers.shape[2], "step_length": STEP_LENGTH}],
    }
    with h5py.File(path, "w") as file:
        file["generation"] = "a121"
        file["server_info"] = json.dumps({"ticks_per_second": 1000})
        session = file.create_group("sessions/session_0")
        session["session_config"] = json.dumps({"groups": [{"1": config}], "update_rate": None})
        entry = session.create_group("group_0/entry_0")
        entry["sensor_id"] = 1
        entry["metadata"] = json.dumps({"base_step_length_m": BASE_STEP_M})
        entry["result/frame"] = numbers
        entry["result/tick"] = np.arange(frames, dtype=np.int64) * round(1000 / RATE_HZ)
        entry["result/temperature"] = np.zeros(frames, np.int64)
        for flag in ("data_saturated", "frame_delayed", "calibration_needed"):
            entry[f"result/{flag}"] = np.zeros(frames, bool)
    return path
