"""F39, T44: slow and swollen connections, against the real server."""

import asyncio
import socket
import threading
import time
from contextlib import contextmanager

import pytest
import uvicorn

from console.skin.server import BoundedH11, server_config


class Quick(BoundedH11):
    """The same protocol with less patience, so that the test need not wait."""

    header_wait_s = 0.4


async def answers(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@contextmanager
def running(app):
    config = server_config(app, host="127.0.0.1", port=0)
    config.http = Quick
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
