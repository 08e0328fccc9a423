"""Whether this console may be an older copy of itself: one fact of the database, as codes."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, select

from console.store.database import Tx
from console.store.tables import facts

_NAME = "rollback"


def told(tx: Tx) -> Mapping[str, Any]:
    """Return what was kept; empty before the first."""
    value = tx.execute(select(facts.c.value).where(facts.c.name == _NAME)).scalar_one_or_none()
    return json.loads(value) if value is not None else {}


def keep(tx: Tx, fact: Mapping[str, Any]) -> None:
    """Put a fact in place of the former."""
    tx.execute(delete(facts).where(facts.c.name == _NAME))
    tx.execute(insert(facts).values(name=_NAME, value=json.dumps(fact, sort_keys=True)))
