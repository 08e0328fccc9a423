"""`hushward doctor`: look at this machine and say what is missing, each finding with its remedy."""

import ctypes
import getpass
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from broker.clock import Clock, SystemClock
from deploy.pages import run_page
from edge.secrecy import may_lock_memory, swap_areas

_CAMERA_PACKAGES = {
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libX11.so.6": "libx11-6",
    "libxcb.so.1": "libxcb1",
}
"""What OpenCV needs from the system beyond a minimal Debian, and the package that brings it."""
_DISK_WANTED_MB = 500
_BUILT_AFTER = datetime(2026, 1, 1, tzinfo=UTC)
_SENSORS = ("/dev/ttyUSB*", "/dev/ttyACM*", "/dev/spidev*", "/dev/video*")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: what was looked at and what was found.
        remedy: what to do; None when all is well.
        is_needed: a ward cannot run until it is remedied.
    """

    what: str
    remedy: str | None = None
    is_needed: bool = True

    @property
    def mark(self) -> str:
        """Return the word that stands before it."""
        if self.remedy is None:
            return "ok"
        return "PROBLEM" if self.is_needed else "note"


def python_version() -> Iterable[Finding]:
    """Look at the Python that runs this."""
    found = ".".join(str(part) for part in sys.version_info[:3])
    fits = (3, 11) <= sys.version_info[:2] <= (3, 13)
    yield Finding(f"Python {found}", None if fits else "install Python 3.11, 3.12 or 3.13 and run make setup again")
    inside = sys.prefix != sys.base_prefix
    yield Finding(
        "running in a virtual environment" if inside else "not in a virtual environment",
        None if inside else "run make setup and use .venv/bin/hushward",
        is_needed=False,
    )


def disk(folder: Path) -> Iterable[Finding]:
    """Look at the place where the ward keeps its data."""
    place = next(one for one in (folder, *folder.resolve().parents) if one.exists())
    free_mb = shutil.disk_usage(place).free // 1_000_000
    yield Finding(
        f"{free_mb} MB free for {folder}",
        None if free_mb >= _DISK_WANTED_MB else f"free at least {_DISK_WANTED_MB} MB, or choose --data elsewhere",
    )


def port(number: int, use: str) -> Iterable[Finding]:
    """Look whether a port of this machine can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            yield Finding(
                f"port {number} ({use}) is taken",
                f"end what listens there (ss -ltnp 'sport = :{number}'), or choose another with --port",
                is_needed=False,
            )
            return
    yield Finding(f"port {number} ({use}) is free")


def broker(address: str | None) -> Iterable[Finding]:
    """Look for a broker: the one asked for, or the programs that can be one."""
    if address is not None:
        host, _, number = address.rpartition(":")
        try:
            with socket.create_connection((host, int(number)), timeout=3):
                yield Finding(f"broker {address} answers")
        except (OSError, ValueError) as error:
            yield Finding(
                f"broker {address} does not answer ({error})", "check the address, the broker and the firewall"
            )
        return
    installed = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    yield Finding(
        f"mosquitto {'at ' + installed if installed else 'is not installed'}",
        None if installed else "a ward on several machines needs it: apt install mosquitto (one machine does not)",
        is_needed=False,
    )


def camera() -> Iterable[Finding]:
    """Look whether the camera library loads, in a process of its own: nothing but a camera room needs it."""
    probe = subprocess.run(
        [sys.executable, "-c", "import cv2"], capture_output=True, text=True, timeout=60, check=False
    )
    if probe.returncode == 0:
        yield Finding("camera rooms: OpenCV loads")
        return
    packages = sorted({package for library, package in _CAMERA_PACKAGES.items() if not _loads(library)})
    last = probe.stderr.strip().splitlines()[-1] if probe.stderr.strip() else "no reason given"
    yield Finding(
        f"camera rooms: OpenCV does not load ({last})",
        f"for a camera room: apt install {' '.join(packages) or 'libgl1 libglib2.0-0'}; radar rooms do not need it",
        is_needed=False,
    )


def sensors() -> Iterable[Finding]:
    """Look for devices that may be sensors."""
    found = sorted(str(path) for pattern in _SENSORS for path in Path("/dev").glob(pattern.removeprefix("/dev/")))
    for path in found:
        readable = os.access(path, os.R_OK | os.W_OK)
        yield Finding(
            f"device {path}",
            None if readable else _rights(path),
            is_needed=False,
        )
    if not found:
        yield Finding("no sensor device", "simulated and replayed rooms need none", is_needed=False)


def memory(areas: Sequence[str], may_lock: bool) -> Iterable[Finding]:
    """Look whether a node's memory, in which pictures and readings stand, could reach a disk (rule K2)."""
    if not areas:
        yield Finding("no swap: a node's memory stays in memory")
        return
    locked = (
        "nodes lock their memory against it" if may_lock else "this account may not lock a node's memory against it"
    )
    remedy = "for a node in a ward: LimitMEMLOCK=infinity or MemorySwapMax=0 in its service, or swapoff"
    yield Finding(f"swap on {', '.join(areas)}: {locked}", None if may_lock else remedy, is_needed=False)


def time_of_day(clock: Clock) -> Iterable[Finding]:
    """Look whether the clock can be believed; a node with an untrusted time does not sense."""
    now = clock.utc_now()
    believable = now >= _BUILT_AFTER
    yield Finding(
        f"time of day {now:%Y-%m-%d %H:%M} UTC",
        None if believable else "set the clock (timedatectl set-ntp true): hours and leases depend on it",
    )
    synchronised = Path("/run/systemd/timesync/synchronized").exists() or _chrony_runs()
    yield Finding(
        f"time service {'has set' if synchronised else 'not seen to have set'} the clock",
        None if synchronised else "a node in a ward needs systemd-timesyncd or chrony; a demonstration does not",
        is_needed=False,
    )


def examine(checks: Iterable[Callable[[], Iterable[Finding]]]) -> list[Finding]:
    """Make all checks; one that fails is a finding, not an end."""
    findings: list[Finding] = []
    for check in checks:
        try:
            findings += check()
        except (OSError, subprocess.SubprocessError) as error:
            findings.append(Finding(f"a check could not be made: {error}", "see the reason above", is_needed=False))
    return findings


app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def doctor(
    data: Annotated[Path, typer.Option(help="The ward's data folder.")] = Path("ward-data"),
    console_port: Annotated[int, typer.Option("--port", help="The console's port.")] = 8800,
    broker_address: Annotated[str | None, typer.Option("--broker", help="HOST:PORT of a broker to reach.")] = None,
) -> None:
    """Check this machine: Python, disk, ports, broker, sensor devices, camera library, memory, clock.

    Each line is `ok`, `note` (only some rooms or uses need it) or `PROBLEM`, with what to do about it.

    Example: hushward doctor --broker 10.0.0.2:8883

    Exit codes: 0 a ward can run here; 1 something that every ward needs is missing.
    """
    findings = examine(
        (
            python_version,
            lambda: disk(data),
            lambda: port(console_port, "console"),
            lambda: broker(broker_address),
            sensors,
            camera,
            lambda: memory(swap_areas(), may_lock_memory()),
            lambda: time_of_day(SystemClock()),
        )
    )
    for finding in findings:
        typer.echo(f"{finding.mark:<8} {finding.what}")
        if finding.remedy is not None:
            typer.echo(f"{'':<8} -> {finding.remedy}")
    raise typer.Exit(int(any(one.remedy is not None and one.is_needed for one in findings)))


def main(arguments: list[str] | None = None) -> int:
    """Run `hushward doctor`."""
    return run_page(app, "hushward doctor", arguments)


def _rights(path: str) -> str:
    """Say how this account comes to use a device that exists and that it may not use."""
    group = "video" if path.startswith("/dev/video") else "spi" if path.startswith("/dev/spi") else "dialout"
    return f"this account may not use it: sudo usermod -aG {group} {getpass.getuser()}, then sign in again"


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _chrony_runs() -> bool:
    return any(Path(path).exists() for path in ("/run/chrony/chronyd.pid", "/run/chronyd.pid", "/run/ntpd.pid"))
