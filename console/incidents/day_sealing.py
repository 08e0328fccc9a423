"""Seals each ward day to two people a day after its end, and deletes what was agreed to be kept no longer (rule R1)."""

from datetime import timedelta

from console.logbook.entries import Entry
from console.office import Office
from console.roles import Actor, Role
from console.store import audit_rows, consents, shares
from console.store import retention as rows
from console.store.database import Tx
from console.store.sealing import DaySeals

_SYSTEM = Actor.system("retention")
SEALED = "retention:days:sealed"
CHOSEN = "retention:choice:deleted"
UNSEALED = "retention:days:not_sealed"
_AGAIN = timedelta(days=1)


def seal_days(tx: Tx, office: Office, seals: DaySeals) -> list[str]:
    """Seal every day whose last minute is a day old, and say in the log how many; return the keys' names.

    While there are no two holders of different roles nothing can be sealed: the log says so once a day, the ward reads
    none of it all the same, and the days are destroyed at their time.
    """
    due = rows.days_here(tx, (office.now() - _after(office)).astimezone(office.zone).date())
    if not due:
        return []
    holders = shares.holders(tx)
    if not shares.may_seal(holders):
        _note_unsealed(tx, office, len(due))
        return []
    handed = [seals.hand_over(tx, day, lambda key: shares.seal_day(tx, key, holders)) for day in due]
    return [one for one in handed if one is not None]


def delete_chosen(tx: Tx, office: Office) -> int:
    """Delete what was noted under a consent that asked for a day and no more, unless it is held; return how many."""
    since = office.now() - 2 * office.policy.duration("R1", "destroy_after_d")
    chosen = {
        entry.consent_id
        for history in consents.histories_since(tx, since).values()
        for entry in history
        if entry.details.get("destroy_after_a_day")
    }
    return rows.delete_of_consents(tx, chosen, office.now() - _after(office)) if chosen else 0


def note(office: Office, tx: Tx, action: str, reason: str, proof: str = "") -> int:
    """Say in the log what the job did; return the entry's index."""
    entry = Entry(
        action,
        _SYSTEM.actor_id,
        Role.SYSTEM,
        rules=("R1", "R2"),
        policy_version=office.policy.version,
        reason=reason,
        text_digest=proof,
    )
    return office.audit.append(tx, entry)


def _note_unsealed(tx: Tx, office: Office, days: int) -> None:
    newest = audit_rows.newest_of(tx, UNSEALED)
    if newest is None or office.now() - newest >= _AGAIN:
        note(office, tx, UNSEALED, f"days_{days}_holders_missing")


def _after(office: Office) -> timedelta:
    return office.policy.duration("R1", "seal_after_h")
