"""A service manager for tests: a datagram socket, and what came to it."""

import socket


class ServiceManager:
    """Hears what processes tell it.

    Attributes:
        environment: what a process is given, so that it tells this manager.
    """

    def __init__(self, place: str, patience_s: float = 30) -> None:
        """Listen.

        Args:
            place: path of a socket that is not there yet, or `@` and a name.
            patience_s: [s] that a process may be silent.
        """
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(place.replace("@", "\0"))
        self.environment = {"NOTIFY_SOCKET": place, "WATCHDOG_USEC": f"{patience_s * 1e6:.0f}"}

    def heard(self) -> list[str]:
        """Return the words since this was last asked."""
        words = []
        while True:
            try:
                words.append(self._socket.recv(100).decode())
            except BlockingIOError:
                return words

    def close(self) -> None:
        """Go away."""
        self._socket.close()
