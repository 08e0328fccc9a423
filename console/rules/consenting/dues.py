"""What somebody has to talk about with a person, and by when: reviews by day, never a target (C2, C7, C20, C22, P5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from console.rules.consenting.grants import Grant
from console.rules.consenting.history import ConsentState, Standing
from console.rules.consenting.hours import is_within, next_wall_time
from console.rules.consenting.lapsing import end_of_last_night
from console.rules.policy import Policy
from console.showing.views import Words


class DueKind(StrEnum):
    """What is to be talked about."""

    THEY_ASKED = "they_asked"
    AFTER_A_CHANGE = "after_a_change"
    UNDER_REVIEW = "under_review"
    SAME_AS_BEFORE = "same_as_before"
    FIRST_NIGHT = "first_night"
    FIRST_WEEK = "first_week"
    RUNS_OUT = "runs_out"
    PURPOSE_RUNS_OUT = "purpose_runs_out"


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to talk about.

    Attributes:
        kind: what.
        rule_id: which rule asks for it.
        by: by when; None when there is no hour for it.
        words: for the ward.
    """

    kind: DueKind
    rule_id: str
    by: datetime | None
    words: Words


def dues_of(standing: Standing, now: datetime, policy: Policy, zone: ZoneInfo) -> tuple[Due, ...]:
    """Return what is to be talked about with a person now; at night only what they asked for themselves."""
    if standing.has_died:
        return ()
    found = list(_asked(standing, policy))
    if is_within(now, policy.time_of_day("C20", "not_from"), policy.time_of_day("C20", "not_until"), zone):
        return tuple(found)
    found += [*_changed(standing), *_waiting(standing)]
    if standing.state in (ConsentState.GIVEN, ConsentState.PAUSED) and standing.grant is not None:
        found += [*_how_it_was(standing, now, policy, zone), *_runs_out(standing, standing.grant, now, policy, zone)]
    return tuple(found)


def _asked(standing: Standing, policy: Policy) -> Iterator[Due]:
    if standing.talk_wished_at is not None:
        by = standing.talk_wished_at + policy.duration("C20", "wish_within_min")
        words = Words(
            "Asks to talk about the sensor: go by {by}. Nobody trained here? Say: we will do it at 08:00.", {"by": by}
        )
        yield Due(DueKind.THEY_ASKED, "C20", by, words)


def _changed(standing: Standing) -> Iterator[Due]:
    if standing.talk_due_at is not None:
        words = Words(
            "Something changed: talk with them again by {by:day}, or it stays off.", {"by": standing.talk_due_at}
        )
        yield Due(DueKind.AFTER_A_CHANGE, "C7", standing.talk_due_at, words)
    if standing.state is ConsentState.UNDER_REVIEW:
        words = Words("Off after a change, until somebody has talked with them.")
        yield Due(DueKind.UNDER_REVIEW, "C7", None, words)


def _waiting(standing: Standing) -> Iterator[Due]:
    if standing.state is ConsentState.SUSPENDED and standing.away is None and standing.confinement is None:
        words = Words("Ask once, when they are awake: same as before? One tap, by them.")
        yield Due(DueKind.SAME_AS_BEFORE, "C2", None, words)


def _how_it_was(standing: Standing, now: datetime, policy: Policy, zone: ZoneInfo) -> Iterator[Due]:
    """Ask again after the first night and after the first week (rule C22)."""
    given_at, asked = standing.given_at, standing.felt_at
    if given_at is None:
        return
    first_morning = next_wall_time(given_at, policy.time_of_day("C7", "night_until"), zone)
    week = given_at + policy.duration("C22", "first_week_d")
    if now >= week and not any(at >= week for at in asked):
        yield Due(DueKind.FIRST_WEEK, "C22", None, Words("Ask how the first week with it was."))
    elif now >= first_morning and not any(at >= first_morning for at in asked):
        yield Due(DueKind.FIRST_NIGHT, "C22", None, Words("Ask how the first night with it was."))


def _runs_out(standing: Standing, grant: Grant, now: datetime, policy: Policy, zone: ZoneInfo) -> Iterator[Due]:
    """Say so 48 h before, by day (rules C7, P5)."""
    notice, ends_at = policy.duration("C7", "notice_before_h"), standing.ends_at
    if ends_at is not None and ends_at - now <= notice:
        words = Words("Runs out {at:day}. Talk with them before: would less do?", {"at": ends_at})
        yield Due(DueKind.RUNS_OUT, "C7", ends_at, words)
    for one in grant.own_reasons:
        at = end_of_last_night(one.review_by, policy, zone)
        if now < at <= now + notice and (ends_at is None or at < ends_at):
            words = Words("One purpose runs out {at:day}. Talk with them before: would less do?", {"at": at})
            yield Due(DueKind.PURPOSE_RUNS_OUT, "P5", at, words)
