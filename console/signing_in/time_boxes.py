"""Accounts that end by themselves: agency and temporary staff, at every door (rule X6).

The end is held against the log: one that was put off or taken away beside the console counts as over. Whoever is signed
in when it comes stays so until their session ends: nobody is cut off while they are with a patient.
"""

import hashlib
import json
from datetime import datetime, timedelta

from console.showing.views import Words
from console.store import audit_rows, identity_rows
from console.store.database import Tx

BOXED = "desk:account:time_boxed"
GRACE = timedelta(minutes=60)
"""A badge or an account ends so long after the end of the last shift."""
LONGEST = timedelta(days=365)
OVER = Words("This account was made for a limited time, which is over. Ask the nurse in charge or the administrator.")


def subject_of(actor_id: str) -> str:
    """Return what the log calls the end of an account."""
    return f"account:{actor_id}"


def digest_of(actor_id: str, ends_at: datetime) -> str:
    """Return the digest of an end, 64 hex digits."""
    return hashlib.sha256(f"{actor_id}\n{ends_at.isoformat()}".encode()).hexdigest()


def is_over(tx: Tx, actor_id: str, now: datetime) -> bool:
    """Return whether an account's time is over; one without an end has none."""
    row = identity_rows.end_of(tx, actor_id)
    told = [one for one in audit_rows.newest_rows(tx, limit=50, subject=subject_of(actor_id)) if one.action == BOXED]
    if row is None:
        return bool(told)
    known = bool(told) and json.loads(told[0].entry)["text_digest"] == digest_of(actor_id, row)
    return not known or now >= row + GRACE
