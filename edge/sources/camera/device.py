"""Cameras through OpenCV: V4L2 devices raw, and RTSP addresses for commissioning."""

from collections.abc import Callable
from typing import Any

import cv2

from edge.errors import SourceError
from edge.sources.camera.drawing import is_rate
from edge.sources.camera.eye import be_quiet
from edge.sources.camera.live import TICKS_PER_S, USUAL_RATE_HZ, Look, Wanted

WIDTH_PX, HEIGHT_PX = 640, 480
GREY, YUYV = "GREY", "YUYV"
"""Formats whose brightness can be taken as it comes, the best first."""
BUFFERS = 2
# Linux, V4L2_CID_EXPOSURE_AUTO: 1 is manual; V4L2_CID_EXPOSURE_ABSOLUTE counts in 100 us.
MANUAL, EXPOSURE_UNIT_US = 1, 100.0
OPEN_TIMEOUT_MS, READ_TIMEOUT_MS = 5000, 2000
SAME = 0.02
"""Relative difference within which a device has taken a number: they round to their own steps."""

Wait = Callable[[Any, float], bool]
"""Waits for a picture so long [s]; True when there is one, which is then grabbed."""


def wait_for(capture: Any, timeout_s: float) -> bool:
    """Wait for a V4L2 device's next picture, without ever waiting longer than so many seconds."""
    is_ready, _ = cv2.VideoCapture.waitAny([capture], round(timeout_s * 1e9))
    return bool(is_ready)


class V4lDevice:
    """A V4L2 camera, 640x480, with everything fixed that its maker lets be fixed."""

    def __init__(
        self,
        name: str,
        wanted: Wanted,
        open_capture: Callable[..., Any] = cv2.VideoCapture,
        wait: Wait = wait_for,
    ) -> None:
        """Open it.

        Args:
            name: such as /dev/video0.
            wanted: what it is told.
            open_capture: OpenCV's class, or one with the same methods.
            wait: for its next picture.

        Raises:
            SourceError: it cannot be opened.
        """
        be_quiet()
        self._name, self._wait = name, wait
        self._capture = open_capture(name, cv2.CAP_V4L2)
        if not self._capture.isOpened():
            self._capture.release()
            raise SourceError(f"The camera {name} cannot be opened; check its cable, its name and the group `video`.")
        self._refused: list[str] = []
        self._is_raw = self._choose_format()
        self._size_and_rate(wanted)
        self._fix(wanted)

    @property
    def frame_rate_hz(self) -> float:
        """[Hz] at which it says it gives pictures."""
        return self._rate_hz

    @property
    def refused(self) -> tuple[str, ...]:
        """What of the wanted it did not take, in words."""
        return tuple(self._refused)

    def look(self, timeout_s: float) -> Look | None:
        """Wait for a picture; None when there was none in time.

        Raises:
            SourceError: the camera is lost.
        """
        try:
            if not self._wait(self._capture, timeout_s):
                return None
            is_whole, picture = self._capture.retrieve()
        except cv2.error as error:
            raise SourceError(f"The camera {self._name} is lost; check its cable.") from error
        tick_us = round(self._capture.get(cv2.CAP_PROP_POS_MSEC) * TICKS_PER_S / 1000)
        # Brightness and colour of a raw picture alternate, byte by byte.
        is_pairs = is_whole and self._is_raw and picture.ndim == 3
        return Look((picture[..., 0] if is_pairs else picture) if is_whole else None, tick_us if tick_us > 0 else None)

    def close(self) -> None:
        """Give the camera back."""
        self._capture.release()

    def _choose_format(self) -> bool:
        """Ask for brightness as it comes; say whether it does, otherwise OpenCV unpacks what comes."""
        for name in (GREY, YUYV):
            code = float(int.from_bytes(name.encode("ascii"), "little"))
            if self._capture.set(cv2.CAP_PROP_FOURCC, code) and self._capture.get(cv2.CAP_PROP_FOURCC) == code:
                return bool(self._capture.set(cv2.CAP_PROP_CONVERT_RGB, 0))
        self._refused.append(f"The camera {self._name} gives packed pictures alone, which hide the smallest motions.")
        return False

    def _size_and_rate(self, wanted: Wanted) -> None:
        self._tell(cv2.CAP_PROP_FRAME_WIDTH, WIDTH_PX, f"a width of {WIDTH_PX}")
        self._tell(cv2.CAP_PROP_FRAME_HEIGHT, HEIGHT_PX, f"a height of {HEIGHT_PX}")
        self._tell(cv2.CAP_PROP_FPS, wanted.frame_rate_hz, f"{wanted.frame_rate_hz:g} frames a second")
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, BUFFERS)
        told_hz = self._capture.get(cv2.CAP_PROP_FPS)
        self._rate_hz = told_hz if is_rate(told_hz) else wanted.frame_rate_hz

    def _fix(self, wanted: Wanted) -> None:
        """Turn off what changes pictures by itself, then set what is to stay: the other way round is refused."""
        self._tell(cv2.CAP_PROP_AUTO_EXPOSURE, MANUAL, "a fixed exposure")
        self._tell(cv2.CAP_PROP_AUTO_WB, 0, "a fixed white balance")
        self._tell(cv2.CAP_PROP_AUTOFOCUS, 0, "a fixed focus")
        if wanted.exposure_us is not None:
            what = f"an exposure of {wanted.exposure_us:g} us"
            self._tell(cv2.CAP_PROP_EXPOSURE, wanted.exposure_us / EXPOSURE_UNIT_US, what)
        if wanted.gain is not None:
            self._tell(cv2.CAP_PROP_GAIN, wanted.gain, f"a gain of {wanted.gain:g}")

    def _tell(self, what: int, value: float, words: str) -> None:
        is_taken = self._capture.set(what, value)
        if not is_taken or abs(self._capture.get(what) - value) > SAME * abs(value):
            self._refused.append(f"The camera {self._name} refuses {words}.")


class RtspDevice:
    """A camera in the network; its address, which may hold a password, is never written anywhere."""

    def __init__(self, url: str, open_capture: Callable[..., Any] = cv2.VideoCapture) -> None:
        """Open it, waiting at most five seconds.

        Raises:
            SourceError: it does not answer.
        """
        be_quiet()
        limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_TIMEOUT_MS]
        self._capture = open_capture(url, cv2.CAP_FFMPEG, [*limits, cv2.CAP_PROP_N_THREADS, 1])
        if not self._capture.isOpened():
            self._capture.release()
            raise SourceError("The RTSP camera does not answer; check its address, its password and the network.")

    @property
    def frame_rate_hz(self) -> float:
        """[Hz] as its stream says; the usual where it does not."""
        told_hz: float = self._capture.get(cv2.CAP_PROP_FPS)
        return told_hz if is_rate(told_hz) else USUAL_RATE_HZ

    @property
    def refused(self) -> tuple[str, ...]:
        """Nothing was asked of it."""
        return ()

    def look(self, _timeout_s: float, /) -> Look | None:
        """Wait for a picture, up to two seconds whatever is asked.

        Raises:
            SourceError: the stream has ended or is silent.
        """
        if not self._capture.grab():
            raise SourceError("The RTSP camera gives no more pictures; it is opened anew.")
        is_whole, picture = self._capture.retrieve()
        return Look(picture if is_whole else None, None)

    def close(self) -> None:
        """Let go of it."""
        self._capture.release()
