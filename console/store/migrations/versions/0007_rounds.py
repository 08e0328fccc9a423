"""Observation levels, planned checks, what an observation says, load and its answers, and handovers."""

import sqlalchemy as sa
from alembic import op

from console.store import columns

revision = "0007"
down_revision = "0006"

_LEVELS = "('general', 'half_hourly', 'quarter_hourly', 'eyesight', 'arms_length')"
_MOVES = "('doubtful_reading', 'no_breathing_seen', 'could_not_see')"
_ENDS = "('on_time', 'late', 'tag_fault', 'planned_anew')"
_ANSWERS = "('people_sent', 'levels_reviewed', 'accepted')"
_APPEND_ONLY = ("observation_plans", "observations", "rosters", "handovers")


def upgrade() -> None:
    """Add the tables, and what an observation tells besides; what is there stays as it is."""
    _plans()
    _checks()
    _observations()
    _load()
    _handovers()
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


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def _when(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, columns.UtcTime(), nullable=null)


def _flag(table: str, name: str) -> sa.Column[bool]:
    return sa.Column(
        name, sa.Boolean(create_constraint=True, name=op.f(f"ck_{table}_{name}_is_boolean")), nullable=False
    )


def _position() -> sa.Column[int]:
    return sa.Column("position", sa.Integer(), autoincrement=True, nullable=False)


def _index(table: str, *names: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(names)}"), table, list(names), unique=False)


def _known(table: str, column: str, listed: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN {listed}", name=op.f(f"ck_{table}_{column}_is_known"))


def _plans() -> None:
    op.create_table(
        "observation_plans",
        _position(),
        *(_text(name) for name in ("stay_id", "level")),
        _flag("observation_plans", "wishes_quiet"),
        sa.Column("cautions", sa.JSON(), nullable=False),
        *(_text(name) for name in ("clinician", "why")),
        _when("set_at"),
        _text("set_by"),
        _known("observation_plans", "level", _LEVELS),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_observation_plans")),
    )
    _index("observation_plans", "stay_id")


def _checks() -> None:
    op.create_table(
        "planned_checks",
        *(_text(name) for name in ("check_id", "seed", "stay_id", "room_id", "level")),
        *(_when(name) for name in ("opens_at", "due_at", "latest_at", "planned_at")),
        _text("moved", null=True),
        _when("seen_at", null=True),
        _when("ended_at", null=True),
        _text("ended", null=True),
        _flag("planned_checks", "said_no"),
        _known("planned_checks", "level", _LEVELS),
        _known("planned_checks", "moved", _MOVES),
        _known("planned_checks", "ended", _ENDS),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended IS NULL)", name=op.f("ck_planned_checks_an_ended_check_says_how")
        ),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_planned_checks")),
    )
    _index("planned_checks", "ended_at")
    _index("planned_checks", "latest_at")


def _observations() -> None:
    for column in (
        _when("received_at", null=True),
        _text("place", null=True),
        _text("woke", null=True),
        sa.Column("engaged_min", sa.Integer(), nullable=True),
        sa.Column("marks", sa.JSON(), nullable=True),
        _text("check_id", null=True),
        _text("read_by", null=True),
    ):
        op.add_column("observations", column)
    _index("observations", "there_at")


def _load() -> None:
    op.create_table(
        "rosters",
        _position(),
        sa.Column("people", sa.Integer(), nullable=False),
        _when("set_at"),
        _text("set_by"),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_rosters")),
    )
    op.create_table(
        "load_asks",
        _text("ask_id"),
        _when("asked_at"),
        sa.Column("checks_per_h", sa.Float(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        _when("answered_at", null=True),
        _text("answered_by", null=True),
        _text("answer", null=True),
        _text("clinician", null=True),
        _when("until_at", null=True),
        _known("load_asks", "answer", _ANSWERS),
        sa.PrimaryKeyConstraint("ask_id", name=op.f("pk_load_asks")),
    )
    _index("load_asks", "asked_at")


def _handovers() -> None:
    op.create_table(
        "handovers",
        _text("handover_id"),
        _when("from_at"),
        _when("until_at"),
        sa.Column("figures", sa.JSON(), nullable=False),
        _when("signed_at"),
        _text("signed_by"),
        sa.PrimaryKeyConstraint("handover_id", name=op.f("pk_handovers")),
    )
    _index("handovers", "signed_at")
