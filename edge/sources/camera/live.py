"""A camera that is there now: opened, told its exposure, looked through, and opened again when it is lost."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, Protocol

from numpy.typing import NDArray

from broker.clock import Clock
from edge.errors import SettingsError, SourceError
from edge.frames import FrameCount
from edge.sources.camera.drawing import view_from
from edge.sources.camera.eye import Eye
from edge.sources.live import LOOK_S, LiveSource, Looks, Now
from edge.sources.tick_time import TickTime
from edge.view import OPEN_VIEW, View

TICKS_PER_S = 1_000_000
SILENT_S = 2.0
"""[s] without a picture after which the camera is opened anew."""
LATE_S = 0.3
"""[s] between a picture's own time and its coming: the node does not keep up with the camera."""
LIBCAMERA = "libcamera"
USUAL_RATE_HZ = 15.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wanted:
    """What a camera is told."""

    frame_rate_hz: float
    exposure_us: float | None
    """None leaves it as it is."""
    gain: float | None
    """In the camera's own unit; None leaves it as it is."""


@dataclass(frozen=True, eq=False)
class Look:
    """One picture, before the mask."""

    picture: NDArray[Any] | None
    """None when it came damaged."""
    tick_us: int | None
    """[us] by the clock that the driver dates pictures on; None when it dates none."""


class Device(Protocol):
    """A camera that has been opened and told what is wanted."""

    @property
    def frame_rate_hz(self) -> float:
        """[Hz] at which it says it gives pictures."""
        ...

    @property
    def refused(self) -> tuple[str, ...]:
        """What of the wanted it did not take, in words."""
        ...

    def look(self, timeout_s: float, /) -> Look | None:
        """Wait for a picture; None when there was none in time.

        Raises:
            SourceError: the camera is lost.
        """
        ...

    def close(self) -> None:
        """Give the camera back."""
        ...


def camera_looks(open_device: Callable[[], Device], view: View, now: Now, count: FrameCount) -> Looks:
    """Open a camera and give its frames, and None at least every LOOK_S while none comes.

    Frames are dated by the driver's clock, held to the node's; a picture with the time of the one before is bad. A
    driver that dates nothing has its pictures dated as they come, which jitters by some milliseconds.

    Args:
        open_device: opens it; it is closed when the generator is.
        view: the drawing, with its mask.
        now: [s] since the source began.
        count: is kept up to date.

    Raises:
        SourceError: the camera cannot be opened, is lost or silent, or gives what is not of now.
    """
    device = open_device()
    try:
        for sentence in device.refused:
            log.warning(sentence)
        eye, dating, heard_s = Eye(view, device.frame_rate_hz, count), _Dating(now), now()
        while True:
            look = device.look(LOOK_S)
            t_s = None if look is None else dating.date(look.tick_us)
            if look is not None and t_s is None:
                count.bad += 1
            if look is None or t_s is None:
                if now() - heard_s > SILENT_S:
                    raise SourceError(f"The camera has given no new picture for {SILENT_S:g} s; it is opened anew.")
                yield None
                continue
            heard_s = now()
            yield eye.see(look.picture, t_s, is_late=heard_s - t_s > LATE_S) if eye.takes(t_s) else None
    finally:
        device.close()


class _Dating:
    """The time of each picture [s since the source began]."""

    def __init__(self, now: Now) -> None:
        self._now = now
        self._time: TickTime | None = None
        self._tick: int | None = None

    def date(self, tick_us: int | None) -> float | None:
        """Return a picture's time; None when it has the time of the one before.

        Raises:
            SourceError: it is not of now.
        """
        if tick_us is None:
            return self._now()
        if tick_us == self._tick:
            return None
        self._tick, tick = tick_us, tick_us % (1 << 32)
        if self._time is None:
            self._time = TickTime(TICKS_PER_S, tick, self._now())
        elif self._time.step(tick, self._now()) is None:
            raise SourceError("The camera's pictures are not of now: its clock jumped, or the node fell behind.")
        return self._time.t_s


def open_camera(
    settings: Mapping[str, Any], clock: Clock, open_device: Callable[[str, Wanted], Device] | None = None
) -> LiveSource:
    """Return a camera of this machine as a source; it is opened with the first frame, and again when it is lost.

    Args:
        settings: `device`, and as far as they are given `frame_rate_hz`, `exposure_us`, `gain` and `view`.
        clock: on which frames are dated and waits are made.
        open_device: opens a device by its name; None means V4L2, or libcamera for that name.

    Raises:
        SourceError: no device is named, or the drawing cannot be used.
    """
    device = settings.get("device")
    if not device:
        raise SourceError("A camera needs the name of its device: [source] device.")
    rate_hz = float(settings.get("frame_rate_hz", USUAL_RATE_HZ))
    wanted = Wanted(rate_hz, settings.get("exposure_us"), settings.get("gain"))
    opener = partial(open_device or _device, str(device), wanted)
    return LiveSource(partial(camera_looks, opener, _view_in(settings)), clock)


def open_rtsp(
    settings: Mapping[str, Any], clock: Clock, open_device: Callable[[str], Device] | None = None
) -> LiveSource:
    """Return a camera in the network as a source, for commissioning alone.

    Its pictures were packed by the camera, which blurs a breath away, and cross the network before the mask. While it
    is silent up to two seconds pass unsaid, since its reader cannot be interrupted sooner.

    Args:
        settings: `url`, `commissioning = true`, and `view` if there is one.
        clock: on which frames are dated and waits are made.
        open_device: opens an address; None means OpenCV's FFmpeg.

    Raises:
        SourceError: no address, no commissioning, or a drawing that cannot be used.
    """
    url = settings.get("url")
    if not url or settings.get("commissioning") is not True:
        raise SourceError("An RTSP camera is for commissioning alone: [source] needs `url` and `commissioning = true`.")
    log.warning(
        "The source is an RTSP camera, for commissioning alone: its pictures cross the network before the mask, and "
        "what is sensed from them is of no use for care."
    )
    opener = partial(open_device or _part("device", "RtspDevice"), str(url))
    return LiveSource(partial(camera_looks, opener, _view_in(settings)), clock)


def _view_in(settings: Mapping[str, Any]) -> View:
    try:
        return view_from(settings["view"]) if "view" in settings else OPEN_VIEW
    except SettingsError as error:
        raise SourceError(f"{error}.") from error


def _device(name: str, wanted: Wanted) -> Device:
    is_pi, _, number = name.partition(":")
    opened: Device = (
        _part("pi", "pi_device")(int(number or 0), wanted)
        if is_pi == LIBCAMERA
        else _part("device", "V4lDevice")(name, wanted)
    )
    return opened


def _part(module: str, name: str) -> Any:
    """Load what opens a device only when it is asked for: each brings a driver that others may lack."""
    return getattr(import_module(f"edge.sources.camera.{module}"), name)
