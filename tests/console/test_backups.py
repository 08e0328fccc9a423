"""Copies of a ward's database and of its keys, and the way back."""

import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from broker.clock import HandClock
from broker.link import MemoryBroker
from console.__main__ import main
from console.errors import KeyFault, StoreBusy
from console.keeping import backups
from console.keeping.backups import BackupFault
from console.keys import key_backup
from console.logbook.restoring import RestoreRefused
from console.roles import Role
from console.rules.policy import shipped_policy
from tests.kit.boxed_ward import ADMIN, BoxedWard, boxed_ward, open_ward, settings_of

TWO = ["ada", "grace"]
WORDS = "correct horse battery staple"


def make(folder: Path, out: Path, clock: HandClock) -> backups.Made:
    return backups.make(settings_of(folder), out, clock, shipped_policy())


def staffed(box: BoxedWard) -> None:
    box.ward.desk.add_staff(ADMIN, "ada", "Ada K.", Role.NURSE_IN_CHARGE)
    box.ward.desk.add_staff(ADMIN, "grace", "Grace L.", Role.GOVERNANCE_LEAD)
    box.ward.office.store.write(box.ward.office.audit.checkpoint)


@pytest.fixture
def copied(tmp_path: Path) -> tuple[Path, Path, HandClock]:
    """A console's folder and a copy made while it ran; room1 said no afterwards."""
    folder = tmp_path / "console"
    with boxed_ward(folder, rooms=2) as box:
        staffed(box)
        made = make(folder, tmp_path / "out", box.clock)
        box.stop("room1", box.patient("room1"))
        box.pass_time(12)
        return folder, made.file, box.clock


def test_a_copy_of_a_running_console_is_whole_and_names_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "console"
    with boxed_ward(folder) as box:
        staffed(box)
        made = make(folder, tmp_path / "out", box.clock)
        assert made.manifest.is_whole
        assert made.manifest.entries == box.ward.office.audit.size
    assert b"Person 1" not in made.file.read_bytes()
    assert made.file.stat().st_mode & 0o077 == 0
    assert sorted(one.suffix for one in made.file.parent.iterdir()) == [".db", ".json"]


def test_R1_a_copy_does_not_outlive_what_the_ward_destroys(tmp_path: Path) -> None:
    folder, out = tmp_path / "console", tmp_path / "out"
    with boxed_ward(folder) as box:
        old = make(folder, out, box.clock)
        (out / "hushward-notes.json").write_text("{}")
        box.clock.advance(timedelta(days=13).total_seconds())
        assert make(folder, out, box.clock).deleted == 0
        box.clock.advance(timedelta(days=1).total_seconds())
        assert make(folder, out, box.clock).deleted == 1
    assert not old.file.exists()
    assert (out / "hushward-notes.json").exists(), "what is no manifest is left to a person"


def test_X3_a_copy_of_a_log_that_was_edited_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "console"
    with boxed_ward(folder) as box:
        staffed(box)
        clock = box.clock
    with sqlite3.connect(folder / "console.db") as database:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for name in names:
            database.execute(f"DROP TRIGGER {name}")
        database.execute("DELETE FROM audit_entries WHERE idx = 3")
    assert not make(folder, tmp_path / "out", clock).manifest.is_whole


def test_T10_what_is_put_back_opens_no_sensor_and_the_newer_database_is_kept(
    copied: tuple[Path, Path, HandClock],
) -> None:
    folder, file, clock = copied
    newer = (folder / "console.db").stat().st_size
    stopped, evidence = backups.put_back(settings_of(folder), file, clock, TWO)
    assert stopped == 2
    assert (evidence / "console.db").stat().st_size == newer
    ward = open_ward(folder, clock, MemoryBroker().link(()))
    try:
        assert [ward.roll.standing(room).is_given for room in ("room1", "room2")] == [False, False]
    finally:
        ward.stop()


def test_a_refusal_leaves_the_database_as_it_was(copied: tuple[Path, Path, HandClock]) -> None:
    folder, file, clock = copied
    before = (folder / "console.db").read_bytes()
    with pytest.raises(RestoreRefused):
        backups.put_back(settings_of(folder), file, clock, ["ada", "nobody"])
    assert (folder / "console.db").read_bytes() == before
    assert not list(folder.glob("replaced-*"))


def test_a_copy_that_was_changed_or_is_anothers_is_not_put_back(copied: tuple[Path, Path, HandClock]) -> None:
    folder, file, clock = copied
    manifest = file.with_suffix(".json")
    told = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(told | {"ward": "oak"}))
    with pytest.raises(BackupFault, match="not of this ward"):
        backups.put_back(settings_of(folder), file, clock, TWO)
    manifest.write_text(json.dumps(told))
    file.write_bytes(file.read_bytes() + b"x")
    with pytest.raises(BackupFault, match="changed after"):
        backups.put_back(settings_of(folder), file, clock, TWO)
    manifest.unlink()
    with pytest.raises(BackupFault, match="no manifest"):
        backups.put_back(settings_of(folder), file, clock, TWO)


def test_F42_nothing_is_put_back_under_a_console_that_runs(tmp_path: Path) -> None:
    folder = tmp_path / "console"
    with boxed_ward(folder) as box:
        staffed(box)
        made = make(folder, tmp_path / "out", box.clock)
        with pytest.raises(StoreBusy):
            backups.put_back(settings_of(folder), made.file, box.clock, TWO)
        box.pass_time(2)
        assert box.tile("room1")


def test_the_keys_come_back_with_their_passphrase_alone(tmp_path: Path) -> None:
    folder, out = tmp_path / "console", tmp_path / "keys.sealed"
    with boxed_ward(folder) as box:
        clock = box.clock
    kept = {one.name: one.read_bytes() for one in (folder / "keys").iterdir()}
    assert key_backup.save(folder / "keys", out, WORDS) == len(kept)
    assert not any(content.strip() in out.read_bytes() for content in kept.values())
    with pytest.raises(KeyFault, match="holds keys already"):
        key_backup.put_back(out, folder / "keys", WORDS)
    (folder / "keys").rename(tmp_path / "lost")
    with pytest.raises(KeyFault, match="does not open it"):
        key_backup.put_back(out, folder / "keys", "wrong horse battery staple")
    key_backup.put_back(out, folder / "keys", WORDS)
    assert {one.name: one.read_bytes() for one in (folder / "keys").iterdir()} == kept
    open_ward(folder, clock, MemoryBroker().link(())).stop()


def test_a_short_passphrase_and_a_file_that_is_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyFault, match="16 signs"):
        key_backup.save(tmp_path, tmp_path / "out", "short")
    (tmp_path / "none").write_text('{"salt": "AAAA"}')
    with pytest.raises(KeyFault, match="is not a file of"):
        key_backup.put_back(tmp_path / "none", tmp_path / "keys", WORDS)


def test_the_commands_say_what_they_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "console.toml"
    config.write_text('site = "st"\nward = "willow"\ndata_dir = "data"\n')
    assert main(["backup", "--config", str(config), "--out", str(tmp_path / "out")]) == 1
    assert "there is no database" in capsys.readouterr().err
    assert main(["migrate", "--config", str(config)]) == 0
    assert main(["backup", "--config", str(config), "--out", str(tmp_path / "out")]) == 0
    assert "to be kept until" in capsys.readouterr().out
