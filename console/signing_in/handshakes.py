"""Sign-ins that have begun and are not finished: each is of one browser, used once, and forgotten within minutes."""

import hmac
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from broker.clock import Clock

LASTS_S = 600.0
"""[s] to sign in at the provider, with a telephone that must be found first."""
_MOST = 20_000
"""About 12 MB: whoever begins them without end pushes nobody's out within the minute that a sign-in takes."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """One that has begun.

    Attributes:
        secret: what this sign-in's state, nonce, verifier and challenge are made from; 43 signs.
        device: the device that began it.
        binding: what the browser must bring back in a cookie of its own.
        where: the address to come back to, or the name of the site.
        actor_id: whose it must be; empty when it is not known yet.
        ends_s: when it is forgotten, on elapsed time.
    """

    secret: str = field(repr=False)
    device: str
    binding: str = field(repr=False)
    where: str
    actor_id: str
    ends_s: float

    def part(self, name: str) -> str:
        """Return a value of its own for each use, 64 hex digits: knowing one tells nothing of the others."""
        return hmac.digest(self.secret.encode(), name.encode(), "sha256").hex()


class Handshakes:
    """Keeps them in memory: a restart asks people to begin again, and lets nobody in."""

    def __init__(self, clock: Clock, lasts_s: float = LASTS_S) -> None:
        self._clock = clock
        self._lasts_s = lasts_s
        self._open: OrderedDict[str, Handshake] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, device: str, where: str, actor_id: str = "") -> Handshake:
        """Begin one; the oldest is forgotten when there are very many."""
        made = Handshake(
            secrets.token_urlsafe(32),
            device,
            secrets.token_urlsafe(32),
            where,
            actor_id,
            self._clock.elapsed_s() + self._lasts_s,
        )
        with self._lock:
            self._open[made.part("state")] = made
            while len(self._open) > _MOST:
                self._open.popitem(last=False)
        return made

    def take(self, state: str, binding: str) -> Handshake | None:
        """Return one and forget it; None when it is unknown, used, too old, or of another browser."""
        with self._lock:
            found = self._open.get(state)
            if found is None or not hmac.compare_digest(found.binding.encode(), binding.encode()):
                return None
            del self._open[state]
        return found if self._clock.elapsed_s() < found.ends_s else None
