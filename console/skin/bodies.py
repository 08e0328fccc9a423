"""No request is larger, slower or stranger than a form needs (rule F39)."""

import asyncio

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 16 * 1024
"""The longest form has some thirty fields of at most 256 letters."""
MAX_FIELDS = 200
MAX_BODY_WAIT_S = 10.0
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_FORM = "application/x-www-form-urlencoded"


class BodyGuard:
    """ASGI middleware that reads a body whole, within a size and a time, before the screens see it.

    A press brings a form of the one plain kind that a page of ours sends, in UTF-8, or nothing: anything else is
    answered with 415 before it is read, for parsers of other kinds can be kept busy for seconds. A body over the limit
    is answered with 413, whether it announces its length or comes in pieces; one that has not arrived in time is
    answered with 408. So no handler ever waits for a slow sender, and memory and work per request are bounded.

    Args:
        app: what it stands around.
        max_bytes: largest body [bytes].
        max_wait_s: from the first to the last byte [s].
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int = MAX_BODY_BYTES, max_wait_s: float = MAX_BODY_WAIT_S) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._max_wait_s = max_wait_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, then pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] not in _SAFE_METHODS and not _is_form(Headers(scope=scope)):
            await _refuse(415, "This console takes its own forms only.", scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._max_wait_s):
                body = await self._read(scope, receive)
        except ClientDisconnect:
            # Half a form is no press.
            return
        except TimeoutError:
            await _refuse(408, "The request took too long to arrive.", scope, receive, send)
            return
        if body is None or body.count(b"&") >= MAX_FIELDS:
            limit = self._max_bytes // 1024
            await _refuse(413, f"The request is larger than a form of {limit} kB.", scope, receive, send)
            return
        await self._app(scope, _Replay(body, receive), send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes | None:
        if _announced(scope) > self._max_bytes:
            return None
        pieces: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            piece = message.get("body", b"")
            size += len(piece)
            if size > self._max_bytes:
                return None
            pieces.append(piece)
            if not message.get("more_body", False):
                return b"".join(pieces)


class _Replay:
    """Gives the body that was read once, then whatever the connection says."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        return await self._receive()


def _is_form(headers: Headers) -> bool:
    """Tell whether a request brings a plain form in UTF-8, or no body at all."""
    told = headers.get("content-type")
    if told is None:
        return headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers
    kind, *parameters = (part.strip().lower() for part in told.split(";"))
    return kind == _FORM and all(one in ("", "charset=utf-8", 'charset="utf-8"') for one in parameters)


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and len(value) < 20:
            return int(value)
    return 0


async def _refuse(status: int, sentence: str, scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(sentence, status_code=status, headers={"connection": "close"})(scope, receive, send)
