"""The eight tamper classes of RELIABILITY fact 8 and T22, and a restored older copy, with and without a witness.

Two insiders are played. The careless one edits the database. The careful one has root on the console and with it the
console's keys: he computes every hash anew and signs every checkpoint again, so that only a witness can tell.
"""

import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broker.vocabulary import CheckpointOutcome
from console.__main__ import main
from console.keys.signer import Keys
from console.logbook import heads
from console.logbook.audit_verify import Fault, VerifyReport, verify
from console.logbook.heads import Head, note_body
from console.logbook.merkle import Tree, leaf_hash
from console.store.inspection import look_into
from edge.trust import NodeKey
from tests.kit.console_store import open_bench, outside

SIZE, SIGNED = 106, 101
Rows = list[tuple[str, str]]


@dataclass(frozen=True)
class Night:
    """A closed console of 106 entries, whose head at 101 a node has seen."""

    folder: Path
    origin: str
    witness: Head

    @property
    def file(self) -> Path:
        return self.folder / "console.db"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Night:
    bench = open_bench(tmp_path_factory.mktemp("night"))
    bench.append_many(40)
    bench.store.write(lambda tx: None)
    shutil.copytree(bench.folder, bench.folder.parent / "older", dirs_exist_ok=True)
    bench.append_many(SIZE - 41)
    shown = bench.audit.checkpoint_for("room1")
    assert (bench.audit.size, shown.tree_size) == (SIZE, SIGNED)
    bench.store.close()
    return Night(bench.folder, bench.audit.origin, Head(shown.tree_size, bytes.fromhex(shown.root)))


@pytest.fixture
def night(whole: Night, tmp_path: Path) -> Night:
    shutil.copytree(whole.folder, tmp_path / "console")
    return Night(tmp_path / "console", whole.origin, whole.witness)


def report(night: Night, *, witness: bool = False, kept: bool = False) -> VerifyReport:
    key = Keys.open(night.folder / "keys").audit_key
    head = heads.newest(night.folder / "audit-head.jsonl") if kept else None
    seen = [night.witness] if witness else []
    return look_into(f"sqlite:///{night.file}", lambda tx: verify(tx, night.origin, key, kept=head, witness=seen))


def rewrite(night: Night, change: Callable[[Rows], Rows]) -> None:
    """Do what the careful insider does: change entries, then renumber, hash and sign everything anew."""
    keys = Keys.open(night.folder / "keys")
    with closing(sqlite3.connect(night.file)) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        kept = db.execute("SELECT at, action, actor, outcome, subject, room, entry FROM audit_entries ORDER BY idx")
        columns = {row[-1]: row[:-1] for row in kept}
        entries = change([(entry, entry) for entry in columns])
        db.execute("DELETE FROM audit_entries")
        db.execute("DELETE FROM checkpoints")
        tree = Tree()
        for index, (entry, model) in enumerate(entries):
            renumbered = _renumbered(entry, index)
            tree.append(leaf_hash(renumbered.encode()))
            values = (index, *columns[model], renumbered, tree.leaf(index))
            db.execute("INSERT INTO audit_entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
            if index % 20 == 0:
                root, size = tree.root(), index + 1
                note = keys.sign_note(night.origin, note_body(night.origin, size, root))
                db.execute("INSERT INTO checkpoints VALUES (?, ?, ?, ?)", (size, root, note, values[1]))
        db.commit()


def _renumbered(entry: str, index: int) -> str:
    return re.sub(r'"index":\d+', f'"index":{index}', entry)


def test_X3_a_whole_log_verifies_also_with_a_witness_and_the_kept_head(night: Night) -> None:
    found = report(night, witness=True, kept=True)
    assert (found.is_whole, found.size, found.signed_size, found.witnessed_size) == (True, SIZE, SIGNED, SIGNED)


CARELESS = {
    "an edited entry": (
        ["UPDATE audit_entries SET entry = replace(entry, 'direct_care', 'maintenance') WHERE idx = 50"],
        50,
        Fault.EDITED_ROW,
    ),
    "an edited column to search by": (
        ["UPDATE audit_entries SET actor = 'system:x' WHERE idx = 51"],
        51,
        Fault.EDITED_ROW,
    ),
    "a deleted row": (["DELETE FROM audit_entries WHERE idx = 50"], 50, Fault.MISSING_ROW),
    "two swapped rows": (
        [
            "UPDATE audit_entries SET idx = -1 WHERE idx = 50",
            "UPDATE audit_entries SET idx = 50 WHERE idx = 60",
            "UPDATE audit_entries SET idx = 60 WHERE idx = -1",
        ],
        50,
        Fault.MOVED_ROW,
    ),
    "a cut tail": (["DELETE FROM audit_entries WHERE idx >= 90"], 90, Fault.CUT),
    "a cut tail with its checkpoints": (
        ["DELETE FROM audit_entries WHERE idx >= 50", "DELETE FROM checkpoints WHERE size > 21"],
        21,
        Fault.MISSING_CHECKPOINT,
    ),
    "everything dropped": (["DELETE FROM audit_entries", "DELETE FROM checkpoints"], 0, Fault.EMPTY),
    "a forged checkpoint": (
        ["UPDATE checkpoints SET root = zeroblob(32) WHERE size = 61"],
        41,
        Fault.FORGED_CHECKPOINT,
    ),
}


@pytest.mark.parametrize("name", CARELESS)
def test_T21_a_careless_insider_is_found_without_any_witness(night: Night, name: str) -> None:
    statements, first_bad, fault = CARELESS[name]
    outside(night.file, *statements)
    found = report(night)
    assert found.first_bad == first_bad
    assert fault in {finding.fault for finding in found.findings}


def _edit(entries: Rows) -> Rows:
    entry, model = entries[50]
    return [*entries[:50], (entry.replace('"direct_care"', '"maintenance"'), model), *entries[51:]]


def _back_date(entries: Rows) -> Rows:
    return [*entries[:30], entries[30], *entries[30:]]


def _forge_tail(entries: Rows) -> Rows:
    tail = [(entry.replace('"direct_care"', '"maintenance"'), model) for entry, model in entries[80:]]
    return [*entries[:80], *tail]


CAREFUL: dict[str, Callable[[Rows], Rows]] = {
    "edit and re-hash": _edit,
    "delete and re-hash": lambda entries: [*entries[:50], *entries[51:]],
    "swap and re-hash": lambda entries: [*entries[:50], entries[51], entries[50], *entries[52:]],
    "truncate": lambda entries: entries[:81],
    "truncate and grow again": lambda entries: [*entries[:81], *entries[1:60]],
    "forge the tail": _forge_tail,
    "back-dated insert and re-hash": _back_date,
    "drop all": lambda entries: entries[:1],
}


@pytest.mark.parametrize("name", CAREFUL)
def test_T22_an_insider_who_holds_the_keys_is_found_by_the_witness(night: Night, name: str) -> None:
    rewrite(night, CAREFUL[name])
    found = report(night, witness=True)
    assert not found.is_whole
    assert {finding.fault for finding in found.findings} & {Fault.REWRITTEN, Fault.CUT}


@pytest.mark.parametrize("name", CAREFUL)
def test_T22_who_signs_everything_anew_is_not_found_without_a_witness(night: Night, name: str) -> None:
    """What a log can never prove of itself, said openly: the console's own head file is all that is left."""
    rewrite(night, CAREFUL[name])
    assert report(night).is_whole
    assert not report(night, kept=True).is_whole


def test_T22_an_older_head_of_the_witness_bounds_the_first_bad_row(night: Night) -> None:
    key = Keys.open(night.folder / "keys").audit_key
    with closing(sqlite3.connect(night.file)) as db:
        seen = [Head(size, root) for size, root in db.execute("SELECT size, root FROM checkpoints")]
    rewrite(night, CAREFUL["edit and re-hash"])
    found = look_into(f"sqlite:///{night.file}", lambda tx: verify(tx, night.origin, key, witness=seen))
    assert found.first_bad == 41
    assert found.witnessed_size == 41


def cosign(night: Night, node: NodeKey, *, root: str | None = None) -> None:
    told = node.cosign("room1", night.witness.tree_size, root or night.witness.root.hex(), CheckpointOutcome.ACCEPTED)
    with closing(sqlite3.connect(night.file)) as db:
        db.execute("INSERT INTO rooms VALUES ('room1', 'Room 1', 1, 'x')")
        added = "('room1', 'room1', 'radar', ?, 'x', 'a', NULL, NULL, NULL)"
        db.execute(f"INSERT INTO nodes VALUES {added}", (node.public_hex,))
        values = ("room1", "o", 1, told.tree_size, night.witness.root.hex(), "accepted", told.signature, "x")
        db.execute("INSERT INTO cosignatures VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        db.commit()


def test_T22_what_a_node_has_cosigned_in_the_database_is_a_witness_too(night: Night) -> None:
    cosign(night, NodeKey.open(night.folder))
    assert report(night).witnessed_size == SIGNED
    rewrite(night, CAREFUL["edit and re-hash"])
    assert report(night).first_bad == 0
    assert report(night).findings[0].fault is Fault.REWRITTEN


def test_a_cosignature_that_the_node_did_not_make_is_no_witness(night: Night) -> None:
    cosign(night, NodeKey.open(night.folder), root="ab" * 32)
    assert report(night).witnessed_size == 0


@pytest.mark.parametrize("with_what", ["witness", "kept"])
def test_F37_a_restored_older_backup_is_found(night: Night, whole: Night, with_what: str) -> None:
    shutil.copy(whole.folder.parent / "older" / "console.db", night.file)
    for rest in ("-wal", "-shm"):
        older = whole.folder.parent / "older" / f"console.db{rest}"
        if older.exists():
            shutil.copy(older, f"{night.file}{rest}")
    assert report(night).is_whole
    found = report(night, witness=with_what == "witness", kept=with_what == "kept")
    assert (found.first_bad, found.findings[0].fault) == (41, Fault.CUT)
    assert "older copy" in found.findings[0].sentence


def test_a_stolen_signature_of_another_ward_signs_nothing_here(night: Night) -> None:
    keys = Keys.open(night.folder / "keys")
    with closing(sqlite3.connect(night.file)) as db:
        size, root = db.execute("SELECT size, root FROM checkpoints WHERE size = 61").fetchone()
    other = "hushward/st-elsewhere/oak"
    note = keys.sign_note(other, note_body(other, size, root)).replace("'", "''")
    outside(night.file, f"UPDATE checkpoints SET note = '{note}' WHERE size = 61")
    assert Fault.FORGED_CHECKPOINT in {finding.fault for finding in report(night).findings}


def asked(night: Night) -> list[str]:
    """Return the command that asks the witness's own file."""
    witness = night.folder / "room1-witness.json"
    _remember(night, witness)
    return ["audit", "verify", "--data", str(night.folder), "--witness", str(witness)]


def _remember(night: Night, file: Path) -> None:
    told = {"tree_size": night.witness.tree_size, "root": night.witness.root.hex(), "issued_at": None}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(told), "utf-8")


def cut_to_a_checkpoint(night: Night) -> None:
    """Leave a shorter log that contradicts nothing: no later row, checkpoint, cosignature or kept head."""
    outside(
        night.file,
        "DELETE FROM audit_entries WHERE idx >= 41",
        "DELETE FROM checkpoints WHERE size > 41",
        "DELETE FROM cosignatures",
    )
    (night.folder / "audit-head.jsonl").unlink()


def test_verify_command_says_whole_and_names_the_first_bad_row(
    night: Night, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(asked(night)) == 0
    assert "the audit log is whole: 106 rows, 101 under a signed checkpoint, 101 seen" in capsys.readouterr().out

    outside(night.file, *CARELESS["an edited entry"][0])
    assert main(asked(night)) == 1
    assert "first bad row 50 of 106" in capsys.readouterr().out


def test_T22_with_no_witness_the_command_never_says_that_the_log_is_whole(
    night: Night, capsys: pytest.CaptureFixture[str]
) -> None:
    cosign(night, NodeKey.open(night.folder))
    assert main(["audit", "verify", "--data", str(night.folder)]) == 3
    told = capsys.readouterr().out
    assert "whole as far as it can be seen from here" in told
    assert "no witness was asked" in told


@pytest.mark.parametrize("name", CAREFUL)
def test_T22_a_log_signed_anew_with_its_head_file_is_never_called_whole(night: Night, name: str) -> None:
    rewrite(night, CAREFUL[name])
    with closing(sqlite3.connect(night.file)) as db:
        size, root = db.execute("SELECT size, root FROM checkpoints ORDER BY size DESC").fetchone()
    heads.keep(night.folder / "audit-head.jsonl", Head(size, root), datetime.now(UTC))
    assert main(["audit", "verify", "--data", str(night.folder)]) == 3
    assert main(asked(night)) == 1


def test_T22_a_log_cut_to_a_checkpoint_with_all_that_knew_more_is_found_by_its_missing_head(
    night: Night, capsys: pytest.CaptureFixture[str]
) -> None:
    cut_to_a_checkpoint(night)
    assert main(["audit", "verify", "--data", str(night.folder)]) == 1
    assert "first bad row 41 of 41\n  missing_head" in capsys.readouterr().out


@pytest.mark.parametrize("given", [".", "console"])
def test_T22_in_the_folder_of_a_whole_ward_every_node_is_asked(
    night: Night, given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ward = night.folder.parent
    command = ["verify-audit", "--data", str(ward / given)]
    _remember(night, ward / "nodes" / "node2" / "witness.json")
    assert main(command) == 0
    kept = (night.folder / "audit-head.jsonl").read_text("utf-8")
    cut_to_a_checkpoint(night)
    (night.folder / "audit-head.jsonl").write_text(kept.replace('"tree_size": 101', '"tree_size": 1'), "utf-8")
    capsys.readouterr()
    assert main(command) == 1
    assert "cut: the log ends with 41 rows, a witness has seen 101" in capsys.readouterr().out


def test_a_copy_that_is_verified_elsewhere_needs_no_head_file(night: Night, tmp_path: Path) -> None:
    key, elsewhere = night.folder / "keys" / "audit.pub", tmp_path / "elsewhere"
    elsewhere.mkdir()
    where = ["--data", str(elsewhere), "--key", str(key), "--database", f"sqlite:///{night.file}"]
    assert main(["audit", "verify", *where, *asked(night)[4:]]) == 0


@pytest.mark.parametrize("content", ["", "{}", '{"tree_size": -1, "root": "00"}', "not json", '{"tree_size": 3}'])
def test_verify_command_says_when_a_witness_file_is_not_one(
    night: Night, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    witness = night.folder / "w.json"
    witness.write_text(content, "utf-8")
    assert main(["audit", "verify", "--data", str(night.folder), "--witness", str(witness)]) == 1
    assert "head" in capsys.readouterr().err


def test_verify_command_says_when_there_is_nothing_to_verify(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "verify", "--data", str(tmp_path)]) == 1
    assert "cannot be read" in capsys.readouterr().err
