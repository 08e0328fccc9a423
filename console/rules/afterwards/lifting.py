"""Whether a hold may end: two people of different roles, who were not there, with a reason (rules I1, I4)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.roles import Role
from console.rules.afterwards.holding import HoldReason
from console.rules.afterwards.releasing import WAS_THERE
from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words

LONGEST = 400
"""Letters of why a hold ends."""


class LiftReason(StrEnum):
    """Why a hold ends."""

    LOOKED_INTO = "looked_into"
    INQUIRY_OVER = "inquiry_over"
    BEGUN_IN_ERROR = "begun_in_error"


class LiftEnd(StrEnum):
    """How a request to lift one ended."""

    LIFTED = "lifted"
    REFUSED = "refused"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Lift:
    """A request that waits for its second person.

    Attributes:
        asked_by: pseudonym of who asked.
        role: theirs when they asked.
        lapses_at: until when it waits, UTC.
        ended: how it ended; None while it waits.
    """

    asked_by: str
    role: Role
    lapses_at: datetime
    ended: LiftEnd | None = None


@dataclass(frozen=True, slots=True)
class HoldState:
    """A hold, as far as its end depends on it.

    Attributes:
        why: what it was begun for.
        is_asked_already: a request to lift it waits.
        is_open: its complaint is not answered, or a request to open it waits.
    """

    why: HoldReason
    is_asked_already: bool = False
    is_open: bool = False


def may_ask_to_lift(hold: HoldState | None, reason: str, words: str, *, was_there: bool, policy: Policy) -> Decision:
    """Decide whether a request to lift a hold may wait for its second person.

    Args:
        hold: None when there is no such hold.
        reason: a `LiftReason`.
        words: why, in a sentence.
        was_there: who asks was on a shift that it covers.
        policy: the rule book.
    """
    if hold is None:
        return policy.deny("I1", reason=Words("There is no such hold, or it was lifted."))
    if was_there:
        return policy.deny("I1", reason=WAS_THERE)
    if reason not in set(LiftReason) or not 0 < len(words.strip()) <= LONGEST:
        most = {"most": LONGEST}
        return policy.deny(
            "I1", reason=Words("Choose why it ends, and write a sentence: at most {most} letters.", most)
        )
    if hold.why is HoldReason.INQUIRY and reason != LiftReason.INQUIRY_OVER:
        return policy.deny("I4", reason=Words("A hold for an inquiry or a coroner ends when that is over."))
    if hold.is_asked_already:
        return policy.deny("I1", reason=Words("Somebody has asked for that already. A second person decides."))
    if hold.is_open:
        return policy.deny("I1", reason=_STILL_OPEN)
    days = {"days": int(policy.number("I2", "waits_d"))}
    reason_words = Words("It waits for a second person of another role, for {days} days at most.", days)
    return policy.allow("I1", "I4", reason=reason_words)


def may_lift(
    lift: Lift | None, actor_id: str, role: Role, now: datetime, *, was_there: bool, policy: Policy, is_open: bool
) -> Decision:
    """Decide whether somebody may be the second person who lifts a hold.

    Args:
        lift: None when there is no such request.
        actor_id: who would lift it.
        role: theirs.
        now: UTC.
        was_there: they were on a shift that it covers.
        policy: the rule book.
        is_open: by now its complaint is not answered, or a request to open it waits, which came after this one.
    """
    if lift is None or lift.ended is not None or now >= lift.lapses_at:
        return policy.deny("I1", reason=Words("That request is not there, or is over. Ask anew."))
    if lift.asked_by == actor_id:
        return policy.deny("I1", reason=Words("You asked for it. Another person decides."))
    if lift.role is role:
        return policy.deny("I1", reason=Words("Somebody of another role decides, not a colleague of the same."))
    if was_there:
        return policy.deny("I1", reason=WAS_THERE)
    if is_open:
        return policy.deny("I1", reason=_STILL_OPEN)
    words = Words("Lifted. What it kept is destroyed at its ordinary time, or tonight where that is past.")
    return policy.allow("I1", "I4", reason=words)


_STILL_OPEN = Words("Its complaint is not answered yet, or somebody has asked to open it. First end that.")
_FOR_AN_INQUIRY = frozenset({Role.GOVERNANCE_LEAD, Role.IG_OFFICER})
_ASKED_FOR = {
    HoldReason.ASKED_BY_FAMILY,
    HoldReason.ASKED_BY_ADVOCATE,
    HoldReason.ASKED_BY_STAFF,
    HoldReason.SAFEGUARDING,
    HoldReason.ASKED_BY_PATIENT,
}


def may_begin(why: str, role: Role, happened_at: datetime, now: datetime, policy: Policy) -> Decision:
    """Decide whether somebody begins a hold by hand: a patient theirs, any member of staff for whoever asks.

    Args:
        why: one of the hand-begun `HoldReason`s; a patient's own is always `ASKED_BY_PATIENT`.
        role: of who begins it.
        happened_at: when what it is about happened, UTC.
        now: UTC.
        policy: the rule book.
    """
    if why == HoldReason.INQUIRY and role not in _FOR_AN_INQUIRY:
        return policy.deny("I4", reason=Words("Whoever receives the notice of an inquiry begins it: governance does."))
    if why not in {*_ASKED_FOR, HoldReason.INQUIRY}:
        return policy.deny("I1", reason=Words("Choose who asks for it."))
    oldest = policy.duration("R1", "destroy_after_d")
    if happened_at > now or now - happened_at > oldest:
        days = {"days": oldest.days}
        return policy.deny("I1", reason=Words("Say when it happened: within the last {days} days.", days))
    words = Words("It is kept. Nobody on the ward sees that it is; those who look into it see it.")
    return policy.allow("I1", "I4", reason=words)
