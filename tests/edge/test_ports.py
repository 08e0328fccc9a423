import os
import pty
import socket
import tty
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import pytest

from broker.clock import HandClock
from edge.errors import SourceError
from edge.sources.ports import MemoryPort, Port, SerialPort, TcpPort, open_port
from tests.kit.flying import TimeThatFlies
from tests.kit.sleeper import START


class FarEnd(Protocol):
    """The sensor's end of a cable under test."""

    def send(self, data: bytes) -> None: ...
    def received(self, size: int) -> bytes: ...
    def unplug(self) -> None: ...


@dataclass
class PtyEnd:
    master: int

    def send(self, data: bytes) -> None:
        os.write(self.master, data)

    def received(self, size: int) -> bytes:
        return os.read(self.master, size)

    def unplug(self) -> None:
        os.close(self.master)


@dataclass
class SocketEnd:
    socket: socket.socket

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def received(self, size: int) -> bytes:
        return self.socket.recv(size)

    def unplug(self) -> None:
        self.socket.close()


class MemoryEnd:
    def __init__(self) -> None:
        self.heard, self.to_say, self.is_out = b"", b"", False

    def hear(self, data: bytes) -> None:
        self.heard += data

    def say(self) -> bytes:
        if self.is_out:
            raise SourceError("The cable is out.")
        said, self.to_say = self.to_say, b""
        return said

    def send(self, data: bytes) -> None:
        self.to_say += data

    def received(self, size: int) -> bytes:
        return self.heard[:size]

    def unplug(self) -> None:
        self.is_out = True


@pytest.fixture(params=["serial", "tcp", "memory"])
def cable(request: pytest.FixtureRequest) -> Iterator[tuple[Port, FarEnd]]:
    if request.param == "serial":
        master, slave = pty.openpty()
        tty.setraw(slave)
        port: Port = SerialPort(os.ttyname(slave))
        os.close(slave)
        yield port, PtyEnd(master)
    elif request.param == "tcp":
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = TcpPort("127.0.0.1", listener.getsockname()[1])
            yield port, SocketEnd(listener.accept()[0])
    else:
        far = MemoryEnd()
        port = MemoryPort(far, TimeThatFlies(START))
        yield port, far
    port.close()


def test_what_is_written_arrives_and_what_is_sent_is_read(cable: tuple[Port, FarEnd]) -> None:
    port, far = cable
    port.write(b'{"cmd":"x"}\n')
    far.send(b"\x00\xffanswer")
    assert far.received(12) == b'{"cmd":"x"}\n'
    assert port.read(1.0) == b"\x00\xffanswer"
    far.unplug()


def test_a_silent_sensor_gives_nothing_and_no_error(cable: tuple[Port, FarEnd]) -> None:
    port, far = cable
    assert port.read(0.02) == b""
    far.unplug()


def test_a_cable_that_is_pulled_is_an_error_in_one_sentence(cable: tuple[Port, FarEnd]) -> None:
    port, far = cable
    far.unplug()
    with pytest.raises(SourceError) as caught:
        port.read(0.1)
    assert "\n" not in str(caught.value)


def test_a_port_is_closed_twice_without_harm(cable: tuple[Port, FarEnd]) -> None:
    port, far = cable
    port.close()
    port.close()
    with pytest.raises(SourceError):
        port.read(0)
    far.unplug()


def test_only_a_serial_line_has_a_speed(cable: tuple[Port, FarEnd]) -> None:
    port, far = cable
    port.set_baudrate(921600)
    port.send_break()
    assert port.baudrate == (921600 if isinstance(port, SerialPort) else None)
    far.unplug()


def test_a_device_that_is_not_there_is_said_with_its_remedy() -> None:
    with pytest.raises(SourceError, match="no device /dev/ttyNONE; plug the sensor in"):
        open_port("/dev/ttyNONE")


def test_a_device_that_another_program_holds_is_said_with_its_remedy() -> None:
    master, slave = pty.openpty()
    first = SerialPort(os.ttyname(slave))
    with pytest.raises(SourceError, match="in use by another program"):
        SerialPort(os.ttyname(slave))
    first.close()
    os.close(master)
    os.close(slave)


@pytest.mark.parametrize("address", ["tcp://", "tcp://host", "tcp://host:0", "tcp://:80", "tcp://host:x"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(SourceError, match="tcp://HOST:PORT"):
        open_port(address)


def test_nobody_at_an_address_is_said_with_its_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.getsockname()[1]
    with pytest.raises(SourceError, match="No sensor answers at 127"):
        open_port(f"tcp://127.0.0.1:{number}")


def test_a_port_in_memory_waits_on_the_clock_it_was_given() -> None:
    clock: HandClock = TimeThatFlies(START)
    before_s = clock.elapsed_s()
    assert MemoryPort(MemoryEnd(), clock).read(0.5) == b""
    assert clock.elapsed_s() - before_s == pytest.approx(0.5)
