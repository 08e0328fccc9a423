"""Check prompts, as rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from console.store.database import Tx
from console.store.tables import check_prompts


@dataclass(frozen=True, slots=True)
class PromptRow:
    """One check prompt.

    Attributes:
        prompt_id: random.
        room_id: where to look in.
        kind: code of why.
        values: what its sentence needs: `clock` (or None) and `lasted_s`.
        raised_at: since when it stands.
    """

    prompt_id: str
    room_id: str
    kind: str
    values: Mapping[str, Any]
    raised_at: datetime


def add(tx: Tx, prompt: PromptRow) -> None:
    """Raise a prompt."""
    tx.execute(
        insert(check_prompts).values(
            prompt_id=prompt.prompt_id,
            room_id=prompt.room_id,
            kind=prompt.kind,
            values=dict(prompt.values),
            raised_at=prompt.raised_at,
            place_proven=False,
        )
    )


def open_prompts(tx: Tx) -> list[PromptRow]:
    """Return the prompts that nobody has attended, oldest first."""
    wanted = select(check_prompts).where(check_prompts.c.attended_at.is_(None)).order_by(check_prompts.c.raised_at)
    return [_prompt(dict(row._mapping)) for row in tx.execute(wanted)]


def of_room(tx: Tx, room_id: str, since: datetime) -> list[tuple[PromptRow, datetime | None]]:
    """Return (prompt, when it was attended) of a room since then, newest first."""
    wanted = select(check_prompts).where((check_prompts.c.room_id == room_id) & (check_prompts.c.raised_at >= since))
    newest = tx.execute(wanted.order_by(check_prompts.c.raised_at.desc()))
    return [(_prompt(dict(row._mapping)), row.attended_at) for row in newest]


def attend(tx: Tx, prompt_id: str, actor_id: str, outcome: str, at: datetime) -> bool:
    """Close a prompt; return False when somebody has done so already."""
    still_open = (check_prompts.c.prompt_id == prompt_id) & check_prompts.c.attended_at.is_(None)
    done = update(check_prompts).where(still_open).values(attended_at=at, attended_by=actor_id, outcome=outcome)
    return tx.execute(done).rowcount == 1


def _prompt(told: Mapping[str, Any]) -> PromptRow:
    return PromptRow(told["prompt_id"], told["room_id"], told["kind"], told["values"], told["raised_at"])
