"""Putting an older backup back on purpose: two people say so, and no yes in it opens a sensor (rules X3, T10)."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from broker.clock import Clock
from console.assurance.trust_policy import policy_of
from console.consenting.stops import write_entry
from console.errors import ConsoleError
from console.keys.signer import Keys
from console.logbook.audit import AuditLog
from console.logbook.entries import Entry
from console.office import Office
from console.roles import Actor, Role
from console.rules.consenting.history import EntryKind
from console.running.settings import ConsoleSettings
from console.staying.roll import Roll
from console.store import accounts
from console.store.database import Store, Tx

_PEOPLE = 2


class RestoreRefused(ConsoleError):
    """Those who say that a backup was put back are not two members of staff of different roles."""


def accept(settings: ConsoleSettings, clock: Clock, usernames: Sequence[str]) -> int:
    """Take an older copy of the database for the ward's own from now on.

    Who stays in a room may have said no after the backup was made, and that no is lost. So every yes is suspended in
    the same write that accepts the backup, and each patient is asked. Nodes that remember more than the backup then
    say so by themselves (`console.logbook.rollback`).

    Args:
        settings: of the console, which must not run.
        clock: the console's.
        usernames: of two members of staff of different roles, as the backup knows them.

    Returns:
        How many people's consent was suspended.

    Raises:
        ConsoleError: they are not two members of staff of different roles, or the log contradicts its own newest
            checkpoint.
    """
    store = Store.open(settings.url, Keys.open(settings.keys_dir), clock)
    try:
        audit = AuditLog.open(store, settings.site, settings.ward, head_file=settings.head_file, is_restored=True)
        zone, policy = ZoneInfo(settings.timezone), policy_of(settings)
        office = Office(store, audit, policy, clock, zone, settings.site, settings.ward, settings.context)
        return _accept(office, usernames)
    finally:
        store.close()


def _accept(office: Office, usernames: Sequence[str]) -> int:
    roll = Roll(office)
    people = roll.sheet().people

    def work(tx: Tx) -> int:
        first, second = _two(tx, usernames)
        for actor in (first, second):
            office.audit.append(tx, Entry("audit:log:restored", actor.actor_id, actor.role, rules=("X3",)))
        for room_id, person in people.items():
            consent_id = roll.standing_in(tx, person).consent_id
            write_entry(office, roll, tx, person, consent_id, EntryKind.SUSPENDED, {}, first)
            subject = f"patient:{person.stay.patient_id}"
            entry = Entry("consent:record:suspended", first.actor_id, first.role, rules=("C5", "X3"), subject=subject,
                          room=room_id, reason="restored")  # fmt: skip
            office.audit.append(tx, entry)
        office.audit.checkpoint(tx)
        return len(people)

    return office.store.write(work)


def _two(tx: Tx, usernames: Sequence[str]) -> tuple[Actor, Actor]:
    found = {one.actor.actor_id: one for one in (accounts.by_username(tx, name) for name in usernames) if one}
    staff = [one.actor for one in found.values() if one.is_active and one.actor.role is not Role.PATIENT]
    if len(staff) != _PEOPLE or len(usernames) != _PEOPLE or staff[0].role is staff[1].role:
        raise RestoreRefused(
            "two members of staff of different roles, with an account of this ward, must stand for it: give --by twice"
        )
    return staff[0], staff[1]
