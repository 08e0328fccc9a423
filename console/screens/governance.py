"""What governance sees: the audit log's codes and pseudonyms, never the data behind them (rule X5)."""

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from console.roles import Actor
from console.screens.answers import Answers, shown
from console.screens.door import Door
from console.screens.ports import WardPort
from console.showing.desk_views import AuditRow
from console.words import SOURCE_LANGUAGE

PAGE_ROWS = 25
"""Entries on a page: on a phone a longer one is not read to its end."""


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the page."""
    routes = APIRouter()

    @routes.get("/governance")
    def audit(
        request: Request,
        actor: Annotated[Actor, Depends(door.unlocked)],
        after: Annotated[int | None, Query(ge=-1, le=2**53)] = None,
    ) -> Response:
        health = shown(ward.access.health(actor))
        first = max(-1, health.audit_size - PAGE_ROWS - 1) if after is None else after
        rows = shown(ward.access.audit_rows(actor, first, PAGE_ROWS))
        return answers.page(
            request,
            actor,
            "governance.html",
            days=by_day(rows, answers.pages.catalogues[SOURCE_LANGUAGE].timezone),
            health=health,
            earlier=max(-1, first - PAGE_ROWS) if first >= 0 else None,
            later=rows[-1].index if len(rows) == PAGE_ROWS and after is not None else None,
        )

    return routes


def by_day(rows: Sequence[AuditRow], zone: ZoneInfo) -> list[tuple[AuditRow, list[AuditRow]]]:
    """Return entries by ward day, the newest first: of each day its newest entry, and all of them."""
    newest_first = reversed(rows)
    found = [list(group) for _day, group in groupby(newest_first, lambda row: row.at.astimezone(zone).date())]
    return [(group[0], group) for group in found]
