"""What the corridor unit is told: how loud to be, and whether any device of the ward can be reached (rule A10)."""

import hmac
from typing import Annotated

from fastapi import APIRouter, Form, Header
from starlette.responses import JSONResponse, Response

from console.alerting.sounders import CORRIDOR
from console.screens.ports import WardPort


def router(ward: WardPort, token: str) -> APIRouter:
    """Return the route.

    Args:
        ward: tells what calls.
        token: the unit's own secret; nobody else is answered.
    """
    routes = APIRouter()

    @routes.post("/corridor")
    def corridor(
        authorization: str = Header(default="", max_length=200), test: Annotated[str, Form(max_length=64)] = ""
    ) -> Response:
        if not hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
            return Response(status_code=404)
        ward.sounders.beat(CORRIDOR, is_in_front=False)
        level, is_tablet_there = ward.calling.corridor()
        mark, sounds_once = ward.call_tests.for_corridor(test)
        told = {"level": level.value, "is_tablet_there": is_tablet_there, "test": mark, "sounds_once": sounds_once}
        return JSONResponse(told)

    return routes
