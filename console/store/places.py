"""Rooms that are no bedrooms, and the profiles that let a sensor be on in one (rule P9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from console.rules.consenting.person import PlaceKind
from console.rules.consenting.places import SIGNERS
from console.store.database import Tx
from console.store.tables import place_profiles, profile_signatures, room_kinds


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """A profile as it was written.

    Attributes:
        profile_id: random.
        kind: for which rooms.
        text_sha256: of the text that is signed.
        stop_inside: a stop can be reached or said from inside.
        written_at: when.
        signed_by: roles that have signed it.
    """

    profile_id: str
    kind: PlaceKind
    text_sha256: str
    stop_inside: bool
    written_at: datetime
    signed_by: frozenset[str] = frozenset()

    @property
    def is_signed(self) -> bool:
        """Return whether everybody who must has signed it."""
        return self.stop_inside and frozenset(SIGNERS) <= self.signed_by


def set_kind(tx: Tx, room_id: str, kind: PlaceKind) -> None:
    """Say of a new room that it is no bedroom."""
    tx.execute(insert(room_kinds).values(room_id=room_id, kind=kind.value))


def kinds(tx: Tx) -> Mapping[str, PlaceKind]:
    """Return the kind of each room that is no bedroom."""
    return {row.room_id: PlaceKind(row.kind) for row in tx.execute(select(room_kinds))}


def add_profile(tx: Tx, row: ProfileRow, actor_id: str) -> None:
    """Add a profile that nobody has signed yet; it takes the place of an earlier one for the same kind."""
    tx.execute(
        insert(place_profiles).values(
            profile_id=row.profile_id,
            kind=row.kind.value,
            text_sha256=row.text_sha256,
            stop_inside=row.stop_inside,
            written_at=row.written_at,
            written_by=actor_id,
        )
    )


def add_signature(tx: Tx, profile_id: str, role: str, actor_id: str, at: datetime) -> None:
    """Add the signature of one role."""
    tx.execute(insert(profile_signatures).values(profile_id=profile_id, role=role, actor_id=actor_id, at=at))


def newest_profiles(tx: Tx) -> Mapping[PlaceKind, ProfileRow]:
    """Return the newest profile of each kind, with the roles that have signed it."""
    signed: dict[str, set[str]] = {}
    for row in tx.execute(select(profile_signatures.c.profile_id, profile_signatures.c.role)):
        signed.setdefault(row.profile_id, set()).add(row.role)
    found: dict[PlaceKind, ProfileRow] = {}
    for row in tx.execute(select(place_profiles).order_by(place_profiles.c.written_at)):
        roles = frozenset(signed.get(row.profile_id, ()))
        kind = PlaceKind(row.kind)
        found[kind] = ProfileRow(row.profile_id, kind, row.text_sha256, row.stop_inside, row.written_at, roles)
    return found


def signed_profiles(tx: Tx) -> frozenset[PlaceKind]:
    """Return the kinds of rooms whose newest profile everybody has signed."""
    return frozenset(kind for kind, row in newest_profiles(tx).items() if row.is_signed)
