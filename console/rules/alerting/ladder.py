"""The ladder: who is told of an alert, and when, from who is signed on and free now (rules A6, A16)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.roles import Role
from console.rules.alerting.alerts import TOP, Alert, AlertState, Concern, Progress, Rung, Step, StepKind
from console.rules.alerting.shifts import OnShift, Post
from console.rules.policy import Policy

Ladder = tuple[tuple[Rung, float], ...]
"""Each rung with the time after which it is told [s], from the first; the last is always the site coordinator."""

_AFTER = (
    (Rung.ALLOCATED, "allocated_s"),
    (Rung.EVERYBODY, "everybody_s"),
    (Rung.NURSE_IN_CHARGE, "nurse_in_charge_s"),
    (Rung.CORRIDOR, "corridor_s"),
    (Rung.SITE_COORDINATOR, "site_coordinator_s"),
)
_AFTER_OF_HIGH = (
    (Rung.EVERYBODY, "everybody_s"),
    (Rung.NURSE_IN_CHARGE, "nurse_in_charge_s"),
    (Rung.CORRIDOR, "corridor_s"),
    (Rung.SITE_COORDINATOR, "site_coordinator_s"),
)
WARD_STAFF = frozenset({Role.NURSE, Role.NURSE_IN_CHARGE})
LAST = frozenset({Role.SITE_COORDINATOR, Role.MATRON})
"""Who can be the person that answers the last rung."""


@dataclass(frozen=True, slots=True)
class Staffing:
    """Who is signed on, as one alert sees it.

    Attributes:
        people: everybody who is signed on.
        busy: who is with a patient because of another alert, or at an emergency.
        thin: an emergency elsewhere: everybody who is left, and the site coordinator, are told at once (rule A17).
    """

    people: tuple[OnShift, ...] = ()
    busy: frozenset[str] = frozenset()
    thin: bool = False

    def free(self) -> tuple[OnShift, ...]:
        """Return who of the ward's staff can go now."""
        return tuple(
            one
            for one in self.people
            if one.role in WARD_STAFF and one.post is Post.FREE and one.actor_id not in self.busy
        )

    def has(self, roles: Iterable[Role]) -> bool:
        """Return whether somebody of these roles is signed on and not busy."""
        return any(one.role in set(roles) and one.actor_id not in self.busy for one in self.people)


def ladder_of(alert: Alert, staffing: Staffing, policy: Policy) -> Ladder:
    """Build the ladder of an alert.

    A rung without anybody is taken out, and those above it are told so much earlier. With fewer than three free people
    the site coordinator is told at 120 s. All the ward's devices, the corridor and the last rung never fall out.
    """
    if staffing.thin:
        return ((Rung.EVERYBODY, 0.0), (TOP, 0.0))
    rule_id, table = ("A19", _AFTER_OF_HIGH) if alert.concern is Concern.HIGH else ("A6", _AFTER)
    after = [(rung, policy.number(rule_id, name)) for rung, name in table]
    there = {
        Rung.ALLOCATED: any(alert.room_id in one.rooms for one in staffing.free()),
        Rung.NURSE_IN_CHARGE: staffing.has({Role.NURSE_IN_CHARGE}),
    }
    kept: list[tuple[Rung, float]] = []
    earlier_s = 0.0
    for (rung, after_s), (_, following_s) in zip(after, [*after[1:], after[-1]], strict=True):
        if there.get(rung, True):
            kept.append((rung, after_s - earlier_s))
        else:
            earlier_s += following_s - after_s
    if len(staffing.free()) < policy.number("A6", "enough_free"):
        rung, after_s = kept[-1]
        kept[-1] = (rung, min(after_s, policy.number("A6", "few_free_s")))
    return tuple(kept)


def rung_at(ladder: Ladder, start: Rung, elapsed_s: float) -> Rung:
    """Return the rung that is due.

    Args:
        ladder: of the alert.
        start: the rung on which it began; its own time has passed already.
        elapsed_s: since the alert was raised [s].
    """
    given_s = max((after_s for rung, after_s in ladder if rung <= start), default=0.0)
    due = [rung for rung, after_s in ladder if after_s <= elapsed_s + given_s]
    return max(start, *due) if due else start


def due_steps(alert: Alert, progress: Progress, staffing: Staffing, now: datetime, policy: Policy) -> tuple[Step, ...]:
    """Return what time alone adds to an alert now; empty when nothing is due."""
    if not progress.is_open:
        return ()
    if progress.state is AlertState.WITH_PATIENT:
        return _still_with(progress, now, policy)
    rung = _due_rung(alert, progress, ladder_of(alert, staffing, policy), now)
    if rung > progress.rung:
        return (Step(StepKind.MOVED_UP, now, details={"rung": rung.name.lower()}),)
    return _unanswered(progress, staffing, now, policy)


def _due_rung(alert: Alert, progress: Progress, ladder: Ladder, now: datetime) -> Rung:
    """Return the rung that is due; a walk holds all but the last, and a walk that is over moves it up (rule A3)."""
    due = rung_at(ladder, alert.start, (now - alert.raised_at).total_seconds())
    if progress.is_walking(now):
        return due if due is TOP else progress.rung
    return due if progress.has_moved_since else max(due, progress.rung.next)


def _still_with(progress: Progress, now: datetime, policy: Policy) -> tuple[Step, ...]:
    """Ask the nurse in charge whether somebody is still with the patient (rule A16)."""
    asked = progress.asked_still_at or progress.with_since
    if asked is None or now - asked < policy.duration("A16", "ask_still_min"):
        return ()
    return (Step(StepKind.ASKED_STILL, now),)


def _unanswered(progress: Progress, staffing: Staffing, now: datetime, policy: Policy) -> tuple[Step, ...]:
    """Tell the ward when nobody answers on the last rung: at once where nobody is there to answer."""
    is_known = progress.answered_by or progress.nobody_answered_at is not None
    if progress.rung < TOP or is_known or any(one in progress.going for one in _last(staffing)):
        return ()
    waits = policy.duration("A6", "answer_within_s") if staffing.has(LAST) else timedelta(0)
    return (Step(StepKind.NOBODY_ANSWERED, now),) if now - progress.rung_since >= waits else ()


def _last(staffing: Staffing) -> tuple[str, ...]:
    return tuple(one.actor_id for one in staffing.people if one.role in LAST)
