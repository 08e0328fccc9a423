"""Second steps of accounts, as rows: each secret sealed under a key outside the database."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from console.keys.signer import TEXTS, Keys
from console.store.access_tables import second_steps
from console.store.database import Tx
from console.store.sealing import seal, unseal


@dataclass(frozen=True, slots=True)
class StepRow:
    """One second step.

    Attributes:
        actor_id: whose.
        sealed: its secret, sealed.
        confirmed_at: when its first code was right; None until then, and then it is not asked for.
        last_step: number of the newest code that was used.
    """

    actor_id: str
    sealed: bytes
    confirmed_at: datetime | None
    last_step: int


def of(tx: Tx, actor_id: str) -> StepRow | None:
    """Return somebody's second step; None when they have none."""
    return of_each(tx, [actor_id]).get(actor_id)


def of_each(tx: Tx, actor_ids: Collection[str]) -> dict[str, StepRow]:
    """Return the second steps of several people, by actor; who has none is left out."""
    rows = tx.execute(select(second_steps).where(second_steps.c.actor_id.in_(actor_ids)))
    return {row.actor_id: StepRow(row.actor_id, row.sealed, row.confirmed_at, row.last_step) for row in rows}


def begin(tx: Tx, keys: Keys, actor_id: str, secret: bytes, at: datetime) -> None:
    """Keep a new secret, in place of one that was never confirmed."""
    unconfirmed = (second_steps.c.actor_id == actor_id) & second_steps.c.confirmed_at.is_(None)
    tx.execute(delete(second_steps).where(unconfirmed))
    key = keys.sealing(TEXTS)
    sealed = seal(key, secret, f"second_steps:{actor_id}")
    told = {"actor_id": actor_id, "key_id": key.key_id, "sealed": sealed, "begun_at": at, "last_step": 0}
    tx.execute(insert(second_steps).values(**told))


def secret_of(keys: Keys, row: StepRow) -> bytes:
    """Return the secret of a second step.

    Raises:
        SealBroken: it was changed, or is another's.
    """
    return unseal(keys.sealing(TEXTS), row.sealed, f"second_steps:{row.actor_id}")


def confirm(tx: Tx, actor_id: str, at: datetime) -> None:
    """Ask for it from now on."""
    tx.execute(update(second_steps).where(second_steps.c.actor_id == actor_id).values(confirmed_at=at))


def use(tx: Tx, actor_id: str, step: int) -> bool:
    """Use a code up; return False when it, or a later one, was used already."""
    newer = (second_steps.c.actor_id == actor_id) & (second_steps.c.last_step < step)
    return tx.execute(update(second_steps).where(newer).values(last_step=step)).rowcount == 1


def remove(tx: Tx, actor_id: str) -> bool:
    """Take somebody's second step away, as when their telephone is lost; return whether there was one."""
    return tx.execute(delete(second_steps).where(second_steps.c.actor_id == actor_id)).rowcount == 1
