"""The processes of one account, as the kernel shows them: what they hold open, dump, swap and listen on."""

import ipaddress
import pwd
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from deploy.examining.finding import Finding

PROC = Path("/proc")
_LISTENING = "0A"
"""TCP_LISTEN in the kernel's include/net/tcp_states.h."""
_UNBOUND = "07"
"""Of a UDP socket that answers anybody: TCP_CLOSE in the same file."""


@dataclass(frozen=True, slots=True)
class Running:
    """One process.

    Attributes:
        pid: its number.
        folder: what the kernel shows of it.
        words: its command.
    """

    pid: int
    folder: Path
    words: tuple[str, ...]


def running(account: int, proc: Path = PROC) -> list[Running]:
    """Return the node's or console's processes that run under an account.

    Args:
        account: user id.
        proc: the kernel's view.
    """
    found = []
    for status in sorted(proc.glob("[0-9]*/status")):
        try:
            uid = int(_field(status, "Uid").split()[0])
            words = tuple((status.parent / "cmdline").read_text("utf-8", "replace").split("\0"))
        except (OSError, ValueError, IndexError):
            continue
        is_ours = any("hushward" in word or word.startswith("edge") for word in words)
        if uid == account and is_ours:
            found.append(Running(int(status.parent.name), status.parent, words))
    return found


def secrecy(processes: Iterable[Running]) -> Iterable[Finding]:
    """Look whether what runs could leave memory on a disk: a core dump, or swap (rule K2)."""
    for one in processes:
        limits = (one.folder / "limits").read_text("ascii")
        core = next((line.split()[4] for line in limits.splitlines() if line.startswith("Max core file size")), "0")
        swapped_kb = int(_field(one.folder / "status", "VmSwap", "0 kB").split()[0])
        if core != "0":
            yield Finding(f"process {one.pid} could leave a core dump", "LimitCORE=0 in its service; install it again")
        if swapped_kb:
            yield Finding(
                f"process {one.pid} has {swapped_kb} kB of its memory in swap",
                "MemorySwapMax=0 in its service, or swapoff -a; then restart it, and wipe the swap area",
            )


def sockets(account: int, proc: Path = PROC) -> Iterable[Finding]:
    """Look who listens: of a node nothing does, and beside it nothing need (rule K1).

    Args:
        account: user id that the node runs as.
        proc: the kernel's view.
    """
    own, others = [], []
    for name in ("tcp", "tcp6", "udp", "udp6"):
        try:
            lines = (proc / "net" / name).read_text("ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            _, local, _, state, *rest = line.split()
            if state != (_LISTENING if name.startswith("tcp") else _UNBOUND):
                continue
            address, port = _address(local)
            place = f"{name.rstrip('6')} port {port} on {address}"
            if int(rest[3]) == account and account != 0:
                own.append(place)
            elif not ipaddress.ip_address(address).is_loopback:
                others.append(f"{place} ({_name(int(rest[3]))})")
    for place in own:
        yield Finding(
            f"the node's account listens: {place}",
            "no part of a node does: end that process, and find out what started it",
        )
    for place in sorted(set(others)):
        yield Finding(
            f"this machine listens: {place}",
            "a node needs nobody to reach it: switch that service off, or let the firewall admit the engineers alone",
            is_needed=False,
        )
    if not own and not others:
        yield Finding("nothing listens on this machine")


def holders(device: Path, processes: Iterable[Running]) -> list[Running]:
    """Return which of the processes have a device open."""
    wanted = str(device.resolve())
    return [one for one in processes if any(_leads_to(link, wanted) for link in (one.folder / "fd").glob("*"))]


def bytes_read(one: Running) -> int:
    """Return how many bytes a process has read since it began, cables included.

    Raises:
        OSError, ValueError: the kernel does not say.
    """
    return int(_field(one.folder / "io", "rchar"))


def _leads_to(link: Path, wanted: str) -> bool:
    try:
        return str(link.readlink()) == wanted
    except OSError:
        return False


def _field(file: Path, name: str, missing: str = "") -> str:
    start = f"{name}:"
    lines = file.read_text("utf-8", "replace").splitlines()
    return next((line.removeprefix(start).strip() for line in lines if line.startswith(start)), missing)


def _address(local: str) -> tuple[str, int]:
    """Read the kernel's form: the address in words of 32 bits, each in the machine's own order, and the port."""
    raw, _, port = local.partition(":")
    packed = b"".join(bytes.fromhex(raw[at : at + 8])[::-1] for at in range(0, len(raw), 8))
    return str(ipaddress.ip_address(packed)), int(port, 16)


def _name(account: int) -> str:
    try:
        return pwd.getpwuid(account).pw_name
    except KeyError:
        return f"account {account}"
