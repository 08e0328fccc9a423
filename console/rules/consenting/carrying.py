"""What goes with a person into another room: the no comes along, the yes waits for one tap (rule C2)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from console.rules.consenting.grants import Grant, LessAnswer
from console.rules.consenting.history import ConsentEntry, ConsentState, Standing
from console.rules.consenting.lapsing import lapses_at
from console.rules.consenting.person import Advance, AgeGroup, Sedation
from console.rules.policy import Policy

_CARRIED_TIMES = ("restrained_at", "objected_until", "talk_due_at", "sedated_at")
"""Times of a standing that a move does not end."""


def carried(standing: Standing, entry: ConsentEntry, policy: Policy, zone: ZoneInfo) -> Standing:
    """Begin a stay in another room: the no comes along, the yes waits for one tap (rule C2)."""
    grant = Grant.from_details(entry.details["grant"]) if entry.details.get("grant") else None
    refused = entry.details.get("refused_at")
    state = ConsentState(str(entry.details.get("state", ConsentState.NOT_ASKED)))
    standing = replace(standing, **_known_of(entry.details))
    return replace(
        standing,
        state=ConsentState.SUSPENDED if state in (ConsentState.GIVEN, ConsentState.PAUSED) else state,
        since=entry.at,
        grant=grant,
        consent_id=entry.consent_id,
        given_at=entry.at if grant else None,
        ends_at=lapses_at(grant, policy, zone) if grant else None,
        refused_at=datetime.fromisoformat(str(refused)) if refused else None,
        asks_after_no=int(entry.details.get("asks_after_no", 0)),
        new_purposes={one.value: entry.at for one in grant.purposes} if grant else {},
    )


def carried_details(standing: Standing) -> dict[str, Any]:
    """Return what goes with a person into another room, as codes for a `CARRIED` entry."""
    return {
        "state": standing.state.value,
        "grant": standing.grant.to_details() if standing.grant else None,
        "refused_at": standing.refused_at.isoformat() if standing.refused_at else None,
        "asks_after_no": standing.asks_after_no,
        "advance": standing.advance.told() if standing.advance else None,
        "earlier_no_reviewed": standing.earlier_no_reviewed,
        "age": standing.age.value if standing.age else None,
        "adjustments": None if standing.adjustments is None else list(standing.adjustments),
        "adjustments_met": standing.adjustments_met,
        "not_by": sorted(standing.not_by),
        **{name: at.isoformat() for name in _CARRIED_TIMES if (at := getattr(standing, name)) is not None},
        "review_why": standing.review_why,
        "less": standing.less.value if standing.less else None,
        "sedation": standing.sedation.told() if standing.sedation else None,
    }


def _known_of(details: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known of a person as it comes along into another room."""
    advance, age, needs = details.get("advance"), details.get("age"), details.get("adjustments")
    return {
        "advance": Advance.read(advance) if advance else None,
        "earlier_no_reviewed": bool(details.get("earlier_no_reviewed")),
        "age": AgeGroup(age) if age else None,
        "adjustments": None if needs is None else tuple(needs),
        "adjustments_met": bool(details.get("adjustments_met")),
        "not_by": frozenset(details.get("not_by", ())),
        **{name: datetime.fromisoformat(details[name]) for name in _CARRIED_TIMES if details.get(name)},
        "review_why": str(details.get("review_why", "")),
        "less": LessAnswer(details["less"]) if details.get("less") else None,
        "sedation": Sedation.read(details["sedation"]) if details.get("sedation") else None,
    }
