"""One picture of a camera to one frame: the mask first, then grey, then 320x240."""

import os
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.frames import Frame, FrameCount, FrameKind, Layout
from edge.sources.camera.pace import Pace
from edge.view import COLUMNS, PICTURE_HEIGHT_PX, PICTURE_WIDTH_PX, ROWS, View

MAX_PIXELS = 1 << 25
"""Of one picture; 33 million are far beyond any ward's camera, and a broken file that says more would ask for the
memory."""
BGR, RGB = cv2.COLOR_BGR2GRAY, cv2.COLOR_RGB2GRAY
"""In which order a picture has its colours."""
_NOTHING = np.zeros(0, dtype=np.complex64)


def is_seeable(height_px: int, width_px: int) -> bool:
    """Say whether a picture has a pixel for each block of the drawing, and not more than anybody could need."""
    return height_px >= ROWS and width_px >= COLUMNS and height_px * width_px <= MAX_PIXELS


def be_quiet() -> None:
    """Keep OpenCV and FFmpeg from telling of each damaged byte on standard error: what is damaged is counted."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


class Eye:
    """Looks at the room as it was drawn at installation, and at nothing behind the mask."""

    def __init__(self, view: View, camera_rate_hz: float, count: FrameCount, colours: int = BGR) -> None:
        """Begin a stretch of frames with a layout of its own.

        Args:
            view: the drawing, with its mask.
            camera_rate_hz: [Hz] at which pictures come; at most 15 a second are passed on (see `Pace`).
            count: is kept up to date.
            colours: BGR or RGB.
        """
        # OpenCV's threads would only take turns on a small machine's core.
        cv2.setNumThreads(1)
        self._view = view
        self._colours = colours
        self._count = count
        self._pace = Pace(camera_rate_hz, count)
        self.layout = Layout(FrameKind.CAMERA, np.zeros(0), float("nan"), self._pace.frame_rate_hz, view=view)

    def takes(self, t_s: float) -> bool:
        """Say whether the picture of this moment is passed on; ask once for each, in order, and see it only if so."""
        return self._pace.takes(t_s)

    def see(self, picture: NDArray[Any] | None, t_s: float, *, is_late: bool = False) -> Frame | None:
        """Make a frame of a picture.

        Args:
            picture: uint8, shape (height, width), or (height, width, colours) with one, three or four of them (the
                fourth, transparency, is not looked at); None when it could not be had. It is blackened in place where
                the mask hides it, and no other copy of it is kept.
            t_s: [s] since the source began.
            is_late: the camera could not keep its frame rate.

        Returns:
            The frame; None, and one more is bad, when the picture is none, or of a size that nothing could be seen in.
        """
        small = None if picture is None else self._small(picture)
        if small is None:
            self._count.bad += 1
            return None
        lost = self._pace.lost_before(t_s)
        return Frame(self.layout, t_s, _NOTHING, lost_before=lost, is_late=is_late, picture=small)

    def _small(self, picture: NDArray[Any]) -> NDArray[np.uint8] | None:
        if picture.dtype != np.uint8 or picture.ndim not in (2, 3) or not is_seeable(*picture.shape[:2]):
            return None
        grey = self._grey(self._view.hide(picture))
        if grey is None:
            return None
        size = (PICTURE_WIDTH_PX, PICTURE_HEIGHT_PX)
        if grey.shape[0] >= PICTURE_HEIGHT_PX and grey.shape[1] >= PICTURE_WIDTH_PX:
            return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        # Enlarged, what is open reaches a pixel into what is hidden.
        return self._view.hide(np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8))

    def _grey(self, picture: NDArray[Any]) -> NDArray[Any] | None:
        colours = 1 if picture.ndim == 2 else picture.shape[2]
        if colours == 1:
            return picture.reshape(picture.shape[:2])
        if colours not in (3, 4):
            return None
        grey: NDArray[Any] = cv2.cvtColor(picture[:, :, :3], self._colours)
        return grey
