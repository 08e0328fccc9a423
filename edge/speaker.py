"""What the node says of itself: who it is until a lease comes, and how the room is, every second and on change."""

from collections.abc import Callable, Hashable

from broker.clock import Clock
from broker.codec import encode
from broker.messages import LiveState, NodeAnnouncement

ANNOUNCE_EVERY_S = 5.0
"""[s] between announcements while no lease is held."""
LIVE_EVERY_S = 1.0
"""[s] between live messages (PLATFORM, fact 2)."""


class Speaker:
    """Keeps the rhythm of live messages; what it says is made by others."""

    def __init__(
        self,
        publish: Callable[[bytes], bool],
        announcement: Callable[[], NodeAnnouncement],
        sign: Callable[[LiveState], LiveState],
        clock: Clock,
    ) -> None:
        """Take what speaks.

        Args:
            publish: sends on the live topic, or returns False.
            announcement: makes a signed announcement of now.
            sign: puts the node's signature on a live message; asked only for what is about to be sent.
            clock: the node's.
        """
        self._publish = publish
        self._announcement = announcement
        self._sign = sign
        self._clock = clock
        self._announced_s: float | None = None
        self._spoke_s: float | None = None
        self._said: Hashable = None

    def announce_again(self) -> None:
        """Announce at the next chance: the link has come back."""
        self._announced_s = None
        self._spoke_s = None

    def announce(self, *, holds_a_lease: bool) -> None:
        """Say who this is when nobody has heard yet, or when no lease is held and some seconds have passed."""
        now_s = self._clock.elapsed_s()
        heard = self._announced_s is not None
        if heard and (holds_a_lease or now_s - (self._announced_s or 0.0) < ANNOUNCE_EVERY_S):
            return
        if self._publish(encode(self._announcement())):
            self._announced_s = now_s

    def say(self, live: LiveState) -> None:
        """Say how the room is, signed, if a second has passed or a reader must hear of a change at once."""
        now_s, essence = self._clock.elapsed_s(), _essence(live)
        if essence == self._said and self._spoke_s is not None and now_s - self._spoke_s < LIVE_EVERY_S:
            return
        if self._publish(encode(self._sign(live))):
            self._said, self._spoke_s = essence, now_s


def _essence(live: LiveState) -> Hashable:
    """Return what must not wait for the next second: the sensor's state, faults, and who is where."""
    sensor, readings = live.sensor, live.readings
    words: Hashable = None
    if readings is not None:
        words = (readings.presence.value, readings.place.value, readings.people.value, readings.breathing.value)
    return sensor.state, sensor.reason, sensor.lamp, sensor.lease_serial, live.health.flags, words
