"""The fleet page: every node as a machine, the worst first, each with what to do next; no patient is in it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console.errors import SettingsError
from console.roles import Actor
from console.screens.answers import Answers, shown
from console.screens.door import Door
from console.screens.health_words import worded
from console.screens.ports import WardPort
from console.showing.next_steps import CERTIFICATE_WARNING, CLOCK_WARNING_S, LEASE_LATE_S, Urgency, fleet_of
from console.words import N_

_log = structlog.get_logger(__name__)
URGENCIES = {
    Urgency.NOW: N_("Now"),
    Urgency.TODAY: N_("Today"),
    Urgency.SOON: N_("Soon"),
    Urgency.NOTHING: N_("Well"),
}


def router(
    ward: WardPort, door: Door, answers: Answers, certificates: Callable[[], Mapping[str, datetime]]
) -> APIRouter:
    """Return the page.

    Args:
        ward: tells the figures.
        door: knows who asks.
        answers: renders.
        certificates: reads when each node's newest certificate ends; empty when this console was not told.
    """
    routes = APIRouter()

    @routes.get("/fleet")
    def fleet(request: Request, actor: Annotated[Actor, Depends(door.signed_in)]) -> Response:
        health, now = shown(ward.access.health(actor)), ward.clock.utc_now()
        ends, is_unread = _read(certificates)
        rows = fleet_of(health, ends, now)
        return answers.page(
            request,
            actor,
            "desk/fleet.html",
            rows=rows,
            counts={one: sum(row.step.urgency is one for row in rows) for one in Urgency},
            urgencies=URGENCIES,
            health=health,
            worded=worded,
            now=now,
            knows_certificates=bool(ends),
            is_unread=is_unread,
            warn_until=now + CERTIFICATE_WARNING,
            clock_warning_s=CLOCK_WARNING_S,
            lease_late_s=LEASE_LATE_S,
        )

    return routes


def _read(certificates: Callable[[], Mapping[str, datetime]]) -> tuple[Mapping[str, datetime], bool]:
    """Return when certificates end, and whether the register is there and cannot be read: the page stands without."""
    try:
        return certificates(), False
    except SettingsError as error:
        _log.error("register_not_read", reason=str(error))
        return {}, True
