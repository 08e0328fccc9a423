"""A simulated camera as a frame source: a thin coat over the simulator's films."""

from collections.abc import Iterator
from itertools import count as numbers

from edge.errors import SourceError
from edge.frames import Frame, FrameCount, LoopMark
from edge.sources.camera.eye import Eye
from edge.view import View
from models.simulator.camera import SCENARIOS, film, scene_named

FILM_S = 3600.0
"""[s] of one film; a longer one would keep whoever opens the sensor waiting while it is planned."""
SEEDS_APART = 1000


class SyntheticCamera:
    """A simulated camera in a simulated room; the same seed and scenario give the same frames.

    When a film is over another film of the same scenario begins, as a recording begins again.
    """

    def __init__(self, seed: int, scenario: str = "night", view: View | None = None, *, film_s: float = FILM_S) -> None:
        """Make the room.

        Args:
            seed: another number is another sleeper.
            scenario: a key of the simulator's films.
            view: wins over the simulated room's own drawing.
            film_s: [s] of one film.

        Raises:
            SourceError: no such scenario.
        """
        if scenario not in SCENARIOS:
            raise SourceError(f"There is no film '{scenario}'; there are {', '.join(SCENARIOS)}.")
        self._seed, self._scenario, self._view, self._film_s = seed, scenario, view, film_s
        self._count = FrameCount()
        self._is_closed = False

    @property
    def count(self) -> FrameCount:
        """Frames read, lost and bad so far."""
        return self._count

    def __iter__(self) -> Iterator[Frame | LoopMark]:
        """Give frames for ever, or until closed."""
        for number in numbers():
            for frame in self._film(self._seed + SEEDS_APART * number, number * self._film_s):
                if self._is_closed:
                    return
                yield frame
            yield LoopMark(number + 2)

    def _film(self, seed: int, start_s: float) -> Iterator[Frame]:
        clip = film(scene_named(self._scenario, seed, self._film_s))
        view = self._view or View.checked(clip.rows, clip.distance_m)
        eye = Eye(view, clip.frame_rate_hz, self._count)
        for t_s, picture in clip.frames():
            frame = eye.see(picture, start_s + t_s) if eye.takes(start_s + t_s) else None
            if frame is not None:
                yield frame

    def close(self) -> None:
        """End the room."""
        self._is_closed = True
