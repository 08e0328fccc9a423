"""Freezes each ward day's figures at noon of the next day, with their hash in the log (rule R1)."""

import hashlib
from datetime import date

import structlog

from console.assurance.day_counts import Disclosures, counted, figures_of
from console.assurance.pack import canonical
from console.errors import StoreError
from console.office import Done, Office
from console.roles import Actor
from console.rules.governing.freezing import days_to_freeze
from console.showing.views import Words
from console.store import assurance
from console.store.assurance import FrozenDay
from console.store.database import Tx

_log = structlog.get_logger(__name__)
_SYSTEM = Actor.system("assurance")
_MOST_AT_ONCE = 7
"""Days that one step freezes: a console that was down for a month keeps nobody waiting while it catches up."""
_JUMPED_S, _STEADY_S = 300.0, 3600.0
"""[s] A clock that moves by more than the first is believed again after the second: what is frozen is so for ever."""


class Freezing:
    """Keeps the daily figures."""

    def __init__(self, office: Office, disclosures: Disclosures) -> None:
        self._office = office
        self._disclosures = disclosures
        self._offset_s: float | None = None
        self._jumped_s = float("-inf")

    def step(self) -> None:
        """Freeze what is due, oldest first; a disk that fails is asked again, a clock that jumped is not believed."""
        if not self._is_steady():
            return
        try:
            first, newest = self._office.store.read(self._reached)
            if first is None:
                return
            office = self._office
            due = days_to_freeze(first, newest, office.now(), office.policy, office.zone)
            for _count, day in zip(range(_MOST_AT_ONCE), due, strict=False):
                self._freeze(day)
        except StoreError as error:
            _log.error("day_not_frozen", error=type(error).__name__)

    def _is_steady(self) -> bool:
        """Return whether the time of day has gone on as time does for an hour."""
        clock = self._office.clock
        elapsed_s = clock.elapsed_s()
        offset_s = clock.utc_now().timestamp() - elapsed_s
        if self._offset_s is not None and abs(offset_s - self._offset_s) > _JUMPED_S:
            self._jumped_s = elapsed_s
        self._offset_s = offset_s
        return elapsed_s - self._jumped_s >= _STEADY_S

    def _reached(self, tx: Tx) -> tuple[date | None, date | None]:
        began = assurance.began_at(tx)
        first = began.astimezone(self._office.zone).date() if began is not None else None
        return first, assurance.newest_day(tx)

    def _freeze(self, day: date) -> None:
        office = self._office
        # Counted on a reader: a long log must not keep the one writer from a patient's stop.
        one = counted(day, office.policy, office.zone)
        text = canonical(office.store.read(lambda tx: figures_of(tx, one, self._disclosures)))
        digest = hashlib.sha256(text).hexdigest()

        def write(tx: Tx) -> None:
            assurance.freeze(tx, FrozenDay(day, text.decode(), digest, office.now()))
            decision = office.policy.allow("R1", reason=Words("The day's figures are frozen."))
            done = Done(decision, reason=f"day_{day:%Y_%m_%d}", text_digest=digest)
            office.record(tx, _SYSTEM, "governance:day:frozen", done)

        office.store.write(write)
