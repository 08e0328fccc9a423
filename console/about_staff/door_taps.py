"""Takes the names off old taps of doors: they were for the moment, and are no record of where staff were (rule P11)."""

import hashlib
from datetime import datetime

import structlog

from console.errors import StoreError
from console.logbook.entries import Entry
from console.office import Office
from console.roles import Actor, Role
from console.rules.looking.staff_data import Held, is_held, name_ends_at
from console.rules.looking.visiting import Visit
from console.store import accounts, holds, staff_rows, visits
from console.store.database import Tx

_log = structlog.get_logger(__name__)
_SYSTEM = Actor.system("staff_data")
_EVERY_S, _AGAIN_S = 3600.0, 60.0
UNNAMED = "retention:taps:unnamed"


class DoorTaps:
    """Runs the job: at the start of the console and every hour."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._ran_s = float("-inf")

    def step(self) -> None:
        """Run when it is due; a disk that fails is asked again within a minute."""
        now_s = self._office.clock.elapsed_s()
        if now_s - self._ran_s < _EVERY_S:
            return
        self._ran_s = now_s
        try:
            if self._office.store.read(self._due):
                self._office.store.write(self._work)
        except StoreError as error:
            self._ran_s += _AGAIN_S - _EVERY_S
            _log.error("door_taps_not_unnamed", error=type(error).__name__)

    def _due(self, tx: Tx) -> list[Visit]:
        """Return the taps whose name ends now: not held, and not needed for an answer to an alert."""
        now, policy = self._office.now(), self._office.policy
        old = visits.named_before(tx, now - policy.duration("P11", "taps_named_d"))
        held = [Held(one.room_id, one.time.from_at, one.time.until_at) for one in holds.standing_holds(tx)]
        return [one for one in old if not is_held(one, held) and name_ends_at(one, _answers(tx, one), policy) <= now]

    def _work(self, tx: Tx) -> None:
        due = self._due(tx)
        for one in due:
            account = accounts.by_id(tx, one.actor_id)
            visits.take_name(tx, one.visit_id, account.actor.role.value if account else Role.NURSE.value)
        proof = hashlib.sha256("\n".join(sorted(one.visit_id for one in due)).encode()).hexdigest()
        told = Entry(
            UNNAMED,
            _SYSTEM.actor_id,
            Role.SYSTEM,
            rules=("P11", "R2"),
            policy_version=self._office.policy.version,
            reason=f"taps_{len(due)}",
            text_digest=proof,
        )
        self._office.audit.append(tx, told)


def _answers(tx: Tx, visit: Visit) -> list[datetime]:
    return [one.at for one in staff_rows.answers_of(tx, visit.actor_id, visit.stay_id)]
