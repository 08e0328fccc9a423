"""`hushward doctor`: look at this machine and say what is missing, each finding with its remedy."""

import ctypes
import getpass
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from broker.clock import Clock, SystemClock
from console.errors import ConsoleError
from console.running.settings_file import load as console_settings
from deploy.examining import broker_road, clocks, console, finding, node_files, processes, storage, units
from deploy.examining.finding import Check, Finding, Named, examine
from deploy.examining.power import power
from deploy.examining.sensor import sensor
from deploy.pages import run_page
from edge.errors import EdgeError
from edge.secrecy import may_lock_memory, swap_areas
from edge.settings import load as node_settings

_CAMERA_PACKAGES = {
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libX11.so.6": "libx11-6",
    "libxcb.so.1": "libxcb1",
}
"""What OpenCV needs from the system beyond a minimal Debian, and the package that brings it."""
_SETTINGS = Path("/etc/hushward")
_SENSORS = ("/dev/ttyUSB*", "/dev/ttyACM*", "/dev/spidev*", "/dev/video*")


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
        if not (host and number.isascii() and number.isdigit() and 0 < int(number) < 65536):
            yield Finding(f"broker {address}: not of the form HOST:PORT", "write it like 192.168.1.10:8883")
            return
        try:
            with socket.create_connection((host.strip("[]"), int(number)), timeout=3):
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


def checks_of_machine(data: Path, clock: Clock) -> dict[str, Check]:
    """Return what is looked at on every machine.

    Args:
        data: where a ward's data lie.
        clock: the machine's.
    """
    return {
        "python": python_version,
        "disk": lambda: storage.room(data),
        "wear": lambda: (*storage.wear(), *storage.errors()),
        "time": lambda: clocks.time_of_day(clock),
        "power": power,
        "memory": lambda: memory(swap_areas(), may_lock_memory()),
        "services": units.units,
    }


def checks_of_node(config: Path, clock: Clock) -> dict[str, Check]:
    """Return what is looked at where a node's settings are.

    Args:
        config: its settings.
        clock: the machine's.

    Raises:
        SettingsError: they cannot be read.
        OSError: its folder may not be looked at.
    """
    settings = node_settings(config)
    account = node_files.account_of(settings.data_dir) if settings.data_dir.exists() else os.getuid()
    own = processes.running(account)
    certificate = settings.broker.certificate_file
    return {
        "settings": lambda: (Finding(f"{config} is in order: node {settings.node_id}, {settings.context}"),),
        "rights": lambda: node_files.rights(settings, config),
        "certificate": lambda: () if certificate is None else clocks.against_certificate(certificate, clock),
        "broker": lambda: broker_road.road(settings.broker, clock),
        "sensor": lambda: sensor(settings, own, clock),
        "models": node_files.models,
        "lease": lambda: node_files.lease(settings, clock),
        "outbox": lambda: node_files.outbox(settings),
        "secrecy": lambda: processes.secrecy(own),
        "listening": lambda: processes.sockets(account),
    }


def checks_of_console(config: Path, clock: Clock) -> dict[str, Check]:
    """Return what is looked at where a console's settings are.

    Args:
        config: its settings.
        clock: the machine's.

    Raises:
        ConsoleError: they cannot be read.
    """
    settings = console_settings(config)
    return {
        "console": lambda: console.answers(settings),
        "console's files": lambda: console.files(settings, clock),
        "console's disk": lambda: storage.room(settings.data_dir),
    }


def checks_of_workbench(console_port: int) -> dict[str, Check]:
    """Return what is looked at where no part is installed, and a ward may be tried out."""
    return {
        "port": lambda: port(console_port, "console"),
        "mosquitto": lambda: broker(None),
        "sensors": sensors,
        "camera": camera,
    }


app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def doctor(
    data: Annotated[Path, typer.Option(help="The ward's data folder.")] = Path("ward-data"),
    console_port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The console's port.")] = 8800,
    broker_address: Annotated[str | None, typer.Option("--broker", help="HOST:PORT of a broker to reach.")] = None,
    node: Annotated[Path | None, typer.Option(help="A node's settings; those in /etc/hushward are found.")] = None,
    of_console: Annotated[
        Path | None, typer.Option("--console", help="A console's settings; those in /etc/hushward are found.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For a machine: every finding as JSON.")] = False,
) -> None:
    """Check this machine, and the node or console that is installed on it; run it as root to see everything.

    Of every machine: Python, disk (room, wear, errors, read-only), time and who sets it, power, swap, services. Of a
    node: settings, file modes, certificate, the road to its broker, sensor, models, lease, outbox, core dumps, who
    listens. Of a console: is it ready, certificates, keys. It changes nothing and opens no sensor.

    Each line is `ok`, `note` (only some rooms or uses need it) or `PROBLEM`, with what to do about it.

    Example: hushward doctor --node /etc/hushward/node.toml --json

    Exit codes: 0 nothing has to be done; 1 there is a PROBLEM; 2 the command was not understood.
    """
    clock = SystemClock()
    node, of_console = node or _installed("node"), of_console or _installed("console")
    findings = examine(checks_of_machine(data, clock))
    if broker_address is not None:
        findings += examine({"broker": lambda: broker(broker_address)})
    if node is not None:
        findings += _part("node", lambda: checks_of_node(node, clock))
    if of_console is not None:
        findings += _part("console", lambda: checks_of_console(of_console, clock))
    if node is None and of_console is None:
        findings += examine(checks_of_workbench(console_port))
    if as_json:
        typer.echo(finding.as_json(findings))
    else:
        for line in finding.as_lines(findings):
            typer.echo(line)
    raise typer.Exit(finding.exit_code(findings))


def _installed(part: str) -> Path | None:
    place = _SETTINGS / f"{part}.toml"
    return place if place.exists() else None


def _part(part: str, checks: Callable[[], dict[str, Check]]) -> list[Named]:
    """Make the checks of a part; settings that cannot be read are the finding."""
    try:
        return examine(checks())
    except (EdgeError, ConsoleError) as error:
        return [(part, Finding(str(error), f"mend that, or name another file here (--{part} FILE); then ask again"))]
    except OSError as error:
        told = f"the {part}'s folder cannot be looked at ({error.filename}: {error.strerror})"
        return [(part, Finding(told, "run it as root: sudo hushward doctor"))]


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
