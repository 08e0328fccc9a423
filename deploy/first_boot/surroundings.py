"""What a first start meets in the world: devices, pins, a broker's port, the service manager; each can be given."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from broker.clock import Clock, SystemClock
from deploy.examining.finding import Finding
from edge.gpio import Chip, KernelChip

ACCOUNT = "hushward-node"
INSTALLER = Path(__file__).resolve().parents[1] / "install.sh"
_SERIAL = ("serial/by-id/*", "ttyUSB*", "ttyACM*", "ttyAMA*")
_CAMERAS = ("v4l/by-id/*", "video*")


def devices(is_camera: bool, root: Path = Path("/dev")) -> list[str]:
    """Return the devices that may be the sensor, the names that stay the same first."""
    patterns = _CAMERAS if is_camera else _SERIAL
    return [str(path) for pattern in patterns for path in sorted(root.glob(pattern))]


def reach(host: str, port: int) -> str | None:
    """Return why nothing answers at an address; None when something does."""
    try:
        with socket.create_connection((host, port), timeout=4):
            return None
    except OSError as error:
        return str(error.strerror or error)


def start_service() -> str | None:
    """Put the node's service in place and start it.

    Returns:
        Why it could not be, in the installer's last words; None when it runs or starts with the machine.
    """
    done = subprocess.run(["bash", str(INSTALLER), "node"], capture_output=True, text=True, timeout=900, check=False)
    told = (done.stderr.strip() or done.stdout.strip()).splitlines()
    return None if done.returncode == 0 else (told[-1] if told else "it did not say why")


def hand_over(folder: Path) -> None:
    """Give a folder to the account that the node runs as, where root has made it and there is such an account."""
    if os.geteuid() != 0:
        return
    try:
        for one in (folder, *folder.rglob("*")):
            shutil.chown(one, ACCOUNT, ACCOUNT) if not one.is_symlink() else os.chown(
                one, -1, -1, follow_symlinks=False
            )
    except LookupError:
        return


def _nothing() -> list[Finding]:
    return []


@dataclass
class Surroundings:
    """The world around one first start.

    Attributes:
        clock: the machine's.
        machine: what the doctor finds on this machine.
        chip: a chip with pins, by its path.
        devices: what may be the sensor; the argument says whether a camera is looked for.
        reach: why nothing answers at a host and port, or None.
        start: puts the service in place; None when the person starts the node by hand.
        give: hands the node's folder to its account.
        height: lines of the terminal.
    """

    clock: Clock = field(default_factory=SystemClock)
    machine: Callable[[], list[Finding]] = _nothing
    chip: Callable[[str], Chip] = KernelChip
    devices: Callable[[bool], list[str]] = devices
    reach: Callable[[str, int], str | None] = reach
    start: Callable[[], str | None] | None = start_service
    give: Callable[[Path], None] = hand_over
    height: int = 24
