"""Proposed limits that run forward in silence for two weeks and keep only how often they would have called (A12)."""

import secrets
from datetime import datetime
from functools import partial

import structlog

from console.errors import StoreError
from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.alerting.alerts import AlertKind
from console.rules.alerting.budget import Trial, trial_sentence, would_call
from console.rules.alerting.limits import ASKED_FOR
from console.rules.decision import Decision
from console.showing.views import Words
from console.store import alerts as rows
from console.store.database import Tx

_log = structlog.get_logger(__name__)


class Trials:
    """Begins trials, counts for them, and says how they stand."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._trials = {trial_id: trial for trial_id, (trial, _) in office.store.read(rows.all_trials).items()}
        self._counted: dict[tuple[str, str], datetime] = {}

    def begin(self, actor: Actor, kind: AlertKind | str, after_s: float) -> Decision:
        """Propose a limit; for the clinical safety officer, whose word a change needs."""
        trial_id = secrets.token_hex(16)

        def work(tx: Tx) -> Done:
            policy, now = self._office.policy, self._office.now()
            if kind not in ASKED_FOR or not 0 < after_s <= policy.number("A14", "longest_s"):
                return Done(policy.deny("A12", reason=Words("Choose what is tried, and a time within the bounds.")))
            trial = Trial(AlertKind(kind), after_s, now)
            rows.add_trial(tx, trial_id, trial, actor.actor_id)
            tx.on_commit(partial(self._trials.__setitem__, trial_id, trial))
            decision = policy.allow("A12", reason=Words("It is tried in silence for 14 nights; only counts are kept."))
            return Done(decision, f"trial:{trial_id}", reason=str(kind))

        return self._office.run(actor, Permission.ALERT_TRIAL, "alert:trial:begun", work)

    def told(self, room_id: str, kind: AlertKind, began_at: datetime) -> None:
        """Count once for each condition that a proposed limit would have called about."""
        now = self._office.now()
        for trial_id, trial in list(self._trials.items()):
            key = (trial_id, room_id)
            if self._counted.get(key) == began_at or not would_call(trial, kind, began_at, now, self._office.policy):
                continue
            self._counted[key] = began_at
            try:
                self._office.store.write(partial(rows.count_in_trial, trial_id=trial_id))
            except StoreError as error:
                _log.error("trial_not_counted", error=type(error).__name__)

    def sentences(self) -> tuple[Words, ...]:
        """Return how each trial stands, newest first."""
        now, policy = self._office.now(), self._office.policy
        found = self._office.store.read(rows.all_trials)
        return tuple(trial_sentence(trial, count, now, policy) for trial, count in found.values())
