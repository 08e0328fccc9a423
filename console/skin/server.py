"""Serve the console: uvicorn with limits on slow, swollen and crowding connections."""

import asyncio
import ipaddress
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_HEADER_BYTES = 16 * 1024
MAX_HEADER_WAIT_S = 10.0
MOST_WAITING_OF_ONE = 200
"""Connections of one client address that may wait with nothing or half a request: six each of thirty tablets."""
MOST_WAITING = 500
"""The same of all addresses together; below the 1,024 files that a process may usually have open."""
_GRACE_S = 2
_NOTIFY_S = 3
_HEADER_END = re.compile(rb"\n\r?\n")


class BoundedH11(H11Protocol):
    """HTTP/1.1 that does not wait for ever, nor for everybody (F39, T44).

    A connection whose header is not whole in 10 s is closed. When too many wait, each new one closes the one that has
    waited longest, of the address with the most: whoever comes with a whole request, such as a stop, is answered.
    """

    header_wait_s = MAX_HEADER_WAIT_S
    most_waiting_of_one = MOST_WAITING_OF_ONE
    most_waiting = MOST_WAITING
    _header_timer: asyncio.TimerHandle | None = None
    _waits_since_s = 0.0
    _place = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to count when a connection opens."""
        super().connection_made(transport)
        self._waits_since_s = self.loop.time()
        self._place = _place_of(self.client[0] if self.client else "")
        self._arm()
        self._make_room()

    def data_received(self, data: bytes) -> None:
        """Count again from the first byte of each further request."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._disarm()
        elif self._header_timer is None:
            self._arm()

    def handle_events(self) -> None:
        """Refuse a header over the limit also when it comes whole: h11 measures only what is not whole yet."""
        if self.conn.their_state is h11.IDLE:
            brought = self.conn.trailing_data[0]
            if len(brought) > MAX_HEADER_BYTES and not _HEADER_END.search(brought, 0, MAX_HEADER_BYTES):
                self.send_400_response("The header is too long.")
                return
        super().handle_events()

    def on_response_complete(self) -> None:
        """Count the wait for a further request from the end of this one."""
        self._waits_since_s = self.loop.time()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop counting."""
        self._disarm()
        super().connection_lost(exc)

    def _arm(self) -> None:
        self._header_timer = self.loop.call_later(self.header_wait_s, self._close_if_still_waiting)

    def _disarm(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None

    def _is_waiting(self) -> bool:
        """Return whether nothing, or half a request, has come since the last answer."""
        return self.conn.their_state in (h11.IDLE, h11.SEND_BODY) and not self.transport.is_closing()

    def _make_room(self) -> None:
        if len(self.connections) <= self.most_waiting_of_one:
            return
        waiting = [one for one in self.connections if isinstance(one, BoundedH11) and one._is_waiting()]
        counts = Counter(one._place for one in waiting)
        crowded, most = self._place, self.most_waiting_of_one
        if counts[crowded] <= most:
            if len(waiting) <= self.most_waiting:
                return
            crowded, count = counts.most_common(1)[0]
            most = count - 1
        crowd = sorted((one for one in waiting if one._place == crowded), key=lambda one: one._waits_since_s)
        for one in crowd[: len(crowd) - most]:
            one.transport.abort()

    def _close_if_still_waiting(self) -> None:
        self._header_timer = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.abort()


def _place_of(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 that one IPv6 client has to itself."""
    try:
        told = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(told, ipaddress.IPv4Address):
        return address
    return str(told.ipv4_mapped or ipaddress.ip_network((told, 64), strict=False))


def server_config(
    app: ASGIApp,
    *,
    host: str,
    port: int,
    certificate: str | None = None,
    key: str | None = None,
    gone_round: Callable[[], Awaitable[None]] | None = None,
) -> uvicorn.Config:
    """Return how the console is served.

    Args:
        app: from `create_app`.
        host: address to listen on.
        port: to listen on; 0 for any free one.
        certificate: PEM file; None for plain HTTP, which settings allow on loopback only.
        key: PEM file that belongs to the certificate.
        gone_round: called once it serves, and then each few seconds as long as its loop goes round.
    """
    secure: dict[str, Any] = {"ssl_certfile": certificate, "ssl_keyfile": key} if certificate else {}
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=BoundedH11,
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=_GRACE_S,
        callback_notify=gone_round,
        timeout_notify=_NOTIFY_S,
        h11_max_incomplete_event_size=MAX_HEADER_BYTES,
        **secure,
    )
