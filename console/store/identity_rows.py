"""How people come in, as rows: open sessions, the hospital's own accounts, passkeys, and ends of accounts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row as SqlRow
from sqlalchemy import delete, insert, select, update

from console.roles import Actor
from console.store import accounts as account_rows
from console.store.database import Tx
from console.store.identity_tables import account_ends, passkeys, provider_accounts
from console.store.tables import accounts, sessions


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """Whose account it is at the hospital's sign-in.

    Attributes:
        actor_id: the account here.
        issuer: the provider's own name.
        subject: the person's name there, which never changes.
        vouched_at: when the provider last said that they may come in.
        denied_at: when it said that they may not any more; None while they may.
    """

    actor_id: str
    issuer: str
    subject: str
    vouched_at: datetime
    denied_at: datetime | None


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """One passkey that has not ended.

    Attributes:
        credential_id: its name, base64url.
        actor_id: whose.
        public_key: COSE.
        sign_count: how often it was used, as it last said.
        label: what its owner calls it.
        added_at: when it was added.
        used_at: when it last signed somebody in; None before.
    """

    credential_id: str
    actor_id: str
    public_key: bytes
    sign_count: int
    label: str
    added_at: datetime
    used_at: datetime | None = None


def open_sessions_of(tx: Tx, actor_id: str, opened_by: datetime | None = None) -> list[str]:
    """Return the hashes of somebody's sessions that have not ended; only those opened by a time where one is given."""
    wanted = select(sessions.c.session_hash).where(sessions.c.actor_id == actor_id, sessions.c.ended_at.is_(None))
    if opened_by is not None:
        wanted = wanted.where(sessions.c.opened_at <= opened_by)
    return list(tx.execute(wanted).scalars())


def open_sessions_on(tx: Tx, device: str) -> list[tuple[str, Actor]]:
    """Return the sessions of a device that have not ended, each with whose it is."""
    mine = (sessions.c.device == device) & sessions.c.ended_at.is_(None)
    found = tx.execute(select(sessions.c.session_hash, sessions.c.actor_id).where(mine)).all()
    pairs = [(row.session_hash, account_rows.by_id(tx, row.actor_id)) for row in found]
    return [(session_hash, account.actor) for session_hash, account in pairs if account is not None]


def provider_account(tx: Tx, issuer: str, subject: str) -> ProviderRow | None:
    """Return the account of somebody at the provider; None before they first came."""
    mine = (provider_accounts.c.issuer == issuer) & (provider_accounts.c.subject == subject)
    return _provider(tx.execute(select(provider_accounts).where(mine)).first())


def provider_of(tx: Tx, actor_id: str) -> ProviderRow | None:
    """Return whose account it is at the provider; None for a local account."""
    return _provider(tx.execute(select(provider_accounts).where(provider_accounts.c.actor_id == actor_id)).first())


def vouch(tx: Tx, row: ProviderRow) -> None:
    """Keep that the provider vouched for somebody, or that it does no more."""
    tx.execute(delete(provider_accounts).where(provider_accounts.c.actor_id == row.actor_id))
    told = {"actor_id": row.actor_id, "issuer": row.issuer, "subject": row.subject}
    tx.execute(insert(provider_accounts).values(**told, vouched_at=row.vouched_at, denied_at=row.denied_at))


def add_passkey(tx: Tx, row: PasskeyRow) -> None:
    """Keep a passkey.

    Raises:
        StoreConflict: there is one of that name (raised by `Store.write`).
    """
    told = {"credential_id": row.credential_id, "actor_id": row.actor_id, "public_key": row.public_key}
    tx.execute(insert(passkeys).values(**told, sign_count=row.sign_count, label=row.label, added_at=row.added_at))


def passkey(tx: Tx, credential_id: str) -> PasskeyRow | None:
    """Return a passkey that has not ended; None when there is none."""
    found = _passkeys(tx, passkeys.c.credential_id == credential_id)
    return found[0] if found else None


def passkeys_of(tx: Tx, actor_id: str) -> list[PasskeyRow]:
    """Return somebody's passkeys that have not ended, oldest first."""
    return _passkeys(tx, passkeys.c.actor_id == actor_id)


def use_passkey(tx: Tx, credential_id: str, sign_count: int, at: datetime) -> None:
    """Keep how often a passkey says that it was used."""
    mine = passkeys.c.credential_id == credential_id
    tx.execute(update(passkeys).where(mine).values(sign_count=sign_count, used_at=at))


def end_passkey(tx: Tx, credential_id: str, actor_id: str, why: str, at: datetime) -> bool:
    """End one of somebody's passkeys; return whether it was there."""
    mine = (passkeys.c.credential_id == credential_id) & (passkeys.c.actor_id == actor_id)
    standing = mine & passkeys.c.ended_at.is_(None)
    return tx.execute(update(passkeys).where(standing).values(ended_at=at, ended=why)).rowcount == 1


def end_of(tx: Tx, actor_id: str) -> datetime | None:
    """Return when an account ends; None for one that has no end."""
    return tx.execute(select(account_ends.c.ends_at).where(account_ends.c.actor_id == actor_id)).scalar_one_or_none()


def set_end(tx: Tx, actor_id: str, ends_at: datetime, by: str, at: datetime) -> None:
    """Put an end to an account in place of an earlier one."""
    tx.execute(delete(account_ends).where(account_ends.c.actor_id == actor_id))
    tx.execute(insert(account_ends).values(actor_id=actor_id, ends_at=ends_at, set_at=at, set_by=by))


def set_account(tx: Tx, actor_id: str, role: str, display_name: str) -> None:
    """Let an account follow what the provider says of its owner, and be open."""
    mine = accounts.c.actor_id == actor_id
    tx.execute(update(accounts).where(mine).values(role=role, display_name=display_name, is_active=True))


def _passkeys(tx: Tx, which: Any) -> list[PasskeyRow]:
    wanted = select(passkeys).where(passkeys.c.ended_at.is_(None)).where(which).order_by(passkeys.c.added_at)
    return [
        PasskeyRow(
            row.credential_id, row.actor_id, row.public_key, row.sign_count, row.label, row.added_at, row.used_at
        )
        for row in tx.execute(wanted)
    ]


def _provider(row: SqlRow[Any] | None) -> ProviderRow | None:
    if row is None:
        return None
    return ProviderRow(row.actor_id, row.issuer, row.subject, row.vouched_at, row.denied_at)
