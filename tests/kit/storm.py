"""Many real clients of one ward's broker, and what the broker's process costs meanwhile."""

import os
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from broker import mosquitto
from broker.acl import CONSOLE
from broker.clock import SystemClock
from broker.paho_link import Address, PahoLink
from broker.topics import downward_filters, upward_filters
from deploy.plan import free_port
from tests.kit.certificates import Authority
from tests.kit.processes import Heard, Process, answers, eventually

CLOCK = SystemClock()
SITE, WARD = "site", "ward"
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass
class Client:
    """One node's link, and when it last came up.

    Attributes:
        up_s: on elapsed time [s]; None while it is down.
    """

    name: str
    link: PahoLink
    up_s: float | None = None

    def changed(self, is_up: bool) -> None:
        self.up_s = CLOCK.elapsed_s() if is_up else None


@dataclass
class CrowdedBroker:
    """A ward's mosquitto with mutual TLS and as many nodes as were asked for.

    Attributes:
        folder: where its files and the certificates lie.
        count: of nodes.
        chance: spreads the moments at which they try again.
    """

    folder: Path
    count: int
    chance: Callable[[], float] = random.random
    clients: list[Client] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._before_s = 0.0
        self.authority, self.port = Authority(self.folder), free_port()
        self.names = [f"room{number}" for number in range(1, self.count + 1)]
        certificate, key = self.authority.issue("broker")
        tls = mosquitto.Tls(self.authority.ca_file, certificate, key, "127.0.0.1")
        self.config = mosquitto.prepare(self.folder / "broker", self.port, SITE, WARD, self.names, tls=tls)
        command = [sys.executable, "-m", "broker", "serve", str(self.config), "--kind", "mosquitto"]
        self.process = Process(command, self.folder / "broker.log")

    def start(self) -> float:
        """Start the broker and return when it answered [s]."""
        self.process.start()
        # The shell of the broker becomes the broker, and what it used before counts as the broker's.
        eventually(lambda: answers(self.port), 60, f"the broker ({self.process.output[-2000:]})")
        self._before_s = self._used_s()
        return CLOCK.elapsed_s()

    def link(self, name: str, *subscriptions: str) -> PahoLink:
        certificate, key = self.authority.issue(name)
        address = Address(port=self.port, ca_file=self.authority.ca_file, certificate_file=certificate, key_file=key)
        return PahoLink(address, name, subscriptions, chance=self.chance)

    def console(self, heard: Heard) -> PahoLink:
        link = self.link(CONSOLE, *upward_filters(SITE, WARD))
        link.start(heard.receive, heard.changed)
        return link

    def fill(self) -> None:
        """Connect every node."""
        for name in self.names:
            client = Client(name, self.link(name, *downward_filters(SITE, WARD, name)))
            self.clients.append(client)
            client.link.start(lambda _delivery: None, client.changed)

    @property
    def are_back(self) -> bool:
        return all(one.up_s is not None for one in self.clients)

    @property
    def are_gone(self) -> bool:
        return all(one.up_s is None for one in self.clients)

    def empty(self) -> None:
        """Let every node go, and end the broker."""
        if self.process.running is not None:
            self.process.kill()
        for one in self.clients:
            one.link.stop()

    @property
    def cpu_s(self) -> float:
        """Return what the broker has used of processors since it answered [s]."""
        return self._used_s() - self._before_s

    def _used_s(self) -> float:
        fields = self._proc("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S

    @property
    def memory_bytes(self) -> int:
        """Return what it holds of memory."""
        line = next(one for one in self._proc("status").splitlines() if one.startswith("VmRSS"))
        return 1024 * int(line.split()[1])

    def _proc(self, file: str) -> str:
        assert self.process.running is not None
        return Path(f"/proc/{self.process.running.pid}/{file}").read_text("utf-8")


def percentile(values: list[float], share: float) -> float:
    """Return the value below which a share of all lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
