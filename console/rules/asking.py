"""When a person may be asked (rules C14 and C20): by day, not at once, not again and again, unless they ask."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from console.rules.consent import ConsentState, Standing
from console.rules.decision import Decision, Obligation
from console.rules.grants import is_own_word
from console.rules.hours import is_within
from console.rules.policy import Policy
from console.views import Words


@dataclass(frozen=True, slots=True)
class AskFacts:
    """What is known when somebody wants to ask.

    Attributes:
        standing: the stay's consent now.
        admitted_at: start of the stay, UTC.
        they_asked: the patient asks for it.
    """

    standing: Standing
    admitted_at: datetime
    they_asked: bool


def may_ask(facts: AskFacts, now: datetime, policy: Policy, zone: ZoneInfo) -> Decision:
    """Decide whether the patient may be asked now."""
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
            return policy.deny("C20", reason=Words("They were restrained. Not before {at:day}.", {"at": calm}))
    if is_within(now, policy.time_of_day("C20", "not_from"), policy.time_of_day("C20", "not_until"), zone):
        return policy.deny("C20", reason=Words("Nobody is asked at night. We will do it at 08:00."))
    return policy.allow("C20", reason=Words("You may ask now: one question first."), obligations=counted)


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
    begins, ends = policy.time_of_day("C2", "do_not_ask_from"), policy.time_of_day("C2", "do_not_ask_until")
    asked_at_night = is_within(now, begins, ends, zone)
    reason = Words("They asked at night for the same as before.") if asked_at_night else Words("The same as before.")
    return policy.allow("C2", reason=reason)
