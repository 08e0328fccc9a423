"""The work of one ward: what has come in, and what is due, on a thread each or step by step."""

import threading
from collections.abc import Callable, Sequence

from broker.clock import Clock
from console.receiving.intake import Intake
from console.running.loops import Loops

_STEP_S = 0.25
"""[s] between two looks at what is due; the node itself closes at the end of its hours."""
_INTAKE_S = 0.25
INTAKE, KEEPING = LOOPS = ("intake", "ward")
"""Names of the two loops that do a ward's work."""


class Work:
    """Does what a ward has to do, again and again.

    Args:
        clock: the console's.
        loops: go round, and count what fails.
        intake: what the nodes send.
        pieces: what is looked at again and again, what a person waits for first.
    """

    def __init__(self, clock: Clock, loops: Loops, intake: Intake, pieces: Sequence[Callable[[], object]]) -> None:
        self._clock, self._loops, self._intake, self._pieces = clock, loops, intake, pieces

    def start(self, gone_round: Callable[[str], None]) -> None:
        """Begin both loops.

        Args:
            gone_round: told each time that one of `LOOPS` has gone round.
        """
        self._loops.start(INTAKE, lambda _ending: None, (self._take_some,), gone_round)
        self._loops.start(KEEPING, self._wait_a_step, self._pieces, gone_round)

    def end(self) -> None:
        """End both loops after their rounds."""
        self._loops.end(self._intake.arrived.set)

    def step(self) -> None:
        """Do once what the threads do again and again: for tests, the walk and the seeding."""
        self._take_all()
        for piece in self._pieces:
            piece()
        self._take_all()

    def _wait_a_step(self, ending: threading.Event) -> None:
        self._clock.wait(ending, _STEP_S)

    def _take_some(self) -> None:
        """Take what has come, a part at a time: also under a flood the loop goes round."""
        if not self._intake.step():
            self._clock.wait(self._intake.arrived, _INTAKE_S)

    def _take_all(self) -> None:
        while self._intake.step():
            continue
