from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event, inspect, make_url, text

from console.errors import StoreDamaged
from console.keys.signer import Keys
from console.store import migrate, upgrade
from console.store.engines import writer_of
from console.store.night_tables import metadata
from tests.kit.console_store import open_bench


def test_the_migrations_make_exactly_the_tables_that_the_code_uses(tmp_path: Path) -> None:
    open_bench(tmp_path).store.close()
    engine = create_engine(f"sqlite:///{tmp_path / 'console.db'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_every_check_of_the_tables_is_in_the_migrated_database(tmp_path: Path) -> None:
    open_bench(tmp_path).store.close()
    engine = create_engine(f"sqlite:///{tmp_path / 'console.db'}")
    with closing(engine.raw_connection()) as raw:
        made = " ".join(sql for (sql,) in raw.execute("SELECT sql FROM sqlite_master WHERE type = 'table'"))
    wanted = [check.name for table in metadata.sorted_tables for check in table.constraints if "ck_" in str(check.name)]
    assert len(wanted) > 15
    assert [name for name in wanted if str(name) not in made] == []
    engine.dispose()


def test_the_newest_script_is_the_version_that_the_code_asks_for() -> None:
    scripts = ScriptDirectory(str(upgrade.SCRIPTS))
    assert scripts.get_current_head() == migrate.HEAD


def test_a_second_start_changes_nothing(tmp_path: Path) -> None:
    open_bench(tmp_path).store.close()
    before = _schema(tmp_path / "console.db")
    open_bench(tmp_path).store.close()
    assert _schema(tmp_path / "console.db") == before


@pytest.mark.parametrize("nth", [1, 2, 7, 20, 40, 60])
def test_F44_a_migration_that_fails_at_any_statement_leaves_the_database_as_it_was(tmp_path: Path, nth: int) -> None:
    keys = Keys.open(tmp_path / "keys")
    engine = writer_of(make_url(f"sqlite:///{tmp_path / 'console.db'}"))
    made = 0

    @event.listens_for(engine, "before_cursor_execute")
    def fail(*told: object) -> None:
        nonlocal made
        made += str(told[2]).lstrip().startswith("CREATE")
        if made == nth:
            raise ConnectionAbortedError("the plug was pulled")

    with pytest.raises(ConnectionAbortedError):
        migrate.bring_up_to_date(engine, keys)
    engine.dispose()
    assert _schema(tmp_path / "console.db") == []
    open_bench(tmp_path).store.close()


def test_a_database_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'console.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE theirs (x)"))
    engine.dispose()
    with pytest.raises(StoreDamaged, match="choose an empty one"):
        open_bench(tmp_path)
    assert [name for name, _ in _schema(tmp_path / "console.db")] == ["theirs"]


def test_a_database_of_a_newer_console_is_refused(tmp_path: Path) -> None:
    open_bench(tmp_path).store.close()
    engine = create_engine(f"sqlite:///{tmp_path / 'console.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreDamaged, match="update the console"):
        open_bench(tmp_path)


def test_H5_no_measurement_or_room_event_knows_a_stay_or_a_patient(tmp_path: Path) -> None:
    open_bench(tmp_path).store.close()
    engine = create_engine(f"sqlite:///{tmp_path / 'console.db'}")
    for table in ("measurements", "room_events", "sensor_changes", "records", "quarantine"):
        columns = {column["name"] for column in inspect(engine).get_columns(table)}
        assert not columns & {"stay_id", "patient_id", "consent_id", "actor_id"}
    engine.dispose()


def _schema(file: Path) -> list[tuple[str, str]]:
    engine = create_engine(f"sqlite:///{file}")
    with closing(engine.raw_connection()) as raw:
        found = raw.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    engine.dispose()
    return found
