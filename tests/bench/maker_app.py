"""The sensor maker's reference application for breathing, timed on a recording; runs in an environment of its own.

Run as `python maker_app.py RECORDING.h5`; prints one JSON object. It needs `acconeer-exptool` (dependency group
`bench`), which cannot live beside the ward's own packages. Only the time inside the maker's processor counts: reading
the file is not charged to it.
"""

import json
import resource
import sys
import time

import h5py
import numpy as np
from acconeer.exptool import a121
from acconeer.exptool.a121._core.entities.containers.result import ResultContext
from acconeer.exptool.a121.algo import breathing


def main(path: str) -> None:
    """Process every frame once, and print what it cost and what it found."""
    with h5py.File(path, "r") as file:
        session = file["sessions/session_0"]
        told = json.loads(session["session_config"][()])["groups"][0]["1"]
        raw = session["group_0/entry_0/result/frame"][()]
        base_step_m = json.loads(session["group_0/entry_0/metadata"][()])["base_step_length_m"]
    sub, rate_hz = told["subsweeps"][0], told["frame_rate"]
    config = a121.SensorConfig(
        start_point=sub["start_point"],
        num_points=sub["num_points"],
        step_length=sub["step_length"],
        sweeps_per_frame=raw.shape[1],
        frame_rate=rate_hz,
        profile=a121.Profile.PROFILE_3,
    )
    metadata = a121.Metadata(
        frame_data_length=raw[0].size,
        sweep_data_length=raw.shape[2],
        subsweep_data_offset=np.array([0]),
        subsweep_data_length=np.array([raw.shape[2]]),
        calibration_temperature=20,
        tick_period=0,
        base_step_length_m=base_step_m,
        max_sweep_rate=1000.0,
        high_speed_mode=True,
    )
    # As the maker's own application hands its usual settings over (`breathing.RefApp`).
    usual, settings = breathing.RefAppConfig(), breathing.ProcessorConfig()
    for name in (
        *("num_distances_to_analyze", "distance_determination_duration", "use_presence_processor"),
        *("presence_config", "breathing_config"),
    ):
        setattr(settings, name, getattr(usual, name))
    processor = breathing.Processor(sensor_config=config, processor_config=settings, metadata=metadata)
    context = ResultContext(metadata=metadata, ticks_per_second=1000)
    results = [
        a121.Result(
            data_saturated=False,
            frame_delayed=False,
            calibration_needed=False,
            temperature=20,
            frame=frame,
            tick=tick,
            context=context,
        )
        for tick, frame in enumerate(raw)
    ]
    rates: list[float | None] = []
    began_s = time.thread_time()
    for result in results:
        breath = processor.process(result).breathing_result
        rates.append(None if breath is None else breath.breathing_rate)
    spent_s = time.thread_time() - began_s
    first = next((place for place, rate in enumerate(rates) if rate is not None), None)
    answer = {
        "cpu_s_per_s": spent_s / (len(raw) / rate_hz),
        "first_s": None if first is None else (first + 1) / rate_hz,
        "last_per_min": next((rate for rate in reversed(rates) if rate is not None), None),
        "resident_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1])
