"""Answers of a talk that is not finished, as rows: kept for one sitting, by who asks, and gone with its end."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select

from console.store.database import Tx
from console.store.tables import talk_drafts

_T = talk_drafts.c


def answers_of(tx: Tx, stay_id: str, actor_id: str, since: datetime) -> Mapping[str, tuple[str, ...]]:
    """Return what was answered so far; nothing when the last answer is older than `since`."""
    wanted = select(_T.answers).where(_T.stay_id == stay_id, _T.actor_id == actor_id, _T.kept_at >= since)
    found = tx.execute(wanted).scalar_one_or_none()
    return {name: tuple(values) for name, values in (found or {}).items()}


def keep(tx: Tx, stay_id: str, actor_id: str, answers: Mapping[str, Sequence[str]], at: datetime) -> None:
    """Keep the answers of a talk in the place of what was kept before."""
    tx.execute(delete(talk_drafts).where(_T.stay_id == stay_id, _T.actor_id == actor_id))
    told = {name: list(values) for name, values in answers.items()}
    tx.execute(insert(talk_drafts).values(stay_id=stay_id, actor_id=actor_id, answers=told, kept_at=at))


def drop(tx: Tx, stay_id: str) -> None:
    """Forget every unfinished talk of a stay."""
    tx.execute(delete(talk_drafts).where(_T.stay_id == stay_id))


def drop_older(tx: Tx, before: datetime) -> None:
    """Forget every talk whose sitting is over."""
    tx.execute(delete(talk_drafts).where(_T.kept_at < before))
