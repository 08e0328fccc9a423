"""The Acconeer A121's exploration protocol: bytes to messages, and results to looks of one sensor.

A message is a JSON object on one line; a `payload_size` in it says how many bytes follow the line.

Source:
    Acconeer exploration tool 7.18, `a121/_core/communication/exploration_protocol`: names and order of the fields.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from edge.sweeps import TICKS, profile_of

MAX_HEADER_BYTES = 65536
"""A longer line is no header."""
MAX_PAYLOAD_BYTES = 1 << 18
"""A longer payload is none: five sensors with 4095 complex points each are 82 kB."""
KNOWN = frozenset({"result_info", "metadata", "system_info", "sensor_info", "status"})
"""Every message of a sensor has one of these."""
POINT_BYTES = 4
"""Real and imaginary part, int16 each, little-endian."""
_MOST_TRIES = 16
_INSIDE = b'"result_info"'


@dataclass(frozen=True, eq=False)
class Message:
    """One message of the sensor.

    Attributes:
        header: the JSON object; it has at least one key of KNOWN.
        payload: the bytes after it; empty where it announced none.
    """

    header: Mapping[str, Any]
    payload: bytes = b""


class A121Decoder:
    """Bytes in, messages out, in any pieces; takes up the thread again after garbage and never raises.

    A message with a payload is given once the byte after it has come and begins another message: a payload of which
    bytes were lost on the way is so counted as bad, and never given.

    Attributes:
        payload_bytes: what every payload must have from now on; None lets each header say.
        bad: messages that were broken, and stretches that were none.
        skipped: bytes that belonged to no message.
    """

    def __init__(self) -> None:
        self.payload_bytes: int | None = None
        self.bad = 0
        self.skipped = 0
        self._buffer = bytearray()
        self._searched = 0
        self._waiting: Mapping[str, Any] | None = None
        self._size = 0
        self._is_lost = False

    @property
    def held(self) -> int:
        """Bytes that wait for what comes after them; never more than a header and a payload."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Message]:
        """Take bytes in.

        Args:
            data: what has come since the last call, cut anywhere.

        Returns:
            The messages that are now whole, in order.
        """
        messages: list[Message] = []
        # In small pieces, so that a flood of garbage is never held as a whole.
        for start in range(0, len(data), MAX_HEADER_BYTES):
            self._buffer += data[start : start + MAX_HEADER_BYTES]
            messages += self._whole()
        return messages

    def _whole(self) -> Iterator[Message]:
        while True:
            message, goes_on = self._payload() if self._waiting is not None else self._header()
            if message is not None:
                yield message
            if not goes_on:
                return

    def _header(self) -> tuple[Message | None, bool]:
        """Take one line off the buffer; the second value says whether there may be more."""
        end = self._buffer.find(b"\n", self._searched)
        if end < 0:
            self._searched = len(self._buffer)
            if len(self._buffer) > MAX_HEADER_BYTES:
                self._skip(len(self._buffer))
            return None, False
        line = bytes(self._buffer[:end])
        place, header = _object_in(line) if len(line) <= MAX_HEADER_BYTES else (-1, None)
        if header is None:
            self._skip(end + 1)
            return None, True
        if place > 0:
            self._skip(place)
        self._take(end + 1 - place)
        size = header.get("payload_size", 0)
        if not _is_whole(size, 0, MAX_PAYLOAD_BYTES) or not self._is_expected(header, size):
            self.bad += 1
            self._is_lost = True
            return None, True
        self._is_lost = False
        if size == 0:
            return Message(header), True
        self._waiting, self._size = header, size
        return None, True

    def _payload(self) -> tuple[Message | None, bool]:
        if len(self._buffer) <= self._size:
            return None, False
        payload = bytes(self._buffer[: self._size])
        header, self._waiting = self._waiting, None
        assert header is not None
        inside = payload.find(_INSIDE)
        if inside >= 0 or self._buffer[self._size] != ord("{"):
            # Bytes are missing: the next message begins inside this payload, or nobody knows where.
            begins = payload.rfind(b'{"', 0, inside) if inside >= 0 else payload.rfind(b'{"')
            self._skip(begins if begins >= 0 else self._size)
            return None, True
        self._take(self._size)
        return Message(header, payload), True

    def _is_expected(self, header: Mapping[str, Any], size: int) -> bool:
        """A result has a payload of the agreed size; the maker's stray empty result has none."""
        if "result_info" not in header or self.payload_bytes is None or size == 0:
            return True
        return size == self.payload_bytes

    def _skip(self, size: int) -> None:
        if not self._is_lost:
            self.bad += 1
        self._is_lost = True
        self.skipped += size
        self._take(size)

    def _take(self, size: int) -> None:
        del self._buffer[:size]
        self._searched = 0


@dataclass(frozen=True)
class Place:
    """Where one sensor's part lies in every result.

    Attributes:
        group: of the session.
        index: inside the group.
        sensor_id: as the session names it.
        offset: [bytes] of its part in the payload.
        sweeps: in each frame.
        points: in each sweep.
        payload_bytes: of the whole payload.
    """

    group: int
    index: int
    sensor_id: int
    offset: int
    sweeps: int
    points: int
    payload_bytes: int


@dataclass(frozen=True, eq=False)
class Look:
    """One sensor's part of one result.

    Attributes:
        tick: of the sensor's counter, 32 bits, which begins again at 0.
        values: shape (points,), the mean of its sweeps.
        noise_power: shape (points,); None with too few sweeps to see it.
        is_saturated: the receiver was at its limit.
        is_late: the sensor could not keep its frame rate.
        needs_calibration: it wants to be set up again.
        temperature_c: [°C] of the sensor, roughly.
    """

    tick: int
    values: NDArray[np.complex64]
    noise_power: NDArray[np.float32] | None
    is_saturated: bool
    is_late: bool
    needs_calibration: bool
    temperature_c: int


def places_of(metadata: Any, session: Mapping[str, Any]) -> list[Place]:
    """Work out where each sensor's part lies.

    Args:
        metadata: of the setup's answer: groups of sensors.
        session: as it was asked for: `groups` of `sensor_id` and `config`.

    Returns:
        One for each sensor and group, in the order of the payload.

    Raises:
        ValueError: the answer does not fit what was asked for.
    """
    try:
        asked = [(g, i, one) for g, group in enumerate(session["groups"]) for i, one in enumerate(group)]
        told = [one for group in metadata for one in group]
        places, offset = [], 0
        for (group, index, one), facts in zip(asked, told, strict=True):
            points, length = facts["sweep_data_length"], facts["frame_data_length"]
            sweeps = one["config"]["sweeps_per_frame"]
            wanted = sum(sub["num_points"] for sub in one["config"]["subsweeps"])
            if points != wanted or length != sweeps * points or not _is_whole(length, 1, MAX_PAYLOAD_BYTES):
                raise ValueError("its frames have another size than was asked for")
            places.append(Place(group, index, one["sensor_id"], offset, sweeps, points, 0))
            offset += length * POINT_BYTES
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(f"its answer lacks {error}") from error
    return [Place(**{**vars(one), "payload_bytes": offset}) for one in places]


def look_of(message: Message, place: Place) -> Look | None:
    """Read one sensor's part of a result; None when the message is not a whole result of this session."""
    info = _info(message.header.get("result_info"), place)
    if info is None or len(message.payload) != place.payload_bytes:
        return None
    tick, temperature_c = info.get("tick"), info.get("temperature", 0)
    if not _is_whole(tick, -TICKS, TICKS) or not _is_whole(temperature_c, -500, 500):
        return None
    count = place.sweeps * place.points
    parts = np.frombuffer(message.payload, "<i2", 2 * count, place.offset).reshape(place.sweeps, place.points, 2)
    values, noise_power = profile_of(parts[..., 0], parts[..., 1])
    return Look(
        tick=tick % TICKS,
        values=values,
        noise_power=noise_power,
        is_saturated=bool(info.get("data_saturated")),
        is_late=bool(info.get("frame_delayed")),
        needs_calibration=bool(info.get("calibration_needed")),
        temperature_c=temperature_c,
    )


def _info(groups: Any, place: Place) -> Mapping[str, Any] | None:
    if not isinstance(groups, Sequence) or len(groups) <= place.group or not isinstance(groups[place.group], Sequence):
        return None
    group = groups[place.group]
    one = group[place.index] if len(group) > place.index else None
    return one if isinstance(one, Mapping) else None


def _object_in(line: bytes) -> tuple[int, Mapping[str, Any] | None]:
    """Find the first place of a line from which on it is a JSON object with a known key."""
    place = -1
    for _ in range(_MOST_TRIES):
        place = line.find(b"{", place + 1)
        if place < 0:
            break
        try:
            header = json.loads(line[place:].decode("utf-8"))
        except (ValueError, RecursionError):
            continue
        if isinstance(header, dict) and KNOWN & header.keys():
            return place, header
    return -1, None


def _is_whole(value: Any, low: int, high: int) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
