"""What a process wrote, recorded by strace and read back as steps (`deploy.drill.power`)."""

import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from deploy.drill.power import Did, Step
from deploy.errors import DeployError

SAID = "said"
"""A file of this name in the recorded folder is no file of the process's: what is written to it is told the world."""
_CALLS = "openat,write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat"
_MOST_BYTES = 1 << 20
_LINE = re.compile(r"^(?P<pid>\d+)\s+(?P<call>\w+)\((?P<told>.*)\)\s+=\s+(?P<result>-?\d+)")
_BEGUN = re.compile(r"^(?P<pid>\d+)\s+(?P<call>\w+)\((?P<told>.*?),?\s*<unfinished \.\.\.>$")
_RESUMED = re.compile(r"^(?P<pid>\d+)\s+<\.\.\. (?P<call>\w+) resumed>,?\s*(?P<told>.*)$")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_OPEN_FILE = re.compile(r"^\d+<([^>]*)>")
_REBUILT = "-shm"
"""SQLite's shared memory: never read after a cut, and mapped, so that its writes are no calls."""


def recorded(command: Sequence[str], log: Path) -> list[str]:
    """Return a command that runs another and records what it does to its files.

    Args:
        command: the other.
        log: where the record goes.

    Raises:
        DeployError: strace is not installed.
    """
    strace = shutil.which("strace")
    if strace is None:
        raise DeployError("strace is not installed, and without it no write is recorded; run: make tools")
    options = ["-f", "-y", "-xx", "-qq", "-s", str(_MOST_BYTES), "-e", f"trace={_CALLS}", "-e", "signal=none"]
    return [strace, *options, "--seccomp-bpf", "-o", str(log), "--", *command]


def steps_of(log: Path, folder: Path, before: Iterable[str] = ()) -> list[Step]:
    """Read a record.

    Args:
        log: what strace wrote.
        folder: the folder that matters; what happened elsewhere, or in folders below it, is left out.
        before: names of the files that were there when the record began.

    Returns:
        Every step in the folder, in the order in which the calls returned.
    """
    reader = _Reader(folder.resolve(), before)
    with log.open(encoding="ascii", errors="replace") as lines:
        return [step for call, told, result in _calls(lines) for step in reader.read(call, told, result)]


def _calls(lines: Iterable[str]) -> Iterator[tuple[str, str, int]]:
    """Return call, arguments and result; a call that another thread's interrupted is put together again."""
    begun: dict[str, tuple[str, str]] = {}
    for line in lines:
        if found := _BEGUN.match(line.rstrip("\n")):
            begun[found["pid"]] = (found["call"], found["told"])
            continue
        if resumed := _RESUMED.match(line.rstrip("\n")):
            call, told = begun.pop(resumed["pid"], (resumed["call"], ""))
            joint = ", " if told and not resumed["told"].startswith(")") else ""
            line = f"{resumed['pid']} {call}({told}{joint}{resumed['told']}"
        if whole := _LINE.match(line):
            yield whole["call"], whole["told"], int(whole["result"])


class _Reader:
    """Knows which files of the folder exist and how far each was written."""

    def __init__(self, folder: Path, before: Iterable[str]) -> None:
        self._folder = folder
        self._there: set[str] = set(before)
        self._ends: dict[str, int] = {}

    def read(self, call: str, told: str, result: int) -> Iterator[Step]:
        """Return the steps of one call; one that failed, or that only reads, has none."""
        if result < 0:
            return
        if call == "openat":
            yield from self._open(told)
        elif call.startswith("rename"):
            yield from self._rename(told)
        elif call.startswith("unlink"):
            for name in map(self._name, _texts(told)):
                if name:
                    self._there.discard(name)
                    yield Step(Did.REMOVE, name)
        else:
            yield from self._change(call, told, result)

    def _open(self, told: str) -> Iterator[Step]:
        name = self._name(next(iter(_texts(told)), ""))
        if name in ("", SAID) or "O_RDONLY" in told:
            return
        self._ends[name] = 0
        if "O_CREAT" in told and name not in self._there:
            self._there.add(name)
            yield Step(Did.MAKE, name)
        elif "O_TRUNC" in told:
            yield Step(Did.CUT, name, 0)

    def _rename(self, told: str) -> Iterator[Step]:
        old, new = map(self._name, _texts(told)[:2])
        if old and new:
            self._there.discard(old)
            self._there.add(new)
            yield Step(Did.RENAME, old, to=new)

    def _change(self, call: str, told: str, result: int) -> Iterator[Step]:
        opened = _OPEN_FILE.match(told)
        path = "" if opened is None else _plain(opened[1])
        if "sync" in call and path == str(self._folder):
            yield Step(Did.SYNC_FOLDER)
        name = self._name(path)
        if name == SAID and call == "write":
            yield Step(Did.SAY, data=_bytes(told)[:result])
        if not name or name not in self._there or name == SAID:
            return
        if "sync" in call:
            yield Step(Did.SYNC, name)
        elif call == "ftruncate":
            yield Step(Did.CUT, name, int(told.rpartition(", ")[2]))
        elif call == "pwrite64":
            yield Step(Did.WRITE, name, int(told.rpartition(", ")[2]), _bytes(told)[:result])
        elif call == "write":
            at = self._ends.get(name, 0)
            self._ends[name] = at + result
            yield Step(Did.WRITE, name, at, _bytes(told)[:result])

    def _name(self, path: str) -> str:
        """Return a file's name when it lies in the folder; an empty one for all else."""
        at = Path(path)
        is_ours = at.parent == self._folder and not at.name.endswith(_REBUILT)
        return at.name if path and is_ours else ""


def _texts(told: str) -> list[str]:
    return [_plain(one) for one in _TEXT.findall(told)]


def _bytes(told: str) -> bytes:
    found = _TEXT.search(told)
    return bytes.fromhex(found[1].replace("\\x", "")) if found else b""


def _plain(escaped: str) -> str:
    r"""Return a path; strace writes each character as `\\xNN`, or as it is."""
    return re.sub(r"\\x([0-9a-f]{2})", lambda one: chr(int(one[1], 16)), escaped)
