"""Power cuts of a node's stores by the hundred: recorded once, cut at random steps, opened again each time (F02)."""

import random
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.drill.node_stores import Promised, faults_of
from deploy.drill.power import Step, survivors
from deploy.drill.write_log import recorded, steps_of
from deploy.processes import python

WORK = tuple(python("-m", "deploy.drill.node_stores"))
"""Fills a node's stores in the folder that is its last argument."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """What came of a number of power cuts.

    Attributes:
        steps: recorded steps, among which the cuts fell.
        tried: cuts.
        faults: (step, sentence) of each promise that a cut broke.
    """

    steps: int
    tried: int
    faults: tuple[tuple[int, str], ...]


def record_work(folder: Path, work: Sequence[str] = WORK) -> list[Step]:
    """Let a node's stores be filled, and return each step of it.

    Args:
        folder: new and empty.
        work: the command; the folder of the stores is added to it.

    Raises:
        DeployError: strace is not installed.
        subprocess.CalledProcessError: the work failed.
    """
    stores, log = folder / "stores", folder / "writes.log"
    stores.mkdir()
    subprocess.run(recorded([*work, str(stores)], log), check=True, stdin=subprocess.DEVNULL)
    return steps_of(log, stores)


def cut_often(steps: Sequence[Step], tries: int, seed: int, scratch: Path | None = None) -> Cuts:
    """Cut the power at random steps, and open what is left.

    Args:
        steps: what was recorded.
        tries: how many cuts.
        seed: of where they fall and of what reached the disk.
        scratch: where what is left is laid out; a file system in memory is quickest. None means the machine's own.
    """
    chance, faults = random.Random(seed), list[tuple[int, str]]()
    for _ in range(tries):
        at = chance.randint(0, len(steps))
        left = survivors(steps[:at], chance)
        with TemporaryDirectory(dir=scratch) as folder:
            lay_out(left, Path(folder))
            faults += [(at, fault) for fault in faults_of(Path(folder), Promised.by(steps[:at]))]
    return Cuts(len(steps), tries, tuple(faults))


def lay_out(files: dict[str, bytes], folder: Path) -> None:
    """Write what a cut left into a folder, readable by its owner alone as the node had made it."""
    for name, content in files.items():
        path = folder / name
        path.touch(mode=0o600)
        path.write_bytes(content)
