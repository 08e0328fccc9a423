"""Pictures of a camera as files of every kind, a few at a time; they move, so that no two are alike."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.view import View

Picture = NDArray[np.uint8]
HIDDEN_CORNER = View(("####............",) * 6 + ("................",) * 6)
"""The upper left quarter of the width, half of the height."""


def moving_pictures(frames: int, *, height: int = 120, width: int = 160, seed: int = 1) -> list[Picture]:
    """Return grey pictures of a soft texture that drifts by a pixel a frame, shape (height, width) each."""
    texture = np.random.default_rng(seed).integers(40, 216, (height // 4 + 1, (width + frames) // 4 + 2), np.uint8)
    large = cv2.resize(texture, None, fx=4, fy=4, interpolation=cv2.INTER_LINEAR)
    return [np.ascontiguousarray(large[:height, n : n + width], dtype=np.uint8) for n in range(frames)]


def as_video(path: Path, pictures: Sequence[Picture], rate_hz: float = 10.0, codec: str = "MJPG") -> Path:
    """Write a video."""
    height, width = pictures[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), rate_hz, (width, height), True)
    assert writer.isOpened(), f"OpenCV cannot write {path.name}"
    for one in pictures:
        writer.write(cv2.cvtColor(one, cv2.COLOR_GRAY2BGR) if one.ndim == 2 else one)
    writer.release()
    return path


def as_folder(path: Path, pictures: Sequence[NDArray[np.generic]], suffix: str = ".png") -> Path:
    """Write a folder of pictures, numbered without leading zeros."""
    path.mkdir()
    for number, one in enumerate(pictures):
        assert cv2.imwrite(str(path / f"look{number}{suffix}"), one)
    return path


def as_npz(path: Path, pictures: Sequence[Picture], rate_hz: float = 10.0, **more: object) -> Path:
    """Write an archive, packed."""
    np.savez_compressed(path, frames=np.stack(pictures), frame_rate_hz=rate_hz, **more)  # type: ignore[arg-type]
    return path
