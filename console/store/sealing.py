"""Sealed content: names, free text and per-minute rows, each under its own key outside the database.

A sealed value is bound to the row it stands in: moved to another row it no longer opens. Each day has its own key,
itself wrapped; to destroy that one key is to lose that day (rule R1).
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from sqlalchemy import Row, delete, insert, select, update

from console.errors import KeyDestroyed, KeyHeld, KeySealed, SealBroken
from console.keys.signer import DAYS, NAMES, TEXTS, Keys, SealingKey
from console.store.database import Store, Tx
from console.store.holds import holds_day, holds_row_under
from console.store.incident_tables import day_shares, release_shares
from console.store.tables import day_keys, free_texts, names

_VERSION = b"\x01"
_NONCE_BYTES = 12
_SALT_BYTES = 16
_SECRET_BYTES = 32
_MOST_OPENED = 3
"""Day keys in memory at once: one that was destroyed 14 days later is in no process any more."""


def seal(key: SealingKey, content: bytes, row: str) -> bytes:
    """Seal content for one row: version, nonce, ChaCha20-Poly1305 ciphertext and tag.

    Args:
        key: the key.
        content: any bytes.
        row: what it belongs to, e.g. `names:<patient_id>`; needed again to open it.

    Source:
        RFC 8439. ChaCha20 rather than AES, since small processors without AES instructions run it fast.
    """
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _VERSION + nonce + ChaCha20Poly1305(key.secret).encrypt(nonce, content, row.encode())


def unseal(key: SealingKey, sealed: bytes, row: str) -> bytes:
    """Open what was sealed for this row.

    Raises:
        SealBroken: changed, moved to another row, or sealed under another key.
    """
    nonce, content = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    if sealed[:1] != _VERSION or len(nonce) != _NONCE_BYTES:
        raise SealBroken(f"the sealed content of {row.partition(':')[0]} is not of a known form")
    try:
        return ChaCha20Poly1305(key.secret).decrypt(nonce, content, row.encode())
    except InvalidTag:
        raise SealBroken(
            f"the sealed content of {row.partition(':')[0]} was changed, moved or sealed elsewhere"
        ) from None


class NameSeals:
    """Patients' names, readable only here."""

    def __init__(self, keys: Keys) -> None:
        self._key = keys.sealing(NAMES)

    def put(self, tx: Tx, patient_id: str, name: str) -> None:
        """Seal a name, in place of an earlier one."""
        sealed = {"key_id": self._key.key_id, "sealed": seal(self._key, name.encode(), f"names:{patient_id}")}
        if not tx.execute(update(names).where(names.c.patient_id == patient_id).values(**sealed)).rowcount:
            tx.execute(insert(names).values(patient_id=patient_id, **sealed))

    def open(self, tx: Tx, patient_id: str) -> str | None:
        """Return a name, or None when there is none.

        Raises:
            SealBroken: it cannot be opened.
        """
        sealed = tx.execute(select(names.c.sealed).where(names.c.patient_id == patient_id)).scalar_one_or_none()
        return None if sealed is None else unseal(self._key, sealed, f"names:{patient_id}").decode()


@dataclass(frozen=True, slots=True)
class TextRef:
    """A free text that was put away.

    Attributes:
        text_id: where it stands, 32 hex digits.
        digest: SHA-256 of a secret salt and the text, 64 hex digits; what the audit log may hold of it.
    """

    text_id: str
    digest: str


class TextSeals:
    """Free text: sealed, erasable, known to the audit log by its digest alone (rule X5)."""

    def __init__(self, store: Store) -> None:
        self._key = store.keys.sealing(TEXTS)
        self._clock = store.clock

    def put(self, tx: Tx, text: str) -> TextRef:
        """Seal a text; its salt is sealed with it, so that the digest tells nothing once the text is erased."""
        salt, text_id = secrets.token_bytes(_SALT_BYTES), secrets.token_hex(16)
        content = salt + text.encode()
        digest = hashlib.sha256(content).hexdigest()
        tx.execute(
            insert(free_texts).values(
                text_id=text_id,
                key_id=self._key.key_id,
                sealed=seal(self._key, content, f"free_texts:{text_id}"),
                digest=digest,
                written_at=self._clock.utc_now(),
            )
        )
        return TextRef(text_id, digest)

    def open(self, tx: Tx, text_id: str) -> str | None:
        """Return a text, or None when it was erased or never was.

        Raises:
            SealBroken: it cannot be opened, or is not the text that its digest tells of.
        """
        row = tx.execute(select(free_texts).where(free_texts.c.text_id == text_id)).first()
        if row is None or row.sealed is None:
            return None
        content = unseal(self._key, row.sealed, f"free_texts:{text_id}")
        if hashlib.sha256(content).hexdigest() != row.digest:
            raise SealBroken("a free text is not the one its digest tells of")
        return content[_SALT_BYTES:].decode()

    def erase(self, tx: Tx, text_id: str) -> bool:
        """Forget a text and its salt for ever; the digest stays.

        Returns:
            Whether there was something to erase.
        """
        wanted = (free_texts.c.text_id == text_id) & free_texts.c.sealed.is_not(None)
        gone = update(free_texts).where(wanted).values(sealed=None, erased_at=self._clock.utc_now())
        return tx.execute(gone).rowcount == 1


class DaySeals:
    """The key of each ward day, under which that day's per-minute rows are sealed."""

    def __init__(self, store: Store) -> None:
        self._wrapping = store.keys.sealing(DAYS)
        self._clock = store.clock
        self._opened: dict[str, SealingKey] = {}

    def key_of(self, tx: Tx, day: date) -> SealingKey:
        """Return a day's key, made at its first use; needs a write.

        Raises:
            KeyDestroyed: that day's key was destroyed; a late row of that day is not kept.
            KeySealed: it was sealed to two people; a late row of that day is kept under a later day's key.
        """
        row = tx.execute(select(day_keys).where(day_keys.c.day == day)).first()
        if row is not None:
            return self._open(row)
        key = SealingKey.of(secrets.token_bytes(_SECRET_BYTES))
        wrapped = seal(self._wrapping, key.secret, f"day_keys:{key.key_id}")
        tx.execute(insert(day_keys).values(key_id=key.key_id, day=day, wrapped=wrapped, made_at=self._clock.utc_now()))
        return key

    def key(self, tx: Tx, key_id: str) -> SealingKey:
        """Return the key of that name; a read suffices.

        Raises:
            KeyDestroyed: it was destroyed, or never was.
            KeySealed: two people open it.
        """
        row = tx.execute(select(day_keys).where(day_keys.c.key_id == key_id)).first()
        if row is None:
            raise KeyDestroyed(f"the day key {key_id} was destroyed")
        return self._open(row)

    def hand_over(self, tx: Tx, day: date, seal_day: Callable[[SealingKey], object]) -> str | None:
        """Give a day's key away for good: from now on the console itself does not open that day.

        Args:
            tx: the open write.
            day: the ward day.
            seal_day: seals the key to those who hold it.

        Returns:
            The key's name, or None when that day had no key here.
        """
        here = (day_keys.c.day == day) & day_keys.c.wrapped.is_not(None)
        row = tx.execute(select(day_keys).where(here)).first()
        if row is None:
            return None
        seal_day(self._open(row))
        tx.execute(update(day_keys).where(here).values(wrapped=None, sealed_at=self._clock.utc_now()))
        tx.on_commit(lambda: self._forget(row.key_id))
        return str(row.key_id)

    def destroy(self, tx: Tx, day: date) -> str | None:
        """Destroy a day's key: everything sealed under it is lost. Call `Store.flush_deleted` after the commit.

        Returns:
            The destroyed key's name, or None when that day had no key left.

        Raises:
            KeyHeld: a hold covers that day, or a late row under its key (rule I1); nothing was destroyed.
        """
        living = (day_keys.c.day == day) & day_keys.c.destroyed_at.is_(None)
        key_id = tx.execute(select(day_keys.c.key_id).where(living)).scalar_one_or_none()
        if holds_day(tx, day) or (key_id is not None and holds_row_under(tx, key_id)):
            raise KeyHeld(f"what was noted on {day} is held; lift the hold first")
        if key_id is None:
            return None
        for shares in (day_shares, release_shares):
            tx.execute(delete(shares).where(shares.c.key_id == key_id))
        tx.execute(update(day_keys).where(living).values(wrapped=None, destroyed_at=self._clock.utc_now()))
        tx.on_commit(lambda: self._forget(key_id))
        return str(key_id)

    def _open(self, row: Row[Any]) -> SealingKey:
        key_id = str(row.key_id)
        if row.destroyed_at is not None:
            raise KeyDestroyed(f"the day key {key_id} was destroyed")
        if row.wrapped is None:
            raise KeySealed(f"the day key {key_id} is sealed; two people of different roles open it together")
        if key_id not in self._opened:
            while len(self._opened) >= _MOST_OPENED:
                self._opened.pop(next(iter(self._opened)))
            self._opened[key_id] = SealingKey(key_id, unseal(self._wrapping, row.wrapped, f"day_keys:{key_id}"))
        return self._opened[key_id]

    def _forget(self, key_id: str) -> None:
        self._opened.pop(key_id, None)
