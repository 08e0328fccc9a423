"""Run the migration scripts (the only importer of the migration library)."""

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection

if TYPE_CHECKING:
    from console.store.going_back import Brought

SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection, version: str) -> None:
    """Bring the schema to a version, inside the caller's transaction.

    Args:
        connection: with a transaction open.
        version: the script's number.
    """
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, version)


def take_out(connection: Connection, brought: "Brought") -> None:
    """Take out what a version brought, inside the caller's transaction; whether it may be is asked before.

    Args:
        connection: with a transaction open.
        brought: what to take out.
    """
    op = Operations(MigrationContext.configure(connection))
    for table in brought.tables:
        op.drop_table(table)
    is_server = connection.dialect.name == "postgresql"
    for table in brought.append_only:
        for sort in ("change", "truncate") if is_server else ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_refuse_{sort}" + (f" ON {table}" if is_server else ""))
    for table, index in brought.indexes:
        op.drop_index(index, table)
    for check in brought.checks:
        with op.batch_alter_table(check.table) as batch:
            batch.drop_constraint(check.name, type_="check")
            for table, column in brought.columns:
                if table == check.table:
                    batch.drop_column(column)
            batch.create_check_constraint(check.older_name, check.older)
    rewritten = {check.table for check in brought.checks}
    for table, column in (*brought.columns, *brought.forgettable):
        if table not in rewritten:
            op.drop_column(table, column)
