"""Unfinished talks, holds around an incident, how people want to be told, and codes to read an answer with."""

import sqlalchemy as sa
from alembic import op

from console.store import columns

revision = "0003"
down_revision = "0002"

_REASONS = "('complaint', 'death', 'hospital', 'restraint', 'seclusion', 'tranquillised')"


def upgrade() -> None:
    """Add the tables; nothing that is there is changed."""
    _drafts()
    _holds()
    _tellings()
    _claims()


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def _when(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, columns.UtcTime(), nullable=null)


def _drafts() -> None:
    op.create_table(
        "talk_drafts",
        _text("stay_id"),
        _text("actor_id"),
        sa.Column("answers", sa.JSON(), nullable=False),
        _when("kept_at"),
        sa.PrimaryKeyConstraint("stay_id", "actor_id", name=op.f("pk_talk_drafts")),
    )
    op.create_index(op.f("ix_talk_drafts_kept_at"), "talk_drafts", ["kept_at"], unique=False)


def _holds() -> None:
    op.create_table(
        "holds",
        *(_text(name) for name in ("hold_id", "patient_id", "stay_id", "room_id", "why", "about")),
        *(_when(name) for name in ("from_at", "until_at", "started_at", "review_by")),
        _when("lifted_at", null=True),
        _text("lifted_by", null=True),
        sa.CheckConstraint(f"why IN {_REASONS}", name=op.f("ck_holds_why_is_known")),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name=op.f("ck_holds_a_lifted_hold_names_who")),
        sa.PrimaryKeyConstraint("hold_id", name=op.f("pk_holds")),
    )
    op.create_index(op.f("ix_holds_room_id_until_at"), "holds", ["room_id", "until_at"], unique=False)
    op.create_index(op.f("ix_holds_about"), "holds", ["about"], unique=False)


def _tellings() -> None:
    op.create_table(
        "telling_choices",
        *(_text(name) for name in ("patient_id", "how")),
        _when("chosen_at"),
        sa.CheckConstraint(
            "how IN ('when_i_ask', 'at_once', 'each_morning')", name=op.f("ck_telling_choices_how_is_known")
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.patient_id"], name=op.f("fk_telling_choices_patient_id")),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("pk_telling_choices")),
    )


def _claims() -> None:
    op.create_table(
        "answer_claims",
        *(_text(name) for name in ("code_hash", "patient_id")),
        _when("made_at"),
        _when("ends_at"),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_answer_claims")),
    )
    op.create_index(op.f("ix_answer_claims_patient_id"), "answer_claims", ["patient_id"], unique=False)
