"""Seclusion, segregation, a 136 suite, extra care: no sensor without a profile that four people have signed (P9)."""

from collections.abc import Mapping

from console.roles import Role
from console.rules.consenting.person import PlaceKind
from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words

SIGNERS: Mapping[Role, Words] = {
    Role.MATRON: Words("the trust"),
    Role.ADVOCATE: Words("the lived-experience panel, by its advocate"),
    Role.CLINICAL_SAFETY_OFFICER: Words("the clinical safety officer"),
    Role.GOVERNANCE_LEAD: Words("the Mental Health Act lead"),
}
"""Who signs, by the role of the sign-in that does it."""
OTHER_PLACES = tuple(one for one in PlaceKind if one is not PlaceKind.BEDROOM)


def may_write(kind: str, text_sha256: str, stop_inside: bool, policy: Policy) -> Decision:
    """Decide whether a profile may be put forward for signing."""
    if kind not in set(OTHER_PLACES):
        return policy.deny("P9", reason=Words("A profile is for seclusion, segregation, a 136 suite or extra care."))
    if len(text_sha256) != 64 or set(text_sha256) - set("0123456789abcdef"):
        return policy.deny("P9", reason=Words("Put in the 64 signs of the signed paper's sha256."))
    if not stop_inside:
        return policy.deny("P9", reason=Words("First a stop that the person can reach or say from inside."))
    return policy.allow("P9", reason=Words("Written down. It counts when all four have signed it."))


def may_sign(role: Role, signed_by: frozenset[str], policy: Policy) -> Decision:
    """Decide whether somebody may sign a profile: each of the four roles once."""
    if role not in SIGNERS:
        return policy.deny("P9", reason=Words("Your role does not sign this."))
    if role in signed_by:
        return policy.deny("P9", reason=Words("That role has signed it already."))
    missing = len(SIGNERS) - len(signed_by) - 1
    if missing:
        return policy.allow("P9", reason=Words("Signed. {missing} more sign it.", {"missing": missing}))
    return policy.allow("P9", reason=Words("Signed by all. It counts from now on, for those who named this place."))
