"""How often a sign-in may fail before the next attempt must wait: sliding windows in memory, on the console's clock."""

import hashlib
from collections import OrderedDict, deque
from dataclasses import dataclass
from threading import Lock

from broker.clock import Clock

_MOST_KEYS = 10_000


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit.

    Attributes:
        name: what is counted.
        failures: this many within the window, and the next attempt waits.
        window_s: [s] over which they count.
    """

    name: str
    failures: int
    window_s: float


PAIR = Limit("pair", 5, 15 * 60.0)
"""One name on one device: five wrong guesses. Elsewhere that person can still sign in: nobody is locked out."""
DEVICE = Limit("device", 20, 15 * 60.0)
"""One device, whatever the names: password spraying."""
NAME = Limit("name", 60, 60 * 60.0)
"""One name from many devices. NIST SP 800-63B 5.2.2 allows at most 100 failures in a row."""


class Throttle:
    """Failures by name, device and both; nothing of a name is kept but a hash."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failed: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    @property
    def size(self) -> int:
        """Return how many names, devices and pairs are remembered, at most 10,000."""
        return len(self._failed)

    def wait_s(self, name: str, device: str) -> float:
        """Return how long an attempt must wait [s]; 0.0 when it may go on."""
        with self._lock:
            return max(self._wait_of(limit, key) for limit, key in self._keys(name, device))

    def failed(self, name: str, device: str) -> None:
        """Count a failure."""
        with self._lock:
            for limit, key in self._keys(name, device):
                times = self._failed.setdefault(key, deque(maxlen=limit.failures))
                times.append(self._clock.elapsed_s())
                self._failed.move_to_end(key)
            while len(self._failed) > _MOST_KEYS:
                self._failed.popitem(last=False)

    def succeeded(self, name: str, device: str) -> None:
        """Forget the failures of this name on this device; those of the device and of the name alone stay."""
        with self._lock:
            self._failed.pop(self._keys(name, device)[0][1], None)

    def _wait_of(self, limit: Limit, key: str) -> float:
        times = self._failed.get(key)
        if times is None or len(times) < limit.failures:
            return 0.0
        return max(0.0, times[0] + limit.window_s - self._clock.elapsed_s())

    @staticmethod
    def _keys(name: str, device: str) -> tuple[tuple[Limit, str], ...]:
        told = ((PAIR, f"{name}\x00{device}"), (DEVICE, device), (NAME, name))
        return tuple((limit, hashlib.sha256(f"{limit.name}\x00{key}".encode()).hexdigest()) for limit, key in told)
