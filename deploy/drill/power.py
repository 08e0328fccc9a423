"""What a disk may hold after the power was cut: recorded steps, replayed up to a moment."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

SECTOR_BYTES = 512
"""[B] that a disk writes whole or not at all; a write of more may be torn between two of them."""


class Did(StrEnum):
    """What a process asked of its folder."""

    MAKE = "make"
    WRITE = "write"
    CUT = "cut"
    SYNC = "sync"
    RENAME = "rename"
    REMOVE = "remove"
    SYNC_FOLDER = "sync_folder"
    SAY = "say"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a process did.

    Attributes:
        did: what.
        name: of the file, within the folder; empty for the folder itself and for `SAY`.
        offset: of a write [B]; of a cut, the length that is left [B].
        data: what was written; of `SAY`, what the process told the world at this moment.
        to: the new name of a rename.
    """

    did: Did
    name: str = ""
    offset: int = 0
    data: bytes = b""
    to: str = ""


@dataclass(slots=True)
class _Content:
    """One file without its name: what is on the disk for sure, and what was asked for since."""

    durable: bytes = b""
    asked: list[Step] = field(default_factory=list)

    def synced(self) -> None:
        for step in self.asked:
            self.durable = _after(self.durable, step)
        self.asked.clear()

    def after_cut(self, chance: random.Random) -> bytes:
        """Return what may be found: of what was not synced, any part in any order of arrival."""
        found = self.durable
        for step in self.asked:
            if step.did is Did.CUT:
                found = _after(found, step) if chance.random() < 0.5 else found
                continue
            for sector in _sectors(step):
                found = _after(found, sector) if chance.random() < 0.5 else found
        return found


@dataclass(slots=True)
class _Disk:
    """A folder: names that are on the disk for sure, the changes of names since, and what a live process sees."""

    durable: dict[str, _Content]
    seen: dict[str, _Content]
    asked: list[tuple[Step, _Content | None]] = field(default_factory=list)

    def take(self, step: Step) -> None:
        if step.did in (Did.WRITE, Did.CUT):
            self.seen[step.name].asked.append(step)
        elif step.did is Did.SYNC:
            self.seen[step.name].synced()
        elif step.did is Did.SYNC_FOLDER:
            self._name(self.durable, self.asked)
            self.asked.clear()
        elif step.did is not Did.SAY:
            change = (step, _Content() if step.did is Did.MAKE else None)
            self._name(self.seen, [change])
            self.asked.append(change)

    @staticmethod
    def _name(names: dict[str, _Content], changes: Iterable[tuple[Step, _Content | None]]) -> None:
        for step, made in changes:
            if step.did is Did.RENAME:
                names[step.to] = names.pop(step.name)
            elif step.did is Did.REMOVE:
                names.pop(step.name, None)
            elif made is not None:
                names[step.name] = made

    def after_cut(self, chance: random.Random) -> dict[str, bytes]:
        """Return what may be found; changes of names reach a disk in their order, as a journal keeps them."""
        names = dict(self.durable)
        self._name(names, self.asked[: chance.randint(0, len(self.asked))])
        return {name: content.after_cut(chance) for name, content in names.items()}


def survivors(
    steps: Iterable[Step], chance: random.Random, before: Mapping[str, bytes] | None = None
) -> dict[str, bytes]:
    """Replay steps and cut the power after the last.

    What was synced is there. Of what was not, each sector may be there or not, and of the changes of names any first
    part: a file that was written and synced is gone if the folder was not, which is what POSIX promises and no more.

    Args:
        steps: what was done, in order.
        chance: decides what of the rest reached the disk.
        before: what was on the disk before the first step, by name.

    Returns:
        Content by name.

    Source:
        Pillai et al. 2014, "All File Systems Are Not Created Equal", OSDI: abstract persistence model.
    """
    there = {name: _Content(content) for name, content in (before or {}).items()}
    disk = _Disk(there, dict(there))
    for step in steps:
        disk.take(step)
    return disk.after_cut(chance)


def _after(content: bytes, step: Step) -> bytes:
    if step.did is Did.CUT:
        return content[: step.offset].ljust(step.offset, b"\0")
    end = step.offset + len(step.data)
    return content[: step.offset].ljust(step.offset, b"\0") + step.data + content[end:]


def _sectors(step: Step) -> Iterable[Step]:
    """Split a write where a disk may tear it."""
    at, end = step.offset, step.offset + len(step.data)
    while at < end:
        until = min(end, (at // SECTOR_BYTES + 1) * SECTOR_BYTES)
        yield Step(Did.WRITE, step.name, at, step.data[at - step.offset : until - step.offset])
        at = until
