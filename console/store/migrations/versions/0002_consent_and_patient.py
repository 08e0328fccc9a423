"""Rooms that are no bedrooms and their profiles; how patients read, complain and ask for a copy."""

import sqlalchemy as sa
from alembic import op

from console.store import columns

revision = "0002"
down_revision = "0001"

_KINDS = "('bedroom', 'seclusion', 'long_term_segregation', 'section_136_suite', 'extra_care')"


def upgrade() -> None:
    """Add the tables; nothing that is there is changed."""
    _places()
    _reading()
    _complaints()
    _copies()


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def _when(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, columns.UtcTime(), nullable=null)


def _flag(table: str, name: str) -> sa.Column[bool]:
    return sa.Column(
        name, sa.Boolean(create_constraint=True, name=op.f(f"ck_{table}_{name}_is_boolean")), nullable=False
    )


def _places() -> None:
    op.create_table(
        "room_kinds",
        _text("room_id"),
        _text("kind"),
        sa.CheckConstraint(f"kind IN {_KINDS}", name=op.f("ck_room_kinds_kind_is_known")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.room_id"], name=op.f("fk_room_kinds_room_id")),
        sa.PrimaryKeyConstraint("room_id", name=op.f("pk_room_kinds")),
    )
    op.create_table(
        "place_profiles",
        _text("profile_id"),
        _text("kind"),
        _text("text_sha256"),
        _flag("place_profiles", "stop_inside"),
        _when("written_at"),
        _text("written_by"),
        sa.CheckConstraint(f"kind IN {_KINDS}", name=op.f("ck_place_profiles_kind_is_known")),
        sa.PrimaryKeyConstraint("profile_id", name=op.f("pk_place_profiles")),
    )
    op.create_index(op.f("ix_place_profiles_kind_written_at"), "place_profiles", ["kind", "written_at"], unique=False)
    op.create_table(
        "profile_signatures",
        _text("profile_id"),
        _text("role"),
        _text("actor_id"),
        _when("at"),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["place_profiles.profile_id"], name=op.f("fk_profile_signatures_profile_id")
        ),
        sa.PrimaryKeyConstraint("profile_id", "role", name=op.f("pk_profile_signatures")),
    )


def _reading() -> None:
    op.create_table(
        "reading_choices",
        _text("patient_id"),
        _text("language"),
        *(_flag("reading_choices", name) for name in ("easy_read", "large_print", "high_contrast", "aloud")),
        _when("chosen_at"),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.patient_id"], name=op.f("fk_reading_choices_patient_id")),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("pk_reading_choices")),
    )


def _complaints() -> None:
    op.create_table(
        "complaints",
        *(_text(name) for name in ("complaint_id", "patient_id", "stay_id", "kind")),
        _text("text_id", null=True),
        _when("made_at"),
        _when("due_at"),
        _when("acknowledged_at", null=True),
        _text("acknowledged_by", null=True),
        _text("outcome_text_id", null=True),
        _when("closed_at", null=True),
        _text("closed_by", null=True),
        sa.CheckConstraint("kind IN ('complaint', 'feedback', 'wrong')", name=op.f("ck_complaints_kind_is_known")),
        sa.PrimaryKeyConstraint("complaint_id", name=op.f("pk_complaints")),
    )
    op.create_index(op.f("ix_complaints_patient_id"), "complaints", ["patient_id"], unique=False)


def _copies() -> None:
    op.create_table(
        "copy_requests",
        *(_text(name) for name in ("request_id", "patient_id", "stay_id")),
        _when("asked_at"),
        _when("due_at"),
        _when("answered_at", null=True),
        _text("answered_by", null=True),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_copy_requests")),
    )
    op.create_index(op.f("ix_copy_requests_patient_id"), "copy_requests", ["patient_id"], unique=False)
