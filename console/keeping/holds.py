"""A hold: what was noted around something that happened is not deleted (rules I1, I4)."""

import secrets

from console.office import Done, Office
from console.roles import Actor
from console.rules.afterwards.holding import HoldReason, HoldTime, cut_to_stay, hold_around
from console.showing.desk_views import HoldView
from console.showing.views import Words
from console.store import holds
from console.store.database import Tx
from console.store.hold_lifts import ended_at
from console.store.holds import HoldRow
from console.store.people import StayRow

_SYSTEM = Actor.system("holds")
STARTED = "governance:hold:started"
_KEPT = Words("What was noted around it is kept.")


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


def start_hold(
    office: Office, tx: Tx, stay: StayRow, why: HoldReason, about: str = "", *, time: HoldTime | None = None
) -> str:
    """Start a hold on what was noted in a stay, within the write that starts it; return its id.

    It starts no sensor, and says nothing to anybody on the ward: the log, which those outside read, holds its entry.

    Args:
        office: rules, log and clock.
        tx: the write.
        stay: whose.
        why: what happened.
        about: what it belongs to, such as `complaint:...`.
        time: what it covers; None for a day before now and two hours after. What is not of this stay is left out.
    """
    now = office.now()
    held = within_stay(tx, stay, time or hold_around(now, office.policy))
    row = HoldRow(
        secrets.token_hex(16),
        stay.patient_id,
        stay.stay_id,
        stay.room_id,
        why,
        about,
        held,
        now,
    )
    holds.add(tx, row)
    decision = office.policy.allow("I1", "I4", reason=_KEPT)
    office.record(tx, _SYSTEM, STARTED, Done(decision, f"hold:{row.hold_id}", reason=why.value))
    return row.hold_id


def within_stay(tx: Tx, stay: StayRow, time: HoldTime) -> HoldTime:
    """Return what of a hold's time falls into a stay, as far as it lasts."""
    return cut_to_stay(time, stay.from_at, ended_at(tx, stay.stay_id))


def stretch_hold(office: Office, tx: Tx, about: str) -> None:
    """Let the hold of something go on where more of it comes after the hold's end; it begins once all the same."""
    now = office.now()
    hold_id = holds.stretch(tx, about, now, hold_around(now, office.policy).until_at)
    if hold_id is not None:
        done = Done(office.policy.allow("I1", reason=_KEPT), f"hold:{hold_id}", reason="more_was_said")
        office.record(tx, _SYSTEM, "governance:hold:stretched", done)
