"""How the node itself is doing: temperature, disk, and what is wrong, for every live message."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from broker.clock import Clock
from broker.link import Link
from broker.messages import Health
from broker.vocabulary import HealthFlag, SensorState
from edge.gate import Gate
from edge.inbox import Inbox
from edge.memory import GateMemory
from edge.recorder import Recorder
from edge.room import Room
from edge.supervisor import SensingProcess
from edge.witness import Witness

DISK_LOW_BYTES = 64 * 1024 * 1024
"""Free space on the data folder's disk below which the node says so; records are a few kB an hour."""
HOT_C = 80.0
"""[°C] from which a Raspberry Pi's processor slows itself down (its documentation, 'Frequency management')."""
LOOK_EVERY_S = 10.0
"""[s] between looks at disk and temperature."""
_THERMAL = Path("/sys/class/thermal/thermal_zone0/temp")


class Machine:
    """Looks at the machine now and then; a thing that cannot be seen is None, never a guess."""

    def __init__(self, data_dir: Path, clock: Clock, thermal: Path = _THERMAL) -> None:
        self._data_dir = data_dir
        self._clock = clock
        self._thermal = thermal
        self._looked_s: float | None = None
        self._temperature_c: float | None = None
        self._free_bytes: int | None = None

    @property
    def temperature_c(self) -> float | None:
        """Return the processor's temperature [°C]; None when the hardware does not say."""
        self._look()
        return self._temperature_c

    @property
    def flags(self) -> tuple[HealthFlag, ...]:
        """Return what is wrong with the machine; empty when nothing is."""
        self._look()
        flags = []
        if self._free_bytes is None:
            flags.append(HealthFlag.STORAGE_FAULT)
        elif self._free_bytes < DISK_LOW_BYTES:
            flags.append(HealthFlag.DISK_LOW)
        if self._temperature_c is not None and self._temperature_c >= HOT_C:
            flags.append(HealthFlag.HOT)
        return tuple(flags)

    def _look(self) -> None:
        now_s = self._clock.elapsed_s()
        if self._looked_s is not None and now_s - self._looked_s < LOOK_EVERY_S:
            return
        self._looked_s = now_s
        self._temperature_c = _temperature(self._thermal)
        try:
            self._free_bytes = shutil.disk_usage(self._data_dir).free
        except OSError:
            self._free_bytes = None


@dataclass(frozen=True, slots=True)
class Doctor:
    """Asks every part of the node how it is."""

    machine: Machine
    gate: Gate
    memory: GateMemory
    recorder: Recorder
    sensing: SensingProcess
    room: Room
    witness: Witness
    inbox: Inbox
    link: Link

    def health(self) -> Health:
        """Return the node's health now."""
        frames = self.room.frames
        return Health(
            frame_age_s=frames.age_s,
            frames_lost=frames.lost,
            frames_bad=frames.bad,
            refused=self.inbox.refused.total() + self.gate.refused.total() + self.link.denied,
            temperature_c=self.machine.temperature_c,
            flags=tuple(dict.fromkeys(self._flags())),
        )

    def _flags(self) -> Iterator[HealthFlag]:
        yield from self.machine.flags
        if not self.gate.time_is_trusted:
            yield HealthFlag.CLOCK_UNTRUSTED
        if self.recorder.fault is not None:
            yield self.recorder.fault
        if self.memory.fault is not None or self.witness.fault is not None:
            yield HealthFlag.STORAGE_FAULT
        if self.sensing.is_crash_loop:
            yield HealthFlag.CRASH_LOOP
        if self.sensing.state is SensorState.FAULT or self.room.frames.is_lost:
            yield HealthFlag.SENSOR_LOST
        if self.witness.in_conflict:
            yield HealthFlag.AUDIT_CONFLICT


def _temperature(path: Path) -> float | None:
    """Read the kernel's thermal zone, which speaks in thousandths of a degree."""
    try:
        value_c = int(path.read_text("ascii")) / 1000
    except (OSError, ValueError):
        return None
    return value_c if -60 <= value_c <= 150 else None
