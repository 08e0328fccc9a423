"""A driver that hangs: it never returns from its first read and does not end when asked; for drills and tests."""

import signal
from collections.abc import Iterator

from edge.frames import Frame, FrameCount, LoopMark


class HangingSource:
    """Behaves like the worst driver there is; only the kernel can end a process that reads it."""

    def __init__(self) -> None:
        self._count = FrameCount()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)

    @property
    def count(self) -> FrameCount:
        """Nothing is ever read."""
        return self._count

    def __iter__(self) -> Iterator[Frame | LoopMark]:
        """Never give anything and never return."""
        while True:
            signal.pause()
        yield  # pragma: no cover

    def close(self) -> None:
        """Do nothing, as such drivers do."""
