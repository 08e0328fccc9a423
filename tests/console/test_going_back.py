"""Up, down one, and up again, over every version that was released, with something kept in every table."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, make_url, text

from broker.clock import HandClock
from console.errors import StoreBusy, StoreConflict, StoreDamaged
from console.keys.signer import Keys
from console.store.database import Store, Tx
from console.store.engines import writer_of
from console.store.going_back import BROUGHT, next_move, refuse_a_loss, take_back
from console.store.lock import only_console
from console.store.migrate import HEAD
from console.store.upgrade import upgrade
from tests.kit.boxed_ward import MORNING
from tests.kit.own_postgres import own_postgres

_VALUES = {"why": "'restraint'", "idx": "0", "tree_size": "0"}
"""What the triggers of some tables ask of their first row; any other column is 1."""
Schema = Mapping[str, frozenset[str]]


def go_back(url: str, keys: Path) -> str:
    """Take one step back, as the verb does it, of a database in which nobody has an account; return the version."""

    def work(tx: Tx) -> str:
        move = next_move(tx)
        refuse_a_loss(tx, move)
        take_back(tx, move)
        return move.older

    store = Store.open(url, Keys.open(keys), HandClock(MORNING), as_it_is=True)
    try:
        return store.write(work)
    finally:
        store.close()


class Database:
    """A database at one version, in which every table may be given a row."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "console.db"
        self.url = f"sqlite:///{self.file}"
        self.keys = folder / "keys"

    def up_to(self, version: str) -> None:
        engine = writer_of(make_url(self.url))
        with engine.connect() as connection, connection.begin():
            upgrade(connection, version)
        engine.dispose()

    def ask(self, sql: str) -> list[Any]:
        with closing(sqlite3.connect(self.file)) as raw:
            found = raw.execute(sql).fetchall()
            raw.commit()
            return found

    @property
    def schema(self) -> Schema:
        """Every table with its columns, every index and trigger, and the words of the checks."""
        named = self.ask("SELECT type || ' ' || name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
        told = {name: frozenset(one[1] for one in self.ask(f"PRAGMA table_info({name})")) for name in self.tables}
        checks = frozenset(word.strip(",") for sql in self.ask("SELECT sql FROM sqlite_master WHERE type = 'table'")
                           for word in sql[0].replace('"', "").split() if word.startswith("ck_"))  # fmt: skip
        return {**told, "": frozenset(one[0] for one in named), "checks": checks}

    @property
    def tables(self) -> list[str]:
        return sorted(one[0] for one in self.ask("SELECT name FROM sqlite_master WHERE type = 'table'"))

    def fill(self, tables: list[str]) -> None:
        """Put one row into each table, whatever its checks ask for: the way back does not read what they say."""
        with closing(sqlite3.connect(self.file)) as raw:
            raw.execute("PRAGMA ignore_check_constraints = ON")
            for table in tables:
                columns = [
                    row for row in raw.execute(f"PRAGMA table_info({table})") if row[3] or row[5] or row[1] == "wrapped"
                ]
                names = ", ".join(f'"{row[1]}"' for row in columns)
                values = ", ".join(_VALUES.get(row[1], "1") for row in columns)
                raw.execute(f"INSERT INTO {table} ({names}) VALUES ({values})")
            raw.commit()

    def counts(self) -> dict[str, int]:
        return {table: self.ask(f"SELECT count(*) FROM {table}")[0][0] for table in self.tables}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    yield Database(tmp_path)


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Schema]:
    """The schema of each version as its own scripts make it."""
    made, database = {}, Database(tmp_path_factory.mktemp("schemas"))
    for version in ("0001", *BROUGHT):
        database.up_to(version)
        made[version] = database.schema
    return made


def test_F44_every_version_after_the_first_can_be_left_again() -> None:
    assert list(BROUGHT) == [f"{number:04d}" for number in range(2, int(HEAD) + 1)]


def test_F44_back_over_every_version_loses_nothing_that_the_first_one_holds_and_up_again_is_whole(
    database: Database, schemas: Mapping[str, Schema]
) -> None:
    database.up_to("0001")
    database.fill([table for table in database.tables if table != "alembic_version"])
    before = database.counts()
    database.up_to(HEAD)
    for version in reversed(BROUGHT):
        older = f"{int(version) - 1:04d}"
        assert go_back(database.url, database.keys) == older
        assert database.schema == schemas[older], version
    assert database.counts() == before
    database.up_to(HEAD)
    assert database.schema == schemas[HEAD]
    assert {table: database.counts()[table] for table in before} == before


@pytest.mark.parametrize("version", ["0002", "0006", "0011"])
def test_F44_whoever_would_lose_a_record_is_refused_and_told_which(database: Database, version: str) -> None:
    database.up_to(version)
    table = BROUGHT[version].tables[-1]
    database.fill([table])
    before = database.schema
    with pytest.raises(StoreConflict, match=rf"1 in {table}.*put back the backup"):
        go_back(database.url, database.keys)
    assert database.schema == before
    assert database.counts()[table] == 1


@pytest.mark.parametrize(
    ("version", "kept"),
    [
        (
            "0006",
            "INSERT INTO holds SELECT * FROM (SELECT 'a', 'unanswered', 'a', 'a', 'a', 'a', 'a', 'a', NULL, NULL)",
        ),
        ("0007", "UPDATE observations SET place = 'bedroom'"),
        ("0010", "UPDATE day_keys SET sealed_at = 1"),
    ],
)
def test_F44_neither_is_what_only_the_newer_columns_and_words_can_say(
    database: Database, version: str, kept: str
) -> None:
    database.up_to("0001")
    database.fill(["day_keys", "observations"])
    database.up_to(version)
    with closing(sqlite3.connect(database.file)) as raw:
        raw.execute("PRAGMA ignore_check_constraints = ON")
        for (trigger,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {trigger}")
        columns = len(raw.execute("PRAGMA table_info(holds)").fetchall())
        raw.execute(kept if "holds" not in kept else f"INSERT INTO holds VALUES ({', '.join(['1'] * columns)})")
        if "holds" in kept:
            raw.execute("UPDATE holds SET why = 'unanswered'")
        raw.commit()
    with pytest.raises(StoreConflict, match="would lose records"):
        go_back(database.url, database.keys)


def test_F42_nobody_goes_back_under_a_running_console(database: Database) -> None:
    database.up_to(HEAD)
    with only_console(database.file) or closing(database.file.open()), pytest.raises(StoreBusy):  # type: ignore[arg-type]
        go_back(database.url, database.keys)


def test_a_version_that_is_not_known_is_left_alone(database: Database) -> None:
    database.up_to("0001")
    with pytest.raises(StoreDamaged, match="cannot go back"):
        go_back(database.url, database.keys)


@pytest.mark.slow
def test_F44_on_a_database_server_it_is_the_same(tmp_path: Path) -> None:
    with own_postgres() as url:

        def do(sql: str = "", up_to: str = "") -> Any:
            # A new one each time: whoever is connected as the writer keeps everybody else from going back.
            engine = writer_of(make_url(url))
            try:
                with engine.connect() as connection, connection.begin():
                    if up_to:
                        upgrade(connection, up_to)
                    return connection.execute(text(sql)).rowcount if sql else _schema_of(connection)
            finally:
                engine.dispose()

        made = {version: do(up_to=version) for version in ("0001", *BROUGHT)}
        do("INSERT INTO node_boots VALUES ('node1', 'b', 'c', 'sensor', '0.9.0', now(), 'ab')")
        for version in reversed(BROUGHT):
            assert do() == made[version], version
            go_back(url, tmp_path)
        assert do() == made["0001"]
        assert do(up_to=HEAD) == made[HEAD]
        assert do("UPDATE node_boots SET software = '0.9.1' WHERE node_id = 'node1'") == 1
        do("INSERT INTO day_figures VALUES ('2026-11-26', '{}', 'a', now())")
        while do("SELECT 1 FROM alembic_version WHERE version_num > '0011'"):
            go_back(url, tmp_path)
        with pytest.raises(StoreConflict, match="1 in day_figures"):
            go_back(url, tmp_path)


def _schema_of(connection: Connection) -> Schema:
    seen = inspect(connection)
    triggers = connection.execute(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"))
    told = {"": frozenset(str(row[0]) for row in triggers)}
    for table in seen.get_table_names():
        parts = (*seen.get_columns(table), *seen.get_indexes(table), *seen.get_check_constraints(table))
        told[table] = frozenset(str(part["name"]) for part in parts)
    return told
