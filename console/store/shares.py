"""Who holds the two-person key, and each sealed day's key as only two of them together can open it (rule R1)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import permutations
from typing import Any

from sqlalchemy import delete, insert, select, update

from console.keys.signer import SealingKey
from console.roles import Role
from console.store.database import Tx
from console.store.incident_tables import day_shares, key_holders, release_shares
from console.store.tables import day_keys
from console.store.two_keys import open_with, public_of, seal_to


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds one half.

    Attributes:
        holder_id: random; a new code is a new holder.
        actor_id: pseudonym of who it is.
        role: theirs when they were named.
        public_key: 64 hex digits.
        named_at: when.
        confirmed_at: when a second person confirmed it; until then nothing is sealed to it.
    """

    holder_id: str
    actor_id: str
    role: Role
    public_key: str
    named_at: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Opened:
    """What the first person's code left of one day's key.

    Attributes:
        key_id: of the day.
        second_holder: who alone opens the rest.
        sealed: the rest.
    """

    key_id: str
    second_holder: str
    sealed: bytes


def add_holder(tx: Tx, one: Holder) -> None:
    """Name a holder, in place of an earlier half of the same person."""
    mine = (key_holders.c.actor_id == one.actor_id) & key_holders.c.ended_at.is_(None)
    tx.execute(update(key_holders).where(mine).values(ended_at=one.named_at))
    told = {"holder_id": one.holder_id, "actor_id": one.actor_id, "role": one.role.value}
    tx.execute(insert(key_holders).values(**told, public_key=one.public_key, named_at=one.named_at))


def confirm_holder(tx: Tx, holder_id: str, by: str, at: datetime) -> bool:
    """Confirm a holder; return whether one waited for it."""
    waiting = (key_holders.c.holder_id == holder_id) & key_holders.c.confirmed_at.is_(None)
    lasting = waiting & key_holders.c.ended_at.is_(None)
    return tx.execute(update(key_holders).where(lasting).values(confirmed_at=at, confirmed_by=by)).rowcount == 1


def holders(tx: Tx) -> list[Holder]:
    """Return everybody who was named and has not ended, the oldest first."""
    wanted = select(key_holders).where(key_holders.c.ended_at.is_(None)).order_by(key_holders.c.named_at)
    return [_holder(dict(row._mapping)) for row in tx.execute(wanted)]


def half_of(tx: Tx, actor_id: str, code: str) -> list[Holder]:
    """Return the half of somebody that a code belongs to, also one that ended; empty when it is none of theirs."""
    wanted = (key_holders.c.actor_id == actor_id) & (key_holders.c.public_key == public_of(code))
    return [_holder(dict(row._mapping)) for row in tx.execute(select(key_holders).where(wanted))]


def may_seal(known: Iterable[Holder]) -> bool:
    """Return whether there are two confirmed holders of different roles."""
    return len({one.role for one in known if one.confirmed_at is not None}) > 1


def seal_day(tx: Tx, key: SealingKey, known: Sequence[Holder]) -> int:
    """Seal a day's key for every two confirmed holders of different roles, in either order; return how many."""
    sealed = [
        {
            "key_id": key.key_id,
            "first_holder": first.holder_id,
            "second_holder": second.holder_id,
            "sealed": seal_to(
                first.public_key,
                seal_to(second.public_key, key.secret, _inner(key.key_id, second.holder_id)),
                _outer(key.key_id, first.holder_id, second.holder_id),
            ),
        }
        for first, second in permutations([one for one in known if one.confirmed_at is not None], 2)
        if first.role is not second.role
    ]
    if sealed:
        tx.execute(insert(day_shares), sealed)
    return len(sealed)


def open_first(tx: Tx, key_ids: Iterable[str], mine: Sequence[Holder], code: str) -> list[Opened]:
    """Open the first person's half of some days: what is left is sealed to each second person.

    Raises:
        SealBroken: the code is not theirs.
    """
    wanted = day_shares.c.key_id.in_(list(key_ids)) & day_shares.c.first_holder.in_([one.holder_id for one in mine])
    return [
        Opened(
            row.key_id,
            row.second_holder,
            open_with(code, row.sealed, _outer(row.key_id, row.first_holder, row.second_holder)),
        )
        for row in tx.execute(select(day_shares).where(wanted))
    ]


def keep_opened(tx: Tx, release_id: str, opened: Iterable[Opened]) -> None:
    """Keep what the first person opened until the request is over."""
    told = [{"release_id": release_id, "key_id": one.key_id, "second_holder": one.second_holder, "sealed": one.sealed}
            for one in opened]  # fmt: skip
    if told:
        tx.execute(insert(release_shares), told)


def open_second(tx: Tx, release_id: str, mine: Sequence[Holder], code: str) -> Mapping[str, SealingKey]:
    """Open the second person's half: the days' keys, by name, for this moment alone.

    Raises:
        SealBroken: the code is not theirs.
    """
    ids = [one.holder_id for one in mine]
    wanted = (release_shares.c.release_id == release_id) & release_shares.c.second_holder.in_(ids)
    return {
        row.key_id: SealingKey(row.key_id, open_with(code, row.sealed, _inner(row.key_id, row.second_holder)))
        for row in tx.execute(select(release_shares).where(wanted))
    }


def forget_opened(tx: Tx, release_id: str) -> None:
    """Forget what the first person opened: the request is over."""
    tx.execute(delete(release_shares).where(release_shares.c.release_id == release_id))


def sealed_among(tx: Tx, key_ids: Iterable[str]) -> set[str]:
    """Return which of some keys only two people open."""
    wanted = day_keys.c.key_id.in_(list(key_ids)) & day_keys.c.sealed_at.is_not(None)
    return set(tx.execute(select(day_keys.c.key_id).where(wanted & day_keys.c.destroyed_at.is_(None))).scalars())


def _holder(told: Mapping[str, Any]) -> Holder:
    return Holder(
        told["holder_id"],
        told["actor_id"],
        Role(told["role"]),
        told["public_key"],
        told["named_at"],
        told["confirmed_at"],
    )


def _outer(key_id: str, first: str, second: str) -> str:
    return f"hushward day share 1\n{key_id}\n{first}\n{second}"


def _inner(key_id: str, second: str) -> str:
    return f"hushward day key 1\n{key_id}\n{second}"
