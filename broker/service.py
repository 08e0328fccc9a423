"""What the service manager of a machine is told: that a process is ready, alive and ending (systemd's sd_notify).

Nothing is told, and nothing fails, where no manager asked to be told: by hand, in a test, in `hushward up`.
"""

import logging
import os
import socket
from collections.abc import Collection, Mapping

from broker.clock import Clock

log = logging.getLogger(__name__)

_MICROSECONDS = 1e6
_TELLS_PER_WAIT = 3
"""How often within the manager's patience it is told, so that one lost word ends nothing."""


class Service:
    """One process as its service manager sees it.

    A process is alive when each of its loops has gone round since it was last said to be: one loop that hangs lets the
    manager's patience run out, and the manager starts the process again.
    """

    def __init__(self, address: str | None, loops: Collection[str], clock: Clock, patience_s: float | None) -> None:
        """Take where to tell it.

        Args:
            address: of the manager's datagram socket, `@` first for an abstract one; None: nobody is told anything.
            loops: names of the loops that must go round.
            clock: the machine's.
            patience_s: [s] without a word after which the manager ends the process; None when it waits for ever.
        """
        self._address = address
        self._loops = frozenset(loops)
        self._clock = clock
        self._every_s = None if patience_s is None else patience_s / _TELLS_PER_WAIT
        self._gone_round: set[str] = set()
        self._told_s = clock.elapsed_s()

    @classmethod
    def of(cls, environment: Mapping[str, str], loops: Collection[str], clock: Clock) -> "Service":
        """Return what the environment of a process says: NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID."""
        patience = environment.get("WATCHDOG_USEC", "")
        is_ours = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        patience_s = int(patience) / _MICROSECONDS if patience.isdigit() and is_ours else None
        return cls(environment.get("NOTIFY_SOCKET") or None, loops, clock, patience_s)

    def ready(self) -> None:
        """Say that the process does its work from now on."""
        self._tell("READY=1")

    def ending(self) -> None:
        """Say that the process was asked to end and is about to."""
        self._tell("STOPPING=1")

    def gone_round(self, loop: str) -> None:
        """Note that a loop has gone round; once all have, and a third of the patience is over, say so. Cheap.

        Args:
            loop: one of those named at the start.
        """
        self._gone_round.add(loop)
        if self._every_s is None or not self._gone_round >= self._loops:
            return
        now_s = self._clock.elapsed_s()
        if now_s >= self._told_s + self._every_s:
            self._told_s = now_s
            self._gone_round.clear()
            self._tell("WATCHDOG=1")

    def _tell(self, word: str) -> None:
        if self._address is None:
            return
        place = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK) as to:
                to.sendto(word.encode(), place)
        except OSError as error:
            log.warning("the service manager could not be told", extra={"word": word, "error": error.strerror})
