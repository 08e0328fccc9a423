"""Tests of the calls, turns beside one person, and nights in which a sensor could not tell; only ever added to."""

import sqlalchemy as sa
from alembic import op

from console.store import columns

revision = "0014"
down_revision = "0013"

_APPEND_ONLY = ("call_tests", "audible_tests", "turns", "doubt_minutes", "doubt_answers")


def upgrade() -> None:
    """Add the tables, then the triggers that refuse every change."""
    op.create_table(
        "call_tests",
        sa.Column("test_id", sa.Text(), nullable=False),
        sa.Column("begun_at", columns.UtcTime(), nullable=False),
        sa.Column("begun_by", sa.Text(), nullable=False),
        sa.Column("ended_at", columns.UtcTime(), nullable=False),
        sa.Column("corridor_at", columns.UtcTime(), nullable=True),
        sa.Column("rooms", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("test_id", name=op.f("pk_call_tests")),
    )
    op.create_index(op.f("ix_call_tests_begun_at"), "call_tests", ["begun_at"])
    op.create_table(
        "audible_tests",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", columns.UtcTime(), nullable=False),
        sa.Column("heard_by", sa.Text(), nullable=False),
        sa.Column("was_heard", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audible_tests")),
    )
    _of_stays()
    is_server = op.get_bind().dialect.name == "postgresql"
    for table in _APPEND_ONLY:
        for statement in _on_server(table) if is_server else _on_sqlite(table):
            op.execute(statement)


def _of_stays() -> None:
    op.create_table(
        "turns",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("stay_id", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", columns.UtcTime(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("giver_id", sa.Text(), nullable=False),
        sa.Column("place_proven", sa.Boolean(), nullable=False),
        sa.Column("gap_s", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('taken', 'handed_over', 'taken_alone', 'left')", name=op.f("ck_turns_kind_is_known")
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_turns")),
    )
    op.create_index(op.f("ix_turns_stay_id"), "turns", ["stay_id"])
    op.create_index(op.f("ix_turns_at"), "turns", ["at"])
    op.create_table(
        "doubt_minutes",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("stay_id", sa.Text(), nullable=False),
        sa.Column("sensed_min", sa.Integer(), nullable=False),
        sa.Column("doubt_min", sa.Integer(), nullable=False),
        sa.Column("until_at", columns.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_doubt_minutes")),
    )
    op.create_index(op.f("ix_doubt_minutes_stay_id"), "doubt_minutes", ["stay_id"])
    op.create_table(
        "doubt_answers",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("stay_id", sa.Text(), nullable=False),
        sa.Column("at", columns.UtcTime(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "answer IN ('position', 'other_sensor', 'off', 'as_it_is')",
            name=op.f("ck_doubt_answers_answer_is_known"),
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_doubt_answers")),
    )
    op.create_index(op.f("ix_doubt_answers_stay_id"), "doubt_answers", ["stay_id"])


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
