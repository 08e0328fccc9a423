"""Run the migration scripts (the only importer of the migration library)."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

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
