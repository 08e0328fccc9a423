"""Which screens visitors or patients can see, and when a badge was last near each (rule K10)."""

import hashlib
import threading

from fastapi import Request
from starlette.responses import Response

from broker.clock import Clock
from console.rules.looking.overlooked import shows_names
from console.rules.policy import Policy
from console.skin.cookies import Cookies

_CHOICE = "overlooked"
_REMEMBERED = 10_000


class OverlookedScreens:
    """Knows which screens others can see, and when a badge was last near each.

    The choice is kept in the browser of that screen, beside its session: whoever takes away the one takes away the
    other. A restart of the console forgets every badge, so each such screen is blank after it.
    """

    def __init__(self, cookies: Cookies, clock: Clock, policy: Policy) -> None:
        self._cookies, self._clock, self._policy = cookies, clock, policy
        self._near: dict[bytes, float] = {}
        self._lock = threading.Lock()

    def is_overlooked(self, request: Request) -> bool:
        """Return whether others can see this screen."""
        return self._cookies.choice(request, _CHOICE) is not None

    def shows(self, request: Request) -> bool:
        """Return whether this screen may show anything of a person now."""
        return self.shows_to(self._cookies.session(request), is_overlooked=self.is_overlooked(request))

    def shows_to(self, token: str | None, *, is_overlooked: bool) -> bool:
        """Return the same of a session whose request is over: for a stream that lasts."""
        with self._lock:
            near_s = self._near.get(_key(token)) if token is not None else None
        ago_s = None if near_s is None else self._clock.elapsed_s() - near_s
        return shows_names(ago_s, self._policy, is_overlooked=is_overlooked)

    def came(self, token: str) -> None:
        """Note that a badge was tapped, a PIN typed or a button pressed here."""
        with self._lock:
            if len(self._near) >= _REMEMBERED:
                self._near.clear()
            self._near[_key(token)] = self._clock.elapsed_s()

    def shows_for_s(self) -> int:
        """Return for how long a badge opens it [s]."""
        return int(self._policy.number("K10", "badge_near_s"))

    def keep(self, response: Response, *, is_overlooked: bool) -> None:
        """Leave in the browser whether others can see this screen."""
        if is_overlooked:
            self._cookies.keep_choice(response, _CHOICE, "yes")
        else:
            self._cookies.forget(response, _CHOICE)


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
