"""Real processes for tests: on free loopback ports, in a folder of their own, killed and waited for with deadlines."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from broker import embedded, mosquitto
from broker.acl import CONSOLE
from broker.clock import SystemClock
from broker.link import Delivery
from broker.logins import Login, new_login
from broker.paho_link import Address, PahoLink
from broker.topics import Topic
from deploy.plan import free_port

CLOCK = SystemClock()
ROOT = Path(__file__).parents[2]


def eventually(holds: Callable[[], bool], within_s: float = 10.0, what: str = "the condition") -> None:
    """Wait until something holds.

    Raises:
        AssertionError: it did not within the time.
    """
    never = threading.Event()
    deadline_s = CLOCK.elapsed_s() + within_s
    while not holds():
        assert CLOCK.elapsed_s() < deadline_s, f"{what} did not hold within {within_s:g} s"
        CLOCK.wait(never, 0.01)


def answers(port: int) -> bool:
    """Return whether somebody listens on a port of 127.0.0.1."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


@dataclass
class Process:
    """One process of a ward under test.

    Attributes:
        command: what runs.
        log: where its output goes.
        environment: variables beside the test's own.
    """

    command: Sequence[str]
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, or start it again."""
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.environment},
            )

    def kill(self) -> None:
        """End it as a power cut would: SIGKILL, nothing is said or saved."""
        assert self.running is not None
        self.running.kill()
        self.running.wait()

    def end(self, within_s: float = 10.0) -> int:
        """Ask it to end and return its exit code.

        Raises:
            subprocess.TimeoutExpired: it did not end in time.
        """
        assert self.running is not None
        if self.running.poll() is None:
            self.running.send_signal(signal.SIGTERM)
        return self.running.wait(within_s)

    @property
    def output(self) -> str:
        """Return all that it has written so far."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""


@contextmanager
def processes(folder: Path) -> Iterator[Callable[..., Process]]:
    """Yield a function that starts processes; all that still run at the end are killed."""
    started: list[Process] = []

    def start(name: str, *arguments: str, environment: dict[str, str] | None = None) -> Process:
        one = Process([sys.executable, *arguments], folder / f"{name}.log", environment or {})
        one.start()
        started.append(one)
        return one

    try:
        yield start
    finally:
        for one in reversed(started):
            if one.running is not None and one.running.poll() is None:
                one.kill()


@dataclass
class BrokerProcess:
    """A real broker under test.

    Attributes:
        kind: embedded or mosquitto.
        port: where it listens.
        logins: by name.
        process: its process, to be killed and started again.
    """

    kind: str
    port: int
    logins: dict[str, Login]
    process: Process

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process.start()
        eventually(lambda: answers(self.port), what=f"the broker's answer ({self.process.output})")

    def address(self, name: str) -> Address:
        """Return how one client reaches it."""
        login = self.logins[name]
        return Address(port=self.port, username=login.username, password=login.password)

    def told_to(self, name: str, data: Path) -> str:
        """Return the lines of a node's `[broker]` table, and put into its folder what they name."""
        password = data / "broker.password"
        password.write_text(self.logins[name].password)
        password.chmod(0o600)
        return f'port = {self.port}\nusername = "{name}"\npassword_file = "broker.password"\n'

    def link(
        self, name: str, subscriptions: Sequence[str] = (), will: tuple[Topic, bytes] | None = None, client_id: str = ""
    ) -> PahoLink:
        """Return a link of one client, not yet started."""
        return PahoLink(self.address(name), client_id or name, subscriptions, will, keepalive_s=2)


def broker_process(
    kind: str, folder: Path, node_ids: Sequence[str], site: str = "site", ward: str = "ward"
) -> BrokerProcess:
    """Write a broker's files and return it, not yet started."""
    logins = {name: new_login(name) for name in (CONSOLE, *node_ids)}
    port = free_port()
    if kind == "embedded":
        config = embedded.prepare(folder, port, logins.values())
    else:
        config = mosquitto.prepare(folder, port, site, ward, node_ids, logins.values())
    command = [sys.executable, "-m", "broker", "serve", str(config), "--kind", kind]
    return BrokerProcess(kind, port, logins, Process(command, folder / "broker.log"))


class Heard:
    """A receiver that keeps what came; settles at once unless told otherwise."""

    def __init__(self, *, settles: bool = True) -> None:
        self.settles = settles
        self.deliveries: list[Delivery] = []
        self.changes: list[bool] = []

    def receive(self, delivery: Delivery) -> None:
        """Keep one delivery."""
        self.deliveries.append(delivery)
        if self.settles:
            delivery.settle()

    def changed(self, is_up: bool) -> None:
        """Keep a change of the link."""
        self.changes.append(is_up)

    @property
    def payloads(self) -> list[bytes]:
        """Return what came, in order."""
        return [one.payload for one in self.deliveries]
