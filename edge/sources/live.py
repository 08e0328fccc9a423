"""A live sensor kept open: lost, it is tried again with a growing wait, and nothing of before is ever given after."""

import threading
from collections.abc import Callable, Generator, Iterator

from broker.clock import Clock
from edge.errors import SourceError
from edge.frames import Frame, FrameCount, LoopMark, Quiet

LOOK_S = 0.25
"""[s] after which an opening that has no frame says so."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 10.0
"""[s] before the sensor is tried again; twice as long after each failure."""
STEADY_S = 10.0
"""[s] of frames after which the waits begin anew; a loose plug is not tried twice a second for a night."""

Now = Callable[[], float]
"""[s] since the source began, on the node's clock; it goes on while the sensor is lost."""
Looks = Generator[Frame | None, None, None]
Opening = Callable[[Now, FrameCount], Looks]
"""Opens the sensor and gives its frames, and None at least every LOOK_S while none comes; raises SourceError with one
sentence when the sensor is lost, closes it when it is closed, and gives a new `Layout` object each time."""


class LiveSource:
    """A sensor that is there now, as a frame source that does not end.

    `t_s` counts from the beginning of the source on the node's clock, through every loss; while the sensor is open its
    own counter says the steps (`edge.sources.tick_time`).
    """

    def __init__(self, opening: Opening, clock: Clock) -> None:
        """Take what opens the sensor; nothing is opened before the first frame is asked for."""
        self._opening = opening
        self._clock = clock
        self._count = FrameCount()
        self._looks: Looks | None = None
        self._is_closed = False
        self._never = threading.Event()
        self._began_s = 0.0

    @property
    def count(self) -> FrameCount:
        """Frames read, lost and bad so far; what passed while the sensor was lost is in none of them."""
        return self._count

    def __iter__(self) -> Iterator[Frame | LoopMark | Quiet]:
        """Give frames and quiet moments until closed; never raises SourceError: a lost sensor is tried again."""
        self._began_s = self._clock.elapsed_s()
        wait_s, why = FIRST_WAIT_S, ""
        yield Quiet(0.0)
        while not self._is_closed:
            steady_from_s: float | None = None
            self._looks = self._opening(self._now, self._count)
            try:
                for frame in self._looks:
                    if frame is None:
                        yield Quiet(self._now(), why)
                        continue
                    why = ""
                    steady_from_s = self._now() if steady_from_s is None else steady_from_s
                    if self._now() - steady_from_s > STEADY_S:
                        wait_s = FIRST_WAIT_S
                    yield frame
            except SourceError as error:
                why = str(error)
            finally:
                self._looks.close()
            yield from self._pause(wait_s, why)
            wait_s = min(LONGEST_WAIT_S, 2 * wait_s)

    def close(self) -> None:
        """Give the sensor back; may be called twice."""
        self._is_closed = True
        if self._looks is not None:
            self._looks.close()

    def _pause(self, wait_s: float, why: str) -> Iterator[Quiet]:
        until_s = self._now() + wait_s
        while not self._is_closed and (left_s := until_s - self._now()) > 0:
            yield Quiet(self._now(), why)
            self._clock.wait(self._never, min(LOOK_S, left_s))

    def _now(self) -> float:
        return self._clock.elapsed_s() - self._began_s
