"""No request is larger or slower than a form needs (rule F39)."""

import asyncio

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 256 * 1024
MAX_BODY_WAIT_S = 10.0


class BodyGuard:
    """ASGI middleware that reads a body whole, within a size and a time, before the screens see it.

    A body over the limit is answered with 413, whether it announces its length or comes in pieces; one that has not
    arrived in time is answered with 408. So no handler ever waits for a slow sender, and memory per request is bounded.

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
        try:
            async with asyncio.timeout(self._max_wait_s):
                body = await self._read(scope, receive)
        except TimeoutError:
            await _refuse(408, "The request took too long to arrive.", scope, receive, send)
            return
        if body is None:
            limit = self._max_bytes // 1024
            await _refuse(413, f"The request is larger than {limit} kB.", scope, receive, send)
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
                return b"".join(pieces)
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


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and len(value) < 20:
            return int(value)
    return 0


async def _refuse(status: int, sentence: str, scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(sentence, status_code=status, headers={"connection": "close"})(scope, receive, send)
