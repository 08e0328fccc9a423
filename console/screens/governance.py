"""What governance sees: the audit log's codes and pseudonyms, never the data behind them (rule X5)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from console.roles import Actor
from console.screens.answers import Answers, shown
from console.screens.door import Door
from console.screens.ports import WardPort

PAGE_ROWS = 100


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the page."""
    routes = APIRouter()

    @routes.get("/governance")
    def audit(
        request: Request,
        actor: Annotated[Actor, Depends(door.unlocked)],
        after: Annotated[int, Query(ge=-1, le=2**53)] = -1,
    ) -> Response:
        rows = shown(ward.access.audit_rows(actor, after, PAGE_ROWS))
        health = shown(ward.access.health(actor))
        onward = rows[-1].index if len(rows) == PAGE_ROWS else None
        return answers.page(request, actor, "governance.html", rows=rows, health=health, after=after, onward=onward)

    return routes
