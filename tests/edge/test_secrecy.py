"""What the kernel was told of a process: nothing of its memory leaves it, and no network is open to it."""

import subprocess
import sys
from pathlib import Path

from deploy import doctor
from edge.secrecy import needs_network, swap_areas

REPORT = (
    "import ctypes, resource; from edge.secrecy import *\n"
    "keep_memory_private()\n"
    "print(ctypes.CDLL(None).prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE))"
)
TRY = """
import socket, sys, threading
from edge.secrecy import forbid_network
wait = threading.Event()
said = []
def later():
    wait.wait()
    said.append(outcome(socket.AF_INET))
def outcome(family):
    try:
        socket.socket(family, socket.SOCK_STREAM if family != 16 else socket.SOCK_RAW).close()
        return "open"
    except PermissionError:
        return "refused"
thread = threading.Thread(target=later)
thread.start()
before = outcome(socket.AF_INET)
assert forbid_network()
wait.set()
thread.join()
print(before, outcome(socket.AF_INET), outcome(socket.AF_INET6), outcome(socket.AF_UNIX), outcome(16), *said)
"""


def said_by(script: str) -> str:
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip()


def test_K2_a_process_that_was_told_so_cannot_be_dumped() -> None:
    assert said_by(REPORT) == "0 (0, 0)"


def test_K1_the_kernel_refuses_every_network_to_every_thread_and_leaves_the_machines_own_sockets() -> None:
    assert said_by(TRY) == "open refused refused open open refused"


def test_only_a_source_that_is_reached_over_a_network_keeps_it() -> None:
    assert not needs_network({"kind": "a121", "port": "/dev/ttyUSB0", "seed": 3})
    assert needs_network({"kind": "a121", "port": "tcp://10.0.0.4:6110"})
    assert needs_network({"kind": "rtsp", "url": "rtsp://10.0.0.4/bed"})


def test_K2_doctor_says_how_a_nodes_memory_is_kept_from_the_disk(tmp_path: Path) -> None:
    (tmp_path / "swaps").write_text("Filename Type Size Used Priority\n/swapfile file 1000 0 -2\n")
    areas = swap_areas(tmp_path / "swaps")
    findings = {one: next(iter(doctor.memory(one, may))) for one, may in ((areas, False), ((), False))}
    assert "LimitMEMLOCK" in str(findings[areas].remedy) and "/swapfile" in findings[areas].what
    assert findings[()].remedy is None
    assert next(iter(doctor.memory(areas, True))).remedy is None
