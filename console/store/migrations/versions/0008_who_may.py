"""Counted looks, reviews, emergency sights, sensitive stays, who is shut out, second steps and badges."""

import sqlalchemy as sa
from alembic import op

from console.store import columns

revision = "0008"
down_revision = "0007"

_BECAUSE = "('nothing', 'theirs', 'alert', 'sedation', 'one_to_one')"
_REVIEWS = "('burst', 'above_peers', 'unexplained', 'slow', 'break_glass', 'sensitive')"
_OUTCOMES = "('explained', 'talked', 'incident')"
_SIGHTS = "('medical_emergency', 'cannot_find_them', 'someone_at_risk')"
_MARKS = "('colleague', 'public_figure', 'staff_relative', 'victim')"


def upgrade() -> None:
    """Add the tables; nothing that is there is changed."""
    _looks()
    _reviews()
    _sights()
    _sensitive()
    _identity()


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def _when(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, columns.UtcTime(), nullable=null)


def _known(table: str, column: str, values: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN {values}", name=op.f(f"ck_{table}_{column}_is_known"))


def _both(table: str, first: str, second: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"({first} IS NULL) = ({second} IS NULL)", name=op.f(f"ck_{table}_{name}"))


def _key(table: str, column: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(column, name=op.f(f"pk_{table}"))


def _index(table: str, *names: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(names)}"), table, list(names))


def _looks() -> None:
    op.create_table(
        "look_notes",
        sa.Column("idx", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        _when("at"),
        _text("actor_id"),
        _text("role"),
        _text("stay_id"),
        _text("because"),
        _known("look_notes", "because", _BECAUSE),
        _key("look_notes", "idx"),
    )
    _index("look_notes", "actor_id", "stay_id")
    _index("look_notes", "at")


def _reviews() -> None:
    table = "access_reviews"
    op.create_table(
        table,
        *(_text(name) for name in ("review_id", "kind", "actor_id", "role", "room_id", "stay_id")),
        sa.Column("count", sa.Integer(), nullable=False),
        _text("reason"),
        _when("begins_at"),
        _when("raised_at"),
        _when("due_at"),
        sa.Column("escalated", sa.Integer(), nullable=False),
        _when("contact_told_at", null=True),
        _when("reviewed_at", null=True),
        _text("reviewed_by", null=True),
        _text("outcome", null=True),
        _known(table, "kind", _REVIEWS),
        _known(table, "outcome", _OUTCOMES),
        _both(table, "reviewed_at", "reviewed_by", "a_review_names_who"),
        _key(table, "review_id"),
    )
    _index(table, "actor_id", "stay_id")
    _index(table, "raised_at")


def _sights() -> None:
    op.create_table(
        "sights",
        *(_text(name) for name in ("sight_id", "actor_id", "room_id", "stay_id", "reason")),
        _when("begins_at"),
        _when("until"),
        _known("sights", "reason", _SIGHTS),
        _key("sights", "sight_id"),
    )
    _index("sights", "actor_id", "room_id")


def _sensitive() -> None:
    table = "sensitive_stays"
    op.create_table(
        table,
        *(_text(name) for name in ("mark_id", "stay_id", "kind")),
        _when("marked_at"),
        _text("marked_by"),
        _when("ended_at", null=True),
        _text("ended_by", null=True),
        _known(table, "kind", _MARKS),
        _both(table, "ended_at", "ended_by", "an_ended_mark_names_who"),
        _key(table, "mark_id"),
    )
    _index(table, "stay_id")
    table = "second_people"
    op.create_table(
        table,
        *(_text(name) for name in ("asked_id", "stay_id", "room_id", "actor_id")),
        _when("asked_at"),
        _when("agreed_at", null=True),
        _text("agreed_by", null=True),
        _both(table, "agreed_at", "agreed_by", "an_agreement_names_who"),
        _key(table, "asked_id"),
    )
    _index(table, "stay_id", "actor_id")
    op.create_table(
        "shut_out",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        _text("patient_id"),
        _text("actor_id"),
        _when("from_at"),
        _when("ended_at", null=True),
        _key("shut_out", "position"),
    )
    _index("shut_out", "patient_id")


def _identity() -> None:
    op.create_table(
        "second_steps",
        _text("actor_id"),
        _text("key_id"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _when("begun_at"),
        _when("confirmed_at", null=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        _key("second_steps", "actor_id"),
    )
    op.create_table(
        "badges",
        _text("badge_hash"),
        _text("actor_id"),
        _text("pin_hash", null=True),
        _when("issued_at"),
        _text("issued_by"),
        _when("expires_at", null=True),
        _when("ended_at", null=True),
        _key("badges", "badge_hash"),
    )
    _index("badges", "actor_id")
