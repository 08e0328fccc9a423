"""A recording as a frame source: once through, or again and again."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from edge.errors import SourceError
from edge.frames import Frame, FrameCount, LoopMark

# The step from the end to the beginning, for a layout that does not know its rate.
USUAL_PERIOD_S = 0.05


class Recording:
    """Plays what a reader gives; the reader counts what it read, lost and found bad."""

    def __init__(
        self,
        read: Callable[[FrameCount], Iterator[Frame]],
        *,
        name: str = "The recording",
        loop: bool = False,
        warnings: tuple[str, ...] = (),
    ) -> None:
        """Take over a reader.

        Args:
            read: gives the frames of one pass, from t_s = 0, each pass with layouts of its own.
            name: of the file or folder, for what is said of it.
            loop: start again at the end.
            warnings: what was noticed on opening.
        """
        self._name = name
        self._read = read
        self._loop = loop
        self._count = FrameCount(warnings=list(warnings))
        self._is_closed = False

    @property
    def count(self) -> FrameCount:
        """Frames read, lost and bad so far."""
        return self._count

    def __iter__(self) -> Iterator[Frame | LoopMark]:
        """Give the frames in order; with `loop`, again and again.

        Raises:
            SourceError: there was not one frame that could be read.
        """
        start_s, next_s, loop = 0.0, 0.0, 1
        while not self._is_closed:
            for frame in self._read(self._count):
                if self._is_closed:
                    return
                yield replace(frame, t_s=start_s + frame.t_s)
                rate_hz = frame.layout.frame_rate_hz
                next_s = start_s + frame.t_s + (1 / rate_hz if rate_hz > 0 else USUAL_PERIOD_S)
            if self._count.read == 0:
                raise SourceError(f"{self._name} holds no frame that can be read ({self._count.bad} are bad).")
            if not self._loop:
                return
            start_s = next_s
            loop += 1
            yield LoopMark(loop)

    def close(self) -> None:
        """End the playing; the file is given back with the reader."""
        self._is_closed = True
