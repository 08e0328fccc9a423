"""Alembic's entry point: runs the scripts on the connection, and inside the transaction, that it is given."""

from alembic import context

from console.store.night_tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,
    render_as_batch=True,
)
context.run_migrations()
