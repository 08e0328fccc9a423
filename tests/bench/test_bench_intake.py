"""How fast the console takes records, against bare inserts of the same rows into the same kind of file."""

import sqlite3
from pathlib import Path

from broker.codec import encode
from broker.topics import Leaf
from tests.kit.bench import compare
from tests.kit.boxed_ward import boxed_ward

COUNT = 1000
_TABLES = ("records", "measurements")


def test_taking_records_against_bare_inserts_of_the_same_rows(tmp_path: Path) -> None:
    with boxed_ward(tmp_path) as box:
        node = box.nodes["room1"]
        box.pass_time(120, in_steps_of=10)
        topic = node.topic(Leaf.RECORD)
        # Made and signed beforehand: that is the node's work, on the node's machine. One more lot warms up.
        payloads = [[encode(node.record(node.minute())) for _ in range(COUNT)] for _round in range(4)]

        def ours() -> None:
            for payload in payloads.pop(0):
                box.broker.inject(topic, payload)
            while box.ward.intake.step():
                continue

        ours()
        kept = sqlite3.connect(box.ward.office.store.file or "")
        rows = {name: kept.execute(f"SELECT * FROM {name} LIMIT {COUNT}").fetchall() for name in _TABLES}
        bare = sqlite3.connect(tmp_path / "bare.db", isolation_level=None)
        bare.execute("PRAGMA journal_mode=WAL")
        bare.execute("PRAGMA synchronous=FULL")
        for name, found in rows.items():
            bare.execute(f"CREATE TABLE {name} ({', '.join(f'c{number}' for number in range(len(found[0])))})")

        def theirs() -> None:
            bare.execute("BEGIN IMMEDIATE")
            for name, found in rows.items():
                places = ", ".join("?" * len(found[0]))
                bare.executemany(f"INSERT INTO {name} VALUES ({places})", found)
            bare.execute("COMMIT")

        assert [len(found) for found in rows.values()] == [COUNT, COUNT]
        ratio = compare("intake", ours, "bare insert of the same rows", theirs, COUNT)
        settled = kept.execute("SELECT count(*) FROM records WHERE outcome = 'settled'").fetchone()[0]
        kept.close()
        bare.close()

        assert settled == 4 * COUNT and node.receipt is not None and node.receipt.settled_through == 4 * COUNT
        # One record is parsed, checked against a signature and a consent, sealed and written: a bare row is none of it.
        assert ratio < 200
