"""The node's part while a camera's room is drawn: shows the grid of activity, and says in the end what was drawn."""

import logging
from collections.abc import Callable

from broker.clock import Clock
from broker.messages import Digest
from broker.vocabulary import Zone
from edge.block_activity import EVERY_S
from edge.commissioning.drawing import digest_of_view
from edge.commissioning.grids import GridFile
from edge.commissioning.steps import Figure, Outcome
from edge.errors import SettingsError
from edge.trials import Grid, TrialKind, Tried
from edge.view import COLUMNS, ROWS, Mark, View

log = logging.getLogger(__name__)

DRAWN_WITHIN_S = 900.0
"""[s] that a commissioning lasts at most (rule N3), and with it the drawing."""
_EARLY_S = 0.1
"""[s] by which a grid may come before its time: the frames do not come in step with the clock."""


class DrawStep:
    """A `Watched` step that is never decided by what is seen: it ends when the engineer ends it, or with the lease."""

    kind = TrialKind.GRID

    def __init__(self) -> None:
        self._now_s = 0.0

    def see(self, second: Tried) -> None:
        """See `Watched.see`."""
        self._now_s = second.passed_s

    def told(self) -> tuple[str, float]:
        """See `Watched.told`."""
        return "the room is being drawn", min(1.0, self._now_s / DRAWN_WITHIN_S)


class RoomDrawing:
    """What the engineer is shown, and what stands in the settings afterwards."""

    def __init__(self, grids: GridFile, read: Callable[[], View], clock: Clock) -> None:
        """Take what is needed.

        Args:
            grids: where the newest grid is shown.
            read: reads the drawing from the settings file as it is now; may raise a SettingsError.
            clock: the node's.
        """
        self._grids = grids
        self._read = read
        self._clock = clock
        self._due_s = 0.0
        self._before = ""
        grids.clear()

    def begin(self) -> None:
        """Remember what was drawn before."""
        view = self.view()
        self._before = "" if view is None else digest_of_view(view)

    def show(self, grid: Grid) -> None:
        """Show a grid; what comes more often than twice a second is left out (rule K1)."""
        now_s = self._clock.elapsed_s()
        if now_s < self._due_s - _EARLY_S:
            return
        self._due_s = max(now_s, self._due_s) + EVERY_S
        try:
            self._grids.show(grid.rows)
        except OSError as error:
            log.warning("drawing: a grid could not be shown", extra={"sentence": str(error)})

    def end(self) -> Outcome:
        """Take the grid away, and say what stands in the settings now."""
        self._grids.clear()
        view = self.view()
        if view is None:
            return Outcome(False, "the drawing in the node's settings cannot be read; draw the room again")
        digest = digest_of_view(view)
        figures: dict[str, Figure] = {f"{mark.name.lower()}_blocks": int(view.blocks(mark).sum()) for mark in Mark}
        if digest == self._before:
            return Outcome(False, "nothing was kept: the drawing is the one from before", figures)
        return Outcome(True, f"a drawing was kept, sha256 {digest}", figures)

    def view(self) -> View | None:
        """Return what the settings file says now; None when it cannot be read."""
        try:
            return self._read()
        except SettingsError as error:
            log.warning("drawing: the settings cannot be read", extra={"sentence": str(error)})
            return None


def known_of(view: View) -> tuple[tuple[Zone, ...], Digest]:
    """Return which zones a drawing has, and its digest."""
    found = {view.zone(row, column) for row in range(ROWS) for column in range(COLUMNS)} - {None}
    return tuple(sorted(zone for zone in found if zone is not None)), digest_of_view(view)
