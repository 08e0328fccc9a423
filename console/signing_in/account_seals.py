"""Each account as the log knows it: one that was made or changed beside the console signs in nowhere (rule X4, T24).

What makes or changes an account writes a digest of it into the log, which nobody rewrites unseen. At each sign-in, and
for each session, the account in the database is held against that digest. An entry of an older version holds none; such
an account is taken as it stands at its next sign-in.
"""

import hashlib
import json

from console.roles import Actor, Role
from console.showing.views import Words
from console.store import accounts, audit_rows, second_steps
from console.store.database import Tx

VOUCHED = "signin:provider:vouched"
"""The hospital's sign-in has made the account, or said again what its owner is."""
CHANGES = ("setup:enrolment:used", "signin:password:changed", "signin:step:confirmed", VOUCHED)
"""Entries, each by the account itself, that a change of it leaves behind."""
MADE = "desk:account:made"
"""Somebody was invited; the reason is the role."""
CLOSED = "signin:account:closed"
"""After this entry the account is opened by a new link alone, and by no change of its row."""
OUTSIDE = Words(
    "This account was changed outside the console, so nobody signs in with it. Ask the administrator for a new link."
)
OPENED = "signin:session:opened"


def digest_of(tx: Tx, account: accounts.Account) -> str:
    """Return the digest of an account as this transaction sees it, 64 hex digits."""
    return digest_with(account, second_steps.of(tx, account.actor.actor_id))


def digest_with(account: accounts.Account, step: second_steps.StepRow | None) -> str:
    """Return the digest of an account with its second step, or without one."""
    actor = account.actor
    told = {
        "actor_id": actor.actor_id,
        "username": actor.username,
        "role": actor.role.value,
        "patient_id": actor.patient_id or "",
        "password": account.password_hash or "",
        "step": hashlib.sha256(step.sealed).hexdigest() if step and step.confirmed_at else "",
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def digest_after(tx: Tx, actor: Actor) -> str:
    """Return the digest of an account that was just changed in this transaction, for the entry about it."""
    account = accounts.by_id(tx, actor.actor_id)
    return digest_of(tx, account) if account is not None else ""


def holds(tx: Tx, account: accounts.Account) -> bool:
    """Return whether an account is as the log last knew it, and was not closed since."""
    found = audit_rows.newest_by(tx, account.actor.actor_id, (*CHANGES, OPENED))
    closed = audit_rows.newest_about(tx, f"account:{account.actor.actor_id}", (CLOSED,))
    if found is None or (closed is not None and closed.index > found.index):
        return False
    return is_unchanged(tx, account)


def is_unchanged(tx: Tx, account: accounts.Account) -> bool:
    """Return whether an account, open or closed, is as the log last knew it."""
    found = audit_rows.newest_by(tx, account.actor.actor_id, (*CHANGES, OPENED))
    return found is not None and json.loads(found.entry)["text_digest"] in ("", digest_of(tx, account))


def has_known_role(tx: Tx, account: accounts.Account) -> bool:
    """Return whether an account has the role that the log last knew: a new link gives nobody another one."""
    actor = account.actor
    found = audit_rows.newest_by(tx, actor.actor_id, (*CHANGES, OPENED))
    if found is not None:
        return bool(json.loads(found.entry)["role"] == actor.role.value)
    made = audit_rows.newest_about(tx, f"account:{actor.actor_id}", (MADE,))
    told = json.loads(made.entry)["reason"] if made is not None else ""
    # An entry of an older version, and one about a patient, says no role.
    return told not in set(Role) or told == actor.role.value


def session_holds(tx: Tx, session: accounts.Session) -> bool:
    """Return whether a session was opened by the console and lasts: the newest that the log says is its opening."""
    newest = next(iter(audit_rows.newest_rows(tx, limit=1, subject=f"session:{session.session_hash[:32]}")), None)
    return newest is not None and newest.action == OPENED and newest.actor == session.account.actor.actor_id
