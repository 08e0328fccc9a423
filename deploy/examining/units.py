"""The services of this machine, as systemd shows them."""

import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

from deploy.examining.finding import Finding

UNITS = Path("/etc/systemd/system")
PARTS = ("node", "console", "corridor")
OFTEN = 3
"""Restarts since the machine started from which a service is called restless."""
_ASKED = "ActiveState,SubState,UnitFileState,NRestarts,Result,NeedDaemonReload"


def show(unit: str) -> str:
    """Return what systemd says of a unit, `Name=value` a line.

    Raises:
        OSError, subprocess.SubprocessError: it does not answer.
    """
    command = ("systemctl", "show", unit, f"--property={_ASKED}")
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout


def units(
    folder: Path = UNITS, ask: Callable[[str], str] = show, booted: Path = Path("/run/systemd/system")
) -> Iterable[Finding]:
    """Look at each part of Hushward that is a service here: does it run, does it start with the machine.

    Args:
        folder: where the installed units are.
        ask: what systemd says of one.
        booted: is there while systemd runs this machine.
    """
    installed = [f"hushward-{part}.service" for part in PARTS if (folder / f"hushward-{part}.service").exists()]
    if installed and (not booted.exists() or (ask is show and shutil.which("systemctl") is None)):
        yield Finding(
            f"{', '.join(installed)}: installed, and systemd does not run this machine",
            "as in the root of an image: it starts with the machine that the image is for",
            is_needed=False,
        )
        return
    for unit in installed:
        told = dict(line.partition("=")[::2] for line in ask(unit).splitlines())
        yield from _state(unit, told)


def _state(unit: str, told: dict[str, str]) -> Iterable[Finding]:
    state = told.get("ActiveState", "unknown")
    if state == "active":
        yield Finding(f"{unit} runs")
    else:
        yield Finding(
            f"{unit} is {state} ({told.get('Result', '')})",
            f"journalctl -u {unit} -n 20 says why; then systemctl restart {unit}",
        )
    if told.get("UnitFileState") != "enabled":
        yield Finding(f"{unit} does not start with the machine", f"systemctl enable {unit}")
    restarts = told.get("NRestarts", "0")
    if restarts.isdigit() and int(restarts) >= OFTEN:
        yield Finding(f"{unit} was started again {restarts} times", f"journalctl -u {unit} -p warning says why", False)
    if told.get("NeedDaemonReload") == "yes":
        yield Finding(
            f"{unit} was changed and systemd has not read it", f"systemctl daemon-reload && systemctl restart {unit}"
        )
