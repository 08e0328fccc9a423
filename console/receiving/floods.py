"""A node that sends far more refused messages than any fault would: kept small, counted in full, and written down."""

from collections import Counter

import structlog

from console.office import Done, Office
from console.receiving.record_rows import Batch
from console.roles import Actor
from console.showing.views import Words
from console.store import records as rows
from console.store.database import Tx

_log = structlog.get_logger(__name__)
_SYSTEM = Actor.system("intake")
_HOUR_S = 3600.0
MOST_KEPT_AN_HOUR = 100
"""Refused messages of one node whose identity is kept within an hour; of all further ones only the count."""
MOST_KEPT = 20_000
"""Rows that the quarantine holds; beyond them the oldest go."""
FLOOD_AN_HOUR = 1000
"""Refused messages of one node within an hour from which on the log says that it floods."""


class Floods:
    """Bounds what refused messages may leave behind; every one is counted by its kind all the same."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._hour = -1
        self._kept: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()

    def bound(self, tx: Tx, batch: Batch) -> None:
        """Take from a batch the quarantine rows that are too many, and write a flood into the log once an hour."""
        hour = int(self._office.clock.elapsed_s() // _HOUR_S)
        if hour != self._hour:
            self._hour = hour
            self._kept.clear()
            self._refused.clear()
        kept = self._kept.copy()
        within = []
        for row in batch.rows.get("quarantine", ()):
            kept[row["node_id"]] += 1
            if kept[row["node_id"]] <= MOST_KEPT_AN_HOUR:
                within.append(row)
        refused = self._refused + Counter(node_id for node_id, _refusal in batch.refusals)
        for node_id, count in refused.items():
            if self._refused[node_id] < FLOOD_AN_HOUR <= count:
                self._write_down(tx, node_id)
        if within:
            rows.keep_newest_quarantined(tx, MOST_KEPT - len(within))
        batch.rows["quarantine"] = within
        tx.on_commit(lambda: self._remember(hour, kept, refused))

    def _remember(self, hour: int, kept: Counter[str], refused: Counter[str]) -> None:
        if hour == self._hour:
            self._kept, self._refused = kept, refused

    def _write_down(self, tx: Tx, node_id: str) -> None:
        _log.warning("node_floods", node=node_id or "unknown")
        decision = self._office.policy.deny("N1", reason=Words("This node sends too much that is refused."))
        subject = f"node:{node_id}" if node_id else ""
        self._office.record(tx, _SYSTEM, "intake:node:flooded", Done(decision, subject, reason="refused_messages"))
