"""Is somebody there: what stirs says yes, and only an exit or minutes of silence say no."""

from collections import deque

from broker.vocabulary import Presence

# Nobody ever seen: this much silence is an empty room. Somebody seen who did not leave: minutes of it. Of a sensor that
# sees the faintest breath; one that does not waits longer and says how long.
EMPTY_AT_START_S = 10.0
EMPTY_AFTER_EXIT_S = 3.0
EMPTY_ANYWAY_S = 180.0
# Of the last seconds so many stirred.
STIRRED, STIRRED_OF = 2, 3


class PresenceWatch:
    """Follows one room second by second."""

    def __init__(self, at_start_s: float = EMPTY_AT_START_S, anyway_s: float = EMPTY_ANYWAY_S) -> None:
        """Begin with nothing seen.

        Args:
            at_start_s: [s] of silence that make an empty room where nobody was ever seen.
            anyway_s: [s] of it where somebody was seen who was not seen to leave.
        """
        self._at_start_s, self._anyway_s = at_start_s, anyway_s
        self._stirred: deque[bool] = deque(maxlen=STIRRED_OF)
        self._began_s: float | None = None
        self._last_stir_s: float | None = None
        self._may_have_left = False

    def look(self, t_s: float, *, stirs: bool, may_leave: bool, is_moving: bool, is_silent: bool) -> Presence:
        """Take one second in.

        Args:
            t_s: [s], rising.
            stirs: something moved, however little.
            may_leave: it moved where somebody may go out of sight.
            is_moving: it moved as only a body does.
            is_silent: the last ten seconds together held no more than noise.
        """
        if self._began_s is None:
            self._began_s = t_s
        self._stirred.append(stirs)
        if stirs:
            self._last_stir_s, self._may_have_left = t_s, may_leave
        if is_moving or sum(self._stirred) >= STIRRED:
            return Presence.PRESENT
        silent_s = t_s - (self._last_stir_s if self._last_stir_s is not None else self._began_s)
        after_s = EMPTY_AFTER_EXIT_S if self._may_have_left else self._anyway_s
        enough_s = self._at_start_s if self._last_stir_s is None else after_s
        if silent_s >= enough_s and (is_silent or self._may_have_left):
            return Presence.ABSENT
        return Presence.UNSURE

    def note_stir(self, t_s: float) -> None:
        """Note that this second stirs after all, by evidence that came after it was looked at."""
        self._stirred[-1] = True
        self._last_stir_s, self._may_have_left = t_s, False

    def note_hint(self, t_s: float) -> None:
        """Note a sign of somebody that is too faint to say so: the silence begins anew, unless somebody just left."""
        if not self._may_have_left:
            self._last_stir_s = t_s
