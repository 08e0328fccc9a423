"""Daily figures without persons, and the entries of the governance lead's desk; both are only ever added to."""

import sqlalchemy as sa
from alembic import op

from console.store import columns

revision = "0011"
down_revision = "0010"

_APPEND_ONLY = ("day_figures", "assurance_entries")
_KINDS = (
    "('document', 'notice', 'pack_built', 'pack_signed', 'pack_overdue', 'benefit_review', 'co_production', "
    "'listening_visit')"
)


def upgrade() -> None:
    """Add the tables, then the triggers that refuse every change."""
    op.create_table(
        "day_figures",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("frozen_at", columns.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_day_figures")),
    )
    op.create_table(
        "assurance_entries",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", columns.UtcTime(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(f"kind IN {_KINDS}", name=op.f("ck_assurance_entries_kind_is_known")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_assurance_entries")),
    )
    op.create_index(op.f("ix_assurance_entries_kind"), "assurance_entries", ["kind"])
    is_server = op.get_bind().dialect.name == "postgresql"
    for table in _APPEND_ONLY:
        for statement in _on_server(table) if is_server else _on_sqlite(table):
            op.execute(statement)


def _on_sqlite(table: str) -> tuple[str, ...]:
    return tuple(
        f"CREATE TRIGGER {table}_refuse_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    )


def _on_server(table: str) -> tuple[str, ...]:
    return (
        f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    )
