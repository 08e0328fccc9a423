"""Only this console's own pages may press this console's buttons (T42), and only under its own name."""

from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class OriginGuard:
    """ASGI middleware: requests that change something must come from this console's own pages.

    Browsers say where a press came from (Sec-Fetch-Site, else Origin); a request that says neither is passed on, and
    meets the token of its form. The console answers to its own names only, so that a page of elsewhere cannot reach it
    by re-pointing its name, and no one-time link is made that leads elsewhere.

    Args:
        app: what it stands around.
        names: host names it answers to, as they stand in an address.
    """

    def __init__(self, app: ASGIApp, *, names: Iterable[str]) -> None:
        self._app = app
        self._names = frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            if _name(headers.get("host", "")) not in self._names:
                await PlainTextResponse("This console does not answer to that name.", 400)(scope, receive, send)
                return
            if scope["method"] not in _SAFE_METHODS and not _is_own(scope, headers):
                await PlainTextResponse("That press came from another page.", 403)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _is_own(scope: Scope, headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or origin == f"{scope['scheme']}://{headers.get('host', '')}"


def _name(host: str) -> str:
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdigit() else host.lower()
