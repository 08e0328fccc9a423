"""Accounts, sessions and one-time links, as rows; secrets are stored only as hashes."""

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row as SqlRow
from sqlalchemy import exists, insert, select, update

from console.roles import Actor, Role
from console.store.database import Tx
from console.store.tables import accounts, enrolments, sessions


@dataclass(frozen=True, slots=True)
class Account:
    """One account.

    Attributes:
        actor: who it is.
        password_hash: argon2; None until the one-time link was used.
        is_active: may sign in.
        created_at: when it was made.
    """

    actor: Actor
    password_hash: str | None
    is_active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in on one device.

    Attributes:
        session_hash: SHA-256 of the cookie's token, 64 hex digits.
        account: whose.
        device: the device's pseudonym.
        opened_at: sign-in.
        last_seen_at: last request, to within a quarter of a minute.
        ends_at: when it ends at the latest.
        ended_at: when it ended; None while it lasts.
    """

    session_hash: str
    account: Account
    device: str
    opened_at: datetime
    last_seen_at: datetime
    ends_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One one-time link.

    Attributes:
        token_hash: SHA-256 of the token, 64 hex digits.
        actor_id: whose account it opens; None for the first administrator.
        expires_at: when it ends.
        used_at: when it was used; None until then.
    """

    token_hash: str
    actor_id: str | None
    expires_at: datetime
    used_at: datetime | None


def new_token() -> str:
    """Return 32 random bytes as text that fits a cookie and a link."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """Return what is stored of a token, 64 hex digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def folded(username: str) -> str:
    """Return a username as it is compared: without case and outer spaces."""
    return username.strip().casefold()


def is_empty(tx: Tx) -> bool:
    """Return whether no account exists."""
    return not tx.execute(select(exists().where(accounts.c.actor_id.is_not(None)))).scalar_one()


def add(tx: Tx, actor: Actor, password_hash: str | None, at: datetime) -> None:
    """Add an account.

    Raises:
        StoreConflict: the username is taken (raised by `Store.write`).
    """
    tx.execute(
        insert(accounts).values(
            actor_id=actor.actor_id,
            username=actor.username.strip(),
            username_folded=folded(actor.username),
            display_name=actor.display_name,
            role=str(actor.role),
            room_id=actor.room_id,
            patient_id=actor.patient_id,
            password_hash=password_hash,
            is_active=True,
            created_at=at,
        )
    )


def by_username(tx: Tx, username: str) -> Account | None:
    """Return the account of that name, whatever its case, or None."""
    row = tx.execute(select(accounts).where(accounts.c.username_folded == folded(username))).first()
    return None if row is None else _account(row)


def by_id(tx: Tx, actor_id: str) -> Account | None:
    """Return an account, or None."""
    row = tx.execute(select(accounts).where(accounts.c.actor_id == actor_id)).first()
    return None if row is None else _account(row)


def every(tx: Tx) -> list[Account]:
    """Return all accounts, in order of their making."""
    return [_account(row) for row in tx.execute(select(accounts).order_by(accounts.c.created_at, accounts.c.actor_id))]


def names_of(tx: Tx, actor_ids: Sequence[str]) -> Mapping[str, str]:
    """Return the names on the badges of these accounts; one that is not there has none."""
    wanted = select(accounts.c.actor_id, accounts.c.display_name).where(accounts.c.actor_id.in_(actor_ids))
    return {row.actor_id: row.display_name for row in tx.execute(wanted)}


def set_password(tx: Tx, actor_id: str, password_hash: str) -> None:
    """Put a password's hash in place of the former."""
    tx.execute(update(accounts).where(accounts.c.actor_id == actor_id).values(password_hash=password_hash))


def set_active(tx: Tx, actor_id: str, *, is_active: bool) -> None:
    """Let an account sign in, or no more."""
    tx.execute(update(accounts).where(accounts.c.actor_id == actor_id).values(is_active=is_active))


def end_links(tx: Tx, actor_id: str, at: datetime) -> None:
    """End the one-time links of an account that nobody has used."""
    mine = (enrolments.c.actor_id == actor_id) & enrolments.c.used_at.is_(None)
    tx.execute(update(enrolments).where(mine).values(expires_at=at))


def move_patient(tx: Tx, patient_id: str, room_id: str | None) -> None:
    """Let a patient's own account follow them to another room, or out of the ward."""
    tx.execute(update(accounts).where(accounts.c.patient_id == patient_id).values(room_id=room_id))


def open_session(tx: Tx, token: str, actor_id: str, device: str, at: datetime, ends_at: datetime) -> None:
    """Begin a session."""
    tx.execute(
        insert(sessions).values(
            session_hash=hash_of(token),
            actor_id=actor_id,
            device=device,
            opened_at=at,
            last_seen_at=at,
            ends_at=ends_at,
        )
    )


def session(tx: Tx, token: str) -> Session | None:
    """Return the session of a cookie's token, ended or not, or None."""
    return next(iter(sessions_of(tx, [token]).values()), None)


def sessions_of(tx: Tx, tokens: Collection[str]) -> dict[str, Session]:
    """Return the sessions of cookies' tokens, ended or not, by token; one that is unknown is left out."""
    by_hash = {hash_of(token): token for token in tokens}
    joined = sessions.join(accounts, accounts.c.actor_id == sessions.c.actor_id)
    wanted = select(accounts, *(column for column in sessions.c if column.name != "actor_id")).select_from(joined)
    rows = tx.execute(wanted.where(sessions.c.session_hash.in_(by_hash)))
    return {by_hash[row.session_hash]: _session(row) for row in rows}


def has_signed_in(tx: Tx, actor_id: str, device: str) -> bool:
    """Return whether an actor ever began a session on a device."""
    wanted = (sessions.c.actor_id == actor_id) & (sessions.c.device == device)
    return bool(tx.execute(select(exists().where(wanted))).scalar_one())


def touch_sessions(tx: Tx, session_hashes: Collection[str], at: datetime) -> None:
    """Note that sessions were used."""
    tx.execute(update(sessions).where(sessions.c.session_hash.in_(session_hashes)).values(last_seen_at=at))


def end_session(tx: Tx, session_hash: str, reason: str, at: datetime) -> bool:
    """End a session; return whether it was open."""
    still_open = (sessions.c.session_hash == session_hash) & sessions.c.ended_at.is_(None)
    return tx.execute(update(sessions).where(still_open).values(ended_at=at, end_reason=reason)).rowcount == 1


def end_sessions_of(tx: Tx, actor_id: str, reason: str, at: datetime, *, but: str = "") -> int:
    """End every session of an actor but one (given by its hash); return how many were open."""
    wanted = (sessions.c.actor_id == actor_id) & sessions.c.ended_at.is_(None) & (sessions.c.session_hash != but)
    return tx.execute(update(sessions).where(wanted).values(ended_at=at, end_reason=reason)).rowcount


def add_enrolment(tx: Tx, token: str, actor_id: str | None, issued_by: str, at: datetime, expires_at: datetime) -> None:
    """Add a one-time link; earlier unused ones for the same account end."""
    same = enrolments.c.actor_id.is_(None) if actor_id is None else enrolments.c.actor_id == actor_id
    tx.execute(update(enrolments).where(same & enrolments.c.used_at.is_(None)).values(expires_at=at))
    tx.execute(
        insert(enrolments).values(
            token_hash=hash_of(token), actor_id=actor_id, created_at=at, expires_at=expires_at, issued_by=issued_by
        )
    )


def enrolment(tx: Tx, token: str) -> Enrolment | None:
    """Return the link of a token, used or not, or None."""
    row = tx.execute(select(enrolments).where(enrolments.c.token_hash == hash_of(token))).first()
    return None if row is None else Enrolment(row.token_hash, row.actor_id, row.expires_at, row.used_at)


def use_enrolment(tx: Tx, token_hash: str, at: datetime) -> None:
    """Mark a link as used."""
    tx.execute(update(enrolments).where(enrolments.c.token_hash == token_hash).values(used_at=at))


def _session(row: SqlRow[Any]) -> Session:
    return Session(
        row.session_hash, _account(row), row.device, row.opened_at, row.last_seen_at, row.ends_at, row.ended_at
    )


def _account(row: SqlRow[Any]) -> Account:
    actor = Actor(row.actor_id, row.username, row.display_name, Role(row.role), row.room_id, row.patient_id)
    return Account(actor, row.password_hash, row.is_active, row.created_at)
