"""When a condition of one patient calls somebody: set with them, for a reason, for a week at most (A11, A14, A19)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from broker.vocabulary import Context, Purpose
from console.rules.alerting.alerts import AlertKind, Concern
from console.rules.decision import Decision, Obligation
from console.rules.policy import Policy
from console.showing.views import Words


class LimitReason(StrEnum):
    """Why a person has a limit of their own; a closed list, so that none is left without a reason."""

    SAFETY_PLAN = "safety_plan"
    FALLS = "falls"
    PHYSICAL_HEALTH = "physical_health"
    THEIR_WISH = "their_wish"


@dataclass(frozen=True, slots=True)
class Limit:
    """After how long a condition calls.

    Attributes:
        kind: of what.
        after_s: [s] how long it may last.
        concern: how far somebody is worried.
        voice_answer: a voice through the door is an answer.
        reason: why it is set.
        expires_at: when it ends by itself.
    """

    kind: AlertKind
    after_s: float
    concern: Concern
    voice_answer: bool
    reason: LimitReason
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """What calls somebody to a room now.

    Attributes:
        after_s: [s] how long the condition may last.
        concern: how far somebody is worried.
        voice_answer: a voice through the door is an answer.
    """

    after_s: float
    concern: Concern = Concern.ORDINARY
    voice_answer: bool = False


NEEDS = {
    AlertKind.ENSUITE: Purpose.BATHROOM_DWELL,
    AlertKind.FLOOR: Purpose.FLOOR,
    AlertKind.BED_EXIT: Purpose.BED_EXIT,
    AlertKind.NO_MOVEMENT: Purpose.NO_MOVEMENT,
    AlertKind.SECOND_PERSON: Purpose.SECOND_PERSON,
    AlertKind.BREATHING_NOT_SEEN: Purpose.BREATHING_SPOT,
}
"""The purpose without which a kind of alert is never raised (rule C3)."""
_BY_PURPOSE_ALONE = {AlertKind.FLOOR: ("A14", "floor_s"), AlertKind.SECOND_PERSON: ("A14", "second_person_s")}
"""Kinds that are on with their purpose: what a person agreed to there is the call itself."""
ASKED_FOR = (AlertKind.ENSUITE, AlertKind.BED_EXIT, AlertKind.NO_MOVEMENT)
"""Kinds that are off until somebody sets them with the person (A19; and a sleeper lies still for hours)."""
_BOUNDS = {
    AlertKind.ENSUITE: ("A19", "high_concern_after_s", "longest_s"),
    AlertKind.BED_EXIT: ("A14", "bed_exit_low_s", "longest_s"),
    AlertKind.NO_MOVEMENT: ("A14", "no_movement_low_s", "longest_s"),
}


def may_set(told: Limit, now: datetime, policy: Policy) -> Decision:
    """Decide whether a limit may be set: within its bounds, and for a week at most; there is no "never" (rule A14)."""
    if told.kind not in ASKED_FOR:
        return policy.deny("A14", reason=Words("This call is on with the person's own yes, and has no other limit."))
    rule_id, low, high = _BOUNDS[told.kind]
    lowest, highest = policy.number(rule_id, low), policy.number("A14", high)
    if not lowest <= told.after_s <= highest:
        values: dict[str, timedelta] = {"low": timedelta(seconds=lowest), "high": timedelta(seconds=highest)}
        return policy.deny("A14", reason=Words("Choose a time between {low} and {high}; never is not one.", values))
    if not now < told.expires_at <= now + policy.duration("A14", "longest_d"):
        return policy.deny("A14", reason=Words("It ends within 7 days, and is looked at again."))
    if told.concern is Concern.HIGH:
        words = Words("It is set. Review their observation level in this shift: high concern is a reason for one.")
        return policy.allow("A14", "A19", reason=words, obligations=(Obligation.TELL_NURSE_IN_CHARGE,))
    return policy.allow("A14", reason=Words("It is set, until it ends by itself."))


def watch_of(kind: AlertKind, limits: Iterable[Limit], now: datetime, policy: Policy, opens: bool) -> Watch | None:
    """Return what calls somebody for a kind of condition; None when nothing does.

    Args:
        kind: of condition.
        limits: of this person, oldest first; the newest that has not ended counts.
        now: on the console's clock.
        policy: the rule book.
        opens: whether vital signs may raise an alert (rule A11).
    """
    if kind is AlertKind.BREATHING_NOT_SEEN:
        return Watch(policy.number("K8", "not_seen_for_s"), Concern.HIGH) if opens else None
    if kind in _BY_PURPOSE_ALONE:
        return Watch(policy.number(*_BY_PURPOSE_ALONE[kind]))
    standing = [one for one in limits if one.kind is kind and one.expires_at > now]
    if not standing:
        return None
    newest = standing[-1]
    return Watch(newest.after_s, newest.concern, newest.voice_answer and newest.concern is Concern.ORDINARY)


def vital_signs_may_call(context: Context, is_signed: bool) -> bool:
    """Return whether "no breathing seen" may raise an alert: under a signed intended purpose alone (rule A11)."""
    return context is Context.CLINICAL and is_signed
