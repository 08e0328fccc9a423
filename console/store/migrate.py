"""Bring a database to the schema of this version, and refuse one that is not ours."""

from collections.abc import Callable
from importlib import import_module

from sqlalchemy import Connection, Engine, insert, inspect, select
from sqlalchemy.exc import DBAPIError

from console.errors import StoreDamaged
from console.keys.signer import DAYS, NAMES, TEXTS, Keys
from console.store.engines import sentence_of
from console.store.tables import facts

HEAD = "0014"
"""The newest migration; a test compares it with the scripts and the tables."""


def bring_up_to_date(engine: Engine, keys: Keys) -> None:
    """Make or migrate the schema in one transaction, and check that the database was made with these keys.

    Raises:
        StoreDamaged: unreadable, half of it missing, of a newer version, or made with other keys.
        StoreError: the database failed; nothing was changed.
    """
    try:
        with engine.connect() as connection, connection.begin():
            found = version_of(connection)
            if found is None and inspect(connection).get_table_names():
                raise StoreDamaged("the database holds tables that are not this console's; choose an empty one")
            if found is not None and found > HEAD:
                raise StoreDamaged(
                    f"the database has version {found}, this console knows {HEAD}: update the console, or let the "
                    "newer one go back (hushward console go-back), or put back the backup that was made before"
                )
            if found != HEAD:
                # Imported only when there is something to do: the migration library takes longer than the whole start.
                upgrade: Callable[[Connection, str], None] = import_module("console.store.upgrade").upgrade
                upgrade(connection, HEAD)
            _check_keys(connection, keys)
    except DBAPIError as error:
        raise sentence_of(error) from None


def hold_as_it_is(engine: Engine, keys: Keys) -> None:
    """Check that a database is a console's, and was made with these keys; its schema stays at its version.

    Raises:
        StoreDamaged: it was never a console's, or was made with other keys.
        StoreError: the database failed.
    """
    try:
        with engine.connect() as connection, connection.begin():
            if version_of(connection) is None:
                raise StoreDamaged("the database is not a console's; look at database_url or data_dir in the settings")
            _refuse_other_keys(connection, keys)
    except DBAPIError as error:
        raise sentence_of(error) from None


def version_of(connection: Connection) -> str | None:
    """Return the schema's version, or None when it was never migrated."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
    return None if row is None else str(row[0])


def _check_keys(connection: Connection, keys: Keys) -> None:
    """Refuse other keys, and write down whose these are in a database that is new."""
    for name, key_id in _refuse_other_keys(connection, keys).items():
        connection.execute(insert(facts).values(name=name, value=key_id))


def _refuse_other_keys(connection: Connection, keys: Keys) -> dict[str, str]:
    """Return which of these keys the database does not know yet.

    Raises:
        StoreDamaged: it was made with another key than one of these.
    """
    ours = {f"{name}_key": keys.sealing(name).key_id for name in (NAMES, TEXTS, DAYS)}
    kept = {row.name: row.value for row in connection.execute(select(facts))}
    for name, key_id in ours.items():
        if kept.get(name, key_id) != key_id:
            raise StoreDamaged(
                f"the database was made with another {name.replace('_', ' ')} than {keys.folder} holds; "
                "put the keys of this database back"
            )
    return {name: key_id for name, key_id in ours.items() if name not in kept}
