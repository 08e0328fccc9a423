"""How fast a node keeps records, against bare inserts into the same kind of file in the same run."""

import sqlite3
from pathlib import Path

from broker.outbox import Outbox
from tests.kit import contract
from tests.kit.bench import compare

COUNT = 500


def test_keeping_records_against_bare_durable_inserts(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path / "outbox.db", lambda record: record)
    bare = sqlite3.connect(tmp_path / "bare.db", isolation_level=None)
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("PRAGMA synchronous=FULL")
    bare.execute("CREATE TABLE rows (sequence INTEGER PRIMARY KEY, payload BLOB)")
    payload = b"x" * 700
    event = contract.room_event()

    def ours() -> None:
        for _ in range(COUNT):
            outbox.append(lambda sequence: contract.record(event, sequence, outbox_id=outbox.outbox_id))

    def theirs() -> None:
        for _ in range(COUNT):
            bare.execute("INSERT INTO rows (payload) VALUES (?)", (payload,))

    ratio = compare("outbox append", ours, "bare insert", theirs, COUNT)
    assert ratio < 10
    outbox.close()
    bare.close()
