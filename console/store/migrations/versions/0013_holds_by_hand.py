"""Holds that people begin and two lift, further words of an open complaint, and how long a patient has notes kept."""

import sqlalchemy as sa
from alembic import op

from console.store import columns

revision = "0013"
down_revision = "0012"

_BEFORE = (
    "'complaint', 'death', 'hospital', 'restraint', 'seclusion', 'tranquillised', 'needed_help', 'emergency', "
    "'unanswered', 'missing'"
)
_ADDED = "'asked_by_patient', 'asked_by_family', 'asked_by_advocate', 'asked_by_staff', 'safeguarding', 'inquiry'"
_CHECK = "ck_holds_why_is_known"
_CHAIN = ("holds", "releases", "release_shares")
"""Each refers to the one before it."""


def upgrade() -> None:
    """Add the tables, and let a hold name more reasons; nothing that is there is changed."""
    op.create_table(
        "complaint_words",
        _text("text_id"),
        _text("complaint_id"),
        _when("said_at"),
        sa.PrimaryKeyConstraint("text_id", name=op.f("pk_complaint_words")),
    )
    op.create_index(op.f("ix_complaint_words_complaint_id"), "complaint_words", ["complaint_id"])
    op.create_table(
        "day_choices",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        _text("stay_id"),
        _when("chosen_at"),
        sa.Column("after_a_day", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_day_choices")),
    )
    op.create_index(op.f("ix_day_choices_stay_id"), "day_choices", ["stay_id"])
    op.create_table(
        "provider_sids",
        _text("sid_hash"),
        _text("actor_id"),
        _when("came_at"),
        sa.PrimaryKeyConstraint("sid_hash", name=op.f("pk_provider_sids")),
    )
    op.create_index(op.f("ix_provider_sids_came_at"), "provider_sids", ["came_at"])
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(_CHECK), "holds", type_="check")
        op.create_check_constraint(op.f(_CHECK), "holds", f"why IN ({_BEFORE}, {_ADDED})")
    else:
        _rewrite_on_sqlite()
    _lifts()


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def _when(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, columns.UtcTime(), nullable=null)


def _lifts() -> None:
    op.create_table(
        "hold_lifts",
        _text("lift_id"),
        _text("hold_id"),
        _text("reason"),
        _text("text_id"),
        _text("asked_by"),
        _text("asked_role"),
        _when("asked_at"),
        _when("lapses_at"),
        _when("ended_at", null=True),
        _text("ended_by", null=True),
        _text("ended_role", null=True),
        _text("ending", null=True),
        sa.CheckConstraint(
            "reason IN ('looked_into', 'inquiry_over', 'begun_in_error')", name=op.f("ck_hold_lifts_reason_is_known")
        ),
        sa.CheckConstraint("ending IN ('lifted', 'refused', 'lapsed')", name=op.f("ck_hold_lifts_ending_is_known")),
        sa.CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name=op.f("ck_hold_lifts_an_ended_lift_says_how")),
        sa.ForeignKeyConstraint(["hold_id"], ["holds.hold_id"], name=op.f("fk_hold_lifts_hold_id_holds")),
        sa.PrimaryKeyConstraint("lift_id", name=op.f("pk_hold_lifts")),
    )
    op.create_index(op.f("ix_hold_lifts_hold_id"), "hold_lifts", ["hold_id"])
    op.create_index(op.f("ix_hold_lifts_asked_at"), "hold_lifts", ["asked_at"])


def _rewrite_on_sqlite() -> None:
    """Make the table of holds and what refers to it anew: SQLite changes no check, and keeps who refers to whom."""
    run = op.get_bind().exec_driver_sql
    made = {table: _made(table, "table")[0][1] for table in _CHAIN}
    indexes = [one for table in _CHAIN for one in _made(table, "index")]
    for name, _sql in indexes:
        run(f'DROP INDEX "{name}"')
    for table in reversed(_CHAIN):
        run(f'ALTER TABLE "{table}" RENAME TO "{table}_before"')
    for table in _CHAIN:
        run(made[table].replace(_BEFORE, f"{_BEFORE}, {_ADDED}"))
        run(f'INSERT INTO "{table}" SELECT * FROM "{table}_before"')
    for table in reversed(_CHAIN):
        run(f'DROP TABLE "{table}_before"')
    for _name, sql in indexes:
        run(sql)


def _made(table: str, kind: str) -> list[tuple[str, str]]:
    """Return the name and the sentence of all of a kind that belongs to a table, as SQLite keeps it."""
    wanted = "SELECT name, sql FROM sqlite_master WHERE tbl_name = ? AND type = ? AND sql IS NOT NULL"
    return [(name, sql) for name, sql in op.get_bind().exec_driver_sql(wanted, (table, kind))]
