"""Serve the console: uvicorn with limits on slow and swollen requests."""

import asyncio
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_HEADER_BYTES = 16 * 1024
MAX_HEADER_WAIT_S = 10.0
_GRACE_S = 2


class BoundedH11(H11Protocol):
    """HTTP/1.1 that does not wait for ever: a connection whose header is not whole in 10 s is closed (F39)."""

    header_wait_s = MAX_HEADER_WAIT_S
    _header_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to count when a connection opens."""
        super().connection_made(transport)
        self._arm()

    def data_received(self, data: bytes) -> None:
        """Count again from the first byte of each further request."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._disarm()
        elif self._header_timer is None:
            self._arm()

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

    def _close_if_still_waiting(self) -> None:
        self._header_timer = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.abort()


def server_config(
    app: ASGIApp, *, host: str, port: int, certificate: str | None = None, key: str | None = None
) -> uvicorn.Config:
    """Return how the console is served.

    Args:
        app: from `create_app`.
        host: address to listen on.
        port: to listen on; 0 for any free one.
        certificate: PEM file; None for plain HTTP, which settings allow on loopback only.
        key: PEM file that belongs to the certificate.
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
        h11_max_incomplete_event_size=MAX_HEADER_BYTES,
        limit_concurrency=1000,
        **secure,
    )
