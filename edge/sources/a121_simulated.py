"""An A121 that is not there: it speaks the protocol from a recording, and can be unplugged and spoilt by plan."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from broker.clock import Clock
from edge.errors import SourceError
from edge.sources.a121_recorded import A121Words, RecordedSession, line_of
from edge.sources.a121_session import wire_session

MAX_COMMAND_BYTES = 65536
GARBAGE_BYTES = 4000
"""About three frames: a hand on the plug."""


@dataclass(frozen=True)
class Drill:
    """What goes wrong, in seconds after the first frame.

    Attributes:
        unplug_at_s: the cable is pulled; None for never.
        back_after_s: it is put back so long after that; None for never.
        garbage_at_s: bytes that are nobody's come down the cable; None for never.
    """

    unplug_at_s: float | None = None
    back_after_s: float | None = None
    garbage_at_s: float | None = None


class SimulatedA121:
    """The sensor's end of the cable.

    Its frames come at the times of the recording, on the clock that it is given. What it is asked to set up must be
    a session of the recording: another would need other echoes.

    Attributes:
        is_over: the recording has been served, and is not served again.
    """

    def __init__(
        self,
        words: A121Words,
        clock: Clock,
        drill: Drill | None = None,
        *,
        loop: bool = False,
        speed: float = 1.0,
    ) -> None:
        """Take a recording; its first frame comes when a client starts the stream.

        Args:
            words: the recording.
            clock: on which it is served.
            drill: what goes wrong.
            loop: go on from the start when it has ended.
            speed: recorded seconds per second of the clock, for a ward that runs faster than real time.
        """
        self._words = words
        self._clock = clock
        self._drill = drill or Drill()
        self._loop = loop
        self._speed = speed
        self._first_s: float | None = None
        self._has_spoilt = False
        self._index = 0
        self._later_ticks = 0
        self.is_over = False
        self._session: RecordedSession | None = None
        self.unplug()

    @property
    def is_unplugged(self) -> bool:
        """Whether the plan has the cable pulled now."""
        at_s, back_s = self._drill.unplug_at_s, self._drill.back_after_s
        if at_s is None or self._first_s is None or self._since_first() < at_s:
            return False
        return back_s is None or self._since_first() < at_s + back_s

    def unplug(self) -> None:
        """Forget the conversation, as a sensor without power does; the recording goes on where it was."""
        self._heard = b""
        self._to_say = b""
        self._streams_from_s: float | None = None
        self._began_at, self._lap_s = self._index, 0.0

    def hear(self, data: bytes) -> None:
        """Take commands in."""
        *lines, self._heard = (self._heard + data).split(b"\n")
        self._heard = self._heard[-MAX_COMMAND_BYTES:]
        for line in lines:
            self._to_say += self._answer(line)

    def say(self) -> bytes:
        """Give answers, and the frames that are due.

        Raises:
            SourceError: the cable is out.
        """
        if self.is_unplugged:
            self.unplug()
            raise SourceError("The simulated sensor is unplugged.")
        said, self._to_say = self._to_say + self._frames_due(), b""
        at_s = self._drill.garbage_at_s
        if at_s is not None and not self._has_spoilt and self._first_s is not None and self._since_first() >= at_s:
            self._has_spoilt = True
            # Cut a message in two as well: what a loose plug does.
            said = said[: len(said) // 2] + random.Random(1).randbytes(GARBAGE_BYTES) + said[len(said) // 2 :]
        return said

    def _since_first(self) -> float:
        return self._clock.elapsed_s() - (self._first_s or 0.0)

    def _frames_due(self) -> bytes:
        said, session = b"", self._session
        if self._streams_from_s is None or session is None:
            return said
        while not self.is_over:
            due_s = float(session.times_s[self._index] - session.times_s[self._began_at])
            if due_s + self._lap_s > (self._clock.elapsed_s() - self._streams_from_s) * self._speed:
                break
            said += session.result(self._index, self._later_ticks)
            if self._first_s is None:
                self._first_s = self._clock.elapsed_s()
            self._step(session)
        return said

    def _step(self, session: RecordedSession) -> None:
        self._index += 1
        if self._index < session.frames:
            return
        self.is_over = not self._loop
        period_s = float(session.times_s[-1]) / max(1, session.frames - 1)
        lap_s = float(session.times_s[-1]) + period_s
        self._later_ticks += round(lap_s * self._words.ticks_per_s)
        self._lap_s += lap_s
        self._index = 0

    def _answer(self, line: bytes) -> bytes:
        try:
            told = json.loads(line)
            command = told.get("cmd")
        except (ValueError, AttributeError, RecursionError):
            return _refusal("a command is a JSON object on one line")
        if command == "get_system_info":
            return self._words.system_info()
        if command == "get_sensor_info":
            return self._words.sensor_info()
        if command == "set_uart_baudrate":
            return line_of({"status": "ok", "message": "set baudrate"})
        if command == "setup":
            return self._set_up(told)
        if command == "start_streaming" and self._session is not None:
            self._streams_from_s = self._clock.elapsed_s()
            self._began_at, self._lap_s = self._index, 0.0
            return line_of({"status": "start"})
        if command == "stop_streaming":
            self._streams_from_s = None
            return line_of({"status": "stop"})
        return _refusal(f"this cannot be done now: {str(command)[:40]}")

    def _set_up(self, told: Mapping[str, Any]) -> bytes:
        try:
            wanted = _geometry(wire_session(told))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return _refusal(f"no session: {type(error).__name__}")
        found = [one for one in self._words.sessions if _geometry(one.session) == wanted]
        if not found:
            return _refusal("the recording was made with another session; give the node the one that --session writes")
        if found[0] is not self._session:
            self._session, self._index, self._later_ticks, self.is_over = found[0], 0, 0, False
        return found[0].answer()


def _refusal(message: str) -> bytes:
    return line_of({"status": "error", "message": message})


def _geometry(session: Mapping[str, Any]) -> list[Any]:
    """Return what two sessions must share for the frames of one to be an answer to the other."""
    return [
        (
            group,
            one["sensor_id"],
            one["config"]["sweeps_per_frame"],
            one["config"].get("frame_rate"),
            [(sub["start_point"], sub["num_points"], sub["step_length"]) for sub in one["config"]["subsweeps"]],
        )
        for group, many in enumerate(session["groups"])
        for one in many
    ]
