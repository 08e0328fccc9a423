"""The page's skin: the standard library's HTTP server, with few connections, small requests and strict headers."""

import socketserver
import threading
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from deploy.setup_room.site import MOST_BODY_BYTES, Answer, Asked, Site

MOST_AT_ONCE = 8
PATIENCE_S = 5.0
"""[s] that one connection may take to say what it wants."""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), usb=(), serial=()",
    "Cache-Control": "no-store",
}
"""On every answer: nothing from elsewhere, nothing kept, nothing framed."""


class PageServer(socketserver.ThreadingMixIn, HTTPServer):
    """Listens from the moment it is made until `close`; requests take turns at the site."""

    daemon_threads = True
    # A page that has ended must not keep the engineer waiting for the next one.
    allow_reuse_address = True

    def __init__(self, address: str, port: int) -> None:
        """Listen.

        Args:
            address: loopback or the USB link's, checked before.
            port: 0 takes a free one.

        Raises:
            OSError: the port is taken.
        """
        self.site: Site | None = None
        self.turn = threading.Lock()
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        super().__init__((address, port), _Handler)
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)

    @property
    def origin(self) -> str:
        """Return the page's address as a browser writes it."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    def server_bind(self) -> None:
        """Bind without asking a name server what this machine is called."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "setup-room", int(self.server_address[1])

    def begin(self, site: Site) -> None:
        """Answer with a site from now on."""
        self.site = site
        self._thread.start()

    def close(self) -> None:
        """Listen no more."""
        if self._thread.is_alive():
            self.shutdown()
            self._thread.join(PATIENCE_S)
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Take a connection, or hang up on one too many."""
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Give the place free when a connection is done."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: who hung up in the middle is no fault of the page, and a trace could hold a code."""


class _Handler(BaseHTTPRequestHandler):
    """One connection, one request."""

    server: PageServer
    timeout = PATIENCE_S

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        told = self.headers.get("Content-Length", "")
        if not told.isascii() or not told.isdigit() or int(told) > MOST_BODY_BYTES:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        self._answer(self.rfile.read(int(told)))

    def _answer(self, body: bytes) -> None:
        assert self.server.site is not None
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.server.turn:
            answer = self.server.site.answer(Asked(self.command, self.path, headers, body))
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        with suppress(OSError):
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            if answer.status is not HTTPStatus.NO_CONTENT:
                self.send_header("Content-Length", str(len(answer.body)))
            for name, value in HEADERS.items():
                self.send_header(name, value)
            if answer.cookie is not None:
                self.send_header("Set-Cookie", answer.cookie)
            self.end_headers()
            self.wfile.write(answer.body)

    def send_error(self, code: int, *_: object, **__: object) -> None:
        """Refuse what is no request of a browser, without a page and without repeating what was asked."""
        self._send(Answer(HTTPStatus(code)))

    def version_string(self) -> str:
        """Say no version."""
        return "setup-room"

    def log_message(self, *_: object) -> None:
        """Keep no log of requests: the node keeps what was tried and what was drawn."""
