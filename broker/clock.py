"""Time, as one thing that is passed in: real, hand-set, and shared by the processes of a ward."""

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from broker.errors import ClockError
from broker.times import within_bounds


class Clock(Protocol):
    """Wall time, elapsed time and waiting."""

    def utc_now(self) -> datetime:
        """Return the time of day, UTC-aware, within what a message can hold (`broker.times`)."""
        ...

    def elapsed_s(self) -> float:
        """Return seconds that never jump and that count while the machine sleeps [s]."""
        ...

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """Wait for an event.

        Args:
            event: ends the wait when set.
            timeout_s: on this clock [s]; zero or less looks once.

        Returns:
            True when the event is set.
        """
        ...


class SystemClock:
    """The machine's own clock; elapsed time is CLOCK_BOOTTIME, which counts sleep and ignores settings."""

    def utc_now(self) -> datetime:
        """Return the machine's time of day."""
        return within_bounds(datetime.now(UTC))

    def elapsed_s(self) -> float:
        """Return seconds since the machine started [s]."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """Wait on real time."""
        return event.wait(max(0.0, timeout_s))


class HandClock:
    """A clock set by hand: tests and the demo's seeding move it; waiting ends when it is moved far enough."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ClockError("a hand-set clock needs a UTC-aware start")
        self._now = start.astimezone(UTC)
        self._elapsed_s = 1000.0
        self._moved = threading.Condition()

    def utc_now(self) -> datetime:
        """Return the time that was set."""
        return within_bounds(self._now)

    def elapsed_s(self) -> float:
        """Return seconds moved so far, from an arbitrary start [s]."""
        return self._elapsed_s

    def advance(self, seconds: float) -> None:
        """Move both times forward.

        Raises:
            ClockError: for a negative step; elapsed time never goes back (use `jump`).
        """
        if seconds < 0:
            raise ClockError("elapsed time cannot go back; use jump() to set the time of day")
        with self._moved:
            self._now += timedelta(seconds=seconds)
            self._elapsed_s += seconds
            self._moved.notify_all()

    def jump(self, to: datetime) -> None:
        """Set the time of day alone, as a wrong time server would."""
        with self._moved:
            self._now = to.astimezone(UTC)
            self._moved.notify_all()

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """Wait until the event is set or the clock has been moved by `timeout_s`."""
        until = self._elapsed_s + timeout_s
        with self._moved:
            while not event.is_set() and self._elapsed_s < until:
                # The short real wait lets an event that is set without a move end this wait.
                self._moved.wait(0.005)
        return event.is_set()


class SharedClock:
    """One time for all processes of a demonstration ward, read from a small file.

    The file holds `{"utc": ISO time, "elapsed_s": CLOCK_BOOTTIME at that moment, "speed": factor}`. A night can so
    be started at any hour and run faster than it is; refused outside `demonstration` by the settings of each process.
    """

    def __init__(self, path: Path) -> None:
        try:
            told = json.loads(path.read_text("utf-8"))
            self._start = datetime.fromisoformat(told["utc"]).astimezone(UTC)
            self._start_s = float(told["elapsed_s"])
            self._speed = float(told["speed"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ClockError(
                f"{path}: not a shared clock file ({error}); remove it and start the ward again"
            ) from error
        if not 0.1 <= self._speed <= 1000:
            raise ClockError(f"{path}: speed {self._speed} is outside 0.1 to 1000")

    @staticmethod
    def start(path: Path, utc: datetime, speed: float) -> "SharedClock":
        """Write the file and return the clock that all processes will read.

        Args:
            path: the file to write.
            utc: the ward's time of day now.
            speed: ward seconds per real second, 0.1 to 1000.
        """
        now_s = time.clock_gettime(time.CLOCK_BOOTTIME)
        path.write_text(json.dumps({"utc": utc.isoformat(), "elapsed_s": now_s, "speed": speed}), "utf-8")
        return SharedClock(path)

    def utc_now(self) -> datetime:
        """Return the ward's time of day."""
        return within_bounds(self._start + timedelta(seconds=self._passed_s()))

    def elapsed_s(self) -> float:
        """Return the ward's elapsed seconds [s]."""
        return self._start_s + self._passed_s()

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """Wait on the ward's time."""
        return event.wait(max(0.0, timeout_s / self._speed))

    def _passed_s(self) -> float:
        return (time.clock_gettime(time.CLOCK_BOOTTIME) - self._start_s) * self._speed


def clock_from(path: Path | None) -> Clock:
    """Return the shared clock of a file, or the machine's own when there is none."""
    return SystemClock() if path is None else SharedClock(path)
