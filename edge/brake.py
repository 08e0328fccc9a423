"""Ends what senses at once and from any thread, while the node's loop may wait for a disk that stands still."""

import threading
from typing import Protocol


class Stoppable(Protocol):
    """Something that senses, and can be ended without its consent."""

    def kill(self) -> None:
        """End it; never waits, and may be called on any thread."""
        ...

    def is_gone(self) -> bool:
        """Return whether it has ended; never waits, and may be called on any thread."""
        ...


class Brake:
    """One for each sensor. It can only close: what is pulled lets nothing start until the loop has heard why.

    Whoever pulls it first puts where the loop will find it what the loop is to hear. The loop lets go first and looks
    then: so nothing starts between a "no" and the loop's own knowledge of it, however long the loop was away.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stoppable: Stoppable | None = None
        self._is_on = False

    @property
    def is_on(self) -> bool:
        """Return whether it is pulled, so that nothing may start and what runs has been told to end."""
        return self._is_on

    @property
    def has_stopped_all(self) -> bool:
        """Return whether it is pulled and what it guards has truly ended."""
        with self._lock:
            return self._is_on and (self._stoppable is None or self._stoppable.is_gone())

    def pull(self) -> None:
        """End what senses now; any thread may."""
        with self._lock:
            self._is_on = True
            if self._stoppable is not None:
                self._stoppable.kill()

    def let_go(self) -> None:
        """Let the loop decide again, which is about to hear all that came; what was ended stays so."""
        with self._lock:
            self._is_on = False

    def guard(self, stoppable: Stoppable | None) -> None:
        """Know what senses from now on, None for nothing; if it comes too late it is ended here."""
        with self._lock:
            self._stoppable = stoppable
            if self._is_on and stoppable is not None:
                stoppable.kill()
