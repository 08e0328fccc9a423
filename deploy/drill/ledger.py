"""What must hold of the records: each node's outbox held against the console's database."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

_BODIES = ("measurements", "room_events", "sensor_changes", "cosignatures", "losses")
_UNEXPLAINED = frozenset(
    {"reused_identity", "unknown_outbox", "bad_signature", "wrong_node", "wrong_topic", "malformed", "retained",
     "unknown_node", "unknown_kind", "origin_not_allowed"}
)  # fmt: skip
"""Refusals that no fault of a drill explains: with one of them a node or the console is wrong."""


@dataclass(frozen=True, slots=True)
class Count:
    """Figures of a ward.

    Attributes:
        made: records that nodes have given a number.
        held: records of which the console holds the outcome.
        waiting: records still in an outbox.
        alerts: room events and sensor changes that are held.
        refused: refused messages by reason.
        lost: numbers that a node has given and that are neither held nor waiting.
        doubled: numbers that are held twice, and bodies that are kept without a number of their own.
    """

    made: int
    held: int
    waiting: int
    alerts: int
    refused: tuple[tuple[str, int], ...]
    lost: int = 0
    doubled: int = 0


def faults_of_node(node_id: str, outbox: Path, database: Path) -> list[str]:
    """Say what is lost or doubled of a node's records.

    The outbox is read first: what the console takes meanwhile it then holds, and what the node makes meanwhile is not
    asked for.

    Args:
        node_id: for the sentence.
        outbox: its file.
        database: the console's.

    Returns:
        One sentence for each fault.
    """
    with closing(_read(outbox)) as db:
        outbox_id, last, through = db.execute("SELECT outbox_id, last_sequence, settled_through FROM outbox").fetchone()
        waiting = {row[0] for row in db.execute("SELECT sequence FROM waiting")}
    with closing(_read(database)) as db:
        held = [one for (one,) in db.execute(
            "SELECT sequence FROM records WHERE outbox_id = ? ORDER BY sequence", (outbox_id,)
        )]  # fmt: skip
        others = db.execute(
            "SELECT count(DISTINCT outbox_id) FROM records WHERE node_id = ? AND outbox_id <> ?", (node_id, outbox_id)
        ).fetchone()[0]
    found = []
    if held != list(range(1, len(held) + 1)):
        found.append(f"{node_id}: the console holds a number twice, or not at all")
    if len(held) < through:
        found.append(f"{node_id}: {through} are settled, and the console holds {len(held)}")
    if missing := [one for one in range(len(held) + 1, last + 1) if one not in waiting]:
        found.append(f"{node_id}: {len(missing)} records are neither held nor waiting, the first is {missing[0]}")
    if others:
        found.append(f"{node_id}: it has forgotten an outbox")
    return found


def forgotten(outbox: Path, database: Path) -> list[str]:
    """Say whether a node that has lost power has forgotten what it had told: it tells nothing that is not durable."""
    with closing(_read(outbox)) as db:
        outbox_id, last = db.execute("SELECT outbox_id, last_sequence FROM outbox").fetchone()
    with closing(_read(database)) as db:
        own, told = db.execute(
            "SELECT count(CASE outbox_id WHEN ? THEN 1 END), count(*) FROM records WHERE node_id = "
            "(SELECT node_id FROM outboxes WHERE outbox_id = ?)",
            (outbox_id, outbox_id),
        ).fetchone()
    if own > last or told > own:
        return [f"the console holds {told} records, and the node remembers {last} after the cut"]
    return []


def faults_of_console(database: Path) -> list[str]:
    """Say what is doubled, or refused without a count or without a reason that a drill explains."""
    with closing(_read(database)) as db:
        db.execute("BEGIN")
        kept = sum(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in _BODIES)
        settled = db.execute("SELECT count(*) FROM records WHERE outcome <> 'refused'").fetchone()[0]
        refused = db.execute("SELECT count(*) FROM records WHERE outcome = 'refused'").fetchone()[0]
        counted = dict(db.execute("SELECT refusal, sum(count) FROM refusal_counts GROUP BY refusal"))
    found = []
    if kept != settled:
        found.append(f"{settled} records are settled, and {kept} are kept")
    if refused > sum(counted.values()):
        found.append(f"{refused} records are refused, and {sum(counted.values())} refusals are counted")
    found += [f"{number} messages were refused as {name}" for name, number in counted.items() if name in _UNEXPLAINED]
    return found


def count(outboxes: Sequence[Path], database: Path) -> Count:
    """Count the records of a ward."""
    made = waiting = lost = doubled = 0
    for outbox in outboxes:
        with closing(_read(outbox)) as db:
            outbox_id, last = db.execute("SELECT outbox_id, last_sequence FROM outbox").fetchone()
            own = {row[0] for row in db.execute("SELECT sequence FROM waiting")}
        with closing(_read(database)) as db:
            rows = db.execute("SELECT sequence FROM records WHERE outbox_id = ?", (outbox_id,)).fetchall()
        held_once = {row[0] for row in rows}
        made, waiting = made + last, waiting + len(own)
        doubled += len(rows) - len(held_once)
        lost += sum(1 for one in range(1, last + 1) if one not in held_once and one not in own)
    with closing(_read(database)) as db:
        held = db.execute("SELECT count(*) FROM records").fetchone()[0]
        alerts = sum(
            db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("room_events", "sensor_changes")
        )
        kept = sum(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in _BODIES)
        settled = db.execute("SELECT count(*) FROM records WHERE outcome <> 'refused'").fetchone()[0]
        refused = db.execute("SELECT refusal, sum(count) FROM refusal_counts GROUP BY refusal ORDER BY refusal")
        doubled += max(0, kept - settled)
        return Count(made, held, waiting, alerts, tuple(refused.fetchall()), lost, doubled)


def _read(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=20)
    db.execute("PRAGMA query_only = ON")
    return db
