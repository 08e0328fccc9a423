"""The cables to live sensors: a serial device, a TCP connection, or one in memory (only importer of pyserial)."""

import contextlib
import errno
import select
import socket
import threading
from typing import Protocol

import serial

from broker.clock import Clock
from edge.errors import SourceError

CONNECT_S = 0.4
"""[s] to wait for a TCP connection: a sensor's board is on the same table, and the loop that waits must go on."""
WRITE_S = 1.0
"""[s] to wait until a command is taken."""
READ_AT_ONCE = 65536
_LOOK_EVERY_S = 0.02
TCP = "tcp://"


class Port(Protocol):
    """Bytes to and from a sensor; no method waits longer than it says."""

    @property
    def baudrate(self) -> int | None:
        """Speed of the line now [baud]; None where the link has none."""
        ...

    def read(self, timeout_s: float) -> bytes:
        """Give what has come.

        Args:
            timeout_s: [s] to wait for the first byte; 0 only looks.

        Returns:
            At least one byte, or nothing when the time is over.

        Raises:
            SourceError: the link is lost.
        """
        ...

    def write(self, data: bytes) -> None:
        """Send all of it.

        Raises:
            SourceError: the link is lost, or the other end takes nothing.
        """
        ...

    def set_baudrate(self, baudrate: int) -> None:
        """Change the speed of the line [baud]; nothing happens where the link has none.

        Raises:
            SourceError: the device refuses it.
        """
        ...

    def send_break(self) -> None:
        """Hold the line low for a moment, on which some sensors begin anew; nothing happens where there is no line.

        Raises:
            SourceError: the link is lost.
        """
        ...

    def close(self) -> None:
        """Give the device back; may be called twice."""
        ...


def open_port(address: str, baudrate: int = 115200, *, flow_control: bool = False) -> Port:
    """Open a sensor's port.

    Args:
        address: `/dev/ttyUSB0` or another serial device, or `tcp://HOST:PORT`.
        baudrate: of a serial device [baud].
        flow_control: use the serial device's RTS and CTS wires.

    Raises:
        SourceError: it cannot be opened, with the remedy.
    """
    if address.startswith(TCP):
        host, _, number = address.removeprefix(TCP).rpartition(":")
        if not host or not number.isdigit() or not 0 < int(number) < 65536:
            raise SourceError(f"{address} is no address of a sensor: write it as tcp://HOST:PORT.")
        return TcpPort(host.strip("[]"), int(number))
    return SerialPort(address, baudrate, flow_control=flow_control)


class SerialPort:
    """A serial device, held by this process alone."""

    def __init__(self, device: str, baudrate: int = 115200, *, flow_control: bool = False) -> None:
        """Open it.

        Raises:
            SourceError: it is not there, may not be used, or is in use.
        """
        self._device = device
        try:
            self._serial = serial.Serial(
                device, baudrate, timeout=0, write_timeout=WRITE_S, rtscts=flow_control, exclusive=True
            )
        except (OSError, ValueError) as error:
            raise SourceError(_why_not_opened(device, error)) from error

    @property
    def baudrate(self) -> int | None:
        """See `Port.baudrate`."""
        speed: int = self._serial.baudrate
        return speed

    def read(self, timeout_s: float) -> bytes:
        """See `Port.read`."""
        try:
            select.select([self._serial], [], [], max(0.0, timeout_s))
            data: bytes = self._serial.read(READ_AT_ONCE)
        except (OSError, ValueError, TypeError) as error:
            raise SourceError(f"{self._device} was unplugged or has failed ({_short(error)}).") from error
        return data

    def write(self, data: bytes) -> None:
        """See `Port.write`."""
        try:
            self._serial.write(data)
        except (OSError, ValueError, TypeError) as error:
            raise SourceError(f"{self._device} takes no command ({_short(error)}).") from error

    def set_baudrate(self, baudrate: int) -> None:
        """See `Port.set_baudrate`."""
        try:
            self._serial.baudrate = baudrate
        except (OSError, ValueError) as error:
            raise SourceError(f"{self._device} cannot run at {baudrate} baud ({_short(error)}).") from error

    def send_break(self) -> None:
        """See `Port.send_break`; takes a quarter of a second."""
        try:
            self._serial.send_break()
        except (OSError, ValueError) as error:
            raise SourceError(f"{self._device} was unplugged or has failed ({_short(error)}).") from error

    def close(self) -> None:
        """See `Port.close`."""
        with contextlib.suppress(OSError):
            self._serial.close()


class TcpPort:
    """A TCP connection to a sensor's board."""

    def __init__(self, host: str, port: int) -> None:
        """Connect.

        Raises:
            SourceError: nobody answers there.
        """
        self._name = f"{host}:{port}"
        try:
            self._socket = socket.create_connection((host, port), CONNECT_S)
            self._socket.settimeout(WRITE_S)
        except OSError as error:
            raise SourceError(
                f"No sensor answers at {self._name} ({_short(error)}); check its address, its power and its network."
            ) from error

    @property
    def baudrate(self) -> int | None:
        """Always None: a connection has no line speed."""
        return None

    def read(self, timeout_s: float) -> bytes:
        """See `Port.read`."""
        try:
            if not select.select([self._socket], [], [], max(0.0, timeout_s))[0]:
                return b""
            data = self._socket.recv(READ_AT_ONCE)
        except (OSError, ValueError) as error:
            raise SourceError(f"The connection to {self._name} is lost ({_short(error)}).") from error
        if not data:
            raise SourceError(f"The sensor at {self._name} has closed the connection.")
        return data

    def write(self, data: bytes) -> None:
        """See `Port.write`."""
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise SourceError(f"The connection to {self._name} is lost ({_short(error)}).") from error

    def set_baudrate(self, baudrate: int) -> None:
        """Do nothing: a connection has no line speed."""

    def send_break(self) -> None:
        """Do nothing: a connection has no line."""

    def close(self) -> None:
        """See `Port.close`."""
        self._socket.close()


class Peer(Protocol):
    """The sensor's end of a port in memory."""

    def hear(self, data: bytes) -> None:
        """Take what was written to the port."""
        ...

    def say(self) -> bytes:
        """Give what is to be read now; empty when there is nothing.

        Raises:
            SourceError: the cable is out.
        """
        ...


class MemoryPort:
    """A port whose other end is an object in the same process; time passes on the clock that was given."""

    def __init__(self, peer: Peer, clock: Clock, baudrate: int | None = None) -> None:
        self._peer = peer
        self._clock = clock
        self._never = threading.Event()
        self._is_closed = False
        self.baudrate = baudrate

    def read(self, timeout_s: float) -> bytes:
        """See `Port.read`."""
        until_s = self._clock.elapsed_s() + timeout_s
        while True:
            data = self._open_peer().say()
            left_s = until_s - self._clock.elapsed_s()
            if data or left_s <= 0:
                return data
            self._clock.wait(self._never, min(_LOOK_EVERY_S, left_s))

    def write(self, data: bytes) -> None:
        """See `Port.write`."""
        self._open_peer().hear(data)

    def set_baudrate(self, baudrate: int) -> None:
        """See `Port.set_baudrate`."""
        if self.baudrate is not None:
            self.baudrate = baudrate

    def send_break(self) -> None:
        """Do nothing: the peer has no line."""

    def close(self) -> None:
        """See `Port.close`."""
        self._is_closed = True

    def _open_peer(self) -> Peer:
        if self._is_closed:
            raise SourceError("The port was closed.")
        return self._peer


def _why_not_opened(device: str, error: Exception) -> str:
    """Say what is wrong and what to do; pyserial keeps the system's number on the first error it wraps."""
    number = getattr(error, "errno", None)
    if number == errno.ENOENT:
        return f"There is no device {device}; plug the sensor in, and let `hushward doctor` list what is there."
    if number in (errno.EACCES, errno.EPERM):
        return (
            f"This account may not use {device}; add it to the group dialout (sudo usermod -aG dialout NAME) "
            "and start the node again."
        )
    if number in (errno.EBUSY, errno.EAGAIN):
        return f"{device} is in use by another program; end that one (sudo fuser -v {device} names it)."
    return f"{device} cannot be opened as a serial device ({_short(error)}); check the name in [source] port."


def _short(error: Exception) -> str:
    """Give the system's own words, without the library's around them."""
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(words).splitlines()[0][:80]
