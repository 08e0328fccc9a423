"""The one place that decides what a span may say: every name, fact and value that leaves stands in a list here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from console.tracing.spans import Fact, Step

METHODS = frozenset({"GET", "HEAD", "POST"})
OTHER_METHOD = "_OTHER"
"""What OpenTelemetry's conventions say for a method that is none of the known ones."""
OTHER_ROUTE = "/other"
ROUTES = frozenset(
    {
        "/",
        "/alerts/{alert_id}",
        "/alerts/{alert_id}/answer",
        "/alerts/{alert_id}/found",
        "/alerts/{alert_id}/going",
        "/alerts/{alert_id}/there",
        "/board/answering",
        "/board/heard",
        "/board/rooms/{room_id}",
        "/board/sounding",
        "/board/stream",
        "/corridor",
        "/emergency",
        "/fleet",
        "/handover",
        "/health",
        "/healthz",
        "/load",
        "/metrics",
        "/readyz",
        "/shift",
        "/sign-in",
        "/turns",
        "/unlock",
        "/version",
    }
)
"""Templates that are named: the staff's own way through a night, and what machines ask.

Every other request is `/other`. Whatever a patient or a visitor opens is among those, and whatever a talk about consent
needs: on a ward of eighteen people, when somebody pressed "stop" is already something about one of them (rule K2).
"""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may leave of one span.

    Attributes:
        name: of the step, or of a request's method and route.
        facts: by key.
        refused: how many facts were left out.
    """

    name: str
    facts: Mapping[str, str | int | bool]
    refused: int


def only_allowed(name: str, facts: Mapping[str, object]) -> Allowed | None:
    """Keep of a span what the lists here name.

    Args:
        name: as the span was begun.
        facts: whatever it was told, by key.

    Returns:
        What may leave; None when the span itself has no name that is known here.
    """
    if name not in set(Step):
        return None
    kept: dict[str, str | int | bool] = {}
    for key, value in facts.items():
        told = _VALUES[Fact(key)](value) if key in set(Fact) else None
        if told is not None:
            kept[key] = told
    if name == Step.REQUEST:
        name = f"{kept.get(Fact.METHOD, OTHER_METHOD)} {kept.get(Fact.ROUTE, OTHER_ROUTE)}"
    return Allowed(name, kept, len(facts) - len(kept))


def _method(value: object) -> str:
    return value if isinstance(value, str) and value in METHODS else OTHER_METHOD


def _route(value: object) -> str:
    return value if isinstance(value, str) and value in ROUTES else OTHER_ROUTE


def _count(value: object) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100_000
    return value if is_count and isinstance(value, int) else None


def _yes(value: object) -> bool:
    return value is not False and value != 0


_VALUES: Mapping[Fact, Callable[[object], str | int | bool | None]] = {
    Fact.METHOD: _method,
    Fact.ROUTE: _route,
    Fact.STATUS: _count,
    Fact.MESSAGES: _count,
    Fact.RECEIPTS: _count,
    Fact.SCREENS: _count,
    Fact.FAILED: _yes,
}
