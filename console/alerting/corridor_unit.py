"""The corridor sounder: asks the console how loud to be, and decides by itself when nobody answers (rule A10).

It runs on a small machine with a loudspeaker and a battery, apart from every tablet. It holds nothing about anybody.
"""

import json
import math
import ssl
import struct
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import structlog

from broker.clock import Clock
from console.rules.alerting.corridor import Heard, Level, level_of
from console.rules.policy import Policy

_log = structlog.get_logger(__name__)
ASK_EVERY_S = 2.0
RATE_HZ = 8000
_TIMEOUT_S = 5.0
_TONES: dict[Level, tuple[tuple[float, float], ...]] = {
    Level.LOW: ((440.0, 0.2),),
    Level.MEDIUM: ((523.0, 0.25), (659.0, 0.25)),
    Level.HIGH: ((523.0, 0.3), (659.0, 0.3), (784.0, 0.6)),
}
"""Frequency [Hz] and length [s] of each tone: three that rise, no siren, and no word."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the console answered.

    Attributes:
        level: how loud to be.
        is_tablet_there: whether some device of the ward can be reached.
        sounds_once: somebody stands in the corridor and listens (rule N4).
    """

    level: Level
    is_tablet_there: bool
    sounds_once: bool = False


class SoundOutput(Protocol):
    """A loudspeaker, and the press of whoever walked to it."""

    def sound(self, level: Level) -> None:
        """Make one burst of a level; nothing for `silent`."""

    def was_pressed(self) -> bool:
        """Return whether somebody has pressed the unit since this was last asked."""


class SimulatedOutput:
    """An output that remembers what it was told; for the demonstration and for tests.

    Attributes:
        sounded: every level it was told, oldest first.
    """

    def __init__(self) -> None:
        self.sounded: list[Level] = []
        self._pressed = False

    def sound(self, level: Level) -> None:
        """Remember a level."""
        self.sounded.append(level)

    def press(self) -> None:
        """Press the unit."""
        self._pressed = True

    def was_pressed(self) -> bool:
        """Return whether it was pressed since this was last asked."""
        pressed, self._pressed = self._pressed, False
        return pressed


class PlayedOutput:
    """An output that gives its tones, as raw 16-bit samples, to a program that plays them.

    Args:
        command: such as `aplay -q -t raw -f S16_LE -r 8000 -c 1`; it reads standard input.
        pressed: tells whether the unit was pressed.
    """

    def __init__(self, command: Sequence[str], pressed: Callable[[], bool] = lambda: False) -> None:
        self._command = tuple(command)
        self._pressed = pressed

    def sound(self, level: Level) -> None:
        """Play one burst; a program that fails is logged, and tried again with the next."""
        if level is Level.SILENT:
            return
        try:
            subprocess.run(self._command, input=samples_of(level), timeout=10, check=True, capture_output=True)
        except (OSError, subprocess.SubprocessError) as error:
            _log.error("corridor_cannot_sound", error=type(error).__name__)

    def was_pressed(self) -> bool:
        """Return whether it was pressed since this was last asked."""
        return self._pressed()


class CorridorUnit:
    """Asks, decides, sounds.

    Args:
        ask: returns what the console answers; None when it does not.
        output: the loudspeaker.
        clock: silence is counted on its elapsed time.
        policy: the rule book.
    """

    def __init__(self, ask: Callable[[], Told | None], output: SoundOutput, clock: Clock, policy: Policy) -> None:
        self._ask, self._output, self._clock, self._policy = ask, output, clock, policy
        now_s = clock.elapsed_s()
        self._heard = Heard(Level.SILENT, now_s, now_s)

    def step(self) -> Level:
        """Ask once, and sound what is due; return how loud that was."""
        told, now_s = self._ask(), self._clock.elapsed_s()
        if told is not None:
            devices_s = now_s if told.is_tablet_there else self._heard.devices_s
            self._heard = replace(self._heard, told=told.level, answered_s=now_s, devices_s=devices_s)
        if self._output.was_pressed():
            self._heard = replace(self._heard, walked_s=now_s)
        level = level_of(self._heard, now_s, self._policy)
        if told is not None and told.sounds_once and level is Level.SILENT:
            level = Level.LOW
        self._output.sound(level)
        return level

    def run(self, ending: threading.Event, gone_round: Callable[[], None]) -> None:
        """Go on until it is ended, and say each time that it has gone round."""
        while not self._clock.wait(ending, ASK_EVERY_S):
            self.step()
            gone_round()


def samples_of(level: Level) -> bytes:
    """Return one burst as little-endian 16-bit samples at 8000 Hz, one channel."""
    made = bytearray()
    for frequency_hz, length_s in _TONES[level]:
        count = int(length_s * RATE_HZ)
        for n in range(count):
            # A soft beginning and end of 10 ms, so that it is heard as a tone and not as a crack.
            edge = min(1.0, n / (0.01 * RATE_HZ), (count - n) / (0.01 * RATE_HZ))
            made += struct.pack("<h", int(26000 * edge * math.sin(2 * math.pi * frequency_hz * n / RATE_HZ)))
    return bytes(made)


def ask_console(url: str, token: str, ca_file: Path | None) -> Callable[[], Told | None]:
    """Return what asks a console, and brings back the mark of a test that it was given before (rule N4).

    Args:
        url: of the console, such as `https://console.ward.example:8800`.
        token: the unit's own secret, from the console's folder of keys.
        ca_file: the ward's CA; None over plain HTTP on the same machine.
    """
    trust = ssl.create_default_context(cafile=ca_file) if ca_file is not None else None

    mark = ""

    def ask() -> Told | None:
        nonlocal mark
        request = urllib.request.Request(
            f"{url.rstrip('/')}/corridor",
            data=urllib.parse.urlencode({"test": mark}).encode(),
            headers={"Authorization": f"Bearer {token}"},
            method="POST",
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S, context=trust) as answer:
                told = json.loads(answer.read(1000))
            mark = str(told.get("test", ""))[:64]
            return Told(Level(told["level"]), bool(told["is_tablet_there"]), bool(told.get("sounds_once")))
        except (OSError, urllib.error.URLError, ValueError, KeyError, TypeError):
            return None

    return ask
