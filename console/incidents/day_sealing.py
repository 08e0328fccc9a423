"""Seals each ward day to two people a day after its end, and deletes what was agreed to be kept no longer (rule R1)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from console.logbook.entries import Entry
from console.office import Office
from console.roles import Actor, Role
from console.rules.consenting.history import ConsentEntry, EntryKind
from console.store import audit_rows, consents, day_choices, shares
from console.store import retention as rows
from console.store.database import Tx
from console.store.sealing import DaySeals

_SYSTEM = Actor.system("retention")
SEALED = "retention:days:sealed"
CHOSEN = "retention:choice:deleted"
UNSEALED = "retention:days:not_sealed"
_AGAIN = timedelta(days=1)
_SAYS = (EntryKind.GIVEN, EntryKind.CARRIED)


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
    """Delete what was noted under a choice of a day and no more, unless it is held; return how many.

    The choice stands in the consent, or on the patient's own page since; there it counts from when it was made, since
    deleting what was noted before is an answer of its own, with time to change it (rule R3).
    """
    since, before = office.now() - 2 * office.policy.duration("R1", "destroy_after_d"), office.now() - _after(office)
    choices = day_choices.newest(tx)
    told = [one for history in consents.histories_since(tx, since).values() for one in history if one.kind in _SAYS]
    chosen = {(one.consent_id, one.stay_id) for one in told if chooses_a_day(one) and not _is_taken_back(one, choices)}
    gone = rows.delete_of_consents(tx, chosen, before) if chosen else 0
    for stay_id, (at, after_a_day) in choices.items():
        # A yes that came later says it anew.
        until = min((one.at for one in told if one.stay_id == stay_id and one.at > at), default=before)
        if after_a_day and at < min(until, before):
            gone += rows.delete_of_stay(tx, stay_id, min(until, before), since=at)
    return gone


def is_for_a_day(tx: Tx, stay_id: str) -> bool:
    """Return whether what is noted in a stay is deleted after a day: as its newest yes says, or as chosen since."""
    at, after_a_day = day_choices.newest(tx).get(stay_id, (None, False))
    told = [one for one in consents.entries_of(tx, [stay_id])[stay_id] if one.kind in _SAYS]
    if told and (at is None or told[-1].at > at):
        return chooses_a_day(told[-1])
    return after_a_day


def chooses_a_day(entry: ConsentEntry) -> bool:
    """Return whether a yes, or what came along with somebody from another room, asks for deletion after a day."""
    carried = entry.details.get("grant") or {}
    return bool(entry.details.get("destroy_after_a_day", carried.get("destroy_after_a_day")))


def _is_taken_back(entry: ConsentEntry, choices: Mapping[str, tuple[datetime, bool]]) -> bool:
    at, after_a_day = choices.get(entry.stay_id, (entry.at, True))
    return at >= entry.at and not after_a_day


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
