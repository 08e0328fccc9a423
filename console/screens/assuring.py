"""Every page of the governance lead's desk, and the ward's public page (chapter G)."""

from zoneinfo import ZoneInfo

from fastapi import APIRouter

from console.screens import audits, benefit, public, review_dates
from console.screens.answers import Answers
from console.screens.door import Door
from console.screens.ports import Contacts, WardPort


def router(ward: WardPort, door: Door, answers: Answers, zone: ZoneInfo, contacts: Contacts) -> APIRouter:
    """Return all of them."""
    routes = APIRouter()
    for one in (
        audits.router(ward, door, answers),
        review_dates.router(ward, door, answers, zone),
        benefit.router(ward, door, answers),
        public.router(ward, answers, contacts),
    ):
        routes.include_router(one)
    return routes
