"""Puts a simulated A121 at the end of a real cable: a TCP port of this machine, or a pseudo-terminal."""

import contextlib
import errno
import os
import pty
import socket
import threading
import tty
from pathlib import Path
from typing import Protocol

from edge.errors import SourceError
from edge.sources.a121_simulated import SimulatedA121

LOOK_EVERY_S = 0.01
MOST_WAITING = 1 << 18
"""Bytes that nobody takes, after which they are thrown away, as a line without flow control does."""


class Socket(Protocol):
    """Where a cable can be put in and pulled."""

    @property
    def address(self) -> str:
        """What a node's `[source] port` says."""
        ...

    def plug(self) -> None:
        """Be there; nothing changes when it is."""
        ...

    def pull(self) -> None:
        """Be gone, for whoever is connected too."""
        ...

    def exchange(self, said: bytes) -> tuple[bytes, bool]:
        """Send, and give what has come; the second value says whether somebody is connected."""
        ...


class TcpSocket:
    """A port of 127.0.0.1; one client at a time."""

    def __init__(self, port: int = 0) -> None:
        """Listen.

        Raises:
            SourceError: the port is taken.
        """
        self._port = port
        self._listener: socket.socket | None = None
        self._client: socket.socket | None = None
        self._waiting = b""
        self.plug()

    @property
    def address(self) -> str:
        """See `Socket.address`."""
        return f"tcp://127.0.0.1:{self._port}"

    def plug(self) -> None:
        """See `Socket.plug`; the port stays the same."""
        if self._listener is not None:
            return
        try:
            self._listener = socket.create_server(("127.0.0.1", self._port))
        except OSError as error:
            raise SourceError(f"Port {self._port} is taken ({error.strerror}); choose another with --port.") from error
        self._listener.setblocking(False)
        self._port = self._listener.getsockname()[1]

    def pull(self) -> None:
        """See `Socket.pull`."""
        self._hang_up()
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def exchange(self, said: bytes) -> tuple[bytes, bool]:
        """See `Socket.exchange`."""
        if self._client is None and self._listener is not None:
            with contextlib.suppress(BlockingIOError):
                self._client, _ = self._listener.accept()
                self._client.setblocking(False)
                self._waiting = b""
        if self._client is None:
            return b"", False
        self._waiting = (self._waiting + said)[-MOST_WAITING:]
        heard = b""
        try:
            self._waiting = self._waiting[self._client.send(self._waiting) :] if self._waiting else b""
        except BlockingIOError:
            pass
        except OSError:
            self._hang_up()
            return b"", False
        with contextlib.suppress(BlockingIOError):
            heard = self._received()
        return heard, self._client is not None

    def _received(self) -> bytes:
        assert self._client is not None
        try:
            data = self._client.recv(65536)
        except BlockingIOError:
            raise
        except OSError:
            data = b""
        if not data:
            self._hang_up()
        return data

    def _hang_up(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


class PtySocket:
    """A pseudo-terminal under a name that stays, as a serial device that is unplugged and plugged in again."""

    def __init__(self, link: Path) -> None:
        """Make it.

        Raises:
            SourceError: something else is at that name.
        """
        self._link = link
        self._master: int | None = None
        self._waiting = b""
        if link.exists() and not link.is_symlink():
            raise SourceError(f"{link} is there already; choose another name with --pty.")
        self.plug()

    @property
    def address(self) -> str:
        """See `Socket.address`."""
        return str(self._link.absolute())

    def plug(self) -> None:
        """See `Socket.plug`."""
        if self._master is not None:
            return
        self._master, slave = pty.openpty()
        tty.setraw(slave)
        os.set_blocking(self._master, False)
        self._link.unlink(missing_ok=True)
        self._link.symlink_to(os.ttyname(slave))
        os.close(slave)
        self._waiting = b""

    def pull(self) -> None:
        """See `Socket.pull`."""
        if self._master is not None:
            os.close(self._master)
            self._master = None
        self._link.unlink(missing_ok=True)

    def exchange(self, said: bytes) -> tuple[bytes, bool]:
        """See `Socket.exchange`; nobody is connected while nobody has the device open."""
        if self._master is None:
            return b"", False
        self._waiting = (self._waiting + said)[-MOST_WAITING:]
        with contextlib.suppress(OSError):
            self._waiting = self._waiting[os.write(self._master, self._waiting) :] if self._waiting else b""
        try:
            return os.read(self._master, 65536), True
        except BlockingIOError:
            return b"", True
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            self._waiting = b""
            return b"", False


def serve(sensor: SimulatedA121, cable: Socket, until: threading.Event, *, once: bool = False) -> None:
    """Be the sensor until told to end, the recording is over, or, with `once`, the first client has left.

    Args:
        sensor: what is served.
        cable: where.
        until: ends it.
        once: end when somebody was connected and no longer is.
    """
    was_connected, said = False, b""
    try:
        while not until.wait(LOOK_EVERY_S):
            if sensor.is_unplugged:
                cable.pull()
                sensor.unplug()
                was_connected, said = False, b""
                continue
            cable.plug()
            heard, is_connected = cable.exchange(said)
            if was_connected and not is_connected:
                sensor.unplug()
                if once:
                    return
            was_connected = is_connected
            sensor.hear(heard)
            said = sensor.say() if is_connected else b""
            if sensor.is_over and not said:
                return
    finally:
        cable.pull()
