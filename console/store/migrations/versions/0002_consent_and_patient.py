"""What a patient chose, complained of and asked a copy of."""

import sqlalchemy as sa
from alembic import op

from console.store import columns

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables of the patient's own side."""
    op.create_table(
        "reading_choices",
        sa.Column("patient_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        *(
            sa.Column(name, sa.Boolean(create_constraint=True, name=f"{name}_is_boolean"), nullable=False)
            for name in ("easy_read", "large_print", "high_contrast", "aloud")
        ),
        sa.Column("chosen_at", columns.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.patient_id"], name=op.f("fk_reading_choices_patient_id")),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("pk_reading_choices")),
    )
    op.create_table(
        "complaints",
        sa.Column("complaint_id", sa.Text(), nullable=False),
        sa.Column("patient_id", sa.Text(), nullable=False),
        sa.Column("stay_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text_id", sa.Text(), nullable=True),
        sa.Column("made_at", columns.UtcTime(), nullable=False),
        sa.Column("due_at", columns.UtcTime(), nullable=False),
        sa.Column("acknowledged_at", columns.UtcTime(), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("outcome_text_id", sa.Text(), nullable=True),
        sa.Column("closed_at", columns.UtcTime(), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('complaint', 'feedback', 'wrong')", name=op.f("ck_complaints_kind_is_known")),
        sa.PrimaryKeyConstraint("complaint_id", name=op.f("pk_complaints")),
    )
    op.create_index(op.f("ix_complaints_patient_id"), "complaints", ["patient_id"])
    op.create_table(
        "copy_requests",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("patient_id", sa.Text(), nullable=False),
        sa.Column("stay_id", sa.Text(), nullable=False),
        sa.Column("asked_at", columns.UtcTime(), nullable=False),
        sa.Column("due_at", columns.UtcTime(), nullable=False),
        sa.Column("answered_at", columns.UtcTime(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_copy_requests")),
    )
    op.create_index(op.f("ix_copy_requests_patient_id"), "copy_requests", ["patient_id"])
