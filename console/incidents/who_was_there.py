"""Whether somebody was on a shift that a hold covers, or acted in its room: they open none of it (rule I1)."""

from console.office import Office
from console.roles import Actor
from console.rules.alerting.shifts import ShiftEntryKind
from console.store import incident_reads, shifts
from console.store.database import Tx
from console.store.holds import HoldRow
from console.store.incident_reads import Where


def where_of(hold: HoldRow) -> Where:
    """Return the room, stay and time of a hold."""
    return Where(hold.room_id, hold.stay_id, hold.time.from_at, hold.time.until_at)


def was_there(tx: Tx, office: Office, hold: HoldRow, actor: Actor) -> bool:
    """Return whether somebody was on shift in a hold's time, or did anything about its room then.

    A shift that was never signed off counts until it ends by itself.
    """
    where = where_of(hold)
    if incident_reads.took_part(tx, where, actor.actor_id):
        return True
    is_on = False
    for one in shifts.entries_since(tx, where.from_at - office.policy.duration("A6", "shift_h")):
        if one.actor_id != actor.actor_id:
            continue
        if one.at > where.until_at:
            break
        if one.at >= where.from_at:
            return True
        is_on = one.kind is not ShiftEntryKind.OFF
    return is_on
