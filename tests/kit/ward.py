"""A real ward for tests: broker, console and nodes as processes of their own, each to be killed and started again.

with real_ward(tmp_path, rooms=2) as ward:
    ward.start()
    ward.part("node1").kill()
    eventually(lambda: ...)
    ward.part("node1").start()
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy import layout as files
from deploy.foundation import lay_foundation, take_folder
from deploy.layout import Layout
from deploy.plan import BrokerKind, Plan, free_port
from deploy.progress import Lines
from tests.kit.processes import Process, answers, eventually


@dataclass
class RealWard:
    """All processes of a ward.

    Attributes:
        plan: what it is made of; `plan.port` is the console's.
        layout: where its files lie.
        broker_port: the broker's.
        parts: `broker`, `console`, and `node1`, `node2`, …, in the order in which they are started.
    """

    plan: Plan
    layout: Layout
    broker_port: int
    parts: dict[str, Process]

    def part(self, name: str) -> Process:
        """Return one process."""
        return self.parts[name]

    @property
    def address(self) -> str:
        """Return the console's address without a slash at its end."""
        return self.plan.address.rstrip("/")

    def accounts(self) -> list[dict[str, str]]:
        """Return the demonstration's accounts with their passwords."""
        told: list[dict[str, str]] = json.loads(self.layout.accounts.read_text("utf-8"))
        return told

    def password_of(self, name: str) -> str:
        """Return the broker password of `console` or of a node, for a test that listens at the broker."""
        folder = self.layout.console if name == "console" else self.layout.node(name)
        return (folder / "broker.password").read_text("utf-8").strip()

    def start(self, within_s: float = 60.0) -> None:
        """Start all parts in order, each when the one before answers."""
        for name in self.parts:
            self.start_part(name, within_s)

    def start_part(self, name: str, within_s: float = 60.0) -> None:
        """Start one part, or start it again, and wait until it answers; a node is not waited for."""
        part = self.parts[name]
        part.start()
        port = {"broker": self.broker_port, "console": self.plan.port}.get(name)
        if port is not None:
            running = part.running
            assert running is not None
            eventually(lambda: answers(port) or running.poll() is not None, within_s, f"the {name}'s answer")
            assert running.poll() is None, part.output


@contextmanager
def real_ward(
    folder: Path,
    *,
    rooms: int = 2,
    demo: bool = True,
    broker: BrokerKind = BrokerKind.EMBEDDED,
    replays: dict[str, Path] | None = None,
    loop: bool = False,
    speed: float = 1.0,
) -> Iterator[RealWard]:
    """Yield a ward whose files are written and whose processes are not yet started; all are killed at the end."""
    data = folder / "ward"
    data.mkdir()
    plan = Plan(data, rooms, demo, replays or {}, loop, broker, port=free_port(), speed=speed)
    layout, port = Layout(data), free_port()
    take_folder(data)
    layout.make(plan.node_ids)
    clock = files.ward_clock(layout, speed)
    files.write_broker(layout, plan, port)
    files.write_console(layout, plan, port, clock)
    foundation = lay_foundation(plan, layout, files.clock_of(clock), Lines(sys.stdout, sys.stderr))
    for node_id in plan.node_ids:
        files.write_node(layout, plan, node_id, port, foundation.console_key, clock)
    commands = {
        "broker": ("-m", "broker", "serve", str(files.broker_file(layout, broker)), "--kind", str(broker)),
        "console": ("-m", "console", "serve", "--config", str(layout.console_settings)),
        **{name: ("-m", "edge", "--config", str(layout.node_settings(name))) for name in plan.node_ids},
    }
    parts = {
        name: Process([sys.executable, *command], layout.logs / f"{name}.log") for name, command in commands.items()
    }
    try:
        yield RealWard(plan, layout, port, parts)
    finally:
        for part in reversed(parts.values()):
            if part.running is not None and part.running.poll() is None:
                part.kill()
