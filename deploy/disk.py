"""Watching the disk of a running ward: full is said once, and once more when there is room again."""

import shutil
from collections.abc import Callable
from pathlib import Path

from broker.clock import Clock

FREE_AT_LEAST_MB = 100
"""[MB] below which a ward is not started, and below which a running one says so."""
_LOOK_EVERY_S = 5.0


def free_mb(folder: Path) -> int:
    """Return how much is free on the disk of a folder [MB]."""
    return shutil.disk_usage(folder).free // 1_000_000


class DiskWatch:
    """Looks now and then; says only changes."""

    def __init__(
        self, folder: Path, clock: Clock, say: Callable[[str], None], free: Callable[[Path], int] = free_mb
    ) -> None:
        self._folder, self._clock, self._say, self._free = folder, clock, say, free
        self._is_low = False
        self._next_s = 0.0

    def look(self) -> None:
        """Look, if it is time, and say what has changed."""
        now_s = self._clock.elapsed_s()
        if now_s < self._next_s:
            return
        self._next_s = now_s + _LOOK_EVERY_S
        free = self._free(self._folder)
        if (free < FREE_AT_LEAST_MB) is self._is_low:
            return
        self._is_low = not self._is_low
        if self._is_low:
            self._say(f"the disk of {self._folder} is nearly full ({free} MB); what cannot be recorded is not sensed")
        else:
            self._say(f"the disk of {self._folder} has room again ({free} MB)")
