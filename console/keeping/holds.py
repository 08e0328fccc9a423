"""A hold that starts by itself: what was noted around something that happened is not deleted (rules I1, I4)."""

import secrets

from console.office import Done, Office
from console.roles import Actor
from console.rules.holding import HoldReason, hold_around
from console.showing.desk_views import HoldView
from console.showing.views import Words
from console.store import holds
from console.store.database import Tx
from console.store.holds import HoldRow
from console.store.people import StayRow

_SYSTEM = Actor.system("holds")


def held_now(tx: Tx) -> tuple[HoldView, ...]:
    """Return what is held, for those outside the ward: codes and pseudonyms only."""
    return tuple(
        HoldView(
            one.hold_id,
            one.why.value,
            f"patient:{one.patient_id}",
            one.time.from_at,
            one.time.until_at,
            one.time.review_by,
        )
        for one in holds.standing_holds(tx)
    )


def start_hold(office: Office, tx: Tx, stay: StayRow, why: HoldReason, about: str = "") -> str:
    """Start a hold on what was noted in a stay, within the write that starts it; return its id.

    It starts no sensor, and says nothing to anybody on the ward: the log, which those outside read, holds its entry.

    Args:
        office: rules, log and clock.
        tx: the write.
        stay: whose.
        why: what happened.
        about: what it belongs to, such as `complaint:...`.
    """
    now = office.now()
    row = HoldRow(
        secrets.token_hex(16),
        stay.patient_id,
        stay.stay_id,
        stay.room_id,
        why,
        about,
        hold_around(now, office.policy),
        now,
    )
    holds.add(tx, row)
    decision = office.policy.allow("I1", "I4", reason=Words("What was noted around it is kept."))
    office.record(tx, _SYSTEM, "governance:hold:started", Done(decision, f"hold:{row.hold_id}", reason=why.value))
    return row.hold_id
