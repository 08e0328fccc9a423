"""What a process holds in its memory stays there: no core dump, no debugger, no network, no swap where that is let."""

import ctypes
import errno
import logging
import platform
import resource
import struct
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

log = logging.getLogger(__name__)

# Linux, prctl(2) and mlockall(2).
PR_GET_DUMPABLE, PR_SET_DUMPABLE = 3, 4
MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT = 1, 2, 4
SWAPS = Path("/proc/swaps")

# Linux, seccomp(2), bpf_common.h and the call tables of each machine: (audit name, socket, seccomp).
MACHINES: Mapping[str, tuple[int, int, int]] = MappingProxyType(
    {"x86_64": (0xC000003E, 41, 317), "aarch64": (0xC00000B7, 198, 277), "armv7l": (0x40000028, 281, 383)}
)
IO_URING_SETUP = 425
PR_SET_NO_NEW_PRIVS, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC = 38, 1, 1
LOAD_WORD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
AT_CALL, AT_MACHINE, AT_FIRST_ARGUMENT = 0, 4, 16
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
AF_UNIX, AF_NETLINK = 1, 16
NETWORK_WORDS = ("tcp://", "rtsp://", "rtsps://")


def keep_memory_private() -> None:
    """Let this process leave nothing of its memory anywhere (rule K2), whatever ends it.

    A core dump is refused twice: by size, and by not being dumpable, which also stops handlers that are fed through a
    pipe, and debuggers of the same account. Memory is locked against swap where the system allows that without limit;
    elsewhere a lock would make the process fail at some later moment, so the service's settings or a machine without
    swap do it (`hushward doctor` says which).
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    # Locked as it is touched: locking all that is mapped would fill the memory with libraries' unused parts.
    if may_lock_memory() and libc.mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0:
        log.warning("the memory could not be locked against swap; turn swap off, or set MemorySwapMax=0")


def may_lock_memory() -> bool:
    """Return whether a process of this account may lock all of its memory."""
    return resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] == resource.RLIM_INFINITY


def swap_areas(table: Path = SWAPS) -> tuple[str, ...]:
    """Return the names of this machine's swap areas; empty when it has none, or does not say."""
    try:
        return tuple(line.split()[0] for line in table.read_text("utf-8").splitlines()[1:] if line.strip())
    except OSError:
        return ()


def needs_network(source: Mapping[str, Any]) -> bool:
    """Return whether a `[source]` table names something that is reached over a network."""
    return any(isinstance(told, str) and told.startswith(NETWORK_WORDS) for told in source.values())


def forbid_network() -> bool:
    """Have the kernel refuse this process every network from now on, for as long as it lives (rule K1).

    Only sockets of this machine's own processes and of its kernel can still be made. What is open already stays open.

    Returns:
        False where the kernel or the machine knows no such filter: nothing has changed then, and the log says so.
    """
    known = MACHINES.get(platform.machine())
    libc = ctypes.CDLL(None, use_errno=True)
    if known is not None and libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        machine, socket_call, seccomp_call = known
        steps = _filter(machine, socket_call)
        held = ctypes.create_string_buffer(b"".join(steps))
        program = struct.pack("HxxxxxxP" if struct.calcsize("P") == 8 else "HxxP", len(steps), ctypes.addressof(held))
        if libc.syscall(seccomp_call, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, program) == 0:
            return True
    log.warning("the kernel could not be told to refuse this process the network")
    return False


def _filter(machine: int, socket_call: int) -> list[bytes]:
    """Return a program of the classic Berkeley packet filter that judges each system call."""
    return [
        _step(LOAD_WORD, AT_MACHINE),
        # Calls of another kind of machine would have other numbers.
        _step(JUMP_IF_EQUAL, machine, 0, 6),
        _step(LOAD_WORD, AT_CALL),
        _step(JUMP_IF_EQUAL, IO_URING_SETUP, 4, 0),
        _step(JUMP_IF_EQUAL, socket_call, 0, 4),
        _step(LOAD_WORD, AT_FIRST_ARGUMENT),
        _step(JUMP_IF_EQUAL, AF_UNIX, 2, 0),
        _step(JUMP_IF_EQUAL, AF_NETLINK, 1, 0),
        _step(RETURN, REFUSE),
        _step(RETURN, ALLOW),
    ]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
