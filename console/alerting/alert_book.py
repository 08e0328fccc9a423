"""The book of alerts: each step is a row and an audit entry in one transaction, and memory follows (rules A2, X4).

When the disk fails, an alert goes out all the same and a walk is taken all the same; both are written down later.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from console.errors import StoreError
from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission, Request, may
from console.rules.alerting.alerts import Alert, Progress, Step, StepKind, progress_of
from console.rules.decision import Decision
from console.showing.views import Words
from console.store import alerts as rows
from console.store.database import Tx

_log = structlog.get_logger(__name__)
_SYSTEM = Actor.system("alerts")
_KEPT = timedelta(hours=24)
"""How long a closed alert stays in memory, for the count of the night."""
_RULES = {
    StepKind.MOVED_UP: "A6",
    StepKind.NOBODY_ANSWERED: "A6",
    StepKind.ASKED_STILL: "A16",
    StepKind.ENDED: "A2",
}


@dataclass(frozen=True, slots=True)
class Known:
    """An alert with all that has happened to it.

    Attributes:
        alert: as it was raised.
        steps: oldest first.
        progress: what they amount to.
    """

    alert: Alert
    steps: tuple[Step, ...]
    progress: Progress


Answer = tuple[Decision, Step | None]
"""What a rule says to a press, and the step that it makes; None when it makes none."""


class AlertBook:
    """Every alert of the last day, and every older one that is open."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._lock = threading.RLock()
        self._known: dict[str, Known] = {}
        self._unwritten: list[Callable[[Tx], None]] = []
        begins = office.now() - _KEPT
        for alert, steps in office.store.read(lambda tx: rows.since(tx, begins)):
            self._known[alert.alert_id] = Known(alert, steps, progress_of(alert, steps, office.policy))

    def known(self) -> tuple[Known, ...]:
        """Return every alert, oldest first."""
        with self._lock:
            return tuple(self._known.values())

    def open(self) -> tuple[Known, ...]:
        """Return every alert whose person nobody has seen yet, oldest first."""
        return tuple(one for one in self.known() if one.progress.is_open)

    def of(self, alert_id: str) -> Known | None:
        """Return one alert; None when it is not of the last day."""
        return self._known.get(alert_id)

    def of_stay(self, stay_id: str, since: datetime) -> tuple[Known, ...]:
        """Return the alerts about one person that were raised since then, oldest first, and every open one."""
        return tuple(
            one
            for one in self.known()
            if one.alert.stay_id == stay_id and (one.alert.raised_at >= since or one.progress.is_open)
        )

    def raise_now(self, alert: Alert) -> None:
        """Raise an alert."""
        decision = self._office.policy.allow("A7", "A2", reason=Words("Somebody is called."))
        done = Done(decision, f"alert:{alert.alert_id}", alert.room_id, alert.kind.value)

        def work(tx: Tx) -> None:
            rows.add(tx, alert)
            self._office.record(tx, _SYSTEM, "board:alert:raised", done)

        self._put(Known(alert, (), progress_of(alert, (), self._office.policy)))
        self._write(work)

    def add(self, alert: Alert, step: Step) -> None:
        """Write down what time alone, or the end of a stay, adds to an alert."""
        decision = self._office.policy.allow(_RULES[step.kind], reason=Words("Written down."))
        reason = step.details.get("rung", "")
        done = Done(decision, f"alert:{alert.alert_id}", alert.room_id, reason)
        self._follow(alert.alert_id, step)
        self._write(lambda tx: self._step(tx, _SYSTEM, alert, step, done))

    def act(self, actor: Actor, alert_id: str, action: str, decide: Callable[[Known], Answer]) -> Decision:
        """Run what somebody pressed.

        Args:
            actor: who pressed.
            alert_id: which alert.
            action: for the log.
            decide: the rule; called within the transaction.

        Returns:
            The decision. Where the disk fails, a press that only tells where somebody is counts all the same and is
            written down later (rule G3: response is never gated); one that would close an alert does not.
        """
        office = self._office

        def work(tx: Tx) -> Done:
            known = self._as_written(tx, alert_id)
            if known is None:
                return Done(office.policy.deny("A4", reason=Words("There is no such alert any more.")))
            decision, step = decide(known)
            done = Done(decision, f"alert:{alert_id}", known.alert.room_id, _reason(step))
            if step is not None:
                rows.add_step(tx, alert_id, step)
                tx.on_commit(lambda: self._follow(alert_id, step))
            return done

        try:
            return office.run(actor, Permission.ALERT_RESPOND, action, work)
        except StoreError as error:
            _log.error("alert_step_not_written", error=type(error).__name__)
            return self._act_unwritten(actor, alert_id, action, decide)

    def _as_written(self, tx: Tx, alert_id: str) -> Known | None:
        """Return an alert with what another press has written before this one in the same commit.

        Memory follows a commit: two presses within one would both find the alert open, and both close it.
        """
        known = self.of(alert_id)
        new = [] if known is None else [one for one in rows.steps_of(tx, alert_id) if one not in known.steps]
        if known is None or not new:
            return known
        steps = (*known.steps, *new)
        return Known(known.alert, steps, progress_of(known.alert, steps, self._office.policy))

    def retry(self) -> None:
        """Write down what could not be written when it happened, in its order."""
        with self._lock:
            waiting, self._unwritten = self._unwritten, []
        for place, work in enumerate(waiting):
            try:
                self._office.store.write(work)
            except StoreError:
                with self._lock:
                    self._unwritten = [*waiting[place:], *self._unwritten]
                return

    def forget_old(self) -> None:
        """Let go of what was closed more than a day ago."""
        begins = self._office.now() - _KEPT
        with self._lock:
            old = [one for one in self._known.values() if not one.progress.is_open and one.alert.raised_at < begins]
            for one in old:
                del self._known[one.alert.alert_id]

    def _act_unwritten(self, actor: Actor, alert_id: str, action: str, decide: Callable[[Known], Answer]) -> Decision:
        office, known = self._office, self.of(alert_id)
        permitted = may(Request(actor.role, Permission.ALERT_RESPOND), office.policy)
        if known is None or not permitted:
            return permitted if not permitted else office.policy.deny("A4", reason=Words("There is no such alert."))
        decision, step = decide(known)
        if step is None or step.kind in (StepKind.CLOSED, StepKind.RATED):
            words = Words("It cannot be written down now, so it stays open. Stay with them, and tell an engineer.")
            return office.policy.deny("A4", reason=words)
        done = Done(decision, f"alert:{alert_id}", known.alert.room_id, _reason(step))
        self._follow(alert_id, step)
        self._write(lambda tx: self._step(tx, actor, known.alert, step, done, action))
        return decision

    def _step(self, tx: Tx, actor: Actor, alert: Alert, step: Step, done: Done, action: str = "") -> None:
        rows.add_step(tx, alert.alert_id, step)
        self._office.record(tx, actor, action or f"board:alert:{step.kind.value}", done)

    def _write(self, work: Callable[[Tx], None]) -> None:
        """Write now, or later and in order: the call itself waits for no disk."""
        if self._unwritten:
            self._unwritten.append(work)
            return
        try:
            self._office.store.write(work)
        except StoreError as error:
            _log.error("alert_not_written", error=type(error).__name__)
            with self._lock:
                self._unwritten.append(work)

    def _put(self, known: Known) -> None:
        with self._lock:
            self._known[known.alert.alert_id] = known

    def _follow(self, alert_id: str, step: Step) -> None:
        with self._lock:
            before = self._known[alert_id]
            steps = (*before.steps, step)
            progress = progress_of(before.alert, steps, self._office.policy)
            self._known[alert_id] = Known(before.alert, steps, progress)


def _reason(step: Step | None) -> str:
    if step is None:
        return ""
    return step.details.get("outcome") or step.details.get("useful") or step.kind.value
