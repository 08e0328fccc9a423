"""A live stream to one screen: ends with its session, with its reader, or when the reader no longer answers (F40)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, suppress

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

RETRY_MS = 1000
MAX_SILENCE_S = 30.0
"""A screen that has not answered for so long is let go, whatever the network still buffers for it."""


class LiveStream(Response):
    """Server-sent events.

    The screen is asked to answer every few seconds (`is_answering`); buffers of the network can hide for hours that
    nobody reads. What is sent and not taken is bounded by the connection's own buffer.

    Args:
        texts: one JSON text per event.
        name: told to the screen first, so that it can answer.
        is_open: asked before each event, from memory; False ends the stream (the session ended).
        is_answering: whether the screen has answered lately.
        on_end: called once, in a thread, with why it ended: `closed`, `session_ended`, `stalled` or `console_stopped`.
        max_wait_s: for one event to be taken [s].
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        texts: AsyncIterator[str],
        *,
        name: str,
        is_open: Callable[[], bool],
        is_answering: Callable[[], bool],
        on_end: Callable[[str], None],
        max_wait_s: float = MAX_SILENCE_S,
    ) -> None:
        super().__init__(headers={"x-accel-buffering": "no"})
        self._texts = texts
        self._name = name
        self._is_open = is_open
        self._is_answering = is_answering
        self._on_end = on_end
        self._max_wait_s = max_wait_s

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until one side ends it."""
        headers = [(name, value) for name, value in self.raw_headers if name != b"content-length"]
        reason = "console_stopped"
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            reason = await self._until_ended(receive, send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            await asyncio.shield(asyncio.to_thread(self._on_end, reason))

    async def _until_ended(self, receive: Receive, send: Send) -> str:
        sending = asyncio.create_task(self._send_all(send))
        leaving = asyncio.create_task(_disconnected(receive))
        try:
            done, _ = await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            return sending.result() if sending in done else "closed"
        finally:
            for task in (sending, leaving):
                task.cancel()
                with suppress(asyncio.CancelledError, OSError):
                    await task

    async def _send_all(self, send: Send) -> str:
        await send(_body(f"retry: {RETRY_MS}\nevent: name\ndata: {self._name}\n\n"))
        async with aclosing(self._texts) as texts:  # type: ignore[type-var]
            async for text in texts:
                if not self._is_open():
                    await send(_body("event: ended\ndata: {}\n\n"))
                    return "session_ended"
                if not self._is_answering():
                    return "stalled"
                try:
                    async with asyncio.timeout(self._max_wait_s):
                        await send(_body(f"event: board\ndata: {text}\n\n"))
                except TimeoutError:
                    return "stalled"
        return "console_stopped"


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _body(text: str) -> dict[str, object]:
    return {"type": "http.response.body", "body": text.encode(), "more_body": True}
