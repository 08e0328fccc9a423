"""Kill -9 of node, broker and console in the middle of a stream: nothing is lost, nothing doubled (RELIABILITY, RG1).

A whole ward of real processes runs on a clock ten times as fast as real, so that records are many. A seeded killer
takes one of its processes at a time; `hushward up` starts it again, as it would on a ward. At the end each node's
outbox says which record was its last; the console must hold each of them exactly once, but for those made while the
ward was being ended, which the outbox must still hold, so that they are sent when it begins again.
"""

import json
import os
import random
import signal
import sqlite3
import threading
from pathlib import Path

import pytest

from broker.clock import SystemClock
from deploy.plan import free_port
from tests.kit.processes import Process, eventually, processes
from tests.kit.visitor import is_ready

CLOCK = SystemClock()
ROOMS = 2
KILLS = int(os.environ.get("HUSHWARD_KILLS", "9"))
HUSHWARD = "from deploy.cli import main; raise SystemExit(main())"
VICTIMS = {"node": "-m edge --config", "console": "-m console serve", "broker": "broker"}


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_killed_nodes_brokers_and_consoles_lose_and_double_no_record(tmp_path: Path) -> None:
    data, port = tmp_path / "ward", free_port()
    with processes(tmp_path) as start:
        up = start("up", "-c", HUSHWARD, "up", "--demo", "--no-browser", "--rooms", str(ROOMS), "--speed", "10",
                   "--data", str(data), "--port", str(port))  # fmt: skip
        eventually(lambda: _settled(data) >= ROOMS, 90, f"the first records ({up.output})")
        killed = _kill_in_turn(up, data)
        before = _settled(data)
        eventually(lambda: _settled(data) > before + 4 * ROOMS, 120, f"records after the last kill ({up.output})")
        eventually(lambda: is_ready(f"http://127.0.0.1:{port}"), 60, f"readiness ({up.output[-2000:]})")
        assert up.end(30) == 0
    assert sum(killed.values()) == KILLS
    assert set(killed) == set(VICTIMS)
    console = sqlite3.connect(data / "console" / "console.db")
    for number in range(1, ROOMS + 1):
        outbox = sqlite3.connect(data / "nodes" / f"node{number}" / "outbox.db")
        outbox_id, last, through = outbox.execute(
            "SELECT outbox_id, last_sequence, settled_through FROM outbox"
        ).fetchone()
        held = console.execute(
            "SELECT sequence, outcome FROM records WHERE outbox_id = ? ORDER BY sequence", (outbox_id,)
        ).fetchall()
        waiting = [row[0] for row in outbox.execute("SELECT sequence FROM waiting")]
        arrived = [sequence for sequence, _ in held]
        assert arrived == list(range(1, len(arrived) + 1)), f"node{number}"
        assert set(waiting) >= set(range(len(arrived) + 1, last + 1)), f"node{number}"
        assert len(arrived) >= through, f"node{number}: the outbox forgot what the console does not hold"
        assert {outcome for _, outcome in held} == {"settled"}, f"node{number}"
        assert through <= last
        witness = json.loads((data / "nodes" / f"node{number}" / "witness.json").read_text("utf-8"))
        assert not witness["in_conflict"], "a kill is no rewriting of history"
    kept = sum(
        console.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("measurements", "room_events", "sensor_changes", "cosignatures", "losses")
    )
    assert kept == console.execute("SELECT count(*) FROM records").fetchone()[0]


def _kill_in_turn(up: Process, data: Path) -> dict[str, int]:
    """Kill one process after the other at random moments; each kind is killed equally often."""
    chance, killed = random.Random(20261123), dict.fromkeys(VICTIMS, 0)
    kinds = [kind for kind in VICTIMS for _ in range(KILLS // len(VICTIMS))]
    chance.shuffle(kinds)
    for kind in kinds:
        CLOCK.wait(threading.Event(), chance.uniform(1.0, 2.5))
        eventually(lambda kind=kind: bool(_pids(up, VICTIMS[kind])), 40, f"a {kind} to kill ({up.output[-800:]})")  # type: ignore[misc]
        os.kill(chance.choice(_pids(up, VICTIMS[kind])), signal.SIGKILL)
        killed[kind] += 1
        assert up.running is not None and up.running.poll() is None, up.output
    assert data.exists()
    return killed


def _pids(up: Process, words: str) -> list[int]:
    """Return the children of the ward whose command holds some words."""
    assert up.running is not None
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if parent == up.running.pid and words in command:
            found.append(int(folder.name))
    return sorted(found)


def _settled(data: Path) -> int:
    """Return how many records the console holds; 0 before it has a database."""
    path = data / "console" / "console.db"
    if not path.exists():
        return 0
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        try:
            count: int = db.execute("SELECT count(*) FROM records").fetchone()[0]
        except sqlite3.OperationalError:
            return 0
    return count
