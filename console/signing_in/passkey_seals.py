"""Each passkey as the log knows it: one that ended, or was written in beside the console, opens nothing (X6, T24)."""

import hashlib
import json
from datetime import datetime

from console.roles import Actor
from console.signing_in.register import Register
from console.store import audit_rows, identity_rows
from console.store.database import Tx
from console.store.identity_rows import PasskeyRow

ADDED, REMOVED = "signin:passkey:added", "signin:passkey:removed"


def is_known(tx: Tx, row: PasskeyRow) -> bool:
    """Return whether the newest that the log says of a passkey is that it was added as it stands."""
    newest = next(iter(audit_rows.newest_rows(tx, limit=1, subject=subject_of(row))), None)
    if newest is None or newest.action != ADDED:
        return False
    return bool(json.loads(newest.entry)["text_digest"] == digest_of(row))


def end_all(tx: Tx, register: Register, actor: Actor, why: str, at: datetime) -> None:
    """End every passkey of somebody within the caller's write, each with its entry."""
    for row in identity_rows.passkeys_of(tx, actor.actor_id):
        identity_rows.end_passkey(tx, row.credential_id, actor.actor_id, why, at)
        register.record(tx, REMOVED, actor, subject=subject_of(row), reason=why)


def subject_of(row: PasskeyRow) -> str:
    """Return what the log calls a passkey."""
    return f"passkey:{hashlib.sha256(row.credential_id.encode()).hexdigest()[:32]}"


def digest_of(row: PasskeyRow) -> str:
    """Return the digest of a passkey, 64 hex digits."""
    told = f"{row.credential_id}\n{row.actor_id}\n{row.public_key.hex()}"
    return hashlib.sha256(told.encode()).hexdigest()
