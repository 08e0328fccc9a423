"""When a person may be asked (rules C14 and C20): by day, not at once, not again and again, unless they ask."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from console.rules.consenting.consent import ConsentState, Standing
from console.rules.consenting.grants import is_own_word
from console.rules.consenting.hours import is_within, next_wall_time
from console.rules.consenting.person import PlaceKind
from console.rules.decision import Decision, Obligation
from console.rules.policy import Policy
from console.showing.views import Words


@dataclass(frozen=True, slots=True)
class AskFacts:
    """What is known when somebody wants to ask.

    Attributes:
        standing: the stay's consent now.
        admitted_at: start of the stay, UTC.
        they_asked: the patient asks for it.
        asked_by: pseudonym of who wants to ask.
        room_kind: what kind of room they are in (rule P9).
    """

    standing: Standing
    admitted_at: datetime
    they_asked: bool
    asked_by: str = ""
    room_kind: PlaceKind = PlaceKind.BEDROOM


def may_ask(facts: AskFacts, now: datetime, policy: Policy, zone: ZoneInfo) -> Decision:
    """Decide whether the patient may be asked now."""
    refusal = _not_here_or_not_by(facts, policy)
    if refusal is not None:
        return refusal
    said_no = facts.standing.refused_at
    counted = (Obligation.COUNT_RE_ASK,) if said_no is not None else ()
    if facts.they_asked:
        return policy.allow("C20", reason=Words("They asked. Talk with them now."), obligations=counted)
    if said_no is not None and now < said_no + policy.duration("C14", "re_ask_after_h"):
        again = said_no + policy.duration("C14", "re_ask_after_h")
        return policy.deny(
            "C14", reason=Words("They said no. Do not ask again before {at:day}, unless they ask.", {"at": again})
        )
    early = facts.admitted_at + policy.duration("C20", "after_admission_h")
    if now < early:
        return policy.deny("C20", reason=Words("They have only just come. Not before {at:day}.", {"at": early}))
    if facts.standing.restrained_at is not None:
        calm = facts.standing.restrained_at + policy.duration("C20", "after_restraint_h")
        if now < calm:
            words = Words("Not so soon after restraint, seclusion or sedation. Not before {at:day}.", {"at": calm})
            return policy.deny("C20", reason=words)
    if is_within(now, policy.time_of_day("C20", "not_from"), policy.time_of_day("C20", "not_until"), zone):
        return policy.deny("C20", reason=Words("Nobody is asked at night. We will do it at 08:00."))
    return policy.allow("C20", reason=Words("You may ask now: one question first."), obligations=counted)


def _not_here_or_not_by(facts: AskFacts, policy: Policy) -> Decision | None:
    """Hold rules P9 and C20: not in seclusion or a like place, and by nobody whom they asked not to see."""
    standing = facts.standing
    if standing.confinement is not None or facts.room_kind is not PlaceKind.BEDROOM:
        return policy.deny(
            "P9", reason=Words("Nobody is asked here: a yes would be void. Ask them when they are back.")
        )
    if standing.away is not None:
        return policy.deny("C2", reason=Words("They are not in their room. Ask them when they are back."))
    if facts.asked_by and facts.asked_by in standing.not_by:
        return policy.deny("C20", reason=Words("They do not want to be asked by you. A colleague does it."))
    return None


def talk_is_wished(now: datetime, policy: Policy, zone: ZoneInfo, *, somebody_trained: bool) -> Decision:
    """Decide what follows when a person asks to talk about the sensor, at any hour (rule C20).

    Args:
        now: UTC.
        policy: the rule book.
        zone: ward time.
        somebody_trained: somebody on shift is in date for asking (rule G3).
    """
    by = now + policy.duration("C20", "wish_within_min")
    words = Words("Somebody comes by {by}.", {"by": by})
    if not somebody_trained:
        morning = next_wall_time(now, policy.time_of_day("C20", "not_until"), zone)
        words = Words("Nobody who is trained for this is here now. We will do it at {at:day}.", {"at": morning})
    return policy.allow("C20", reason=words, obligations=(Obligation.TELL_NURSE_SILENTLY,))


def may_resume(standing: Standing, by_patient: bool, now: datetime, policy: Policy, zone: ZoneInfo) -> Decision:
    """Decide whether a paused or suspended yes may open the sensor again (rules C2, C10, S3): only at their own tap."""
    if standing.state is ConsentState.PAUSED and standing.grant is not None:
        if not is_own_word(standing.grant.basis):
            return policy.deny("C10", reason=Words("They objected. It stays off until the morning."))
        if by_patient:
            return policy.allow("S3", reason=Words("The sensor may start again."))
        return policy.deny("S3", reason=Words("Only they can end their pause."))
    if standing.state is not ConsentState.SUSPENDED:
        return policy.deny("C2", reason=Words("There is nothing to start again. Ask them first."))
    if not by_patient:
        return policy.deny("C2", reason=Words("Only they can say: same as before."))
    if standing.away is not None:
        return policy.deny("C2", reason=Words("You are not in your room. Say it when you are back."))
    held, grant = standing.confinement, standing.grant
    if held is not None and (grant is None or held.place not in grant.places):
        return policy.deny("P9", reason=Words("A yes for this place was never said before. It stays off here."))
    begins, ends = policy.time_of_day("C2", "do_not_ask_from"), policy.time_of_day("C2", "do_not_ask_until")
    asked_at_night = is_within(now, begins, ends, zone)
    reason = Words("They asked at night for the same as before.") if asked_at_night else Words("The same as before.")
    return policy.allow("C2", reason=reason)
