"""Seals what is a day old, destroys what has come to the end of its time, and proves both (rules R1, R2)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

import structlog

from broker.clock import Clock
from console.assurance.trust_policy import policy_of
from console.errors import KeyHeld, StoreError
from console.incidents import day_sealing
from console.keys.signer import Keys
from console.logbook.audit import AuditLog
from console.logbook.entries import Entry
from console.office import Office
from console.roles import Actor, Role
from console.running.settings import ConsoleSettings
from console.store import retention as rows
from console.store.database import Store, Tx
from console.store.sealing import DaySeals

_log = structlog.get_logger(__name__)
_SYSTEM = Actor.system("retention")
_EVERY_S, _AGAIN_S = 3600.0, 60.0


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What one run did.

    Attributes:
        days: ward days whose key was destroyed.
        kept: ward days that are over, and whose key a hold keeps; its other rooms' rows are gone.
        rows: measurements and room events that were deleted.
        proof: SHA-256 of the names of the destroyed keys, sorted, one a line; 64 hex digits.
    """

    days: int
    kept: int
    rows: int
    proof: str


class Retention:
    """Runs the job: at the start of the console and every hour, so that no day is missed by a restart."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._seals = DaySeals(office.store)
        self._ran_s = float("-inf")
        self._is_flushed = True

    def step(self) -> None:
        """Run when it is due; a disk that fails is asked again within a minute."""
        now_s = self._office.clock.elapsed_s()
        if now_s - self._ran_s < _EVERY_S and self._is_flushed:
            return
        self._ran_s = now_s
        try:
            self.run()
        except StoreError as error:
            self._ran_s += _AGAIN_S - _EVERY_S
            _log.error("retention_not_run", error=type(error).__name__)

    def run(self) -> Destroyed:
        """Destroy what is over now, with its entry in the log in the same write; then empty the write-ahead log."""
        done = self._office.store.write(self._within)
        self._is_flushed = self._office.store.flush_deleted()
        return done

    def _within(self, tx: Tx) -> Destroyed:
        office = self._office
        self._seal(tx)
        today = office.now().astimezone(office.zone).date()
        # A day is over at its end: the day itself stands whole for its 14 days.
        before = today - office.policy.duration("R1", "destroy_after_d")
        keys, kept = [], 0
        for day in rows.living_days(tx, before):
            try:
                key_id = self._seals.destroy(tx, day)
            except KeyHeld:
                kept += 1
                continue
            keys.append(key_id or "")
        begins = datetime.combine(before, time(0, 0), office.zone)
        gone = rows.delete_minutes(tx, before) + rows.delete_events(tx, begins)
        done = Destroyed(len(keys), kept, gone, proof_of(keys))
        if keys or gone:
            self._prove(tx, done)
        return done

    def _seal(self, tx: Tx) -> None:
        """Hand over the days that are a day old, and delete what was to be kept no longer than that."""
        office, sealed = self._office, day_sealing.seal_days(tx, self._office, self._seals)
        if sealed:
            day_sealing.note(office, tx, day_sealing.SEALED, f"days_{len(sealed)}", proof_of(sealed))
        chosen = day_sealing.delete_chosen(tx, office)
        if chosen:
            day_sealing.note(office, tx, day_sealing.CHOSEN, f"rows_{chosen}")

    def _prove(self, tx: Tx, done: Destroyed) -> None:
        office = self._office
        office.audit.append(
            tx,
            Entry(
                "retention:days:destroyed",
                _SYSTEM.actor_id,
                Role.SYSTEM,
                rules=("R1", "R2"),
                policy_version=office.policy.version,
                reason=f"days_{done.days}_rows_{done.rows}_kept_{done.kept}",
                text_digest=done.proof,
            ),
        )


def proof_of(key_ids: Iterable[str]) -> str:
    """Return what the log keeps of destroyed keys: whoever kept their names can compare, and learns nothing else."""
    return hashlib.sha256("\n".join(sorted(key_ids)).encode()).hexdigest()


def run_once(settings: ConsoleSettings, clock: Clock) -> Destroyed:
    """Run the job for a console that does not run.

    Raises:
        ConsoleError: the database or its log cannot be opened, or the console runs.
    """
    store = Store.open(settings.url, Keys.open(settings.keys_dir), clock)
    try:
        audit = AuditLog.open(store, settings.site, settings.ward, head_file=settings.head_file)
        zone, policy = ZoneInfo(settings.timezone), policy_of(settings)
        office = Office(store, audit, policy, clock, zone, settings.site, settings.ward, settings.context)
        return Retention(office).run()
    finally:
        store.close()
