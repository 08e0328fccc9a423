"""Records from the outbox to the link, in order, again and again until they are settled (go-back-N)."""

from collections.abc import Callable

from broker.clock import Clock
from broker.outbox import Outbox

WINDOW = 64
"""Records sent beyond the last settled one."""
FIRST_WAIT_S = 1.0
"""[s] without progress after which what is unsettled is sent again; doubles each time in vain."""
LONGEST_WAIT_S = 8.0


class Sender:
    """Keeps up to WINDOW records under way; forgets nothing, for forgetting is the receipt's business.

    Each time that it repeats itself in vain it sends half as many: a console that is slow, rather than gone, would
    otherwise read the same records again and again, and never come to what is new. With each receipt it dares twice
    as many, and waits half as long. What is new goes once at once all the same: where receipts alone are lost, a fall
    still reaches the console.
    """

    def __init__(self, outbox: Outbox, publish: Callable[[bytes], bool], clock: Clock) -> None:
        self._outbox = outbox
        self._publish = publish
        self._clock = clock
        self._sent = self._newest = outbox.first_unsettled - 1
        self._base = outbox.first_unsettled
        self._wait_s = FIRST_WAIT_S
        self._window = WINDOW
        self._since_s = clock.elapsed_s()

    def send(self) -> None:
        """Send what is new; send all of it again when no receipt came for a while."""
        now_s, base = self._clock.elapsed_s(), self._outbox.first_unsettled
        if base != self._base:
            self._base, self._since_s = base, now_s
            self._wait_s, self._window = max(FIRST_WAIT_S, self._wait_s / 2), min(WINDOW, 2 * self._window)
            self._sent = max(self._sent, base - 1)
        if self._outbox.last_sequence < base:
            self._since_s = now_s
            return
        if now_s - self._since_s >= self._wait_s and self._sent >= base:
            self._sent, self._since_s = base - 1, now_s
            self._wait_s, self._window = min(LONGEST_WAIT_S, 2 * self._wait_s), max(1, self._window // 2)
        if self._sent < min(self._outbox.last_sequence, base + self._window - 1):
            self._sent = self._send(self._sent, base + self._window - 1)
        self._newest = max(self._newest, self._sent)
        if self._newest < min(self._outbox.last_sequence, base + WINDOW - 1):
            self._newest = self._send(self._newest, base + WINDOW - 1)

    def begin_again(self) -> None:
        """Send everything unsettled again: the link came back, or the console did."""
        self._sent = self._newest = self._outbox.first_unsettled - 1
        self._since_s, self._wait_s, self._window = self._clock.elapsed_s(), FIRST_WAIT_S, WINDOW

    def _send(self, after: int, last: int) -> int:
        """Send what comes after one sequence up to another; return the last that the link took."""
        for sequence, payload in self._outbox.waiting(after, WINDOW):
            if (sequence > last and after >= self._base) or not self._publish(payload):
                break
            after = sequence
        return after
