"""What each basis needs: a person's own word, or somebody else's authority, papers and limits (rules C8 to C13)."""

from collections.abc import Callable, Mapping
from datetime import datetime

from broker.vocabulary import Modality, Purpose
from console.rules.consenting.authority import ChildView, CourtOrder
from console.rules.consenting.grants import Basis, Grant, is_own_word
from console.rules.consenting.history import Standing
from console.rules.consenting.person import AgeGroup
from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words

BEST_INTERESTS_PURPOSES = frozenset({Purpose.PRESENCE, Purpose.BED_EXIT, Purpose.BREATHING_SPOT})
_FOR_CHILDREN = frozenset({Basis.GILLICK, Basis.PARENT})
_NOT_BELOW_18 = frozenset({Basis.LPA_HEALTH_WELFARE})
_REGISTERED = frozenset({Basis.LPA_HEALTH_WELFARE, Basis.DEPUTY})
_NO_BASIS: Mapping[str, tuple[str, Words]] = {
    "mha": ("C11", Words("Detention is not a yes. Ask them, or find out who may decide.")),
    "detained": ("C11", Words("Detention is not a yes. Ask them, or find out who may decide.")),
    "next_of_kin": (
        "C12",
        Words("Next of kin alone may not decide. An attorney or a deputy may, on registered papers."),
    ),
}


def basis_of(told: str, policy: Policy) -> Basis | Decision:
    """Read a basis from the closed list (rules C11, C12, C19).

    Returns:
        The basis, or the denial: detention, next of kin, contentment and whatever else is not on the list are none.
    """
    if told in set(Basis):
        return Basis(told)
    rule_id, words = _NO_BASIS.get(told, ("C19", Words("Say whose yes it is. Contentment or silence is not a yes.")))
    return policy.deny(rule_id, reason=words)


def refused_basis(grant: Grant, standing: Standing, now: datetime, policy: Policy) -> Decision | None:
    """Decide whether a grant may stand on its basis.

    Returns:
        The denial; None when it may.
    """
    age = _of_the_age(grant, standing, policy)
    if age is not None or is_own_word(grant.basis):
        return age
    checks: tuple[Callable[[], Decision | None], ...] = (
        lambda: _over_their_no(standing, now, policy),
        lambda: _documents(grant, policy),
        lambda: _child(grant, policy),
        lambda: _best_interests(grant, policy),
        lambda: _assessed(grant, now, policy),
        lambda: _scope(grant, standing, policy),
    )
    return next((refusal for check in checks if (refusal := check()) is not None), None)


def _of_the_age(grant: Grant, standing: Standing, policy: Policy) -> Decision | None:
    """Hold rule C13: whose word counts at which age."""
    if grant.basis in _FOR_CHILDREN and standing.age is not AgeGroup.UNDER_16:
        return policy.deny("C13", reason=Words("That is for somebody under 16. Write down their age group first."))
    if grant.basis not in _FOR_CHILDREN and standing.age is AgeGroup.UNDER_16:
        words = Words("Under 16: their own yes if they are competent, otherwise a person with parental responsibility.")
        return policy.deny("C13", reason=words)
    if standing.age is AgeGroup.FROM_16_TO_17 and grant.basis in _NOT_BELOW_18:
        return policy.deny("C13", reason=Words("Nobody under 18 has made a lasting power of attorney."))
    if (
        standing.age is AgeGroup.FROM_16_TO_17
        and not is_own_word(grant.basis)
        and not grant.authority.parents_consulted
    ):
        return policy.deny("C13", reason=Words("They are 16 or 17: their parents are consulted first."))
    return None


def _over_their_no(standing: Standing, now: datetime, policy: Policy) -> Decision | None:
    """Hold rules C9 and C10: nobody overrides a no; an earlier one needs two clinicians; an objection has the night."""
    if standing.refused_at is not None:
        return policy.deny("C9", reason=Words("They said no. Only they can change that."))
    advance = standing.advance
    if advance is not None and advance.says_no and advance.is_written:
        words = Words("They refused in writing when they were well. Nobody can override that, only they themselves.")
        return policy.deny("C9", reason=words)
    if advance is not None and advance.says_no and not standing.earlier_no_reviewed:
        words = Words(
            "They said no when they were well. First two clinicians, one from outside the team, write down why that is "
            "no longer what they wish."
        )
        return policy.deny("C9", reason=words)
    if standing.objected_until is not None and now < standing.objected_until:
        return policy.deny("C10", reason=Words("They objected. It stays off until the morning."))
    return None


def _documents(grant: Grant, policy: Policy) -> Decision | None:
    """Hold rule C12: registered documents are seen, not described, and their written scope covers this."""
    if grant.basis is Basis.BEST_INTERESTS:
        return None
    authority = grant.authority
    if not (authority.seen and authority.reference and grant.decision_maker):
        words = Words(
            "The papers must be seen, with their number and the name of who decides. Next of kin is no paper."
        )
        return policy.deny("C12", reason=words)
    if grant.basis in _REGISTERED and not authority.registered:
        return policy.deny(
            "C12", reason=Words("The papers are not registered. Until they are, nobody may decide by them.")
        )
    if not authority.in_scope:
        return policy.deny("C12", reason=Words("The papers do not cover this decision."))
    return None


def _child(grant: Grant, policy: Policy) -> Decision | None:
    """Hold rule C13: a court order is asked about, and the child's view is written down and has its weight (C10)."""
    authority = grant.authority
    if grant.basis is not Basis.PARENT:
        return None
    if authority.court_order is None or authority.child_view is None:
        return policy.deny("C13", reason=Words("Ask about court orders, and write down what the child says."))
    if authority.court_order is CourtOrder.FORBIDS:
        return policy.deny("C13", reason=Words("A court order takes this decision from the parent."))
    if authority.child_view is ChildView.OBJECTS:
        return policy.deny("C10", reason=Words("The child objects. It stays off."))
    return None


def _best_interests(grant: Grant, policy: Policy) -> Decision | None:
    if grant.basis is not Basis.BEST_INTERESTS:
        return None
    named = grant.assessment and grant.decision_maker and grant.consultees and grant.least_restrictive
    if not named or not grant.advocate_offered:
        return policy.deny("C8", reason=Words("Best interests needs the assessment, the people and the reasons."))
    return None


def _assessed(grant: Grant, now: datetime, policy: Policy) -> Decision | None:
    """Hold rules C8 and C12: somebody else decides only while a current assessment says that the person cannot."""
    rule_id = "C8" if grant.basis is Basis.BEST_INTERESTS else "C12"
    at = grant.authority.assessed_at
    current = at is not None and now - policy.duration("C12", "assessment_within_d") <= at <= now
    if grant.assessment and current:
        return None
    return policy.deny(rule_id, reason=Words("The assessment for this decision must be there and be current."))


def _scope(grant: Grant, standing: Standing, policy: Policy) -> Decision | None:
    if grant.basis is Basis.BEST_INTERESTS:
        within = set(grant.sensors) == {Modality.RADAR} and set(grant.purposes) <= BEST_INTERESTS_PURPOSES
        if not within:
            return policy.deny("C8", reason=Words("Best interests covers radar, presence, bed and breathing only."))
    is_young = standing.age in (AgeGroup.UNDER_16, AgeGroup.FROM_16_TO_17)
    if is_young and (Modality.CAMERA in grant.sensors or Purpose.SLEEP_REPORT in grant.purposes):
        return policy.deny("C13", reason=Words("Without their own yes: no camera and no sleep report."))
    return None
