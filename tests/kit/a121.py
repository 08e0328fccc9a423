"""What tests of the A121 need: messages as the sensor sends them, and a small recording of it."""

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np

FRAME = np.dtype([("real", "<i2"), ("imag", "<i2")])
TICKS_PER_S = 1000


def config(points: int = 5, sweeps: int = 4, rate_hz: float = 20.0) -> dict[str, Any]:
    """Return a sensor's configuration as it goes over the wire."""
    sub = {"start_point": 200, "num_points": points, "step_length": 24, "profile": 3, "hwaas": 8, "prf": "15_6_MHz"}
    return {"frame_rate": rate_hz, "sweeps_per_frame": sweeps, "subsweeps": [sub]}


def session(*groups: tuple[int, ...], points: int = 5) -> dict[str, Any]:
    """Return a session of groups of sensors; one group of sensor 1 when none is named."""
    return {"groups": [[{"sensor_id": one, "config": config(points)} for one in group] for group in groups or ((1,),)]}


def metadata(*groups: int, points: int = 5, sweeps: int = 4) -> list[list[dict[str, Any]]]:
    """Return what a setup's answer says of so many sensors in each group."""
    one = {"frame_data_length": points * sweeps, "sweep_data_length": points, "base_step_length_m": 0.0025}
    return [[one] * count for count in groups or (1,)]


def line(**header: Any) -> bytes:
    """Return a message without a payload."""
    return json.dumps(header, separators=(",", ":")).encode() + b"\n"


def result(number: int, points: int = 5, sweeps: int = 4, **info: Any) -> bytes:
    """Return the result of one sensor: tick 50 ms apart, and values that tell it from every other."""
    data = np.full((sweeps, points, 2), number % 30000, "<i2").tobytes()
    told = {
        "tick": number * TICKS_PER_S // 20,
        "data_saturated": False,
        "frame_delayed": False,
        "calibration_needed": False,
        "temperature": 27,
    }
    return line(result_info=[[told | info]], payload_size=len(data)) + data


def write_recording(
    path: Path,
    sessions: tuple[tuple[int, int], ...] = ((40, 5),),
    rate_hz: float = 20.0,
    ticks: list[int] | None = None,
    frames: "np.ndarray[Any, Any] | None" = None,
) -> Path:
    """Write a small file in the A121 layout; sessions are (frames, points), of noise unless frames are given."""
    rng = np.random.default_rng(1)
    with h5py.File(path, "w") as file:
        file["generation"] = "a121"
        file["server_info"] = json.dumps({"ticks_per_second": TICKS_PER_S, "rss_version": "a121-v1.10.0"})
        for number, (length, points) in enumerate(sessions):
            group = file.create_group(f"sessions/session_{number}")
            sub = {"start_point": 200, "num_points": points, "step_length": 24, "profile": "PROFILE_3"}
            one = {"frame_rate": rate_hz, "sweeps_per_frame": 4, "subsweeps": [{**sub, "prf": "PRF_15_6_MHz"}]}
            group["session_config"] = json.dumps({"groups": [{"1": one}], "update_rate": None, "extended": False})
            entry = group.create_group("group_0/entry_0")
            entry["sensor_id"] = 1
            entry["metadata"] = json.dumps(metadata(points=points)[0][0])
            data = np.zeros((length, 4, points), FRAME)
            data["real"] = rng.integers(-99, 99, data.shape)
            entry["result/frame"] = data if frames is None else frames
            steps = np.arange(length) * round(TICKS_PER_S / rate_hz) if ticks is None else np.array(ticks)
            entry["result/tick"] = steps.astype(np.int64)
            entry["result/temperature"] = np.zeros(length, np.int64)
            for flag in ("data_saturated", "frame_delayed", "calibration_needed"):
                entry[f"result/{flag}"] = np.zeros(length, bool)
    return path
