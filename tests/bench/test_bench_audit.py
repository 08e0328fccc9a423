"""How fast the log grows and how fast an outsider checks it, against the bare write and the bare hash of the same."""

import hashlib
import json
import runpy
import sqlite3
from pathlib import Path

from console.logbook.receipts import log_lines
from tests.kit.bench import FIGURES, compare
from tests.kit.console_store import an_entry, open_bench
from tests.kit.house import ROOT

COUNT, BATCH = 2000, 100
LEAVES = 20_000


def test_appending_durably_in_batches_against_bare_inserts(tmp_path: Path) -> None:
    bench = open_bench(tmp_path)
    bare = sqlite3.connect(tmp_path / "bare.db", isolation_level=None)
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("PRAGMA synchronous=FULL")
    bare.execute("CREATE TABLE entries (idx INTEGER PRIMARY KEY, entry TEXT)")
    text = "x" * 420

    def ours() -> None:
        for _ in range(COUNT // BATCH):
            bench.store.write(lambda tx: [bench.audit.append(tx, an_entry(number)) for number in range(BATCH)])

    def theirs() -> None:
        for _ in range(COUNT // BATCH):
            bare.execute("BEGIN IMMEDIATE")
            bare.executemany("INSERT INTO entries (entry) VALUES (?)", [(text,)] * BATCH)
            bare.execute("COMMIT")

    # An entry is held to its patterns, made canonical, hashed, written with its columns, and signed for every twenty.
    ratio = compare("append to the log, 100 a transaction", ours, "bare insert of as much text", theirs, COUNT)
    bench.store.close()
    bare.close()
    assert ratio < 200
    assert float(FIGURES[-1].ours.split("/s")[0].replace(",", "")) >= 2000


def test_checking_leaves_against_bare_hashes(tmp_path: Path) -> None:
    bench = open_bench(tmp_path)
    for _ in range(LEAVES // 1000):
        bench.store.write(lambda tx: [bench.audit.append(tx, an_entry(number)) for number in range(1000)])
    lines = bench.store.read(lambda tx: list(log_lines(tx, bench.keys.audit_key)))
    bench.store.close()
    verifier = runpy.run_path(str(ROOT / "console/static/hushward_verify.py"))
    entries = [json.loads(line)["entry"].encode() for line in lines if line.startswith('{"entry"')]
    leaf_hash, grow, root_of = verifier["leaf_hash"], verifier["grow"], verifier["root_of"]
    roots: set[bytes] = set()

    def whole() -> None:
        verifier["check_log"](lines[1:], bench.keys.audit_key, [])

    def leaves() -> None:
        peaks: list[tuple[int, bytes]] = []
        for entry in entries:
            grow(peaks, leaf_hash(entry))
        roots.add(root_of(peaks))

    def bare() -> None:
        for entry in entries:
            hashlib.sha256(entry).digest()

    assert compare("check a whole log with every signature", whole, "bare SHA-256", bare, len(entries)) < 100
    assert compare("check leaves under a root", leaves, "bare SHA-256", bare, len(entries)) < 20
    assert float(FIGURES[-1].ours.split("/s")[0].replace(",", "")) >= 100_000
    assert roots == {bench.audit._tree.root(len(entries))}
