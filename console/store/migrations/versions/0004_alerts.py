"""Alerts and their steps, limits, shifts, technical alerts, emergencies, stand-downs, and limits on trial."""

import sqlalchemy as sa
from alembic import op

from console.store import columns

revision = "0004"
down_revision = "0003"

_KINDS = "('ensuite', 'floor', 'bed_exit', 'no_movement', 'second_person', 'breathing_not_seen')"
_PRIORITIES = "('high', 'medium', 'low')"
_STEPS = (
    "('moved_up', 'going', 'arrived', 'noted', 'found', 'answered', 'nobody_answered', 'asked_still', 'closed', "
    "'ended', 'rated')"
)
_APPEND_ONLY = ("alert_steps", "shift_entries", "emergency_steps")


def upgrade() -> None:
    """Add the tables; nothing that is there is changed."""
    _alerts()
    _steps()
    _limits()
    _shifts()
    _technical()
    _emergencies()
    _trials()
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


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


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


def _alerts() -> None:
    op.create_table(
        "alerts",
        *(_text(name) for name in ("alert_id", "room_id", "stay_id", "kind", "priority", "concern")),
        _flag("alerts", "voice_answer"),
        _when("began_at"),
        _when("raised_at"),
        sa.Column("again", sa.Integer(), nullable=False),
        _text("start"),
        _known("alerts", "kind", _KINDS),
        _known("alerts", "priority", _PRIORITIES),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_alerts")),
    )
    _index("alerts", "raised_at")
    _index("alerts", "stay_id", "raised_at")


def _steps() -> None:
    op.create_table(
        "alert_steps",
        _position(),
        *(_text(name) for name in ("alert_id", "kind")),
        _when("at"),
        _text("actor_id"),
        sa.Column("details", sa.JSON(), nullable=False),
        _known("alert_steps", "kind", _STEPS),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_alert_steps")),
    )
    _index("alert_steps", "alert_id")


def _limits() -> None:
    op.create_table(
        "alert_limits",
        *(_text(name) for name in ("limit_id", "stay_id", "kind")),
        sa.Column("after_s", sa.Float(), nullable=False),
        _text("concern"),
        _flag("alert_limits", "voice_answer"),
        _text("reason"),
        _when("set_at"),
        _text("set_by"),
        _when("expires_at"),
        _known("alert_limits", "kind", _KINDS),
        sa.PrimaryKeyConstraint("limit_id", name=op.f("pk_alert_limits")),
    )
    _index("alert_limits", "stay_id", "set_at")


def _shifts() -> None:
    op.create_table(
        "shift_entries",
        _position(),
        _text("actor_id"),
        _when("at"),
        *(_text(name) for name in ("kind", "post", "cover")),
        sa.Column("rooms", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_shift_entries")),
    )
    _index("shift_entries", "at")


def _technical() -> None:
    op.create_table(
        "technical_alerts",
        *(_text(name) for name in ("technical_id", "cause")),
        sa.Column("rooms", sa.JSON(), nullable=False),
        _when("raised_at"),
        _flag("technical_alerts", "was_loud"),
        _when("resolved_at", null=True),
        sa.PrimaryKeyConstraint("technical_id", name=op.f("pk_technical_alerts")),
    )
    _index("technical_alerts", "raised_at")


def _emergencies() -> None:
    op.create_table(
        "emergency_steps",
        _position(),
        *(_text(name) for name in ("emergency_id", "room_id", "kind")),
        _when("at"),
        _text("actor_id"),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_emergency_steps")),
    )
    _index("emergency_steps", "emergency_id")
    op.create_table(
        "stand_downs",
        *(_text(name) for name in ("stand_down_id", "asked_by")),
        _when("asked_at"),
        _text("confirmed_by"),
        _when("until"),
        sa.PrimaryKeyConstraint("stand_down_id", name=op.f("pk_stand_downs")),
    )


def _trials() -> None:
    op.create_table(
        "trials",
        *(_text(name) for name in ("trial_id", "kind")),
        sa.Column("after_s", sa.Float(), nullable=False),
        _when("began_at"),
        _text("began_by"),
        sa.Column("counted", sa.Integer(), nullable=False),
        _known("trials", "kind", _KINDS),
        sa.PrimaryKeyConstraint("trial_id", name=op.f("pk_trials")),
    )
