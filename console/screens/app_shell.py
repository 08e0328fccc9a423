"""The board as an app on a tablet: what is installed, and the one page that it keeps for when the network is gone.

A tablet keeps four things, and nothing about anybody is in them: the page that says "connection lost", its style, its
script and the icon. Every other page, style and script comes from the console each time or not at all, so that neither
an old tile nor old code can ever stand on a screen (rules A9, K10).
"""

import hashlib
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from console.screens.answers import Answers

STATIC = Path(__file__).parent.parent / "static"
LOST = "/app/lost"
KEPT = (LOST, "/static/lost.css", "/static/lost.js", "/static/icon.svg")
"""All that a tablet keeps."""
NIGHT_GROUND = "#0a0907"
"""What stands behind the app while it opens: no screen wakes bright (rule A8)."""
_WORKER = "app-worker.js"
_MARK = "VERSION-OF-THE-SHELL"
_MANIFEST: dict[str, Any] = {
    "id": "/",
    "name": "Hushward",
    "short_name": "Hushward",
    "start_url": "/",
    "scope": "/",
    "display": "standalone",
    "background_color": NIGHT_GROUND,
    "theme_color": NIGHT_GROUND,
    "icons": [
        {"src": "/static/icon.svg", "sizes": "any", "type": "image/svg+xml"},
        {"src": "/static/icon-192.png", "sizes": "192x192", "type": "image/png", "purpose": "any maskable"},
        {"src": "/static/icon-512.png", "sizes": "512x512", "type": "image/png", "purpose": "any maskable"},
    ],
}


def router(answers: Answers) -> APIRouter:
    """Return the three answers; none of them depends on who asks."""
    routes = APIRouter()

    @routes.get("/app.webmanifest")
    def manifest() -> Response:
        return JSONResponse(_MANIFEST, media_type="application/manifest+json")

    @routes.get(LOST)
    def lost(request: Request) -> Response:
        """Return the page; it is asked for without a session, and would say the same with one."""
        return answers.page(request, None, "app/lost.html")

    @routes.get("/app-worker.js")
    def worker(request: Request) -> Response:
        """Return the script that keeps the page; it changes whenever what it keeps changes, and so is fetched anew."""
        version = hashlib.sha256(answers.page(request, None, "app/lost.html").body)
        for path in (_WORKER, *(one.removeprefix("/static/") for one in KEPT if one != LOST)):
            version.update((STATIC / path).read_bytes())
        text = (STATIC / _WORKER).read_text("utf-8").replace(_MARK, version.hexdigest()[:16])
        return Response(text, media_type="text/javascript")

    return routes
