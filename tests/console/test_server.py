"""F39, T44: slow and swollen connections, against the real server."""

import asyncio
import socket
import threading
import time
from contextlib import ExitStack, contextmanager, suppress

import httpx2
import pytest
import uvicorn

from console.skin.server import BoundedH11, server_config
from tests.kit.served import served
from tests.kit.skin import HandWard


class Quick(BoundedH11):
    """The same protocol with less patience, so that the test need not wait."""

    header_wait_s = 0.4


class Narrow(BoundedH11):
    """The same protocol with less room, so that the test need not open hundreds of connections."""

    most_waiting_of_one = 10
    most_waiting = 25


async def answers(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@contextmanager
def running(app, protocol=Quick):
    config = server_config(app, host="127.0.0.1", port=0)
    config.http = protocol
    config.lifespan = "off"
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def address():
    with running(answers) as found:
        yield found


def closed_after_s(connection: socket.socket, limit_s: float = 3.0) -> float:
    """Return how long the other side kept an idle connection [s]."""
    connection.settimeout(limit_s)
    began = time.monotonic()
    try:
        while connection.recv(4096):
            pass
    except ConnectionResetError:
        pass
    return time.monotonic() - began


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_F39_a_header_that_never_becomes_whole_is_given_up(address, sent):
    with socket.create_connection(address) as connection:
        connection.sendall(sent)
        assert closed_after_s(connection) < 2.0


def test_F39_so_is_the_header_of_a_second_request(address):
    with socket.create_connection(address) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"200 OK" in connection.recv(4096)
        connection.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
        assert closed_after_s(connection) < 2.0


def test_F39_a_header_of_64_kb_is_refused(address):
    with socket.create_connection(address) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Big: " + b"a" * 65_536)
        assert b"400" in connection.recv(4096)


def test_F39_others_are_answered_while_two_hundred_connections_dawdle(address):
    dawdlers = [socket.create_connection(address) for _ in range(200)]
    try:
        began = time.monotonic()
        with socket.create_connection(address) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"200 OK" in connection.recv(4096)
        assert time.monotonic() - began < 1.0
    finally:
        for one in dawdlers:
            one.close()


def answered(address) -> bool:
    """Tell whether a whole request is answered at once."""
    with socket.create_connection(address, 3) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        return b"200 OK" in connection.recv(4096)


def is_open(connection: socket.socket) -> bool:
    """Tell whether the other side still keeps a connection."""
    connection.settimeout(0.2)
    try:
        return connection.recv(1) != b""
    except TimeoutError:
        return True
    except ConnectionResetError:
        return False


def crowd_of(stack, address, count: int, place: str = "127.0.0.1", sent: bytes = b"") -> list[socket.socket]:
    """Open connections that come with nothing, or with half a request."""
    opened = []
    for _ in range(count):
        one = stack.enter_context(socket.create_connection(address, 3, source_address=(place, 0)))
        one.sendall(sent)
        opened.append(one)
    return opened


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nwhat="])
def test_F39_one_address_keeps_few_connections_waiting_and_whoever_asks_is_answered(sent):
    async def reads(scope, receive, send):
        while (await receive()).get("more_body"):
            pass
        await answers(scope, receive, send)

    with running(reads, Narrow) as address, ExitStack() as stack:
        crowd = crowd_of(stack, address, 60, sent=sent)
        assert answered(address)
        assert sum(map(is_open, crowd)) <= Narrow.most_waiting_of_one


def test_F39_a_crowd_of_one_address_takes_no_connection_of_another():
    with running(answers, Narrow) as address, ExitStack() as stack:
        (tablet,) = crowd_of(stack, address, 1, "127.0.0.9")
        crowd_of(stack, address, 60)
        tablet.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"200 OK" in tablet.recv(4096)


def test_F39_many_addresses_together_keep_no_more_than_the_console_can_bear():
    with running(answers, Narrow) as address, ExitStack() as stack:
        crowd = [one for n in range(2, 8) for one in crowd_of(stack, address, 8, f"127.0.0.{n}")]
        assert answered(address)
        assert sum(map(is_open, crowd)) <= Narrow.most_waiting


def test_F39_whoever_waits_for_an_answer_is_no_part_of_the_crowd():
    may_answer = threading.Event()

    async def slowly(scope, receive, send):
        while scope["path"] == "/slow" and not may_answer.is_set():
            await asyncio.sleep(0.01)
        await answers(scope, receive, send)

    with running(slowly, Narrow) as address, ExitStack() as stack:
        asking = []
        for _ in range(30):
            asking += crowd_of(stack, address, 1, sent=b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
            assert answered(address)
        may_answer.set()
        assert all(b"200 OK" in one.recv(4096) for one in asking)


@pytest.mark.parametrize("pieces", [1, 2, 40])
def test_F39_a_header_of_70_kb_is_refused_however_it_comes(address, pieces):
    header = b"GET / HTTP/1.1\r\nHost: x\r\nX-Big: " + b"a" * 70_000 + b"\r\n\r\n"
    step = len(header) // pieces + 1
    with socket.create_connection(address, 3) as connection, suppress(ConnectionError):
        for at in range(0, len(header), step):
            connection.sendall(header[at : at + step])
        assert connection.recv(4096).startswith(b"HTTP/1.1 400")


def test_F39_so_is_that_of_a_request_that_follows_another(address):
    first, second = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n"
    with socket.create_connection(address, 3) as connection:
        connection.sendall(first + second)
        assert b"HTTP/1.1 400" in b"".join(iter(lambda: connection.recv(4096), b""))


def test_C5_a_stop_is_taken_while_six_hundred_connections_wait(tmp_path):
    ward = HandWard()
    with served(ward, tmp_path) as url, ExitStack() as stack:
        address = ("127.0.0.1", int(url.rpartition(":")[2]))
        for place in ("127.0.0.1", "127.0.0.2", "127.0.0.3"):
            crowd_of(stack, address, 200, place)
        said = httpx2.post(f"{url}/stop/room-2", timeout=3)
        alive = httpx2.get(f"{url}/healthz", timeout=3)
    assert (said.status_code, alive.status_code) == (303, 200)
    assert ward.presses[0][:2] == ("withdraw", "room-2")


def test_a_slow_answer_outlives_the_patience_for_headers():
    async def slowly(scope, receive, send):
        await asyncio.sleep(1.0)
        await answers(scope, receive, send)

    with running(slowly) as found, socket.create_connection(found) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.settimeout(5)
        assert b"200 OK" in connection.recv(4096)


def test_the_server_names_neither_itself_nor_its_maker(address):
    with socket.create_connection(address) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"uvicorn" not in connection.recv(4096).lower()
