"""F35: whatever moment the power goes, a confirmed no is there, and so is the entry of every look that was shown."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from console.rules.decision import Decision
from tests.kit.boxed_ward import NURSE, BoxedWard, boxed_ward

_WAL_HEADER, _FRAME_HEADER = 32, 24
TORN = (0, 13, 700)
"""[bytes] of a frame that the disk still wrote when the power went."""


@dataclass(frozen=True)
class State:
    """What stands in a database: entries of the log, words of consent, withdrawals, and their entries."""

    entries: int
    words: int
    withdrawn: int
    told: int


@dataclass(frozen=True)
class Acknowledged:
    """What somebody was told is done: the length of the journal then, and what must be there ever after."""

    length: int
    state: State


def state_of(file: Path) -> State:
    """Read a database as the console would find it, without changing it."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as found:

        def count(rest: str) -> int:
            return int(found.execute(f"SELECT count(*) FROM {rest}").fetchone()[0])

        return State(
            count("audit_entries"),
            count("consent_entries"),
            count("consent_entries WHERE kind = 'withdrawn'"),
            count("audit_entries WHERE action = 'consent:sensor:stopped' AND outcome = 'allowed'"),
        )


def played(box: BoxedWard, file: Path) -> list[Acknowledged]:
    """Let people look, stop, complain and say yes again; note after each what they were told is done."""
    journal, done = file.with_name(f"{file.name}-wal"), []

    def acknowledge() -> None:
        done.append(Acknowledged(journal.stat().st_size, state_of(file)))

    for number in range(3):
        assert not isinstance(box.ward.access.reading(NURSE, "room1", "direct_care"), Decision)
        acknowledge()
        box.stop("room1", box.patient("room1"))
        acknowledge()
        box.ward.step()
        assert box.ward.complaints.make(box.patient("room1"), "complaint", f"Somebody shouted, {number}.")
        acknowledge()
        box.clock.advance(60)
        box.ask("room1")
        acknowledge()
    return done


@pytest.fixture
def recorded(tmp_path: Path) -> tuple[Path, bytes, list[Acknowledged]]:
    """Return a database, the journal that was written after it, and what people were told on the way."""
    folder = tmp_path / "ward"
    folder.mkdir()
    with boxed_ward(folder) as box:
        file, copy = folder / "console.db", tmp_path / "cut.db"
        with closing(sqlite3.connect(file)) as other:
            busy, left, moved = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            assert (busy, left) == (0, moved)
        shutil.copy(file, copy)
        done = played(box, file)
        return copy, file.with_name("console.db-wal").read_bytes(), done


def test_F35_at_every_cut_of_the_journal_what_was_acknowledged_is_there_and_a_no_stands_with_its_entry(
    recorded: tuple[Path, bytes, list[Acknowledged]],
) -> None:
    copy, journal, done = recorded
    page = int.from_bytes(journal[8:12], "big") + _FRAME_HEADER
    cuts = {min(at + torn, len(journal)) for at in range(_WAL_HEADER, len(journal) + 1, page) for torn in TORN}
    assert len(cuts) > 150 and done[-1].length <= len(journal)
    for cut in sorted(cuts):
        copy.with_name("cut.db-shm").unlink(missing_ok=True)
        copy.with_name("cut.db-wal").write_bytes(journal[:cut])
        found = state_of(copy)
        kept = [one.state for one in done if one.length <= cut]
        assert all(found.entries >= one.entries and found.withdrawn >= one.withdrawn for one in kept), cut
        assert all(found.words >= one.words for one in kept), cut
        assert found.withdrawn == found.told, f"a no without its entry, or an entry without its no, at {cut}"
