"""Sensitive stays, and members of staff whom a patient has shut out (rule X8)."""

from enum import StrEnum

from console.roles import Role
from console.rules.decision import Decision, Obligation
from console.rules.policy import Policy
from console.showing.views import Words


class MarkKind(StrEnum):
    """Why a stay is sensitive."""

    COLLEAGUE = "colleague"
    PUBLIC_FIGURE = "public_figure"
    STAFF_RELATIVE = "staff_relative"
    VICTIM = "victim"


def may_mark(kind: str, *, transfer_offered: bool, policy: Policy) -> Decision:
    """Decide whether a stay becomes sensitive; another ward is offered first."""
    if kind not in set(MarkKind):
        return policy.deny("X8", reason=Words("Say why the stay is sensitive."))
    if not transfer_offered:
        return policy.deny("X8", reason=Words("Offer them another ward first, and say that you did."))
    words = Words("From now on the tile shows the room only, and each look needs a second person.")
    return policy.allow("X8", reason=words)


def may_agree(asking_id: str, agreeing_id: str, *, is_shut_out: bool, policy: Policy) -> Decision:
    """Decide whether somebody is the second person of a look: somebody else, whom the patient has not shut out."""
    if asking_id == agreeing_id:
        return policy.deny("X8", reason=Words("The second person is somebody else, on a sign-in of their own."))
    if is_shut_out:
        return policy.deny("X8", reason=Words("The person here has asked that you do not look."))
    return policy.allow("X8", reason=Words("You are the second person for this look."))


def may_shut_out(role: Role | None, *, has_account: bool, policy: Policy) -> Decision:
    """Decide whether a patient shuts somebody out: anybody of the staff, with no reason asked."""
    if not has_account or role in (None, Role.PATIENT, Role.SYSTEM):
        return policy.deny("X8", reason=Words("Choose somebody from the list."))
    words = Words("They cannot look at your details from now on. They still come when you need help.")
    return policy.allow("X8", reason=words, obligations=(Obligation.TELL_NURSE_IN_CHARGE,))
