"""A clip becomes a file that `hushward estimate` reads, with its truth beside it; one frame at a time is held."""

import io
import json
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from models.simulator.camera.film import CameraClip


def write(clip: CameraClip, path: Path) -> Path:
    """Write a clip as a compressed `.npz`, and its truth and events to the same name with `.truth.jsonl`.

    Args:
        clip: what is written.
        path: the `.npz`; in it are `frames` (uint8, shape (n, height, width)), `t_s`, `frame_rate_hz`, `rows` and
            `distance_m`.

    Returns:
        Where the truth is.
    """
    told_s: list[float] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        # Written as they are rendered: an hour of frames would not fit into a small machine's memory.
        with archive.open("frames.npy", "w", force_zip64=True) as file:
            shape = (clip.frame_count, clip.scene.height, clip.scene.width)
            head = io.BytesIO()
            npy.write_array_header_2_0(head, {"descr": "|u1", "fortran_order": False, "shape": shape})
            file.write(head.getvalue())
            for t_s, picture in clip.frames():
                told_s.append(t_s)
                file.write(picture.tobytes())
        facts: dict[str, NDArray[np.generic]] = {
            "t_s": np.array(told_s),
            "frame_rate_hz": np.array(clip.frame_rate_hz),
            "rows": np.array(clip.rows),
            "distance_m": np.array(clip.distance_m),
        }
        for name, value in facts.items():
            with archive.open(f"{name}.npy", "w") as file:
                npy.write_array(file, value, allow_pickle=False)
    truth_path = path.with_suffix(".truth.jsonl")
    truth_path.write_text("".join(f"{line}\n" for line in _lines(clip)), encoding="utf-8")
    return truth_path


def _lines(clip: CameraClip) -> Iterator[str]:
    """Give the seconds and then the events as JSON; what is not known is null."""
    for one in (*clip.truth, *clip.events):
        fields = vars(one).items()
        yield json.dumps({k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in fields})
