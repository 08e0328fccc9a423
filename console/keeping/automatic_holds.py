"""Holds that start by themselves with an alert or an emergency: what was noted around it is kept (rule I1)."""

from collections.abc import Iterator
from functools import partial

import structlog

from console.alerting.alert_book import AlertBook, Known
from console.alerting.emergencies import Emergencies
from console.errors import StoreError
from console.keeping.holds import start_hold
from console.office import Office
from console.rules.afterwards.holding import HoldReason
from console.rules.alerting.alerts import StepKind
from console.rules.alerting.visits import VisitOutcome
from console.staying.roll import Roll
from console.store import holds
from console.store.database import Tx
from console.store.people import StayRow

_log = structlog.get_logger(__name__)


class AutomaticHolds:
    """Looks at what happened, and starts each hold once, also after a restart."""

    def __init__(self, office: Office, roll: Roll, book: AlertBook, emergencies: Emergencies) -> None:
        self._office, self._roll = office, roll
        self._book, self._emergencies = book, emergencies
        self._done: set[str] = set()

    def step(self) -> None:
        """Start what is due."""
        for about, why, stay in list(self._due()):
            if about in self._done:
                continue
            try:
                self._office.store.write(partial(self._start, about=about, why=why, stay=stay))
            except StoreError as error:
                _log.error("hold_not_started", error=type(error).__name__)
                return
            self._done.add(about)

    def _start(self, tx: Tx, about: str, why: HoldReason, stay: StayRow) -> None:
        if not holds.is_about(tx, about):
            start_hold(self._office, tx, stay, why, about)

    def _due(self) -> Iterator[tuple[str, HoldReason, StayRow]]:
        sheet = self._roll.sheet()
        for known in self._book.known():
            person, why = sheet.stay(known.alert.stay_id), self._why(known)
            if person is not None and why is not None:
                yield f"alert:{known.alert.alert_id}:{why.value}", why, person.stay
        for emergency in self._emergencies.lasting():
            there = sheet.people.get(emergency.room_id)
            if there is not None:
                yield f"emergency:{emergency.emergency_id}", HoldReason.EMERGENCY, there.stay

    def _why(self, known: Known) -> HoldReason | None:
        outcomes = {one.details.get("outcome") for one in known.steps if one.kind is StepKind.CLOSED}
        if VisitOutcome.NEEDED_HELP in outcomes:
            return HoldReason.NEEDED_HELP
        if VisitOutcome.EMERGENCY in outcomes:
            return HoldReason.EMERGENCY
        came = [one.at for one in known.steps if one.kind in _SOMEBODY_CAME]
        until = min(came, default=self._office.now())
        late = until - known.alert.raised_at >= self._office.policy.duration("I1", "unanswered_min")
        return HoldReason.UNANSWERED if late else None


_SOMEBODY_CAME = frozenset({StepKind.ARRIVED, StepKind.CLOSED, StepKind.ENDED})
"""Going is no answer: somebody stands at the door, or it ended with the stay."""
