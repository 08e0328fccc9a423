"""Sealed days and their shares, releases, who is told, reports of what went wrong, and keep or delete."""

import sqlalchemy as sa
from alembic import op

from console.store import columns

revision = "0010"
down_revision = "0009"

_PURPOSES = (
    "('safety_investigation', 'complaint', 'safeguarding', 'coroner', 'court_order', 'regulator', 'patient_asked')"
)


def upgrade() -> None:
    """Add the tables, and let a day's key be sealed as well as here or destroyed; nothing that is there is changed."""
    with op.batch_alter_table("day_keys") as batch:
        batch.add_column(_when("sealed_at", null=True))
        batch.drop_constraint(op.f("ck_day_keys_wrapped_or_destroyed_at"), type_="check")
        batch.create_check_constraint(
            op.f("ck_day_keys_a_key_is_somewhere"),
            "(wrapped IS NULL) = (sealed_at IS NOT NULL OR destroyed_at IS NOT NULL)",
        )
    _holders()
    _releases()
    _tellings()
    _reports()
    _answers()


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def _when(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, columns.UtcTime(), nullable=null)


def _known(table: str, column: str, values: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN {values}", name=op.f(f"ck_{table}_{column}_is_known"))


def _both(table: str, first: str, second: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"({first} IS NULL) = ({second} IS NULL)", name=op.f(f"ck_{table}_{name}"))


def _key(table: str, *named: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*named, name=op.f(f"pk_{table}"))


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.{column}"], name=op.f(f"fk_{table}_{column}"))


def _index(table: str, *names: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(names)}"), table, list(names))


def _holders() -> None:
    table = "key_holders"
    op.create_table(
        table,
        *(_text(name) for name in ("holder_id", "actor_id", "role", "public_key")),
        _when("named_at"),
        _when("confirmed_at", null=True),
        _text("confirmed_by", null=True),
        _when("ended_at", null=True),
        _both(table, "confirmed_at", "confirmed_by", "a_confirmation_names_who"),
        _key(table, "holder_id"),
    )
    _index(table, "actor_id")
    table = "day_shares"
    op.create_table(
        table,
        *(_text(name) for name in ("key_id", "first_holder", "second_holder")),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _of(table, "key_id", "day_keys"),
        _key(table, "key_id", "first_holder", "second_holder"),
    )


def _releases() -> None:
    table = "releases"
    op.create_table(
        table,
        *(_text(name) for name in ("release_id", "hold_id", "kind", "purpose", "recipient_text_id")),
        *(_text(name) for name in ("asked_by", "asked_role")),
        _when("asked_at"),
        _when("lapses_at"),
        _when("ended_at", null=True),
        *(_text(name, null=True) for name in ("ended_by", "ended_role", "ending", "manifest_sha256")),
        _known(table, "kind", "('view', 'bundle')"),
        _known(table, "purpose", _PURPOSES),
        _known(table, "ending", "('released', 'refused', 'lapsed')"),
        _both(table, "ended_at", "ending", "an_ended_release_says_how"),
        _of(table, "hold_id", "holds"),
        _key(table, "release_id"),
    )
    _index(table, "hold_id")
    _index(table, "asked_at")
    table = "release_shares"
    op.create_table(
        table,
        *(_text(name) for name in ("release_id", "key_id", "second_holder")),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _of(table, "release_id", "releases"),
        _key(table, "release_id", "key_id", "second_holder"),
    )


def _tellings() -> None:
    table = "tellings"
    op.create_table(
        table,
        *(_text(name) for name in ("telling_id", "about", "about_id", "patient_id", "stay_id", "room_id")),
        _when("begun_at"),
        _when("due_at"),
        _when("told_at", null=True),
        *(_text(name, null=True) for name in ("told_by", "told_whom", "not_yet", "signed_by")),
        _when("review_by", null=True),
        sa.Column("escalated", sa.Integer(), nullable=False),
        _known(table, "about", "('hold', 'release')"),
        _known(table, "told_whom", "('patient', 'representative', 'family')"),
        _known(table, "not_yet", "('safeguarding', 'serious_harm', 'court_restriction')"),
        _both(table, "told_at", "told_by", "a_telling_names_who"),
        _both(table, "not_yet", "signed_by", "a_not_yet_is_signed"),
        _key(table, "telling_id"),
    )
    _index(table, "stay_id")
    _index(table, "told_at")
    op.create_index("uq_tellings_about", table, ["about", "about_id"], unique=True)


def _reports() -> None:
    table = "wrong_reports"
    op.create_table(
        table,
        _text("report_id"),
        _when("made_at"),
        *(_text(name) for name in ("made_by", "role", "room_id", "screen")),
        _text("text_id", null=True),
        _when("due_at"),
        sa.Column("escalated", sa.Integer(), nullable=False),
        _when("answered_at", null=True),
        *(_text(name, null=True) for name in ("answered_by", "outcome", "answer_text_id", "national_ref")),
        *(_text(name, null=True) for name in ("regulator_ref", "hazard_text_id", "notice_text_id")),
        _known(table, "outcome", "('upheld', 'not_upheld')"),
        _both(table, "answered_at", "outcome", "an_answer_says_what"),
        _key(table, "report_id"),
    )
    _index(table, "made_at")
    _index(table, "made_by")


def _answers() -> None:
    table = "keep_answers"
    op.create_table(
        table,
        *(_text(name) for name in ("answer_id", "stay_id", "patient_id", "room_id")),
        _when("withdrawn_at"),
        _text("answer"),
        _when("answered_at"),
        _when("delete_at", null=True),
        _when("ended_at", null=True),
        _text("ending", null=True),
        sa.Column("rows", sa.Integer()),
        sa.Column("receipt", sa.Integer()),
        _known(table, "answer", "('keep', 'delete')"),
        _known(table, "ending", "('deleted', 'changed', 'held')"),
        _both(table, "ended_at", "ending", "an_ended_answer_says_how"),
        _key(table, "answer_id"),
    )
    _index(table, "stay_id")
