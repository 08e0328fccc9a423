"""The ward's register of restrictions: every use of a sensor, why, until when, and how it becomes less (rule P6)."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from broker.vocabulary import Purpose
from console.rules.consenting.grants import Basis, CarePlanReason, LessAnswer
from console.rules.consenting.history import ConsentState, Standing
from console.rules.consenting.lapsing import end_of_last_night, purposes_in_force
from console.rules.policy import Policy

_IN_USE = frozenset({ConsentState.GIVEN, ConsentState.PAUSED, ConsentState.SUSPENDED})


@dataclass(frozen=True, slots=True)
class Restriction:
    """One purpose in use for one person.

    Attributes:
        purpose: what for.
        basis: on whose word.
        reason: why it is in the care plan.
        ends_at: when it stops unless it is talked about again, UTC.
        less: what was answered to "Would less do?"; None at the first yes, when it has not been asked.
        safety_plan: number of the page that says what staff do without the sensor; empty when none is named.
    """

    purpose: Purpose
    basis: Basis
    reason: CarePlanReason
    ends_at: datetime
    less: LessAnswer | None
    safety_plan: str


def restrictions_of(standing: Standing, now: datetime, policy: Policy, zone: ZoneInfo) -> tuple[Restriction, ...]:
    """Return what stands in the register for one person; empty when nothing is in use."""
    grant = standing.grant
    if grant is None or standing.state not in _IN_USE:
        return ()
    ends_at = standing.ends_at or grant.review_by
    return tuple(
        Restriction(
            purpose,
            grant.basis,
            grant.reason_of(purpose).reason,
            min(ends_at, end_of_last_night(grant.reason_of(purpose).review_by, policy, zone)),
            standing.less,
            grant.safety_plan,
        )
        for purpose in purposes_in_force(grant, now, policy, zone)
    )
