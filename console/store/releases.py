"""Requests for what was noted, as rows: the disclosure register, in which nothing is changed once it has ended (I2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from console.roles import Role
from console.rules.afterwards.releasing import Asked, ReleaseEnd, ReleaseKind, ReleasePurpose
from console.store.database import Tx
from console.store.incident_tables import releases
from console.store.shares import forget_opened


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """One request.

    Attributes:
        release_id: random; stands on everything that leaves.
        hold_id: what it is about.
        recipient_text_id: where the recipient's sealed name and organisation stand.
        asked: what the second person decides on.
        asked_at: when.
        ended_at: when it ended; None while it waits.
        ended_by: pseudonym of the second person; empty while it waits, and when it lapsed.
        ended_role: theirs; empty likewise.
        manifest_sha256: of what left; empty for a view, and for what did not leave.
    """

    release_id: str
    hold_id: str
    recipient_text_id: str
    asked: Asked
    asked_at: datetime
    ended_at: datetime | None = None
    ended_by: str = ""
    ended_role: str = ""
    manifest_sha256: str = ""


def add(tx: Tx, row: ReleaseRow) -> None:
    """Add a request."""
    asked = row.asked
    told = {"kind": asked.kind.value, "purpose": asked.purpose.value, "lapses_at": asked.lapses_at}
    who = {"asked_by": asked.asked_by, "asked_role": asked.role.value, "asked_at": row.asked_at}
    ids = {"release_id": row.release_id, "hold_id": row.hold_id, "recipient_text_id": row.recipient_text_id}
    tx.execute(insert(releases).values(**ids, **told, **who))


def of(tx: Tx, release_id: str) -> ReleaseRow | None:
    """Return a request; None when there is none."""
    row = tx.execute(select(releases).where(releases.c.release_id == release_id)).first()
    return None if row is None else _row(dict(row._mapping))


def since(tx: Tx, begins: datetime) -> list[ReleaseRow]:
    """Return the requests since then, the newest first."""
    wanted = select(releases).where(releases.c.asked_at >= begins).order_by(releases.c.asked_at.desc())
    return [_row(dict(row._mapping)) for row in tx.execute(wanted)]


def lapsed(tx: Tx, now: datetime) -> list[str]:
    """Return the requests that nobody confirmed in time."""
    late = releases.c.ended_at.is_(None) & (releases.c.lapses_at <= now)
    return list(tx.execute(select(releases.c.release_id).where(late)).scalars())


def end(tx: Tx, release_id: str, ending: ReleaseEnd, at: datetime, by: tuple[str, str], manifest: str = "") -> None:
    """End a request, and forget what its first person had opened.

    Args:
        tx: the write.
        release_id: which.
        ending: how.
        at: when.
        by: pseudonym and role of who ended it; empty when it lapsed.
        manifest: SHA-256 of the manifest of what left; empty when nothing did.
    """
    waiting = (releases.c.release_id == release_id) & releases.c.ended_at.is_(None)
    told = {"ending": ending.value, "ended_at": at, "manifest_sha256": manifest or None}
    tx.execute(update(releases).where(waiting).values(ended_by=by[0] or None, ended_role=by[1] or None, **told))
    forget_opened(tx, release_id)


def _row(told: Mapping[str, Any]) -> ReleaseRow:
    return ReleaseRow(
        told["release_id"],
        told["hold_id"],
        told["recipient_text_id"],
        Asked(
            told["asked_by"],
            Role(told["asked_role"]),
            ReleaseKind(told["kind"]),
            ReleasePurpose(told["purpose"]),
            told["lapses_at"],
            ReleaseEnd(told["ending"]) if told["ending"] else None,
        ),
        told["asked_at"],
        told["ended_at"],
        told["ended_by"] or "",
        told["ended_role"] or "",
        told["manifest_sha256"] or "",
    )
