"""Which sockets of a process wait for somebody to call, as the Linux kernel knows them."""

import os
import re
from pathlib import Path

_LISTENS = "0A"
_ACCEPTS = 0x10000
"""SO_ACCEPTCON in /proc/net/unix."""


def listening(pid: int) -> set[str]:
    """Return the addresses on which a process can be called: TCP and Unix sockets that listen, UDP that is bound.

    Args:
        pid: of the process; its children are not looked at.

    Returns:
        Such as `tcp 127.0.0.1:8470`; addresses as the kernel writes them for other families. Empty for a process that
        the kernel shows to root alone, where this is not root.
    """
    net = Path(f"/proc/{pid}/net")
    sockets = _sockets(pid)
    found = set()
    for kind in ("tcp", "tcp6", "udp", "udp6"):
        for line in (net / kind).read_text().splitlines()[1:]:
            parts = line.split()
            is_called = parts[3] == _LISTENS if kind.startswith("tcp") else parts[2].endswith(":0000")
            if parts[9] in sockets and is_called:
                found.add(f"{kind} {_written(parts[1])}")
    for line in (net / "unix").read_text().splitlines()[1:]:
        parts = line.split()
        if parts[6] in sockets and int(parts[3], 16) & _ACCEPTS:
            found.add(f"unix {' '.join(parts[7:])}")
    return found


def _sockets(pid: int) -> set[str]:
    found: set[str] = set()
    folder = Path(f"/proc/{pid}/fd")
    for one in folder.iterdir() if os.access(folder, os.R_OK) else ():
        try:
            match = re.fullmatch(r"socket:\[(\d+)\]", str(one.readlink()))
        except OSError:
            continue
        if match:
            found.add(match[1])
    return found


def _written(told: str) -> str:
    address, port = told.split(":")
    if len(address) != 8:
        return f"{address}:{int(port, 16)}"
    return ".".join(str(one) for one in reversed(bytes.fromhex(address))) + f":{int(port, 16)}"
