"""Who may see the page: whoever typed the code of this start, once; nobody after them."""

import hmac
import secrets
from enum import StrEnum

from broker.clock import Clock

CODE_DIGITS = 8
MOST_WRONG = 5
"""Wrong codes that close the page; 5 of 100 million."""
WAIT_S = 2.0
"""[s] after a wrong code in which no other is looked at."""
IDLE_S = 900.0
"""[s] without anything asked in the session (or without any session) after which the page closes."""


class Entry(StrEnum):
    """What comes of a code, as the engineer is told it."""

    IN = "in"
    WRONG = "That is not the code. It stands in the terminal where setup-room was started."
    WAIT = "Wait two seconds, then type the code again."
    TAKEN = "This code was used already. Stop setup-room in the terminal and start it again for a new one."
    SHUT = "Too many wrong codes. Start setup-room again in the terminal."


class Door:
    """The one code of this start and the one session that it opens.

    Attributes:
        code: eight digits, for the terminal alone.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
        self._session: str | None = None
        self._wrong = 0
        self._opens_again_s = 0.0
        self._asked_s = clock.elapsed_s()

    def enter(self, told: str) -> tuple[Entry, str]:
        """Look at a code.

        Args:
            told: as typed; spaces do not count.

        Returns:
            What comes of it, and the session's secret: 64 hex digits, or empty when it is not `IN`.
        """
        now_s = self._clock.elapsed_s()
        if self._session is not None:
            return Entry.TAKEN, ""
        if self.is_shut:
            return Entry.SHUT, ""
        if now_s < self._opens_again_s:
            return Entry.WAIT, ""
        digits = told.replace(" ", "")
        if not hmac.compare_digest(digits.encode("utf-8", "replace"), self.code.encode()):
            self._wrong += 1
            self._opens_again_s = now_s + WAIT_S
            return (Entry.SHUT if self.is_shut else Entry.WRONG), ""
        self._session, self._asked_s = secrets.token_hex(32), now_s
        return Entry.IN, self._session

    def knows(self, secret: str) -> bool:
        """Return whether this is the session's secret."""
        told = secret.encode("utf-8", "replace")
        return self._session is not None and hmac.compare_digest(told, self._session.encode())

    def note_use(self) -> None:
        """Note that the engineer did something; a page that only renews its grid does nothing."""
        self._asked_s = self._clock.elapsed_s()

    @property
    def is_shut(self) -> bool:
        """Return whether the codes have been guessed at too often."""
        return self._wrong >= MOST_WRONG

    @property
    def is_idle(self) -> bool:
        """Return whether nothing was asked for too long."""
        return self._clock.elapsed_s() - self._asked_s >= IDLE_S
