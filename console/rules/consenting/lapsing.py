"""When a grant and each of its purposes run out: on their review date, never during a night (rules C7, P5)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from broker.vocabulary import Purpose
from console.rules.consenting.grants import Grant
from console.rules.consenting.hours import is_within, next_wall_time
from console.rules.policy import Policy


def lapses_at(grant: Grant, policy: Policy, zone: ZoneInfo) -> datetime:
    """Return when a grant lapses: its review date, or the end of the night that date falls into (rule C7)."""
    return end_of_last_night(grant.review_by, policy, zone)


def end_of_last_night(review_by: datetime, policy: Policy, zone: ZoneInfo) -> datetime:
    """Return a review date, or the end of the night that it falls into: nothing runs out during one (rule C7)."""
    begins, ends = policy.time_of_day("C7", "night_from"), policy.time_of_day("C7", "night_until")
    if not is_within(review_by, begins, ends, zone):
        return review_by
    return next_wall_time(review_by, ends, zone)


def purposes_in_force(grant: Grant, now: datetime, policy: Policy, zone: ZoneInfo) -> tuple[Purpose, ...]:
    """Return the purposes of a grant that have not been let run out: each has its own review date (rule P5)."""
    return tuple(one for one in grant.purposes if now < end_of_last_night(grant.reason_of(one).review_by, policy, zone))
