"""A node's sensor: is it plugged in, may the node use it, and does anything come from it while it is open."""

import stat
import threading
from collections.abc import Iterable
from pathlib import Path

from broker.clock import Clock
from deploy.examining.finding import Finding
from deploy.examining.processes import Running, bytes_read, holders
from edge.memory import GateMemory
from edge.settings import NodeSettings

LISTENS_S = 1.0
"""[s] between two looks at what has come."""


def sensor(
    settings: NodeSettings, processes: Iterable[Running], clock: Clock, pause_s: float = LISTENS_S
) -> Iterable[Finding]:
    """Look at the device that the settings name, and never open it: only a lease opens a sensor (rule C1).

    Args:
        settings: the node's.
        processes: the node's, as the kernel shows them.
        clock: the machine's.
        pause_s: [s] between two looks at how much has come.
    """
    device = _device(settings)
    if device is None:
        yield Finding(
            f"source {settings.source.kind}: no device of this machine is needed, or its maker's library finds it"
        )
        return
    try:
        told = device.stat()
    except OSError:
        yield Finding(
            f"there is no device {device}",
            "plug the sensor in; ls -l /dev/serial/by-id names what is there, by a name that stays the same",
        )
        return
    if not stat.S_ISCHR(told.st_mode):
        yield Finding(f"{device} is not a device", "write the sensor's device under [source] in the node's settings")
        return
    open_in = holders(device, processes)
    is_leased = GateMemory(settings.data_dir / "gate.json").kept.open_under is not None
    if not open_in and not is_leased:
        yield Finding(f"sensor {device} is plugged in, and closed, for no lease opens it now")
    elif not open_in:
        yield Finding(
            f"a lease lets {device} be open, and no process of the node has it",
            "journalctl -u hushward-node -n 20 says why; the tile says NOT MONITORED meanwhile",
        )
    else:
        yield _delivery(device, open_in[0], settings, clock, pause_s)


def _delivery(device: Path, one: Running, settings: NodeSettings, clock: Clock, pause_s: float) -> Finding:
    if not settings.source.kind.has_port:
        # A camera's frames lie in memory that it shares with the kernel: nothing is read, so nothing can be counted.
        return Finding(f"sensor {device} is open; whether frames come, its tile and the console's health page say")
    before = bytes_read(one)
    clock.wait(threading.Event(), pause_s)
    came = bytes_read(one) - before
    if came:
        return Finding(f"sensor {device} is open and delivers ({came} bytes in {pause_s:g} s)")
    return Finding(
        f"sensor {device} is open and nothing comes from it",
        "look at its lamp and cable, unplug it and plug it in again; for a TI or A121 board, the power supply",
    )


def _device(settings: NodeSettings) -> Path | None:
    source = settings.source
    told = source.port if source.kind.has_port else source.device
    return Path(told) if told is not None and told.startswith("/") else None
