"""Emergency sight: two presses, an hour at most, and everybody who must know knows at once (rule X7).

It opens what is noted already and nothing else. No part of it reaches a lease, so no sensor can start by it.
"""

import secrets
import threading
from datetime import datetime

from console.looking.look_circumstances import add_review
from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.decision import Decision
from console.rules.looking.reviewing import ReviewKind
from console.rules.looking.sight import SightReason, may_break_glass
from console.showing.views import Words
from console.staffing.shifts import Shifts
from console.staying.roll import Roll
from console.store import looking
from console.store.database import Tx
from console.store.looking import SightRow

TAKEN = "access:sight:taken"


class Sights:
    """Emergency sights that last, kept in memory too: the board tells of them without the disk."""

    def __init__(self, office: Office, roll: Roll, shifts: Shifts) -> None:
        self._office = office
        self._roll = roll
        self._shifts = shifts
        self._lock = threading.Lock()
        since = office.now() - office.policy.duration("X7", "lasts_min")
        self._recent = office.store.read(lambda tx: looking.sights_since(tx, since))

    def take(self, actor: Actor, room_id: str, reason: str) -> Decision:
        """Begin emergency sight of a room."""
        office = self._office
        person = self._roll.sheet().people.get(room_id)

        def work(tx: Tx) -> Done:
            decision = may_break_glass(reason, is_occupied=person is not None, policy=office.policy)
            if not decision or person is None:
                return Done(decision)
            now, stay = office.now(), person.stay
            until = now + office.policy.duration("X7", "lasts_min")
            row = SightRow(
                secrets.token_hex(16), actor.actor_id, room_id, stay.stay_id, SightReason(reason), now, until
            )
            looking.add_sight(tx, row)
            add_review(tx, office, ReviewKind.BREAK_GLASS, actor, person, reason=reason)
            tx.on_commit(lambda: self._remember(row))
            return Done(decision, f"stay:{stay.stay_id}", room_id, reason)

        return office.run(actor, Permission.SIGHT_TAKE, TAKEN, work, room=room_id)

    def notices(self, since: datetime) -> tuple[Words, ...]:
        """Return the lines by which the ward, and with it the nurse in charge, is told; newest first."""
        sheet = self._roll.sheet()
        titles = {room.room_id: room.title for room in sheet.rooms}
        with self._lock:
            recent = [one for one in self._recent if one.begins_at >= since or one.until > self._office.now()]
        return tuple(
            Words(
                "{room}: {name} took emergency sight of what is noted, at {at}, until {until}. "
                "Nurse in charge: ask why.",
                {
                    "room": titles.get(one.room_id, one.room_id),
                    "name": self._name(one.actor_id),
                    "at": one.begins_at,
                    "until": one.until,
                },
            )
            for one in recent
        )

    def _name(self, actor_id: str) -> str:
        known = self._shifts.account(actor_id)
        return known.display_name if known is not None else "?"

    def _remember(self, row: SightRow) -> None:
        with self._lock:
            self._recent = [row, *self._recent][:50]
