"""The live Acconeer A121: asked who it is, told its session, listened to until it falls silent."""

import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from broker.clock import Clock
from edge.decoders.a121 import A121Decoder, Look, Message, Place, look_of, places_of
from edge.errors import SourceError
from edge.frames import Frame, FrameCount, Layout
from edge.sources.a121_session import bed_session, read_session
from edge.sources.live import LOOK_S, LiveSource, Looks, Now
from edge.sources.ports import Port, open_port
from edge.sources.tick_time import TickTime
from edge.sweeps import layout_of, lost_in, period_s

BAUDRATE = 115200
"""[baud] at which the sensor listens after a break."""
BREAK_S = 1.0
"""[s] that a sensor on a serial line needs after a break (Acconeer exploration tool 7.18, `links/serial_link.py`)."""
ANSWER_S = 2.0
"""[s] to wait for an answer."""
SETUP_S = 8.0
"""[s] to wait for a setup, which calibrates the sensor."""
SILENT_S, SILENT_FRAMES = 1.25, 5
"""[s] and frame periods without a readable frame, whichever is longer, after which the sensor is lost."""
CALIBRATE_EVERY_S = 10.0
"""[s] at the least between two setups of a sensor that asks for calibration."""

T = TypeVar("T")
Step = Generator[None, None, T]


def open_a121(settings: Mapping[str, Any], clock: Clock, opener: Callable[[], Port] | None = None) -> LiveSource:
    """Return an A121 as a source; it is opened with the first frame that is asked for, and again when it is lost.

    Args:
        settings: `port`, and optionally `sensor_id` and `session`, a file.
        clock: on which frames are dated and waits are made.
        opener: opens the port; None opens the one that the settings name.

    Raises:
        SourceError: there is no port, or the session cannot be used.
    """
    sensor_id, address = int(settings.get("sensor_id", 1)), settings.get("port")
    if not address and opener is None:
        raise SourceError("An A121 needs a port: [source] port, such as /dev/ttyUSB0 or tcp://HOST:PORT.")
    file = settings.get("session")
    session = bed_session(sensor_id) if file is None else read_session(Path(file))
    _config_of(session, sensor_id)

    def opening(now: Now, count: FrameCount) -> Looks:
        port = open_port(str(address), BAUDRATE, flow_control=True) if opener is None else opener()
        try:
            yield from Talk(port, session, sensor_id, now, count).frames()
        finally:
            port.close()

    return LiveSource(opening, clock)


@dataclass(frozen=True)
class _Stream:
    """What is known of a running stream."""

    place: Place
    layout: Layout
    ticks_per_s: float


class Talk:
    """One conversation with a sensor, from its first byte to its loss."""

    def __init__(self, port: Port, session: Mapping[str, Any], sensor_id: int, now: Now, count: FrameCount) -> None:
        self._port = port
        self._session = session
        self._sensor_id = sensor_id
        self._now = now
        self._count = count
        self._decoder = A121Decoder()

    def frames(self) -> Looks:
        """Give frames, and None while none comes.

        Raises:
            SourceError: the sensor is lost, another than expected, or refuses what it is told.
        """
        yield from self._wake()
        info = yield from self._ask({"cmd": "get_system_info"}, "system_info")
        ticks_per_s = self._checked(info["system_info"])
        sensors = yield from self._ask({"cmd": "get_sensor_info"}, "sensor_info")
        self._check_connected(sensors["sensor_info"])
        yield from self._raise_baudrate(info["system_info"])
        while True:
            answer = yield from self._ask({"cmd": "setup", **self._session}, "metadata", SETUP_S)
            stream = self._understood(answer["metadata"], ticks_per_s)
            self._decoder.payload_bytes = stream.place.payload_bytes
            yield from self._ask({"cmd": "start_streaming"}, "start")
            yield from self._listen(stream)
            yield from self._ask({"cmd": "stop_streaming"}, "stop")

    def _listen(self, stream: _Stream) -> Looks:
        """Give frames until the sensor asks to be calibrated."""
        time: TickTime | None = None
        began_s = heard_s = told_s = self._now()
        silent_s = max(SILENT_S, SILENT_FRAMES * period_s(stream.layout))
        while True:
            looks = [self._look(one, stream.place) for one in self._receive()]
            now_s = self._now()
            for look in looks:
                if look is None:
                    continue
                frame, time = self._frame(look, stream, time, now_s)
                heard_s = told_s = now_s
                yield frame
            if any(look and look.needs_calibration for look in looks) and now_s - began_s > CALIBRATE_EVERY_S:
                return
            if now_s - heard_s > silent_s:
                raise SourceError(f"The sensor has sent nothing that can be read for {silent_s:.2g} s.")
            if now_s - told_s >= LOOK_S:
                told_s = now_s
                yield None

    def _frame(self, look: Look, stream: _Stream, time: TickTime | None, now_s: float) -> tuple[Frame, TickTime]:
        step_s: float | None = 0.0
        if time is None:
            time = TickTime(stream.ticks_per_s, look.tick, now_s)
        else:
            step_s = time.step(look.tick, now_s)
        if step_s is None:
            raise SourceError("The sensor's frames are not of now: its counter jumped, or the node fell behind.")
        lost = lost_in(step_s, period_s(stream.layout))
        self._count.read += 1
        self._count.lost += lost
        frame = Frame(
            layout=stream.layout,
            t_s=time.t_s,
            values=look.values,
            noise_power=look.noise_power,
            lost_before=lost,
            is_saturated=look.is_saturated,
            is_late=look.is_late,
            needs_calibration=look.needs_calibration,
        )
        return frame, time

    def _look(self, message: Message, place: Place) -> Look | None:
        look = look_of(message, place)
        if look is None and "result_info" in message.header:
            self._count.bad += 1
        return look

    def _receive(self) -> list[Message]:
        """Read what comes within LOOK_S; what was broken in it is counted.

        Raises:
            SourceError: the link is lost, or the sensor reports an error.
        """
        bad = self._decoder.bad
        messages = self._decoder.feed(self._port.read(LOOK_S))
        self._count.bad += self._decoder.bad - bad
        for one in messages:
            if one.header.get("status") == "error":
                raise SourceError(f"The sensor reports an error: {str(one.header.get('message'))[:100]}.")
        return messages

    def _ask(self, command: Mapping[str, Any], key: str, within_s: float = ANSWER_S) -> Step[Mapping[str, Any]]:
        """Send a command and wait for its answer: a message that has this key, or this status."""
        self._port.write(json.dumps(command, separators=(",", ":")).encode("ascii") + b"\n")
        until_s = self._now() + within_s
        while self._now() < until_s:
            for one in self._receive():
                if key in one.header or one.header.get("status") == key:
                    return one.header
            yield None
        raise SourceError(
            f"The sensor does not answer to {command['cmd']}; is its exploration server running, and nobody else on it?"
        )

    def _wake(self) -> Step[None]:
        """Bring a sensor on a serial line back to its first speed, and throw away what it was in the middle of."""
        if self._port.baudrate is None:
            return
        self._port.send_break()
        until_s = self._now() + BREAK_S
        while self._now() < until_s:
            self._port.read(LOOK_S)
            yield None

    def _raise_baudrate(self, info: Mapping[str, Any]) -> Step[None]:
        """A bed's frames are 20 kB/s, and more than twice what a line at its first speed carries."""
        fastest = info.get("max_baudrate")
        if self._port.baudrate is None or not isinstance(fastest, int) or fastest <= self._port.baudrate:
            return
        yield from self._ask({"cmd": "set_uart_baudrate", "baudrate": fastest}, "ok")
        self._port.set_baudrate(fastest)

    def _checked(self, info: Any) -> float:
        """Return the counter's ticks per second of a sensor that is an A121."""
        if not isinstance(info, Mapping) or info.get("sensor") != "a121":
            raise SourceError("Another sensor than an A121 answers there; check [source] kind and port.")
        ticks_per_s = info.get("ticks_per_second")
        if not isinstance(ticks_per_s, (int, float)) or not 1 <= ticks_per_s <= 1e9:
            raise SourceError("The sensor does not say how fast its counter runs; its software may be too old.")
        return float(ticks_per_s)

    def _check_connected(self, sensors: Any) -> None:
        index = self._sensor_id - 1
        one = sensors[index] if isinstance(sensors, list) and 0 <= index < len(sensors) else None
        if not isinstance(one, Mapping) or not one.get("connected"):
            raise SourceError(f"The board has no sensor {self._sensor_id}; check its plug and [source] sensor_id.")

    def _understood(self, metadata: Any, ticks_per_s: float) -> _Stream:
        try:
            mine = [one for one in places_of(metadata, self._session) if one.sensor_id == self._sensor_id]
            place = max(mine, key=lambda one: one.points)
            facts = metadata[place.group][place.index]
            config = self._session["groups"][place.group][place.index]["config"]
            layout = layout_of(config, float(facts["base_step_length_m"]), self._session.get("update_rate"))
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise SourceError(f"The sensor did not take the session as it was asked for: {error}.") from error
        return _Stream(place, layout, ticks_per_s)


def _config_of(session: Mapping[str, Any], sensor_id: int) -> None:
    """Check that a session has a sensor's configuration, before anything is opened.

    Raises:
        SourceError: it has none.
    """
    if not any(one["sensor_id"] == sensor_id for group in session["groups"] for one in group):
        raise SourceError(f"The session has no sensor {sensor_id}; check [source] session and sensor_id.")
