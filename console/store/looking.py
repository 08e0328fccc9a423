"""Counted looks, reviews and emergency sights, as rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from console.rules.looking.look_rates import Because, Look
from console.rules.looking.reviewing import Escalation, ReviewKind, ReviewOutcome
from console.rules.looking.sight import SightReason
from console.store.access_tables import access_reviews, look_notes, sights
from console.store.database import Tx
from console.store.tables import audit_entries


@dataclass(frozen=True, slots=True)
class SeenLook:
    """A look as the log holds it.

    Attributes:
        index: its place in the log.
        at: when.
        actor_id: whose.
        room_id: at which room.
        entry: as the tree covers it.
    """

    index: int
    at: datetime
    actor_id: str
    room_id: str
    entry: str


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """What governance reviews.

    Attributes:
        review_id: random.
        kind: why.
        actor_id: who looked.
        role: theirs.
        room_id: the room.
        stay_id: whose stay.
        count: looks, or days.
        reason: of an emergency sight; empty otherwise.
        begins_at: the first look.
        raised_at: when governance was told.
        due_at: until when it is reviewed.
        escalated: who was told that it was not.
        contact_told_at: when the patient's chosen contact was told (sensitive stays); None until then.
        reviewed_at: when; None until then.
        reviewed_by: who; None until then.
        outcome: what came of it; None until then.
    """

    review_id: str
    kind: ReviewKind
    actor_id: str
    role: str
    room_id: str
    stay_id: str
    count: int
    reason: str
    begins_at: datetime
    raised_at: datetime
    due_at: datetime
    escalated: Escalation = Escalation.NOBODY
    contact_told_at: datetime | None = None
    reviewed_at: datetime | None = None
    reviewed_by: str | None = None
    outcome: ReviewOutcome | None = None


@dataclass(frozen=True, slots=True)
class SightRow:
    """One emergency sight.

    Attributes:
        sight_id: random.
        actor_id: whose.
        room_id: of which room.
        stay_id: whose stay.
        reason: why.
        begins_at: since when.
        until: until when.
    """

    sight_id: str
    actor_id: str
    room_id: str
    stay_id: str
    reason: SightReason
    begins_at: datetime
    until: datetime


def looks_after(tx: Tx, index: int, actions: Iterable[str], since: datetime) -> list[SeenLook]:
    """Return the allowed looks of the log after a place and since a time, oldest first."""
    columns = audit_entries.c
    wanted = (columns.idx > index) & columns.action.in_(list(actions)) & (columns.outcome == "allowed")
    chosen = select(columns.idx, columns.at, columns.actor, columns.room, columns.entry)
    found = tx.execute(chosen.where(wanted & (columns.at >= since)).order_by(columns.idx))
    return [SeenLook(row.idx, row.at, row.actor, row.room, row.entry) for row in found]


def newest_noted(tx: Tx) -> int | None:
    """Return the place of the newest counted look; None before the first."""
    return tx.execute(select(func.max(look_notes.c.idx))).scalar_one_or_none()


def note_look(tx: Tx, index: int, look: Look) -> None:
    """Count a look."""
    tx.execute(
        insert(look_notes).values(
            idx=index,
            at=look.at,
            actor_id=look.actor_id,
            role=look.role,
            stay_id=look.stay_id,
            because=look.because.value,
        )
    )


def looks_at(tx: Tx, actor_id: str, stay_id: str, since: datetime) -> list[Look]:
    """Return the counted looks of one person at one stay, oldest first."""
    mine = (look_notes.c.actor_id == actor_id) & (look_notes.c.stay_id == stay_id) & (look_notes.c.at >= since)
    return _looks(tx, mine)


def looks_since(tx: Tx, since: datetime) -> list[Look]:
    """Return every counted look since then, oldest first."""
    return _looks(tx, look_notes.c.at >= since)


def _looks(tx: Tx, which: Any) -> list[Look]:
    found = tx.execute(select(look_notes).where(which).order_by(look_notes.c.idx))
    return [Look(row.at, row.actor_id, row.role, row.stay_id, Because(row.because)) for row in found]


def add_review(tx: Tx, row: ReviewRow) -> None:
    """Ask governance to review something."""
    told = {name: getattr(row, name) for name in ReviewRow.__slots__ if name != "escalated"}
    tx.execute(insert(access_reviews).values(**told, escalated=int(row.escalated)))


def review(tx: Tx, review_id: str) -> ReviewRow | None:
    """Return a review; None when there is none."""
    row = tx.execute(select(access_reviews).where(access_reviews.c.review_id == review_id)).first()
    return None if row is None else _review(row)


def reviews_since(tx: Tx, since: datetime) -> list[ReviewRow]:
    """Return what was raised since then and whatever still waits, newest first."""
    wanted = (access_reviews.c.raised_at >= since) | access_reviews.c.reviewed_at.is_(None)
    found = tx.execute(select(access_reviews).where(wanted).order_by(access_reviews.c.raised_at.desc()))
    return [_review(row) for row in found]


def every_review_of(tx: Tx, actor_id: str) -> list[ReviewRow]:
    """Return everything that was ever raised about one person's looks, newest first."""
    mine = access_reviews.c.actor_id == actor_id
    found = tx.execute(select(access_reviews).where(mine).order_by(access_reviews.c.raised_at.desc()))
    return [_review(row) for row in found]


def waiting_of(tx: Tx, kind: ReviewKind) -> list[ReviewRow]:
    """Return what of a kind still waits, oldest first."""
    wanted = (access_reviews.c.kind == kind.value) & access_reviews.c.reviewed_at.is_(None)
    found = tx.execute(select(access_reviews).where(wanted).order_by(access_reviews.c.raised_at))
    return [_review(row) for row in found]


def raised(tx: Tx, kind: ReviewKind, actor_id: str, stay_id: str, since: datetime) -> list[datetime]:
    """Return when the same was raised since then."""
    columns = access_reviews.c
    same = (columns.kind == kind.value) & (columns.actor_id == actor_id) & (columns.stay_id == stay_id)
    return list(tx.execute(select(columns.raised_at).where(same & (columns.raised_at >= since))).scalars())


def counts_raised(tx: Tx, kind: ReviewKind, actor_id: str, since: datetime) -> list[tuple[datetime, int]]:
    """Return when a pattern of somebody's looks was raised since then, of any stay, and of how many looks."""
    columns = access_reviews.c
    same = (columns.kind == kind.value) & (columns.actor_id == actor_id) & (columns.raised_at >= since)
    found = tx.execute(select(access_reviews).where(same))
    return [(one.raised_at, one.count) for one in map(_review, found)]


def close_review(tx: Tx, review_id: str, outcome: ReviewOutcome, by: str, at: datetime) -> None:
    """Say what came of a review."""
    closed = {"outcome": outcome.value, "reviewed_by": by, "reviewed_at": at}
    tx.execute(update(access_reviews).where(access_reviews.c.review_id == review_id).values(**closed))


def escalate(tx: Tx, review_id: str, step: Escalation) -> None:
    """Note who was told that nobody has reviewed it."""
    tx.execute(update(access_reviews).where(access_reviews.c.review_id == review_id).values(escalated=int(step)))


def tell_contact(tx: Tx, review_id: str, at: datetime) -> bool:
    """Note that the chosen contact was told; return whether that was new."""
    untold = (access_reviews.c.review_id == review_id) & access_reviews.c.contact_told_at.is_(None)
    return tx.execute(update(access_reviews).where(untold).values(contact_told_at=at)).rowcount == 1


def add_sight(tx: Tx, row: SightRow) -> None:
    """Begin an emergency sight."""
    told = {name: getattr(row, name) for name in SightRow.__slots__}
    tx.execute(insert(sights).values(**told | {"reason": row.reason.value}))


def sight_stands(tx: Tx, actor_id: str, stay_id: str, now: datetime) -> bool:
    """Return whether somebody's emergency sight of a stay lasts."""
    mine = (sights.c.actor_id == actor_id) & (sights.c.stay_id == stay_id) & (sights.c.until > now)
    return tx.execute(select(sights.c.sight_id).where(mine).limit(1)).first() is not None


def sights_since(tx: Tx, since: datetime) -> list[SightRow]:
    """Return the emergency sights that began since then, newest first."""
    found = tx.execute(select(sights).where(sights.c.begins_at >= since).order_by(sights.c.begins_at.desc()))
    return [SightRow(**dict(row._mapping) | {"reason": SightReason(row.reason)}) for row in found]


def _review(row: Row[Any]) -> ReviewRow:
    told = dict(row._mapping)
    outcome = ReviewOutcome(told["outcome"]) if told["outcome"] else None
    changed = {"kind": ReviewKind(told["kind"]), "escalated": Escalation(told["escalated"]), "outcome": outcome}
    return ReviewRow(**told | changed)
