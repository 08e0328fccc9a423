"""The ward's public page: what is here, how to say no, what was found; nobody is in it (rule G6)."""

from collections.abc import Mapping, Sequence
from typing import Any

from broker.vocabulary import Modality, Purpose
from console.assurance.sections import HIDDEN, cover_of, share_pct
from console.rules.policy import Policy

_DOOR_QUICK = ("door_within_60_s", "door_within_180_s")


def public_figures(days: Sequence[Mapping[str, Any]], policy: Policy) -> dict[str, str]:
    """Return what the public reads of a signed month; what stands for too few is not shown (rules E2, G6).

    Args:
        days: figures of the month's frozen days.
        policy: the rule book.

    Returns:
        By name: a share in words, or that it is not shown.
    """
    cover = cover_of(days)
    total = sum(sum(day["people"].values()) for day in days)
    checks = [row for day in days for row in day["checks"].values()]
    alerts = [row for day in days for row in day["alerts"].values()]
    least = policy.number("O6", "at_least_checks")
    raised = sum(row["raised"] for row in alerts)
    quick = sum(row.get(name, 0) for row in alerts for name in _DOOR_QUICK)
    return {
        "yes": _share(cover["yes"], total, 1),
        "off_on_time": _share(sum(row["off_on_time"] for row in checks), sum(row["off"] for row in checks), least),
        "on_on_time": _share(sum(row["on_on_time"] for row in checks), sum(row["on"] for row in checks), least),
        "at_the_door": _share(quick, raised, policy.number("E2", "smallest_shown_count")),
    }


def _share(part: int | None, whole: int, least: float) -> str:
    share = share_pct(part, whole) if part is not None and whole >= least else None
    return HIDDEN if share is None else f"{round(share)} %"


def purposes_here(sensors: Sequence[Modality]) -> tuple[Purpose, ...]:
    """Return what the sensors of a ward may be asked to do, each with a yes of its own."""
    return tuple(Purpose) if sensors else ()
