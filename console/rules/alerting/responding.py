"""What somebody may do with an alert: go, arrive, say what they found; nothing else ends it (rules A3, A4, A16)."""

from datetime import datetime

from console.roles import Actor, Role
from console.rules.alerting.alerts import Alert, AlertState, Progress
from console.rules.alerting.visits import NOT_SEEN, HowSeen, VisitOutcome
from console.rules.decision import Decision, Obligation
from console.rules.policy import Policy
from console.showing.views import Words

_OVER = Words("Somebody saw them already. Thank you.")


def may_go(progress: Progress, actor: Actor, policy: Policy) -> Decision:
    """Decide whether somebody's "I'm going" counts: once for each person and alert (rule A3)."""
    if not progress.is_open:
        return policy.deny("A3", reason=_OVER)
    said_at = progress.going.get(actor.actor_id)
    if said_at is not None:
        return policy.deny("A3", reason=Words("You said that at {at}. Are you there?", {"at": said_at}))
    if progress.failed:
        return policy.allow("A3", reason=Words("Written down. It sounds on until somebody has seen them."))
    return policy.allow("A3", reason=Words("Written down. It is quiet while you walk."))


def may_arrive(progress: Progress, is_proven: bool, wrong_lately: int, policy: Policy) -> Decision:
    """Decide whether a code proves that somebody is at the door (rule A4).

    Args:
        progress: of the alert.
        is_proven: the code is what the door shows now.
        wrong_lately: how many codes of theirs for this alert were none of the last minutes.
        policy: the rule book.
    """
    if not progress.is_open:
        return policy.deny("A4", reason=_OVER)
    if wrong_lately >= policy.number("A4", "wrong_codes"):
        words = Words("Too many codes that are none. Wait two minutes, or let the nurse in charge come to the door.")
        return policy.deny("A4", reason=words)
    if is_proven:
        return policy.allow("A4", "A16", reason=Words("You are there. Every sound for this room stops."))
    words = Words("The door does not show that code now: kept as a note, place not proven. Read it at the door.")
    return policy.deny("A4", reason=words)


def may_report(
    alert: Alert, progress: Progress, actor: Actor, outcome: VisitOutcome, how: HowSeen | None, policy: Policy
) -> Decision:
    """Decide what becomes of what somebody says they found (rule A4).

    Whoever could not see the person is always heard: the alert jumps to the top of the ladder. Everything else needs
    proof of place, and how it was seen that they live.
    """
    if not progress.is_open:
        return policy.deny("A4", reason=_OVER)
    if outcome in NOT_SEEN:
        words = Words("Everybody is called. Override key, anti-barricade, call for help. It sounds on.")
        return policy.allow("A4", reason=words, obligations=(Obligation.TELL_NURSE_IN_CHARGE,))
    if actor.actor_id not in progress.proven:
        words = Words("Only at the door. Go there, and type the code that the door shows now.")
        return policy.deny("A4", reason=words)
    return _seen(alert, outcome, how, policy)


def may_report_tag_fault(
    alert: Alert, progress: Progress, actor: Actor, outcome: VisitOutcome, how: HowSeen | None, policy: Policy
) -> Decision:
    """Decide whether the nurse in charge closes it in person where the door's tag is broken or gone (rule A4)."""
    if actor.role is not Role.NURSE_IN_CHARGE:
        return policy.deny("A4", reason=Words("Where the tag is broken, the nurse in charge comes and closes it."))
    if not progress.is_open:
        return policy.deny("A4", reason=_OVER)
    if outcome in NOT_SEEN:
        return may_report(alert, progress, actor, outcome, how, policy)
    return _seen(alert, outcome, how, policy)


def may_answer(progress: Progress, policy: Policy) -> Decision:
    """Decide whether somebody's answer to the last rung counts (rule A6); it quiets nothing."""
    if not progress.is_open:
        return policy.deny("A6", reason=_OVER)
    return policy.allow("A6", reason=Words("Written down that you answered. It sounds on until somebody is there."))


def may_rate(progress: Progress, policy: Policy) -> Decision:
    """Decide whether somebody may say that an alert was worth the walk (rule A13): once, and after it."""
    if progress.is_open:
        return policy.deny("A13", reason=Words("First see them; then say whether it was worth the walk."))
    if progress.useful is not None:
        return policy.deny("A13", reason=Words("That has been said already."))
    return policy.allow("A13", reason=Words("Thank you."))


def is_reminder_due(progress: Progress, now: datetime, policy: Policy) -> bool:
    """Return whether the device of whoever is with the patient pulses softly now (rule A16)."""
    if progress.state is not AlertState.WITH_PATIENT or progress.with_since is None:
        return False
    every_s = policy.duration("A16", "remind_min").total_seconds()
    with_s = (now - progress.with_since).total_seconds()
    return with_s >= every_s and with_s % every_s < _PULSE_S


_PULSE_S = 5.0
"""[s] for which the reminder pulses."""


def _seen(alert: Alert, outcome: VisitOutcome, how: HowSeen | None, policy: Policy) -> Decision:
    if outcome is VisitOutcome.SPOKE_AND_ANSWERED and not alert.voice_answer:
        words = Words("A voice is not enough for this person: their plan asks that they are seen. Go in.")
        return policy.deny("A4", reason=words)
    if how is None:
        return policy.deny("A4", reason=Words("Say how you know: they spoke, moved, or you saw them breathe."))
    return policy.allow("A4", reason=Words("Written down. Thank you for going."))
