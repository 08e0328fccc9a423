import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text

from console.errors import (
    StoreBusy,
    StoreClosed,
    StoreConflict,
    StoreDamaged,
    StoreError,
    StoreFull,
)
from console.keys.signer import Keys
from console.store.database import Store, Tx
from console.store.tables import audit_entries, checkpoints, names, patients, wards
from tests.kit.console_store import MARKER, START, Bench, an_entry, open_bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = open_bench(tmp_path)
    yield made
    made.store.close()


def add_ward(tx: Tx, ward_id: str) -> str:
    tx.execute(insert(wards).values(ward_id=ward_id, title="Willow", created_at=START))
    return ward_id


def count(store: Store) -> int:
    return store.read(lambda tx: tx.execute(select(func.count()).select_from(wards)).scalar_one())


def test_a_write_returns_what_its_function_returned_once_it_is_stored(bench: Bench) -> None:
    assert bench.store.write(lambda tx: add_ward(tx, "willow")) == "willow"
    assert count(bench.store) == 1


def test_a_write_that_raises_leaves_nothing_behind(bench: Bench) -> None:
    def half(tx: Tx) -> None:
        add_ward(tx, "willow")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        bench.store.write(half)
    assert count(bench.store) == 0


def test_of_many_writes_that_share_a_commit_only_the_failing_ones_are_undone(bench: Bench) -> None:
    entered, gate = threading.Event(), threading.Event()
    outcomes: dict[int, bool] = {}

    def hold(tx: Tx) -> None:
        entered.set()
        gate.wait(10)

    def ask(number: int) -> None:
        def write(tx: Tx) -> None:
            add_ward(tx, f"ward{number}")
            if number % 3 == 0:
                raise ValueError

        try:
            bench.store.write(write)
            outcomes[number] = True
        except ValueError:
            outcomes[number] = False

    threads = [threading.Thread(target=bench.store.write, args=(hold,))]
    threads[0].start()
    entered.wait(10)
    threads += [threading.Thread(target=ask, args=(number,)) for number in range(30)]
    for thread in threads[1:]:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join(20)

    assert outcomes == {number: number % 3 != 0 for number in range(30)}
    assert count(bench.store) == 20


def test_C2_nothing_is_decided_by_what_was_true_before_a_write_that_says_so(bench: Bench) -> None:
    known: list[str] = []
    agreed: list[bool] = []
    entered, gate = threading.Event(), threading.Event()

    def hold(tx: Tx) -> None:
        entered.set()
        gate.wait(10)

    def decide(tx: Tx) -> None:
        written = tx.execute(select(func.count()).select_from(wards)).scalar_one()
        agreed.append(len(known) == written)
        ward_id = add_ward(tx, f"ward{written}")
        tx.on_commit(lambda: known.append(ward_id))
        tx.decide_nothing_before()

    threads = [threading.Thread(target=bench.store.write, args=(hold,))]
    threads[0].start()
    entered.wait(10)
    threads += [threading.Thread(target=bench.store.write, args=(decide,)) for _ in range(8)]
    for thread in threads[1:]:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join(20)
    assert agreed == [True] * 8


def test_what_follows_a_commit_runs_after_it_and_what_follows_a_rollback_in_reverse(bench: Bench) -> None:
    told: list[str] = []

    def well(tx: Tx) -> None:
        tx.on_commit(lambda: told.append("committed"))
        tx.on_rollback(lambda: told.append("never"))

    def badly(tx: Tx) -> None:
        tx.on_rollback(lambda: told.append("first"))
        tx.on_rollback(lambda: told.append("second"))
        raise ValueError

    bench.store.write(well)
    with pytest.raises(ValueError):
        bench.store.write(badly)
    assert told == ["committed", "second", "first"]


def test_a_callback_that_fails_neither_undoes_the_write_nor_stops_the_writer(bench: Bench) -> None:
    def write(tx: Tx) -> None:
        add_ward(tx, "willow")
        tx.on_commit(lambda: [][0])

    bench.store.write(write)
    assert count(bench.store) == 1
    assert bench.store.write(lambda tx: add_ward(tx, "oak")) == "oak"


def test_a_write_that_ends_the_transaction_itself_fails_and_the_writer_goes_on(bench: Bench) -> None:
    with pytest.raises(StoreError):
        bench.store.write(lambda tx: tx.execute(text("ROLLBACK")))
    assert bench.store.write(lambda tx: add_ward(tx, "oak")) == "oak"
    assert count(bench.store) == 1


def test_a_reader_cannot_write(bench: Bench) -> None:
    with pytest.raises(StoreError):
        bench.store.read(lambda tx: add_ward(tx, "willow"))
    assert count(bench.store) == 0


def test_a_reader_sees_one_unchanging_view_while_others_write(bench: Bench) -> None:
    def read(tx: Tx) -> tuple[int, int]:
        wanted = select(func.count()).select_from(wards)
        before = tx.execute(wanted).scalar_one()
        writer = threading.Thread(target=lambda: bench.store.write(lambda other: add_ward(other, "willow")))
        writer.start()
        writer.join(20)
        return before, tx.execute(wanted).scalar_one()

    assert bench.store.read(read) == (0, 0)
    assert count(bench.store) == 1


def test_a_reader_never_waits_for_one_that_may_wait_for_it(bench: Bench) -> None:
    def deeper(depth: int) -> int:
        return bench.store.read(lambda _tx: deeper(depth - 1) if depth else count(bench.store))

    assert deeper(20) == 0


def test_a_write_inside_a_write_is_refused_instead_of_waiting_for_itself(bench: Bench) -> None:
    with pytest.raises(StoreError, match="inside a write"):
        bench.store.write(lambda tx: bench.store.write(lambda inner: add_ward(inner, "willow")))
    assert bench.store.write(lambda tx: add_ward(tx, "willow")) == "willow"


def test_a_closed_store_says_so(bench: Bench) -> None:
    bench.store.close()
    with pytest.raises(StoreClosed):
        bench.store.write(lambda tx: add_ward(tx, "willow"))
    with pytest.raises(StoreClosed):
        bench.store.read(lambda tx: None)


def test_F42_a_second_console_is_refused(bench: Bench) -> None:
    with pytest.raises(StoreBusy, match="another console"):
        open_bench(bench.folder)


def test_a_conflict_says_which_constraint_and_no_content(bench: Bench) -> None:
    def twice(tx: Tx) -> None:
        for _ in range(2):
            tx.execute(insert(wards).values(ward_id="willow", title=MARKER, created_at=START))

    with pytest.raises(StoreConflict, match=r"wards\.ward_id") as refused:
        bench.store.write(twice)
    assert MARKER not in repr(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None


_CONSENT = (
    "INSERT INTO consent_entries (entry_id, consent_id, stay_id, patient_id, at, kind, details, recorded_by)"
    " VALUES ('e', 'c', 's', 'p', 'x', 'given', '{}', 'a')"
)


@pytest.mark.parametrize("table", ["audit_entries", "checkpoints", "consent_entries"])
@pytest.mark.parametrize("change", ["UPDATE {} SET at = 'x'", "DELETE FROM {}"])
def test_X3_what_is_append_only_refuses_change(bench: Bench, table: str, change: str) -> None:
    bench.store.write(lambda tx: tx.execute(text(_CONSENT)))
    with pytest.raises(StoreConflict, match="append-only"):
        bench.store.write(lambda tx: tx.execute(text(change.format(table))))


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT OR REPLACE INTO audit_entries SELECT idx, at, action, actor, outcome, subject, 'x', entry, leaf"
        " FROM audit_entries WHERE idx = 0",
        "INSERT INTO audit_entries SELECT idx + 7, at, action, actor, outcome, subject, room, entry, leaf"
        " FROM audit_entries WHERE idx = 0",
        "INSERT OR REPLACE INTO checkpoints SELECT size, root, 'x', at FROM checkpoints",
        "INSERT OR REPLACE INTO consent_entries SELECT * FROM consent_entries",
    ],
)
def test_X3_what_is_append_only_cannot_be_replaced_or_skipped(bench: Bench, statement: str) -> None:
    bench.store.write(lambda tx: tx.execute(text(_CONSENT)))
    with pytest.raises(StoreConflict, match="takes only what is new"):
        bench.store.write(lambda tx: tx.execute(text(statement)))


def test_a_measurement_has_a_rate_or_a_reason_never_neither_never_both(bench: Bench) -> None:
    row = (
        "INSERT INTO measurements VALUES"
        " ('n', 'o', {}, 'r', 'l', 'x', '2026-11-02', 'k', x'00', {}, {}, x'00', NULL, 0, 'simulated')"
    )
    bench.store.write(lambda tx: tx.execute(text(row.format(1, "x'00'", "NULL"))))
    bench.store.write(lambda tx: tx.execute(text(row.format(2, "NULL", "'moving'"))))
    for number, both in ((3, ("NULL", "NULL")), (4, ("x'00'", "'moving'"))):
        with pytest.raises(StoreConflict):
            bench.store.write(lambda tx, n=number, b=both: tx.execute(text(row.format(n, *b))))


def test_F37_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "console.db"
    file.write_bytes(b"not a database at all, but long enough to look like one " * 100)
    before = file.read_bytes()
    with pytest.raises(StoreDamaged, match="damaged"):
        open_bench(tmp_path)
    assert file.read_bytes() == before


def test_F37_a_damaged_page_of_the_audit_log_is_refused_at_the_start(bench: Bench) -> None:
    bench.append_many(400)
    bench.store.close()
    content = bytearray(bench.file.read_bytes())
    middle = content.index(b'"room:measurement:viewed"', len(content) // 3) // 4096 * 4096
    content[middle : middle + 4096] = bytes(4096)
    bench.file.write_bytes(content)
    with pytest.raises((StoreDamaged, StoreError)) as refused:
        open_bench(bench.folder)
    assert "damaged" in str(refused.value)


def test_a_database_of_other_keys_is_refused(bench: Bench, tmp_path: Path) -> None:
    bench.store.close()
    for key in (tmp_path / "keys").iterdir():
        key.unlink()
    with pytest.raises(StoreDamaged, match="put the keys of this database back"):
        open_bench(tmp_path)


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    keys = Keys.open(tmp_path / "keys")
    with pytest.raises(StoreError, match="check the folder"):
        Store.open(f"sqlite:///{tmp_path}/nowhere/console.db", keys, open_bench(tmp_path).clock)


def test_F36_a_full_disk_writes_nothing_and_is_one_clear_error(bench: Bench) -> None:
    pages = bench.store.read(lambda tx: tx.execute(text("PRAGMA page_count")).scalar_one())
    # The limit that SQLite itself knows stands in for a full disk: the same SQLITE_FULL at the same place.
    bench.store.write(lambda tx: tx.execute(text(f"PRAGMA max_page_count = {pages}")))
    bench.append_many(1)
    before = bench.audit.size

    def disclose(tx: Tx) -> str:
        bench.audit.append(tx, an_entry())
        for number in range(2000):
            tx.execute(insert(patients).values(patient_id=f"{number:032x}", created_at=START))
        return MARKER

    with pytest.raises(StoreFull, match="disk is full"):
        bench.store.write(disclose)
    assert bench.audit.size == before
    assert bench.store.read(lambda tx: tx.execute(select(func.count()).select_from(patients)).scalar_one()) == 0

    bench.store.write(lambda tx: tx.execute(text("PRAGMA max_page_count = 1073741823")))
    assert bench.append() == before


_WRITER = """
import sys
from pathlib import Path
from sqlalchemy import insert
from console.store.tables import patients, names
from tests.kit.console_store import START, an_entry, open_bench
bench = open_bench(Path(sys.argv[1]))
def disclose(tx, number):
    tx.execute(insert(patients).values(patient_id=f"{number:032x}", created_at=START))
    index = bench.audit.append(tx, an_entry(number))
    tx.execute(insert(names).values(patient_id=f"{number:032x}", key_id="k", sealed=b"x"))
    return index
for number in range(10_000_000):
    print(bench.store.write(lambda tx, n=int(sys.argv[2]) * 10_000_000 + number: disclose(tx, n)), flush=True)
"""


@pytest.mark.slow
def test_F34_a_console_killed_at_any_moment_has_each_write_whole_or_not_at_all(tmp_path: Path) -> None:
    for kill in range(8):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(tmp_path), str(kill)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        told = [writer.stdout.readline() for _ in range(3 + kill * 7)]
        os.kill(writer.pid, signal.SIGKILL)
        told += writer.stdout.readlines()
        writer.wait()
        acknowledged = max(int(line) for line in told if line.endswith("\n") and line.strip())

        bench = open_bench(tmp_path)
        counts = [
            bench.store.read(lambda tx, t=table: tx.execute(select(func.count()).select_from(t)).scalar_one())
            for table in (patients, names, audit_entries)
        ]
        bench.store.close()
        assert counts[0] == counts[1] == counts[2] - 1
        assert counts[2] > acknowledged


def test_F36_a_write_that_hides_the_full_disk_from_itself_still_writes_nothing(bench: Bench) -> None:
    pages = bench.store.read(lambda tx: tx.execute(text("PRAGMA page_count")).scalar_one())
    bench.store.write(lambda tx: tx.execute(text(f"PRAGMA max_page_count = {pages}")))

    def hide(tx: Tx) -> str:
        with contextlib.suppress(Exception):
            for number in range(5000):
                tx.execute(insert(patients).values(patient_id=f"{number:032x}", created_at=START))
        with contextlib.suppress(Exception):
            add_ward(tx, "willow")
        return MARKER

    with pytest.raises(StoreFull):
        bench.store.write(hide)
    assert count(bench.store) == 0


def test_a_checkpoint_row_stands_for_every_twenty_entries(bench: Bench) -> None:
    bench.append_many(45)
    sizes = bench.store.read(lambda tx: tx.execute(select(checkpoints.c.size)).scalars().all())
    assert list(sizes) == [1, 21, 41]
