"""What a node that shouts does to the others and to the broker (F29): on topics of nobody, and on its own."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest

from broker.link import Delivery
from broker.rates import nftables
from broker.topics import Leaf, Topic
from tests.kit.bench import FIGURES, Figure
from tests.kit.own_spaces import own_network
from tests.kit.processes import Process, eventually
from tests.kit.storm import CLOCK, SITE, WARD, CrowdedBroker, percentile

pytestmark = pytest.mark.mosquitto
NODES = 18
QUIET_S, FLOODED_S = 10.0, 20.0
EVERY_S = 0.5
STALE_S = 5.0
NFT = shutil.which("nft", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))


class Ear:
    """A console's: how long each word of the others was on its way, and how often it heard the one that shouts."""

    def __init__(self) -> None:
        self.delays_s: list[float] = []
        self.shouted = 0

    def hear(self, delivery: Delivery) -> None:
        if delivery.payload.startswith(b"x"):
            self.shouted += 1
        else:
            self.delays_s.append(CLOCK.elapsed_s() - float(delivery.payload))
        delivery.settle()

    def take(self) -> list[float]:
        taken, self.delays_s = self.delays_s, []
        return taken


@dataclass(frozen=True)
class Flood:
    """What came of one.

    Attributes:
        quiet_s: the 99th of 100 delays of the others before [s].
        during_s: while it lasted, and until all of it had come [s].
        missed: share of the others' words that never came.
        sent: how often the one shouted.
        heard: how often the console heard it.
        grown_bytes: by how much the broker's memory grew.
    """

    quiet_s: float
    during_s: float
    missed: float
    sent: int
    heard: int
    grown_bytes: int

    def __str__(self) -> str:
        return (
            f"{self.during_s:.2f} s (quiet {self.quiet_s:.2f} s), {100 * self.missed:.0f} % missed; {self.sent} sent, "
            f"{self.heard} heard; broker +{self.grown_bytes / 1e6:.1f} MB"
        )


class Others:
    """All nodes but the first: each says what time it is, twice a second."""

    def __init__(self, ward: CrowdedBroker) -> None:
        self.said = 0
        self._ward, self._until = ward, threading.Event()
        self._thread = threading.Thread(target=self._speak)

    @contextmanager
    def speaking(self) -> Iterator[None]:
        self._thread.start()
        try:
            yield
        finally:
            self._until.set()
            self._thread.join()

    def _speak(self) -> None:
        while not CLOCK.wait(self._until, EVERY_S):
            for client in self._ward.clients[1:]:
                topic = Topic(SITE, WARD, client.name, Leaf.LIVE)
                self.said += client.link.publish(topic, str(CLOCK.elapsed_s()).encode())


def shout(ward: CrowdedBroker, manner: str) -> int:
    """Let the first node shout; return how often it did."""
    certificate, key = ward.authority.issue("room1")
    told = [ward.port, ward.authority.ca_file, certificate, key, "room1", manner]
    process = Process([sys.executable, "-m", "tests.kit.flooding", *map(str, told)], ward.folder / "flood.log")
    process.start()
    CLOCK.wait(threading.Event(), FLOODED_S)
    process.end()
    return int(process.output.split()[-1])


def flood(folder: Path, manner: str, *, is_bounded: bool = False) -> Flood:
    folder.mkdir()
    ward, ear = CrowdedBroker(folder, NODES), Ear()
    others = Others(ward)
    if is_bounded:
        assert NFT is not None
        rules = nftables(ward.port).replace('    iifname "lo" accept\n', "")
        subprocess.run([NFT, "-f", "-"], input=rules.encode(), check=True)
    ward.start()
    console = ward.link("console", str(Topic(SITE, WARD, "+", Leaf.LIVE)))
    console.start(ear.hear, lambda _up: None)
    try:
        ward.fill()
        eventually(lambda: ward.are_back and console.is_up, 120, "all nodes")
        ward.clients[0].link.stop()
        with others.speaking():
            CLOCK.wait(threading.Event(), QUIET_S)
            quiet, held, before = ear.take(), ward.memory_bytes, others.said
            sent = shout(ward, manner)
            said = others.said - before
        CLOCK.wait(threading.Event(), QUIET_S)
        during = ear.take()
        missed = max(0.0, 1 - len(during) / said)
        return Flood(
            percentile(quiet, 0.99), percentile(during, 0.99), missed, sent, ear.shouted, ward.memory_bytes - held
        )
    finally:
        console.stop()
        ward.empty()


def test_F29_a_node_that_shouts_is_slowed_down_and_the_others_are_heard(tmp_path: Path) -> None:
    nobodys = flood(tmp_path / "topics", "topics")
    with own_network() if NFT else nullcontext():
        unbounded = flood(tmp_path / "own", "own")
        bounded = flood(tmp_path / "bounded", "own", is_bounded=True) if NFT else None
    load = f"load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores"
    name = f"99th of 100 delays of {NODES - 1} others while one shouts for {FLOODED_S:.0f} s"
    FIGURES.append(Figure(f"{name}, on topics of nobody ({load})", str(nobodys), "-", 1.0))
    FIGURES.append(Figure(f"{name}, on its own ({load})", str(bounded), f"without rules: {unbounded}", 1.0))
    assert (nobodys.heard, nobodys.missed) == (0, 0.0)
    assert nobodys.during_s < STALE_S
    assert bounded is None or (bounded.during_s < STALE_S and bounded.missed == 0.0)
