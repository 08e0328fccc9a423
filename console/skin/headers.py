"""Headers that every answer carries: nothing from elsewhere, nothing kept, nothing framed (T41, T42, T06)."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; "
    "script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
)
_ALWAYS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), usb=(), serial=()",
}
STATIC_PREFIX = "/static/"
_ONE_YEAR = "max-age=31536000"


class HeaderGuard:
    """ASGI middleware that adds the headers; answers outside the static folder may be kept by nobody.

    Args:
        app: what it stands around.
        is_tls: whether browsers reach the console over TLS only.
    """

    def __init__(self, app: ASGIApp, *, is_tls: bool) -> None:
        self._app = app
        self._is_tls = is_tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and dress its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_static = scope["path"].startswith(STATIC_PREFIX)

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers[name] = value
                headers["cache-control"] = "no-cache" if is_static else "no-store"
                if self._is_tls:
                    headers["strict-transport-security"] = _ONE_YEAR
            await send(message)

        await self._app(scope, receive, dressed)
