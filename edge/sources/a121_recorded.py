"""A recording of the A121 in the words of its protocol: what the sensor said then, byte for byte."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edge.errors import UnreadableFile
from edge.sources.a121_session import wire_session
from edge.sources.replay import json_in, numbered, opened
from edge.sweeps import TICKS

_FLAGS = ("data_saturated", "frame_delayed", "calibration_needed")


class RecordedSession:
    """One session of a recording.

    Attributes:
        session: what the sensor was told, as it goes over the wire.
        metadata: what it answered: groups of sensors.
        frames: how many results there are.
        times_s: of each result, from 0 [s].
    """

    def __init__(self, group: Any, ticks_per_s: float) -> None:
        self.session = wire_session(json_in(group["session_config"]))
        self._entries = [[entry for _, entry in numbered(one, "entry_")] for _, one in numbered(group, "group_")]
        self._calibrations = _calibrations(group)
        told = [[json_in(entry["metadata"]) for entry in one] for one in self._entries]
        self._tick_period = int(told[0][0].get("tick_period") or 0)
        self.metadata = [[{k: v for k, v in one.items() if k != "tick_period"} for one in many] for many in told]
        first = self._entries[0][0]["result"]["tick"][()].astype("int64")
        self._first_tick = int(first[0]) if len(first) else 0
        self.frames = len(first)
        self.times_s = ((first - self._first_tick) % TICKS) / ticks_per_s
        self._flags = [[_told(entry["result"]) for entry in one] for one in self._entries]

    def answer(self) -> bytes:
        """Return the answer to the setup that this session was made with."""
        told = {"status": "ok", "tick_period": self._tick_period, "metadata": self.metadata}
        return line_of(told | ({"calibration_info": self._calibrations} if self._calibrations else {}))

    def result(self, index: int, later_ticks: int = 0) -> bytes:
        """Return one result.

        Args:
            index: of the frame.
            later_ticks: added to its tick, for a recording that is served again.
        """
        infos = [[dict(one[index]) for one in many] for many in self._flags]
        for many in infos:
            for one in many:
                one["tick"] = (one["tick"] + later_ticks) % TICKS
        payload = b"".join(
            entry["result"]["frame"][index].astype([("real", "<i2"), ("imag", "<i2")]).tobytes()
            for many in self._entries
            for entry in many
        )
        return line_of({"result_info": infos, "payload_size": len(payload)}) + payload


class A121Words:
    """All of a recording that a sensor can be asked for.

    Attributes:
        sessions: those with frames, in the order of the recording.
        ticks_per_s: of the sensor's counter.
    """

    def __init__(self, path: Path) -> None:
        """Open a recording.

        Raises:
            UnreadableFile: it is no A121 recording, or holds no frames.
        """
        self._file, _ = opened(path)
        try:
            self._info = json_in(self._file["server_info"])
            self.ticks_per_s = float(self._info.get("ticks_per_second") or 1e6)
            sessions = [
                RecordedSession(one, self.ticks_per_s) for _, one in numbered(self._file["sessions"], "session_")
            ]
        except (KeyError, ValueError, TypeError, IndexError, OSError, RuntimeError) as error:
            self._file.close()
            raise UnreadableFile(f"{path.name} is HDF5, but not an Acconeer A121 recording.") from error
        self.sessions = [one for one in sessions if one.frames]
        if not self.sessions:
            self._file.close()
            raise UnreadableFile(f"{path.name} holds no frames.")

    @property
    def longest(self) -> RecordedSession:
        """The session with most frames."""
        return max(self.sessions, key=lambda one: one.frames)

    def system_info(self) -> bytes:
        """Return what the sensor's board says of itself."""
        info = {
            "rss_version": self._info.get("rss_version", "a121-v1.0.0"),
            "sensor": "a121",
            "sensor_count": len(self._sensors()),
            "ticks_per_second": int(self.ticks_per_s),
            "hw": self._info.get("hardware_name"),
        }
        fastest = self._info.get("max_baudrate")
        return line_of({"status": "ok", "system_info": info | ({"max_baudrate": fastest} if fastest else {})})

    def sensor_info(self) -> bytes:
        """Return which sensors the board has."""
        return line_of({"status": "ok", "sensor_info": self._sensors()})

    def close(self) -> None:
        """Close the recording."""
        self._file.close()

    def _sensors(self) -> list[dict[str, Any]]:
        told: Mapping[str, Any] = self._info.get("sensor_infos") or {"1": {"connected": True}}
        last = max(int(one) for one in told)
        return [
            {key: value for key, value in told.get(str(number), {"connected": False}).items() if value is not None}
            for number in range(1, last + 1)
        ]


def line_of(header: Mapping[str, Any]) -> bytes:
    """Return one line of the protocol."""
    return json.dumps(header, separators=(",", ":")).encode("ascii") + b"\n"


def _calibrations(group: Any) -> list[dict[str, Any]]:
    """Return what the sensor's calibration was; it is the sensor's own secret, and is only handed through."""
    return [
        {"sensor_id": number, "temperature": int(one["temperature"][()]), "data": one["data"][()].decode("ascii")}
        for number, one in numbered(group.get("calibrations", {}), "sensor_")
    ]


def _told(result: Any) -> list[dict[str, Any]]:
    """Return what each result says beside its frame."""
    flags = {name: result[name][()] for name in _FLAGS}
    ticks, temperatures = result["tick"][()], result["temperature"][()]
    return [
        {
            "tick": int(ticks[index]) % TICKS,
            **{name: bool(flags[name][index]) for name in _FLAGS},
            "temperature": int(temperatures[index]),
        }
        for index in range(len(ticks))
    ]
