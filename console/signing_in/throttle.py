"""How often a sign-in may fail before the next attempt must wait: sliding windows in memory, on the console's clock."""

import hashlib
import hmac
import secrets
from collections import OrderedDict, deque
from dataclasses import dataclass
from threading import Lock

from broker.clock import Clock

_MOST_KEYS = 10_000
_NAME_PLACES = 8192
"""Guessing costs a password check each: an hour of it leaves some twenty failures a place, far below `NAME`."""


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
"""One name from devices where it never signed in. NIST SP 800-63B 5.2.2 allows at most 100 failures in a row."""


class Throttle:
    """Failures by name, device and both; nothing of a name is kept but a keyed hash.

    Each name has its fixed place among the names, so that guessing others never makes the console forget one; the key
    is this process's own, so that nobody can choose a name that shares a place.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._failed: OrderedDict[str, deque[float]] = OrderedDict()
        self._names: dict[int, deque[float]] = {}
        self._lock = Lock()

    @property
    def size(self) -> int:
        """Return how many devices, pairs and places of names are remembered, at most 18,192."""
        return len(self._failed) + len(self._names)

    def wait_s(self, name: str, device: str, *, is_known_device: bool = False) -> float:
        """Return how long an attempt must wait.

        Args:
            name: folded sign-in name.
            device: the device's pseudonym.
            is_known_device: that name signed in on that device before; what strangers guess elsewhere then never keeps
                its owner out.

        Returns:
            [s]; 0.0 when it may go on.
        """
        with self._lock:
            waits = [self._wait_of(limit, self._failed.get(key)) for limit, key in self._keys(name, device)]
            if not is_known_device:
                waits.append(self._wait_of(NAME, self._names.get(self._place(name))))
            return max(waits)

    def failed(self, name: str, device: str) -> None:
        """Count a failure."""
        with self._lock:
            now_s = self._clock.elapsed_s()
            for limit, key in self._keys(name, device):
                self._failed.setdefault(key, deque(maxlen=limit.failures)).append(now_s)
                self._failed.move_to_end(key)
            while len(self._failed) > _MOST_KEYS:
                self._failed.popitem(last=False)
            self._names.setdefault(self._place(name), deque(maxlen=NAME.failures)).append(now_s)

    def succeeded(self, name: str, device: str) -> None:
        """Forget the failures of this name on this device; those of the device and of the name alone stay."""
        with self._lock:
            self._failed.pop(self._keys(name, device)[0][1], None)

    def _wait_of(self, limit: Limit, times: deque[float] | None) -> float:
        if times is None or len(times) < limit.failures:
            return 0.0
        return max(0.0, times[0] + limit.window_s - self._clock.elapsed_s())

    def _keys(self, name: str, device: str) -> tuple[tuple[Limit, str], ...]:
        told = ((PAIR, f"{name}\x00{device}"), (DEVICE, device))
        return tuple((limit, self._hashed(f"{limit.name}\x00{key}").hex()) for limit, key in told)

    def _place(self, name: str) -> int:
        return int.from_bytes(self._hashed(name)[:8], "big") % _NAME_PLACES

    def _hashed(self, told: str) -> bytes:
        return hmac.digest(self._key, told.encode(), hashlib.sha256)
