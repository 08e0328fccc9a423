"""Whether the console is alive, ready, and which version it is."""

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response


def router(ready: Callable[[], bool]) -> APIRouter:
    """Return the three answers.

    Args:
        ready: whether the ward can be served.
    """
    routes = APIRouter()

    @routes.get("/healthz")
    def alive() -> Response:
        return JSONResponse({"alive": True})

    @routes.get("/readyz")
    def is_ready() -> Response:
        is_up = ready()
        return JSONResponse({"ready": is_up}, status_code=200 if is_up else 503)

    @routes.get("/version")
    def which() -> Response:
        return JSONResponse({"hushward": _version()})

    return routes


def _version() -> str:
    try:
        return version("hushward")
    except PackageNotFoundError:
        return "unknown"
