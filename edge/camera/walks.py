"""One body's movement from its beginning to its end, second by second: where from, and where it was seen last."""

from collections import deque

from broker.vocabulary import Zone
from edge.camera.people import Blob, Blocks, exit_near, zone_of
from edge.view import Mark, View

# [s] without movement that end a walk.
OVER_S = 3.0
# Of the last seconds, those in which so much of the walker is seen count as the whole.
REMEMBERED, WHOLE_SHARE = 4, 0.5
# Who gets up is seen on the bed in the first second; who comes in is not.
FROM_BED_SHARE = 0.1
# [m^2] of the view that moves in some second when a person walks or gets into bed: simulated people came to 1.4 and
# more, a cat to 0.7.
PERSON_M2 = 1.1


class Walk:
    """A movement that goes on."""

    def __init__(self, t_s: float, first: Blob, view: View) -> None:
        """Begin.

        Args:
            t_s: [s] when it was first seen.
            first: what was seen of it.
            view: how the camera looks at the room.
        """
        self._view = view
        self._last = deque([first], maxlen=REMEMBERED)
        self.began_s = self.newest_s = t_s
        """[s] its first and its newest second."""
        self.is_from_bed = first.share_on(view.blocks(Mark.BED)) >= FROM_BED_SHARE
        self.has_come_in = view.has_zones and not self.is_from_bed and exit_near(first.blocks, view) is not None
        """It was first seen where one comes in."""
        self._most = first.size

    def go_on(self, t_s: float, blob: Blob) -> None:
        """Take another second in."""
        self.newest_s = t_s
        self._last.append(blob)
        self._most = max(self._most, blob.size)

    def is_over(self, t_s: float) -> bool:
        """Say whether it has ended."""
        return t_s - self.newest_s > OVER_S

    @property
    def is_a_persons(self) -> bool:
        """Say whether it was ever seen as large as a person."""
        return self._most * self._view.block_m**2 >= PERSON_M2

    @property
    def whole(self) -> Blocks:
        """Where the walker was last seen whole: of whoever goes through a door a part is seen, without feet."""
        most = max(blob.size for blob in self._last)
        return next(blob.blocks for blob in reversed(self._last) if blob.size >= WHOLE_SHARE * most)

    @property
    def zone(self) -> Zone | None:
        """Where the newest second of it was."""
        return zone_of(self._last[-1].blocks, self._view)

    @property
    def exit(self) -> Zone | None:
        """The way out at which it was seen last; None where nobody goes out, and in bed."""
        whole = self.whole
        return None if zone_of(whole, self._view) is Zone.BED else exit_near(whole, self._view)
