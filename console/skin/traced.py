"""How long requests take: by route template and status, and by nothing else of them."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.tracing.spans import Fact, Spans, Step


class TracedRequests:
    """ASGI middleware that times each request until its answer begins.

    Its path, query, headers, body, sender and reader are not looked at. A caller's own `traceparent` is not taken over:
    what others send stays out of what this console tells.

    Args:
        app: what it stands around; the outermost place counts waiting in line too.
        spans: times steps.
    """

    def __init__(self, app: ASGIApp, *, spans: Spans) -> None:
        self._app, self._spans = app, spans

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and time it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = self._spans.moment()
        is_told = False

        def tell(status: int) -> None:
            nonlocal is_told
            if is_told:
                return
            is_told = True
            with self._spans.during(Step.REQUEST, began) as span:
                span.tell(Fact.METHOD, scope["method"])
                span.tell(Fact.ROUTE, getattr(scope.get("route"), "path", ""))
                span.tell(Fact.STATUS, status)

        async def timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                tell(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, timed)
        except Exception:
            # Answered with 500 further out, where the server says so.
            tell(500)
            raise
