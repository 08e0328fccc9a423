"""An alert from its first second to the visit that ends it: its steps, only ever added to, and what they amount to."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from console.rules.alerting.visits import NOT_SEEN, VisitOutcome
from console.rules.policy import Policy


class AlertKind(StrEnum):
    """What lasted in a room for too long."""

    ENSUITE = "ensuite"
    FLOOR = "floor"
    BED_EXIT = "bed_exit"
    NO_MOVEMENT = "no_movement"
    SECOND_PERSON = "second_person"
    BREATHING_NOT_SEEN = "breathing_not_seen"


class Priority(StrEnum):
    """How loud, and how soon (rule A7)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Concern(StrEnum):
    """How far somebody is worried about this person (rule A19)."""

    ORDINARY = "ordinary"
    HIGH = "high"


class Rung(IntEnum):
    """Who is told, from the first to the last (rule A6)."""

    ALLOCATED = 0
    EVERYBODY = 1
    NURSE_IN_CHARGE = 2
    CORRIDOR = 3
    SITE_COORDINATOR = 4

    @property
    def next(self) -> "Rung":
        """Return the rung above; the last one is its own."""
        return Rung(min(self + 1, TOP))


TOP = Rung.SITE_COORDINATOR


class AlertState(StrEnum):
    """Where an alert is. There is no state in which it is put off."""

    RAISED = "raised"
    GOING = "going"
    WITH_PATIENT = "with_patient"
    CLOSED = "closed"


class StepKind(StrEnum):
    """What can happen to an alert."""

    MOVED_UP = "moved_up"
    GOING = "going"
    ARRIVED = "arrived"
    NOTED = "noted"
    FOUND = "found"
    ANSWERED = "answered"
    NOBODY_ANSWERED = "nobody_answered"
    ASKED_STILL = "asked_still"
    CLOSED = "closed"
    ENDED = "ended"
    RATED = "rated"


@dataclass(frozen=True, slots=True)
class Alert:
    """A call for a person, as it was raised.

    Attributes:
        alert_id: random, 32 hex digits.
        room_id: where to go.
        stay_id: who stays there.
        kind: what lasted.
        priority: from the hazard log.
        concern: how far somebody is worried about them.
        voice_answer: their plan lets a voice through the door be an answer.
        began_at: since when the condition has held.
        raised_at: since when the alert stands.
        again: which alert of the same condition it is; 1 for the first.
        start: the rung on which it began.
    """

    alert_id: str
    room_id: str
    stay_id: str
    kind: AlertKind
    priority: Priority
    concern: Concern
    voice_answer: bool
    began_at: datetime
    raised_at: datetime
    again: int = 1
    start: Rung = Rung.ALLOCATED


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to an alert.

    Attributes:
        kind: what.
        at: when.
        actor_id: who did it; empty for the console itself.
        details: `rung` of a move; `outcome`, `how`, `tag_fault` of a visit; `useful` of a rating.
    """

    kind: StepKind
    at: datetime
    actor_id: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """What the steps of an alert amount to.

    Attributes:
        state: where it is.
        rung: the highest that was told.
        rung_since: since when.
        quiet_until: end of the newest walk; None when nobody's walk quiets it.
        has_moved_since: it moved up after that walk was over.
        going: when each person said that they go.
        proven: who has proved to be at the door and has not yet said that they could not see the person.
        failed: who has been there and could not see them.
        with_actor: who is with the patient; empty when nobody is.
        with_since: since when.
        asked_still_at: when the nurse in charge was last asked whether they still are.
        answered_by: who answered the last rung; empty when nobody has.
        nobody_answered_at: since when the ward is told to ring 2222 or 999; None when it is not.
        outcome: of the newest visit; None before one.
        closed_at: when somebody had seen the person; None until then.
        closed_by: who; empty until then.
        tag_fault: it was closed without a working tag.
        useful: whether it was worth the walk; None until somebody says.
    """

    state: AlertState
    rung: Rung
    rung_since: datetime
    quiet_until: datetime | None = None
    has_moved_since: bool = True
    going: Mapping[str, datetime] = field(default_factory=dict)
    proven: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    with_actor: str = ""
    with_since: datetime | None = None
    asked_still_at: datetime | None = None
    answered_by: str = ""
    nobody_answered_at: datetime | None = None
    outcome: VisitOutcome | None = None
    closed_at: datetime | None = None
    closed_by: str = ""
    tag_fault: bool = False
    useful: bool | None = None

    @property
    def is_open(self) -> bool:
        """Return whether nobody has seen the person yet."""
        return self.state is not AlertState.CLOSED

    def is_walking(self, now: datetime) -> bool:
        """Return whether somebody's walk still quiets it (rule A3)."""
        return self.state is AlertState.GOING and self.quiet_until is not None and now < self.quiet_until

    def sounds(self, now: datetime) -> bool:
        """Return whether it makes a sound: always, but for a walk and for somebody with the patient (A2, A16)."""
        return self.is_open and self.state is not AlertState.WITH_PATIENT and not self.is_walking(now)


def progress_of(alert: Alert, steps: Iterable[Step], policy: Policy) -> Progress:
    """Return what the steps of an alert amount to; whatever is not a step of this list changes nothing (rule A5)."""
    progress = Progress(AlertState.RAISED, alert.start, alert.raised_at)
    for step in steps:
        if progress.is_open or step.kind is StepKind.RATED:
            progress = _APPLY[step.kind](progress, step, policy)
    return progress


def _moved_up(progress: Progress, step: Step, _policy: Policy) -> Progress:
    rung = Rung[step.details["rung"].upper()]
    if rung <= progress.rung:
        return progress
    return replace(progress, rung=rung, rung_since=step.at, has_moved_since=True)


def _going(progress: Progress, step: Step, policy: Policy) -> Progress:
    going = {**progress.going, step.actor_id: step.at}
    if progress.failed or progress.state is AlertState.WITH_PATIENT or step.actor_id in progress.going:
        # After "could not get in" nobody's walk is a reason for silence any more (NA-9).
        return replace(progress, going=going)
    until = step.at + policy.duration("A3", "walking_s")
    return replace(progress, going=going, state=AlertState.GOING, quiet_until=until, has_moved_since=False)


def _arrived(progress: Progress, step: Step, _policy: Policy) -> Progress:
    arrived = replace(progress, proven=progress.proven | {step.actor_id})
    if step.actor_id in progress.failed or progress.state is AlertState.WITH_PATIENT:
        return arrived
    return replace(
        arrived, state=AlertState.WITH_PATIENT, with_actor=step.actor_id, with_since=step.at, nobody_answered_at=None
    )


def _same(progress: Progress, _step: Step, _policy: Policy) -> Progress:
    return progress


def _found(progress: Progress, step: Step, _policy: Policy) -> Progress:
    is_other = progress.state is AlertState.WITH_PATIENT and progress.with_actor != step.actor_id
    return replace(
        progress,
        state=AlertState.WITH_PATIENT if is_other else AlertState.RAISED,
        rung=TOP,
        rung_since=step.at if progress.rung < TOP else progress.rung_since,
        quiet_until=None,
        has_moved_since=True,
        proven=progress.proven - {step.actor_id},
        failed=progress.failed | {step.actor_id},
        with_actor=progress.with_actor if is_other else "",
        with_since=progress.with_since if is_other else None,
        outcome=VisitOutcome(step.details["outcome"]),
    )


def _answered(progress: Progress, step: Step, _policy: Policy) -> Progress:
    return replace(progress, answered_by=step.actor_id, nobody_answered_at=None)


def _nobody_answered(progress: Progress, step: Step, _policy: Policy) -> Progress:
    return replace(progress, nobody_answered_at=step.at)


def _asked_still(progress: Progress, step: Step, _policy: Policy) -> Progress:
    return replace(progress, asked_still_at=step.at)


def _closed(progress: Progress, step: Step, _policy: Policy) -> Progress:
    outcome = VisitOutcome(step.details["outcome"])
    if outcome in NOT_SEEN:
        return progress
    return replace(
        progress,
        state=AlertState.CLOSED,
        quiet_until=None,
        nobody_answered_at=None,
        outcome=outcome,
        closed_at=step.at,
        closed_by=step.actor_id,
        tag_fault="tag_fault" in step.details,
    )


def _ended(progress: Progress, step: Step, _policy: Policy) -> Progress:
    """End it with the stay: the person has left the ward or has died, and the next one in the room is not them."""
    return replace(progress, state=AlertState.CLOSED, quiet_until=None, nobody_answered_at=None, closed_at=step.at)


def _rated(progress: Progress, step: Step, _policy: Policy) -> Progress:
    return replace(progress, useful=step.details["useful"] == "yes")


_APPLY: Mapping[StepKind, Callable[[Progress, Step, Policy], Progress]] = {
    StepKind.MOVED_UP: _moved_up,
    StepKind.GOING: _going,
    StepKind.ARRIVED: _arrived,
    StepKind.NOTED: _same,
    StepKind.FOUND: _found,
    StepKind.ANSWERED: _answered,
    StepKind.NOBODY_ANSWERED: _nobody_answered,
    StepKind.ASKED_STILL: _asked_still,
    StepKind.CLOSED: _closed,
    StepKind.ENDED: _ended,
    StepKind.RATED: _rated,
}


def lasted(alert: Alert, now: datetime) -> timedelta:
    """Return for how long an alert has stood."""
    return max(timedelta(0), now - alert.raised_at)
