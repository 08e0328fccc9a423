"""A Raspberry Pi's own camera through libcamera, by picamera2, which the Pi's system brings."""

from contextlib import suppress
from importlib import import_module
from typing import Any

from edge.errors import SourceError
from edge.sources.camera.live import Look, Wanted

WIDTH_PX, HEIGHT_PX = 640, 480
_OPTIONAL = {"AfMode": 0, "AwbEnable": False}
"""What is turned off where the camera has it; 0 is libcamera's AfModeManual."""


class PiDevice:
    """A camera of picamera2, whose brightness is taken as it comes."""

    def __init__(self, number: int, wanted: Wanted, picamera2: Any) -> None:
        """Open it and let it run.

        Args:
            number: which of the Pi's cameras, from 0.
            wanted: what it is told.
            picamera2: the module, or one with the same `Picamera2`.

        Raises:
            SourceError: there is none, or another program has it.
        """
        period_us = round(1e6 / wanted.frame_rate_hz)
        fixed = {"AeEnable": False, "FrameDurationLimits": (period_us, period_us)}
        fixed |= {} if wanted.exposure_us is None else {"ExposureTime": round(wanted.exposure_us)}
        fixed |= {} if wanted.gain is None else {"AnalogueGain": wanted.gain}
        # libcamera's and the kernel's faults have no class in common.
        try:
            self._camera = picamera2.Picamera2(number)
        except Exception as error:
            raise SourceError(f"The Pi's camera {number} cannot be opened ({error}); check its cable.") from error
        try:
            has = self._camera.camera_controls
            told = fixed | _OPTIONAL
            main = {"size": (WIDTH_PX, HEIGHT_PX), "format": "YUV420"}
            controls = {name: value for name, value in told.items() if name in has}
            self._camera.configure(self._camera.create_video_configuration(main=main, controls=controls))
            self._camera.start()
        except Exception as error:
            self._camera.close()
            raise SourceError(f"The Pi's camera {number} cannot be started ({error}).") from error
        self.frame_rate_hz = wanted.frame_rate_hz
        self.refused = tuple(f"The Pi's camera has no {name} to fix." for name in fixed if name not in has)

    def look(self, timeout_s: float) -> Look | None:
        """Wait for a picture; None when there was none in time.

        Raises:
            SourceError: the camera is lost.
        """
        try:
            request = self._camera.capture_request(wait=timeout_s)
        except TimeoutError:
            return None
        except Exception as error:
            raise SourceError(f"The Pi's camera gives no pictures ({error}).") from error
        try:
            # Brightness is the upper part of the planes, which stand on each other; rows may be longer than they show.
            brightness = request.make_array("main")[:HEIGHT_PX, :WIDTH_PX]
            taken_ns = request.get_metadata().get("SensorTimestamp")
        finally:
            request.release()
        return Look(brightness, None if taken_ns is None else taken_ns // 1000)

    def close(self) -> None:
        """Stop it and give it back; a camera that is gone cannot be stopped."""
        with suppress(Exception):
            self._camera.stop()
        self._camera.close()


def pi_device(number: int, wanted: Wanted) -> PiDevice:
    """Open one of the Pi's cameras.

    Raises:
        SourceError: picamera2 is not installed, or see `PiDevice`.
    """
    try:
        picamera2 = import_module("picamera2")
    except ImportError as error:
        raise SourceError(
            "A Raspberry Pi's own camera needs picamera2: apt install python3-picamera2, and let this environment see "
            "the system's packages; or name a V4L2 device such as /dev/video0."
        ) from error
    return PiDevice(number, wanted, picamera2)
