"""One node of a drill: the real walk, outbox, gate and link; its sensing tells a story, and its clock can be set."""

import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

from broker.clock import Clock, clock_from
from broker.errors import BrokerError
from broker.times import within_bounds
from deploy.drill.story import Story, TellingSensing
from deploy.processes import end_with_parent
from edge.__main__ import run
from edge.errors import EdgeError
from edge.logs import log_to_stderr
from edge.settings import load

FROZEN, SET_BY, PER_S = "frozen", "clock-set-by", "story-per-s"
"""Files of a node's control folder: its frames repeat; its time of day is wrong by so many seconds; how many seconds of
its story it tells in one."""
_READ_EVERY_S = 1.0


class SetClock:
    """A clock whose time of day somebody has set wrongly; elapsed time is not touched by that."""

    def __init__(self, clock: Clock, set_by: Path) -> None:
        """Take the ward's clock.

        Args:
            clock: the ward's.
            set_by: a file with the seconds by which the time of day is wrong; none means that it is right.
        """
        self._clock, self._set_by = clock, set_by
        self._read_s, self._wrong = float("-inf"), timedelta(0)

    def utc_now(self) -> datetime:
        """Return the wrong time of day."""
        now_s = self._clock.elapsed_s()
        if now_s - self._read_s >= _READ_EVERY_S:
            self._read_s = now_s
            try:
                self._wrong = timedelta(seconds=float(self._set_by.read_text("ascii")))
            except (OSError, ValueError):
                self._wrong = timedelta(0)
        return within_bounds(self._clock.utc_now() + self._wrong)

    def elapsed_s(self) -> float:
        """Return the ward's elapsed seconds [s]."""
        return self._clock.elapsed_s()

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """Wait on the ward's time."""
        return self._clock.wait(event, timeout_s)


def live(config: Path, control: Path, seed: int) -> int:
    """Be a node until SIGTERM.

    Args:
        config: its settings.
        control: its control folder.
        seed: of its story.

    Returns:
        Its exit code; with 1 the reason stands on standard error.
    """
    try:
        settings = load(config)
        log_to_stderr(settings.node_id)
        clock = SetClock(clock_from(settings.clock_file), control / SET_BY)
        per_s = float(told.read_text("ascii")) if (told := control / PER_S).exists() else 1.0
        story = Story(seed, is_restless=per_s > 1)
        return run(settings, clock, sensing=TellingSensing(clock, story.at, control / FROZEN, per_s))
    except (EdgeError, BrokerError, OSError) as error:
        sys.stderr.write(f"drill node: {error}\n")
        return 1


if __name__ == "__main__":
    # Its parent is what records it: without this, a drill that is cut off would leave the node behind.
    end_with_parent()
    sys.exit(live(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
