"""Training, what people tell about themselves, staff's visits to rooms, and more that starts a hold."""

import sqlalchemy as sa
from alembic import op

from console.store import columns

revision = "0006"
down_revision = "0005"

_COURSES = "('consent', 'board', 'release')"
_QUESTIONS = (
    "('sex', 'ethnicity', 'detention', 'disability', 'autism_or_ld', 'religion', 'gender_identity', "
    "'sexual_orientation', 'pregnancy')"
)
_REASONS = (
    "('complaint', 'death', 'hospital', 'restraint', 'seclusion', 'tranquillised', 'needed_help', 'emergency', "
    "'unanswered', 'missing')"
)


def upgrade() -> None:
    """Add the tables, and let a hold name more reasons; nothing that is there is changed."""
    _training()
    _groups()
    _visits()
    _holds()


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def _when(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, columns.UtcTime(), nullable=null)


def _index(table: str, *names: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(names)}"), table, list(names), unique=False)


def _training() -> None:
    op.create_table(
        "training_records",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        *(_text(name) for name in ("actor_id", "course")),
        *(_when(name) for name in ("until", "entered_at")),
        _text("entered_by"),
        sa.CheckConstraint(f"course IN {_COURSES}", name=op.f("ck_training_records_course_is_known")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_training_records")),
    )
    _index("training_records", "actor_id")
    is_server = op.get_bind().dialect.name == "postgresql"
    for statement in _refused_on_server() if is_server else _refused_on_sqlite():
        op.execute(statement)


def _refused_on_sqlite() -> tuple[str, ...]:
    return tuple(
        f"CREATE TRIGGER training_records_refuse_{verb.lower()} BEFORE {verb} ON training_records "
        "BEGIN SELECT RAISE(ABORT, 'training_records is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    )


def _refused_on_server() -> tuple[str, ...]:
    return (
        "CREATE TRIGGER training_records_refuse_change BEFORE UPDATE OR DELETE ON training_records "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER training_records_refuse_truncate BEFORE TRUNCATE ON training_records "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    )


def _groups() -> None:
    op.create_table(
        "group_answers",
        *(_text(name) for name in ("patient_id", "question", "answer")),
        _when("answered_at"),
        sa.CheckConstraint(f"question IN {_QUESTIONS}", name=op.f("ck_group_answers_question_is_known")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.patient_id"], name=op.f("fk_group_answers_patient_id")),
        sa.PrimaryKeyConstraint("patient_id", "question", name=op.f("pk_group_answers")),
    )


def _visits() -> None:
    op.create_table(
        "staff_visits",
        *(_text(name) for name in ("visit_id", "room_id", "stay_id", "actor_id")),
        _when("came_at"),
        _when("left_at", null=True),
        _text("ended_by", null=True),
        sa.CheckConstraint(
            "(left_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_staff_visits_an_ended_visit_says_how")
        ),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_staff_visits")),
    )
    _index("staff_visits", "room_id", "came_at")
    _index("staff_visits", "stay_id")


def _holds() -> None:
    """Widen the list of what starts a hold; SQLite rewrites the table for it, with every row."""
    with op.batch_alter_table("holds") as batch:
        batch.drop_constraint(op.f("ck_holds_why_is_known"), type_="check")
        batch.create_check_constraint(op.f("ck_holds_why_is_known"), f"why IN {_REASONS}")
