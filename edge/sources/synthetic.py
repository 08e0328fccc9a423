"""A simulated room as a frame source: a thin coat over the simulator."""

from collections.abc import Iterator

from edge.errors import SourceError
from edge.frames import Frame, FrameCount, FrameKind, Layout, LoopMark
from models.simulator.night import Night, Truth
from models.simulator.scenes import SCENES


def frames_of(night: Night) -> Iterator[tuple[Frame, Truth]]:
    """Give the frames of a simulated night, each with the truth of its moment, for ever."""
    radar, range_m = night.scene.receiver, night.receiver.range_m
    layout = Layout(FrameKind.RADAR, range_m, radar.wavelength_m, radar.frame_rate_hz, radar.receivers)
    for look in night:
        values, noise = look.iq, look.noise_power
        yield Frame(layout, look.t_s, values, noise, look.lost_before, look.is_saturated, look.is_late), look.truth


class SyntheticRoom:
    """A simulated radar in a simulated room; the same seed and scenario give the same frames."""

    def __init__(self, seed: int, scenario: str = "night") -> None:
        """Make the room.

        Raises:
            SourceError: no such scenario.
        """
        if scenario not in SCENES:
            raise SourceError(f"There is no scenario '{scenario}'; there are {', '.join(SCENES)}.")
        self._night = Night(seed, SCENES[scenario]())
        self._count = FrameCount()
        self._is_closed = False

    @property
    def count(self) -> FrameCount:
        """Frames read, lost and bad so far."""
        return self._count

    def __iter__(self) -> Iterator[Frame | LoopMark]:
        """Give frames for ever, or until closed."""
        for frame, _ in frames_of(self._night):
            if self._is_closed:
                return
            self._count.read += 1
            self._count.lost += frame.lost_before
            yield frame

    def close(self) -> None:
        """End the room."""
        self._is_closed = True
