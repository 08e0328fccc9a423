"""A stop is served also when everything else is too much: the reserve for what must never wait (rules C5, K8)."""

import asyncio
import re

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

AT_ONCE = 30
"""Ordinary requests that may be worked on at once; the other ten of the forty worker threads are the reserve."""
IN_LINE = 200
"""Ordinary requests that may wait for that; one more is sent away at once."""
_VITAL = re.compile(r"/stop/.*|/board/rooms/[^/]+/no|/board/prompts/[^/]+|/healthz|/readyz")


class ReserveGuard:
    """ASGI middleware that keeps worker threads free for a stop, for a nurse's answer, and for being found alive.

    A request counts until its answer begins, so that neither a live board nor a slow reader takes a place.

    Args:
        app: what it stands around.
        at_once: ordinary requests worked on at once.
        in_line: ordinary requests that may wait.
    """

    def __init__(self, app: ASGIApp, *, at_once: int = AT_ONCE, in_line: int = IN_LINE) -> None:
        self._app = app
        self._places = asyncio.Semaphore(at_once)
        self._in_line = in_line
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, now, in its turn, or not at all."""
        if scope["type"] != "http" or _VITAL.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        if self._waiting >= self._in_line:
            answer = PlainTextResponse("Too much at once. Walk your round; try again.", 503, {"retry-after": "2"})
            await answer(scope, receive, send)
            return
        await self._take_turn()
        place = _Place(self._places, send)
        try:
            await self._app(scope, receive, place.send)
        finally:
            place.leave()

    async def _take_turn(self) -> None:
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1


class _Place:
    """One request's place, which it leaves once, at the latest when its answer begins."""

    def __init__(self, places: asyncio.Semaphore, send: Send) -> None:
        self._places: asyncio.Semaphore | None = places
        self._send = send

    async def send(self, message: Message) -> None:
        """Leave the place when the answer begins, and pass it on."""
        self.leave()
        await self._send(message)

    def leave(self) -> None:
        """Give the place to the next in line."""
        if self._places is not None:
            self._places.release()
            self._places = None
