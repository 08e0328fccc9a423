"""A live camera: what it is told, how its pictures are dated, and what happens when it is lost."""

from collections import deque
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

from broker.clock import HandClock
from edge.errors import SourceError
from edge.frames import Frame, FrameCount, Quiet
from edge.sources.camera.device import RtspDevice, V4lDevice
from edge.sources.camera.live import SILENT_S, Look, Wanted, camera_looks, open_camera, open_rtsp
from edge.sources.camera.pi import PiDevice, pi_device
from edge.sources.table import entry_of
from edge.view import OPEN_VIEW
from tests.kit.flying import TimeThatFlies
from tests.kit.pictures import HIDDEN_CORNER, moving_pictures
from tests.kit.sleeper import START as NIGHT

WANTED = Wanted(15.0, 20_000, 64)
PICTURE = moving_pictures(1, height=480, width=640)[0]


class ScriptedDevice:
    """A camera that gives what it was told to: (seconds until then, look or error); after that, nothing."""

    refused: tuple[str, ...] = ()

    def __init__(
        self, clock: HandClock, *script: tuple[float, Look | SourceError], frame_rate_hz: float = 10.0
    ) -> None:
        self.clock, self.script, self.frame_rate_hz, self.closed = clock, deque(script), frame_rate_hz, 0

    def look(self, timeout_s: float) -> Look | None:
        wait_s, found = self.script.popleft() if self.script else (timeout_s, None)
        self.clock.advance(wait_s)
        if isinstance(found, SourceError):
            raise found
        return found

    def close(self) -> None:
        self.closed += 1


def look(tick_s: float | None) -> Look:
    return Look(PICTURE.copy(), None if tick_s is None else round(tick_s * 1e6))


def looking(*script: tuple[float, Look | SourceError], **more: Any) -> tuple[list[Any], FrameCount, ScriptedDevice]:
    clock, count = HandClock(NIGHT), FrameCount()
    device = ScriptedDevice(clock, *script, **more)
    began_s = clock.elapsed_s()
    looks = camera_looks(lambda: device, HIDDEN_CORNER, lambda: clock.elapsed_s() - began_s, count)
    given: list[Any] = []
    try:
        given.extend(looks)
    except SourceError as error:
        given.append(str(error))
    return given, count, device


def test_pictures_are_masked_and_dated_by_the_drivers_clock() -> None:
    given, count, device = looking((0.1, look(500.0)), (0.14, look(500.1)), (0.06, look(500.2)))
    frames = [one for one in given if isinstance(one, Frame)]
    assert np.diff([one.t_s for one in frames]) == pytest.approx(0.1, abs=1e-3)
    assert all(one.picture is not None and not one.picture[:120, :80].any() and one.picture.any() for one in frames)
    assert (count.read, count.lost, count.bad, device.closed) == (3, 0, 0, 1)


def test_H4_a_picture_with_the_time_of_the_one_before_is_bad_and_a_camera_that_gives_no_other_is_given_up() -> None:
    given, count, device = looking((0.1, look(9.0)), *[(0.1, look(9.0))] * 22)
    assert count.read == 1 and count.bad == 20
    assert given[-1] == f"The camera has given no new picture for {SILENT_S:g} s; it is opened anew."
    assert device.closed == 1


def test_H4_pictures_of_another_time_than_now_are_refused() -> None:
    given, _, _ = looking((0.1, look(9.0)), (0.1, look(9.1)), (0.1, look(30.0)))
    assert "not of now" in given[-1]


def test_missing_late_and_damaged_pictures_are_counted_by_their_kind() -> None:
    given, count, _ = looking((0.1, look(1.0)), (0.4, look(1.4)), (0.5, look(1.5)), (0.1, Look(None, 1_600_000)))
    frames = [one for one in given if isinstance(one, Frame)]
    assert [(one.lost_before, one.is_late) for one in frames] == [(0, False), (3, False), (0, True)]
    assert (count.lost, count.bad) == (3, 1)


def test_a_driver_that_dates_nothing_has_its_pictures_dated_as_they_come() -> None:
    given, _, _ = looking((0.1, look(None)), (0.12, look(None)))
    assert [round(one.t_s, 3) for one in given if isinstance(one, Frame)] == [0.1, 0.22]


def test_a_fast_camera_is_thinned() -> None:
    given, count, _ = looking(*[(1 / 30, look(5 + n / 30)) for n in range(30)], frame_rate_hz=30.0)
    assert sum(isinstance(one, Frame) for one in given) == count.read == 15


def test_a_lost_camera_is_said_and_opened_again_with_another_layout() -> None:
    clock = TimeThatFlies(NIGHT)
    found = [(0.1, look(1.0)), (0.1, SourceError("The camera is lost; check its cable.")), (0.1, look(2.0))]
    device = ScriptedDevice(clock, *found)
    source = open_camera({"device": "/dev/video0"}, clock, lambda _name, _wanted: device)
    heard = [item for item, _ in zip(source, range(8), strict=False)]
    frames = [item for item in heard if isinstance(item, Frame)]
    assert "check its cable" in "".join(item.why for item in heard if isinstance(item, Quiet))
    assert len(frames) == 2 and frames[0].layout is not frames[1].layout


class Capture:
    """OpenCV's capture class, as far as a device uses it."""

    def __init__(self, *, refuses: tuple[int, ...] = (), formats: tuple[str, ...] = ("YUYV",)) -> None:
        self.refuses, self.released, self.opens = refuses, 0, True
        self.codes = {float(cv2.VideoWriter.fourcc(*one)) for one in formats}
        self.told: dict[int, float] = {cv2.CAP_PROP_POS_MSEC: 1234.5}

    def __call__(self, *arguments: Any) -> "Capture":
        self.arguments = arguments
        return self

    def isOpened(self) -> bool:
        return self.opens

    def set(self, what: int, value: float) -> bool:
        if what in self.refuses or (what == cv2.CAP_PROP_FOURCC and value not in self.codes):
            return False
        self.told[what] = value
        return True

    def get(self, what: int) -> float:
        return self.told.get(what, 0.0)

    def grab(self) -> bool:
        return self.opens

    def retrieve(self) -> tuple[bool, Any]:
        if cv2.CAP_PROP_CONVERT_RGB in self.told:
            return True, np.dstack([PICTURE, np.full_like(PICTURE, 128)])
        return True, np.dstack([PICTURE] * 3)

    def release(self) -> None:
        self.released += 1


def v4l(capture: Capture) -> V4lDevice:
    return V4lDevice("/dev/video0", WANTED, capture, lambda _capture, _timeout_s: True)


def test_a_device_gives_brightness_as_it_comes_with_everything_fixed() -> None:
    capture = Capture()
    device = v4l(capture)
    seen = device.look(0.25)
    assert seen is not None and (seen.picture == PICTURE).all() and seen.tick_us == 1_234_500
    assert (device.refused, device.frame_rate_hz) == ((), 15.0)
    assert capture.told[cv2.CAP_PROP_AUTO_EXPOSURE] == 1 and capture.told[cv2.CAP_PROP_EXPOSURE] == 200.0
    assert capture.told[cv2.CAP_PROP_GAIN] == 64 and capture.told[cv2.CAP_PROP_AUTO_WB] == 0


def test_what_a_device_refuses_is_said_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    device = v4l(Capture(refuses=(cv2.CAP_PROP_EXPOSURE, cv2.CAP_PROP_AUTOFOCUS), formats=("MJPG",)))
    next(camera_looks(lambda: device, OPEN_VIEW, lambda: 0.0, FrameCount()))
    assert "refuses an exposure of 20000 us" in caplog.text and "refuses a fixed focus" in caplog.text
    assert "packed pictures alone" in caplog.text
    seen = device.look(0.25)
    assert seen is not None and seen.picture is not None and seen.picture.shape == (480, 640, 3)


def test_a_device_that_is_not_there_is_said_in_one_sentence() -> None:
    with pytest.raises(SourceError, match=r"/dev/video77 cannot be opened; check its cable"):
        V4lDevice("/dev/video77", WANTED)


def test_a_node_is_refused_an_rtsp_camera_without_the_word_commissioning(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(SourceError, match="for commissioning alone"):
        entry_of({"kind": "rtsp"}).open({"url": "rtsp://x/y"}, HandClock(NIGHT))
    device = RtspDevice("rtsp://bed:secret@x/y", Capture())
    source = open_rtsp({"url": "rtsp://bed:secret@x/y", "commissioning": True}, HandClock(NIGHT), lambda _url: device)
    assert any(isinstance(one, Frame) for one, _ in zip(source, range(2), strict=False))
    assert "for commissioning alone" in caplog.text and "secret" not in caplog.text


def test_an_rtsp_camera_that_is_lost_says_nothing_of_its_address() -> None:
    gone = Capture()
    gone.opens = False
    with pytest.raises(SourceError, match="does not answer") as told:
        RtspDevice("rtsp://bed:secret@x/y", gone)  # pragma: allowlist secret
    assert "secret" not in str(told.value) and gone.released == 1


class PiCamera:
    """picamera2's class, as far as a device uses it."""

    camera_controls = ("AeEnable", "AwbEnable", "ExposureTime", "FrameDurationLimits")

    def __init__(self, number: int) -> None:
        self.number, self.calls = number, list[str]()

    def create_video_configuration(self, **told: Any) -> Any:
        self.told = told
        return told

    def configure(self, _told: Any) -> None:
        self.calls.append("configure")

    def start(self) -> None:
        self.calls.append("start")

    def capture_request(self, *, wait: float) -> Any:
        planes = np.zeros((720, 704), np.uint8)
        planes[:480, :640] = PICTURE
        return SimpleNamespace(
            make_array=lambda _name: planes,
            get_metadata=lambda: {"SensorTimestamp": 7_000_001_000},
            release=lambda: self.calls.append("release"),
        )

    def stop(self) -> None:
        self.calls.append("stop")

    def close(self) -> None:
        self.calls.append("close")


def test_a_pis_camera_gives_brightness_dated_by_its_sensor() -> None:
    made: list[PiCamera] = []
    module = SimpleNamespace(Picamera2=lambda number: made.append(PiCamera(number)) or made[0])
    device = PiDevice(1, WANTED, module)
    seen = device.look(0.25)
    device.close()
    assert seen is not None and (seen.picture == PICTURE).all() and seen.tick_us == 7_000_001
    controls = made[0].told["controls"]
    assert (controls["AeEnable"], controls["ExposureTime"], controls["AwbEnable"]) == (False, 20_000, False)
    assert device.refused == ("The Pi's camera has no AnalogueGain to fix.",)
    assert made[0].calls == ["configure", "start", "release", "stop", "close"]


def test_without_picamera2_the_sentence_says_what_to_install() -> None:
    with pytest.raises(SourceError, match="python3-picamera2"):
        pi_device(0, WANTED)


def test_what_a_live_camera_lacks_is_said_before_anything_is_opened() -> None:
    with pytest.raises(SourceError, match=r"\[source\] device"):
        entry_of({"kind": "camera"}).open({}, HandClock(NIGHT))
    with pytest.raises(SourceError, match="draw 12 rows"):
        entry_of({"kind": "camera"}).open({"device": "/dev/video0", "view": {"rows": ["b"]}}, HandClock(NIGHT))
