"""What makes a yes a consent: a list of questions, each a rule; the first that is not met names itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from broker.vocabulary import Modality, Purpose
from console.rules.consent import Standing
from console.rules.decision import Decision, Obligation
from console.rules.grants import Basis, Feeling, Grant, is_own_word
from console.rules.policy import Policy
from console.views import Words

FIRST_QUESTION = frozenset({Purpose.PRESENCE, Purpose.NO_MOVEMENT, Purpose.BREATHING_SPOT})
"""What the first question covers: "May a sensor notice that you are breathing and moving at night?" (rule C20)."""
BEST_INTERESTS_PURPOSES = frozenset({Purpose.PRESENCE, Purpose.BED_EXIT, Purpose.BREATHING_SPOT})
_ON_DOCUMENTS = frozenset({Basis.PARENT, Basis.LPA_HEALTH_WELFARE, Basis.DEPUTY})
_FORMATS = frozenset({"easy_read", "large_print", "audio", "paper", "talk", "bsl"})


@dataclass(frozen=True, slots=True)
class GiveFacts:
    """What is known when a yes is to be recorded.

    Attributes:
        grant: what they agree to.
        standing: the stay's consent until now.
        now: UTC.
        policy: the rule book.
        zone: ward time.
    """

    grant: Grant
    standing: Standing
    now: datetime
    policy: Policy
    zone: ZoneInfo


def may_give(facts: GiveFacts) -> Decision:
    """Decide whether this grant becomes a consent."""
    for check in _CHECKS:
        refusal = check(facts)
        if refusal is not None:
            return refusal
    obligations = [Obligation.ASK_AGAIN_AFTER_FIRST_NIGHT]
    if facts.grant.basis is Basis.BEST_INTERESTS:
        obligations.append(Obligation.LIBERTY_VIEW)
    return facts.policy.allow(
        "C3", "C6", reason=Words("They said yes. They can stop it at any time."), obligations=tuple(obligations)
    )


def purposes_of(named: Iterable[str], policy: Policy) -> tuple[Purpose, ...] | Decision:
    """Read purposes named one by one (rule C3).

    Returns:
        The purposes in the order of the list of purposes, or the denial for `all`, for nothing, and for anything else.
    """
    told = list(named)
    known = {one.value for one in Purpose}
    if not told or any(one not in known for one in told):
        return policy.deny("C3", reason=Words("Name each purpose. There is no yes to everything."))
    return tuple(one for one in Purpose if one.value in told)


def _specific(facts: GiveFacts) -> Decision | None:
    grant = facts.grant
    for asked in (grant.sensors, grant.purposes, grant.hours):
        if not asked or len(set(asked)) != len(asked):
            return facts.policy.deny("C3", reason=Words("Name each sensor, purpose and hour, once."))
    return None


def _understood(facts: GiveFacts) -> Decision | None:
    if not is_own_word(facts.grant.basis):
        return None
    if facts.grant.teach_back_done and facts.standing.was_explained:
        return None
    return facts.policy.deny(
        "C6",
        reason=Words("We explained badly: try differently. They say it back in their own way first."),
        obligations=(Obligation.EXPLAIN_DIFFERENTLY,),
    )


def _network_asked(facts: GiveFacts) -> Decision | None:
    if facts.grant.network is not None:
        return None
    return facts.policy.deny("C17", reason=Words("Ask: if the network breaks, should it stop, or carry on?"))


def _felt(facts: GiveFacts) -> Decision | None:
    if facts.grant.feeling is None:
        return facts.policy.deny("C22", reason=Words("Ask first whether it makes them feel safer, or watched."))
    uneasy = facts.grant.feeling in (Feeling.WATCHED, Feeling.UNEASY)
    if uneasy and Modality.CAMERA in facts.grant.sensors:
        return facts.policy.deny("C22", reason=Words("They feel uneasy: radar only, or off."))
    return None


def _explained_how(facts: GiveFacts) -> Decision | None:
    told = facts.grant.information
    if len(told.version) == 64 and told.language and told.format in _FORMATS:
        return None
    return facts.policy.deny("C15", reason=Words("Say which text was used, in which language and form."))


def _alternatives(facts: GiveFacts) -> Decision | None:
    if facts.grant.alternatives:
        return None
    return facts.policy.deny("C16", reason=Words("Offer the other ways first: in person, contact, radar only."))


def _basis(facts: GiveFacts) -> Decision | None:
    grant, policy = facts.grant, facts.policy
    if facts.standing.refused_at is not None and not is_own_word(grant.basis):
        return policy.deny("C9", reason=Words("They said no. Only they can change that."))
    if grant.basis in _ON_DOCUMENTS and not (grant.authority_seen and grant.assessment and grant.decision_maker):
        return policy.deny("C12", reason=Words("The documents must be seen, and the assessment be current."))
    if grant.basis is Basis.BEST_INTERESTS and not _is_whole_best_interests(grant):
        return policy.deny("C8", reason=Words("Best interests needs the assessment, the people and the reasons."))
    return None


def _is_whole_best_interests(grant: Grant) -> bool:
    named = bool(grant.assessment and grant.decision_maker and grant.consultees and grant.least_restrictive)
    return named and grant.advocate_offered


def _scope(facts: GiveFacts) -> Decision | None:
    grant, policy = facts.grant, facts.policy
    if is_own_word(grant.basis):
        return None
    if grant.basis is Basis.BEST_INTERESTS:
        within = set(grant.sensors) == {Modality.RADAR} and set(grant.purposes) <= BEST_INTERESTS_PURPOSES
        if not within:
            return policy.deny("C8", reason=Words("Best interests covers radar, presence, bed and breathing only."))
    if grant.basis is Basis.PARENT:
        shown = Modality.CAMERA in grant.sensors or Purpose.SLEEP_REPORT in grant.purposes
        if shown:
            return policy.deny("C13", reason=Words("Without their own yes: no camera and no sleep report."))
    return None


def _review(facts: GiveFacts) -> Decision | None:
    grant, policy = facts.grant, facts.policy
    longest = policy.duration("C7", "review_after_d")
    if grant.basis is Basis.BEST_INTERESTS:
        longest = policy.duration("C7", "best_interests_review_after_h")
    if facts.now < grant.review_by <= facts.now + longest:
        return None
    return policy.deny(
        "C7", reason=Words("Talk about it again within {days} days.", {"days": longest // timedelta(days=1)})
    )


def _one_at_a_time(facts: GiveFacts) -> Decision | None:
    """Hold rule C20: the first question, then one further purpose a day, unless they wish more."""
    if facts.grant.at_their_wish:
        return None
    known = facts.standing.new_purposes
    fresh = [one for one in facts.grant.purposes if one.value not in known]
    today = facts.now.astimezone(facts.zone).date()
    already = [at for at in known.values() if at.astimezone(facts.zone).date() == today]
    first = not known and set(fresh) <= FIRST_QUESTION
    if first or not fresh or (known and len(fresh) == 1 and not already):
        return None
    return facts.policy.deny("C20", reason=Words("One question first. Others on another day, or if they wish."))


_CHECKS: tuple[Callable[[GiveFacts], Decision | None], ...] = (
    _specific,
    _basis,
    _scope,
    _alternatives,
    _explained_how,
    _felt,
    _network_asked,
    _understood,
    _review,
    _one_at_a_time,
)
