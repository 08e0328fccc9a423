"""An older backup of a console, put back on purpose."""

import shutil
from pathlib import Path

import pytest

from broker.clock import HandClock
from broker.link import MemoryBroker
from console.errors import AuditDamaged
from console.logbook import heads
from console.logbook.restoring import RestoreRefused, accept
from console.roles import Role
from tests.kit.boxed_ward import ADMIN, GOVERNANCE, boxed_ward, open_ward, settings_of

TWO = ["ada", "grace"]


@pytest.fixture
def restored(tmp_path: Path) -> tuple[Path, HandClock]:
    """A ward of two rooms: room1 said no after the backup that now lies in the console's folder."""
    folder = tmp_path / "console"
    with boxed_ward(folder, rooms=2) as box:
        box.ward.desk.add_staff(ADMIN, "ada", "Ada K.", Role.NURSE_IN_CHARGE)
        box.ward.desk.add_staff(ADMIN, "grace", "Grace L.", Role.GOVERNANCE_LEAD)
        box.ward.desk.add_staff(ADMIN, "ann", "Ann B.", Role.NURSE_IN_CHARGE)
        box.ward.desk.add_patient_account(ADMIN, box.stay("room2"), "pat")
        box.ward.office.store.write(box.ward.office.audit.checkpoint)
        shutil.copytree(folder, tmp_path / "backup")
        box.stop("room1", box.patient("room1"))
        box.pass_time(12)
        box.ward.office.store.write(box.ward.office.audit.checkpoint)
        clock = box.clock
    for file in folder.glob("console.db*"):
        file.unlink()
    for file in (tmp_path / "backup").glob("console.db*"):
        shutil.copy(file, folder)
    return folder, clock


def test_T10_a_no_said_after_the_backup_opens_no_sensor_again(restored: tuple[Path, HandClock]) -> None:
    folder, clock = restored
    with pytest.raises(AuditDamaged, match=r"docs/how-to/restore\.md"):
        open_ward(folder, clock, MemoryBroker().link(()))
    assert accept(settings_of(folder), clock, TWO) == 2
    ward = open_ward(folder, clock, MemoryBroker().link(()))
    try:
        standings = [ward.roll.standing(room_id) for room_id in ("room1", "room2")]
        assert [one is not None and one.is_given for one in standings] == [False, False]
    finally:
        ward.stop()


def test_X3_the_log_names_both_who_stood_for_it_and_its_head_is_kept_again(restored: tuple[Path, HandClock]) -> None:
    folder, clock = restored
    accept(settings_of(folder), clock, TWO)
    ward = open_ward(folder, clock, MemoryBroker().link(()))
    try:
        rows = ward.access.audit_rows(GOVERNANCE, -1, 500)
        assert isinstance(rows, tuple)
        stood = {row.actor for row in rows if row.action == "audit:log:restored"}
        assert len(stood) == 2
        kept = heads.newest(folder / "audit-head.jsonl")
        assert kept is not None
        assert kept.tree_size >= len(rows) - 1
    finally:
        ward.stop()


@pytest.mark.parametrize(
    "names", [["ada"], ["ada", "ada"], ["ada", "nobody"], ["ada", "pat"], [*TWO, "ada"], ["ada", "ann"]]
)
def test_one_person_alone_or_a_patient_cannot_put_a_backup_back(
    restored: tuple[Path, HandClock], names: list[str]
) -> None:
    folder, clock = restored
    with pytest.raises(RestoreRefused, match="two members of staff of different roles"):
        accept(settings_of(folder), clock, names)
    with pytest.raises(AuditDamaged):
        open_ward(folder, clock, MemoryBroker().link(()))
