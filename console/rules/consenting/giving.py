"""What makes a yes a consent: a list of questions, each a rule; the first that is not met names itself."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from broker.vocabulary import Modality, Purpose
from console.rules.consenting.bases import refused_basis
from console.rules.consenting.consent import Standing
from console.rules.consenting.grants import Basis, Feeling, Grant, Mark, is_own_word
from console.rules.consenting.person import Adjustment, PlaceKind
from console.rules.consenting.wording import Wording, may_carry_grant
from console.rules.decision import Decision, Obligation
from console.rules.policy import Policy
from console.showing.views import Words

FIRST_QUESTION = frozenset({Purpose.PRESENCE, Purpose.NO_MOVEMENT, Purpose.BREATHING_SPOT})
"""What the first question covers: "May a sensor notice that you are breathing and moving at night?" (rule C20)."""
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
        room_kind: what kind of room they are in (rule P9).
        said_at: when it was said, if that was earlier than now; it decides nothing and is kept.
        wordings: by language, who has checked our text; one that is not there was checked by nobody (rule E1).
        sensors_here: kinds of sensor in their room: what was explained is one of these (rule C15); empty without any.
    """

    grant: Grant
    standing: Standing
    now: datetime
    policy: Policy
    zone: ZoneInfo
    room_kind: PlaceKind = PlaceKind.BEDROOM
    said_at: datetime | None = None
    wordings: Mapping[str, Wording] = field(default_factory=dict)
    sensors_here: tuple[Modality, ...] = ()


def may_give(facts: GiveFacts) -> Decision:
    """Decide whether this grant becomes a consent."""
    for check in _CHECKS:
        refusal = check(facts)
        if refusal is not None:
            return refusal
    obligations = [Obligation.ASK_AGAIN_AFTER_FIRST_NIGHT]
    if facts.grant.basis is Basis.BEST_INTERESTS:
        obligations.append(Obligation.LIBERTY_VIEW)
    if facts.said_at is not None:
        obligations.append(Obligation.FLAG_TO_GOVERNANCE)
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


def _place(facts: GiveFacts) -> Decision | None:
    """Hold rules P9 and C2: no yes begins in seclusion or a like place, or for somebody who is not in their room."""
    standing, policy = facts.standing, facts.policy
    if facts.room_kind is not PlaceKind.BEDROOM or standing.confinement is not None:
        return policy.deny(
            "P9", reason=Words("A yes that is first asked for here is void. Ask them when they are back.")
        )
    if standing.away is not None:
        return policy.deny("C2", reason=Words("They are not in their room. Ask them when they are back."))
    return None


def _said_when(facts: GiveFacts) -> Decision | None:
    if facts.said_at is None or facts.said_at <= facts.now:
        return None
    return facts.policy.deny("C1", reason=Words("Write down when it was said, not when it will be."))


def _adjusted(facts: GiveFacts) -> Decision | None:
    """Hold rule E5: what they need to be asked fairly is written down, and is there, before any yes."""
    needs = facts.standing.adjustments
    if needs is None:
        return facts.policy.deny("E5", reason=Words("Ask first what helps them to understand, and write it down."))
    if facts.standing.adjustments_met or set(needs) <= {Adjustment.NONE}:
        return None
    return facts.policy.deny(
        "E5",
        reason=Words("What helps them to understand is not there yet. Bring it first, then ask."),
        obligations=(Obligation.EXPLAIN_DIFFERENTLY,),
    )


def _specific(facts: GiveFacts) -> Decision | None:
    grant = facts.grant
    for asked in (grant.sensors, grant.purposes, grant.hours):
        if not asked or len(set(asked)) != len(asked):
            return facts.policy.deny("C3", reason=Words("Name each sensor, purpose and hour, once."))
    used = {purpose for sensor in grant.sensors for purpose in grant.purposes_of(sensor)}
    if used != set(grant.purposes) or not all(grant.purposes_of(sensor) for sensor in grant.sensors):
        return facts.policy.deny(
            "C3", reason=Words("Each sensor needs a purpose, and each purpose a sensor: leave out what has none.")
        )
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


def _explained_what(facts: GiveFacts) -> Decision | None:
    """Hold rule C15: the words follow the sensor of the room; a yes after other words is for nothing they heard of."""
    if not facts.sensors_here or set(facts.grant.sensors) <= set(facts.sensors_here):
        return None
    return facts.policy.deny(
        "C15", reason=Words("They heard about the sensor in their room. A yes is for that one and for no other.")
    )


def _carried(facts: GiveFacts) -> Decision | None:
    """Hold rules C15 and E1: a text that no translator has checked carries no yes."""
    carried = may_carry_grant(facts.grant.information, facts.wordings, facts.policy)
    return None if carried else carried


def _alternatives(facts: GiveFacts) -> Decision | None:
    if facts.grant.alternatives:
        return None
    return facts.policy.deny("C16", reason=Words("Offer the other ways first: in person, contact, radar only."))


def _review(facts: GiveFacts) -> Decision | None:
    grant, policy = facts.grant, facts.policy
    longest = policy.duration("C7", "review_after_d")
    if grant.basis is Basis.BEST_INTERESTS:
        longest = policy.duration("C7", "best_interests_review_after_h")
    dates = [grant.review_by, *(one.review_by for one in grant.own_reasons)]
    if all(facts.now < one <= facts.now + longest for one in dates):
        return None
    return policy.deny(
        "C7", reason=Words("Talk about it again within {days} days.", {"days": longest // timedelta(days=1)})
    )


def _care_plan(facts: GiveFacts) -> Decision | None:
    """Hold rule P5: each purpose has its reason, and at each review it is asked whether less would do."""
    grant, before = facts.grant, facts.standing.grant
    named = [one.purpose for one in grant.own_reasons]
    if len(set(named)) != len(named) or not set(named) <= set(grant.purposes):
        return facts.policy.deny("P5", reason=Words("Give each purpose one reason, and no reason to another."))
    if before is not None and grant.would_less_do is None:
        return facts.policy.deny(
            "P5", reason=Words("Ask first: would less do? Fewer hours, fewer purposes, radar instead of camera, off?")
        )
    return None


def _witnessed(facts: GiveFacts) -> Decision | None:
    if facts.grant.mark is not Mark.SPOKEN_WITH_WITNESS or facts.grant.mark_witness:
        return None
    return facts.policy.deny("C6", reason=Words("A spoken yes needs a witness: write down who heard it."))


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
    _said_when,
    _place,
    _specific,
    lambda facts: refused_basis(facts.grant, facts.standing, facts.now, facts.policy),
    _adjusted,
    _alternatives,
    _explained_how,
    _carried,
    _felt,
    _explained_what,
    _network_asked,
    _understood,
    _witnessed,
    _review,
    _care_plan,
    _one_at_a_time,
)
