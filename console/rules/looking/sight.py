"""Emergency sight of what is noted, outside one's role: who may take it, why, and for how long (rule X7)."""

from enum import StrEnum

from console.rules.decision import Decision, Obligation
from console.rules.policy import Policy
from console.showing.views import Words


class SightReason(StrEnum):
    """Why somebody must see what is noted, now."""

    MEDICAL_EMERGENCY = "medical_emergency"
    CANNOT_FIND_THEM = "cannot_find_them"
    SOMEONE_AT_RISK = "someone_at_risk"


def may_break_glass(reason: str, *, is_occupied: bool, policy: Policy) -> Decision:
    """Decide whether emergency sight begins; the role was asked before, and no sensor starts by it.

    Args:
        reason: a `SightReason`.
        is_occupied: somebody stays in that room.
        policy: the rule book.
    """
    if not is_occupied:
        return policy.deny("X7", reason=Words("Nobody stays in that room."))
    if reason not in set(SightReason):
        return policy.deny("X7", reason=Words("Say why: choose a reason."))
    words = Words(
        "You see what is noted of this room for {minutes} minutes. The nurse in charge, governance and the patient are "
        "told. Go to the room: no sensor starts by this.",
        {"minutes": int(policy.number("X7", "lasts_min"))},
    )
    duties = (Obligation.TELL_NURSE_IN_CHARGE, Obligation.FLAG_TO_GOVERNANCE)
    return policy.allow("X7", reason=words, obligations=duties)
