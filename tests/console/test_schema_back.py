"""Who took the schema back, from where to where and why: in the log before anything is taken out."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from broker.clock import HandClock
from broker.link import MemoryBroker
from console.errors import ConsoleError, StoreConflict
from console.logbook import schema_back
from console.logbook.audit_page import Verdict, look
from console.logbook.schema_back import ACTION, GoingBackRefused, Why
from console.roles import Role
from console.running.settings import ConsoleSettings
from console.store.going_back import BROUGHT
from console.store.migrate import HEAD
from tests.kit.boxed_ward import ADMIN, GOVERNANCE, MORNING, open_ward, settings_of
from tests.kit.own_postgres import own_postgres

TWO = ["ed", "safia"]
OLDER = f"{int(HEAD) - 1:04d}"
REASON = f"v{HEAD}_to_v{OLDER}_update_failed"


def a_ward(settings: ConsoleSettings) -> ConsoleSettings:
    """Let a console have run here, with those two on its staff and a third."""
    told = {} if settings.database_url is None else {"database_url": settings.database_url}
    ward = open_ward(settings.data_dir, HandClock(MORNING), MemoryBroker().link(()), **told)
    for name, role in (("ed", Role.ENGINEER), ("safia", Role.CLINICAL_SAFETY_OFFICER), ("ann", Role.NURSE)):
        assert ward.desk.add_staff(ADMIN, name, f"{name.title()} X.", role)
    ward.stop()
    return settings


def entries(settings: ConsoleSettings) -> list[tuple[str, str]]:
    """Return outcome and reason of every entry about it, as a console reads them that has come up again."""
    told = {} if settings.database_url is None else {"database_url": settings.database_url}
    ward = open_ward(settings.data_dir, HandClock(MORNING), MemoryBroker().link(()), **told)
    try:
        rows = ward.access.audit_rows(GOVERNANCE, -1, 500)
        assert isinstance(rows, tuple)
        return [(row.outcome, row.reason) for row in rows if row.action == ACTION]
    finally:
        ward.stop()


def back(settings: ConsoleSettings, by: list[str] = TWO) -> str:
    return schema_back.go_back(settings, HandClock(MORNING), by, Why.UPDATE_FAILED).older


def as_far_as_it_goes(settings: ConsoleSettings) -> None:
    for _ in BROUGHT:
        back(settings)


def test_N5_the_log_says_who_went_back_from_where_to_where_and_why_and_is_whole(tmp_path: Path) -> None:
    settings = a_ward(settings_of(tmp_path))
    assert back(settings) == OLDER
    # The kept head is asked as well: what the older console starts with.
    assert look(tmp_path, [], None, None).verdict is not Verdict.NOT_WHOLE
    assert entries(settings) == [("allowed", REASON)] * 2


def test_N5_what_would_lose_a_record_is_in_the_log_as_denied(tmp_path: Path) -> None:
    settings = a_ward(settings_of(tmp_path))
    with closing(sqlite3.connect(tmp_path / "console.db")) as raw:
        raw.execute("INSERT INTO audible_tests VALUES (1, '2026-11-20 09:00:00', 'a', 1)")
        raw.commit()
    with pytest.raises(StoreConflict, match="1 in audible_tests"):
        as_far_as_it_goes(settings)
    assert [one for one in entries(settings) if one[0] == "denied"] == [("denied", "v0014_to_v0013_update_failed")] * 2


@pytest.mark.parametrize("by", [["ed"], ["ed", "ed"], ["ed", "ann"], ["ed", "nobody"], ["ed", "safia", "ann"]])
def test_N5_nobody_goes_back_alone_or_with_somebody_of_another_role(tmp_path: Path, by: list[str]) -> None:
    settings = a_ward(settings_of(tmp_path))
    with pytest.raises(GoingBackRefused, match="an engineer and a clinical safety officer"):
        back(settings, by)
    assert entries(settings) == []


def test_N5_a_change_that_fails_leaves_no_entry_that_says_it_was_made(tmp_path: Path) -> None:
    settings = a_ward(settings_of(tmp_path))
    with closing(sqlite3.connect(tmp_path / "console.db")) as raw:
        raw.execute("DROP TABLE turns")
        raw.commit()
    with pytest.raises(ConsoleError):
        as_far_as_it_goes(settings)
    with closing(sqlite3.connect(tmp_path / "console.db")) as raw:
        assert raw.execute("SELECT count(*) FROM audit_entries WHERE entry LIKE '%v0014_to%'").fetchone() == (0,)
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == ("0014",)
    assert look(tmp_path, [], None, None).verdict is not Verdict.NOT_WHOLE


def test_a_folder_without_a_console_is_left_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(GoingBackRefused, match="no console's folder"):
        back(settings_of(tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_N5_on_a_database_server_it_is_the_same(tmp_path: Path) -> None:
    with own_postgres() as url:
        settings = a_ward(settings_of(tmp_path, database_url=url))
        assert back(settings) == OLDER
        assert look(tmp_path, [], None, url).verdict is not Verdict.NOT_WHOLE
        assert entries(settings) == [("allowed", REASON)] * 2
