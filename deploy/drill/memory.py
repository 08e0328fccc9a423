"""How the memory of the ward's processes goes, sampled from /proc."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at one process.

    Attributes:
        at_s: real seconds since the drill began [s].
        name: the process's.
        pid: its id; another one after it was started again.
        rss_mb: resident memory [MB].
        files: open files; None where they may not be counted.
        threads: threads.
    """

    at_s: float
    name: str
    pid: int
    rss_mb: float
    files: int | None
    threads: int


def sample(at_s: float, pids: Mapping[str, int | None]) -> list[Sample]:
    """Look at every process that lives."""
    found = []
    for name, pid in pids.items():
        folder = Path(f"/proc/{pid}")
        try:
            pages = int((folder / "statm").read_text().split()[1])
            threads = len(list((folder / "task").iterdir()))
        except (OSError, IndexError, ValueError):
            continue
        try:
            files: int | None = len(list((folder / "fd").iterdir()))
        except OSError:
            files = None
        found.append(Sample(at_s, name, pid or 0, pages * _PAGE_BYTES / 1e6, files, threads))
    return found


class SampleFile:
    """Samples of a drill, a line each."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, samples: Sequence[Sample]) -> None:
        """Keep some more."""
        with self._path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(one)) + "\n" for one in samples)

    def all(self) -> list[Sample]:
        """Return all samples so far; a last line that was cut short is left out."""
        if not self._path.exists():
            return []
        found = []
        for line in self._path.read_text("utf-8").splitlines():
            try:
                found.append(Sample(**json.loads(line)))
            except ValueError:
                continue
        return found


@dataclass(frozen=True, slots=True)
class Growth:
    """How a process that lived all through went from an early to a late part of a stretch.

    Attributes:
        name: the process's.
        over_s: length of the stretch [s].
        early_mb: median of its first third [MB].
        late_mb: median of its last third [MB].
        slope_mb_per_h: middle of the slopes between all pairs of samples, as Theil and Sen take it [MB/h].
        files: change of open files, late less early; None where they may not be counted.
        threads: change of threads.
    """

    name: str
    over_s: float
    early_mb: float
    late_mb: float
    slope_mb_per_h: float
    files: int | None
    threads: int


def growth(samples: Sequence[Sample], name: str) -> Growth | None:
    """Return how one process's memory went.

    Args:
        samples: of any processes, in the order of time.
        name: which.

    Returns:
        None when it was started again meanwhile, or was seen fewer than six times.

    Source:
        Sen 1968, doi:10.1080/01621459.1968.10480934.
    """
    own = [one for one in samples if one.name == name]
    if len(own) < 6 or len({one.pid for one in own}) != 1:
        return None
    third = len(own) // 3
    early, late = own[:third], own[-third:]
    slopes = [
        (b.rss_mb - a.rss_mb) / (b.at_s - a.at_s) * 3600
        for i, a in enumerate(own)
        for b in own[i + 1 :]
        if b.at_s > a.at_s
    ]
    counted = [one.files for one in (early[-1], late[-1])]
    return Growth(
        name,
        own[-1].at_s - own[0].at_s,
        median(one.rss_mb for one in early),
        median(one.rss_mb for one in late),
        median(slopes),
        None if counted[0] is None or counted[1] is None else counted[1] - counted[0],
        late[-1].threads - early[-1].threads,
    )
