"""The first schema, with the triggers that keep the audit log and the consent record append-only."""

import sqlalchemy as sa
from alembic import op

from console.store import columns

revision = "0001"
down_revision = None


_APPEND_ONLY = ("audit_entries", "checkpoints", "consent_entries")
# An audit entry is only ever the next one; this also stops INSERT OR REPLACE from rewriting one.
_NEXT = "NEW.idx <> (SELECT coalesce(max(idx) + 1, 0) FROM audit_entries)"
_AGAIN = "EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"
_ONLY_NEW = {
    "audit_entries": _NEXT,
    "checkpoints": _AGAIN.format(table="checkpoints", key="size"),
    "consent_entries": _AGAIN.format(table="consent_entries", key="entry_id")
    + " OR "
    + _AGAIN.format(table="consent_entries", key="position"),
}
_SQLITE = tuple(
    f"CREATE TRIGGER {table}_refuse_{verb.lower()} BEFORE {verb} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    for table in _APPEND_ONLY
    for verb in ("UPDATE", "DELETE")
) + tuple(
    f"CREATE TRIGGER {table}_only_new BEFORE INSERT ON {table} WHEN {unless} "
    f"BEGIN SELECT RAISE(ABORT, '{table} takes only what is new'); END"
    for table, unless in _ONLY_NEW.items()
)
_POSTGRESQL = (
    "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$",
    *(
        f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        for table in _APPEND_ONLY
    ),
    *(
        f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        for table in _APPEND_ONLY
    ),
    "CREATE FUNCTION only_the_next() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN IF {_NEXT} THEN RAISE EXCEPTION 'an audit entry is only ever the next one'; END IF; "
    "RETURN NEW; END $$",
    "CREATE TRIGGER audit_entries_only_new BEFORE INSERT ON audit_entries "
    "FOR EACH ROW EXECUTE FUNCTION only_the_next()",
)


def upgrade() -> None:
    """Make every table, then the triggers."""
    _make_tables()
    triggers = _POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE
    for statement in triggers:
        op.get_bind().exec_driver_sql(statement)


def _make_tables() -> None:
    op.create_table(
        "accounts",
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("username_folded", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=True),
        sa.Column("patient_id", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(create_constraint=True, name="is_active_is_boolean"), nullable=False),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("actor_id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("username_folded", name=op.f("uq_accounts_username_folded")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("idx", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("at", columns.UtcTime(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(leaf) = 32", name=op.f("ck_audit_entries_leaf_is_a_sha256")),
        sa.PrimaryKeyConstraint("idx", name=op.f("pk_audit_entries")),
    )
    op.create_index(op.f("ix_audit_entries_actor"), "audit_entries", ["actor"], unique=False)
    op.create_index(op.f("ix_audit_entries_room"), "audit_entries", ["room"], unique=False)
    op.create_index(op.f("ix_audit_entries_subject"), "audit_entries", ["subject"], unique=False)
    op.create_table(
        "check_prompts",
        sa.Column("prompt_id", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("raised_at", columns.UtcTime(), nullable=False),
        sa.Column("attended_at", columns.UtcTime(), nullable=True),
        sa.Column("attended_by", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("place_proven", sa.Boolean(create_constraint=True, name="place_proven_is_boolean"), nullable=False),
        sa.PrimaryKeyConstraint("prompt_id", name=op.f("pk_check_prompts")),
    )
    op.create_index(op.f("ix_check_prompts_room_id_raised_at"), "check_prompts", ["room_id", "raised_at"], unique=False)
    op.create_table(
        "checkpoints",
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", columns.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_checkpoints")),
    )
    op.create_table(
        "consent_entries",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("consent_id", sa.Text(), nullable=False),
        sa.Column("stay_id", sa.Text(), nullable=False),
        sa.Column("patient_id", sa.Text(), nullable=False),
        sa.Column("at", columns.UtcTime(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("text_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_consent_entries")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_consent_entries_entry_id")),
    )
    op.create_index(op.f("ix_consent_entries_consent_id"), "consent_entries", ["consent_id"], unique=False)
    op.create_index(op.f("ix_consent_entries_stay_id"), "consent_entries", ["stay_id"], unique=False)
    op.create_table(
        "cosignatures",
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("outbox_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("tree_size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("received_at", columns.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("node_id", "outbox_id", "sequence", name=op.f("pk_cosignatures")),
    )
    op.create_index(op.f("ix_cosignatures_node_id_tree_size"), "cosignatures", ["node_id", "tree_size"], unique=False)
    op.create_table(
        "day_keys",
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", columns.UtcTime(), nullable=False),
        sa.Column("destroyed_at", columns.UtcTime(), nullable=True),
        sa.CheckConstraint(
            "(wrapped IS NULL) <> (destroyed_at IS NULL)", name=op.f("ck_day_keys_wrapped_or_destroyed_at")
        ),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_day_keys")),
        sa.UniqueConstraint("day", name=op.f("uq_day_keys_day")),
    )
    op.create_table(
        "enrolments",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=True),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.Column("expires_at", columns.UtcTime(), nullable=False),
        sa.Column("used_at", columns.UtcTime(), nullable=True),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_enrolments")),
    )
    op.create_table(
        "facts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_facts")),
    )
    op.create_table(
        "free_texts",
        sa.Column("text_id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("written_at", columns.UtcTime(), nullable=False),
        sa.Column("erased_at", columns.UtcTime(), nullable=True),
        sa.CheckConstraint("(sealed IS NULL) <> (erased_at IS NULL)", name=op.f("ck_free_texts_sealed_or_erased_at")),
        sa.PrimaryKeyConstraint("text_id", name=op.f("pk_free_texts")),
    )
    op.create_table(
        "lease_serials",
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("node_id", name=op.f("pk_lease_serials")),
    )
    op.create_table(
        "leases",
        sa.Column("lease_id", sa.Text(), nullable=False),
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("stay_id", sa.Text(), nullable=True),
        sa.Column("consent_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("opens_at", columns.UtcTime(), nullable=False),
        sa.Column("closes_at", columns.UtcTime(), nullable=False),
        sa.Column("first_issued_at", columns.UtcTime(), nullable=False),
        sa.Column("ended_at", columns.UtcTime(), nullable=True),
        sa.CheckConstraint("kind IN ('consent', 'commissioning')", name=op.f("ck_leases_kind_is_known")),
        sa.PrimaryKeyConstraint("lease_id", name=op.f("pk_leases")),
    )
    op.create_index(op.f("ix_leases_node_id_first_issued_at"), "leases", ["node_id", "first_issued_at"], unique=False)
    op.create_index(op.f("ix_leases_room_id_first_issued_at"), "leases", ["room_id", "first_issued_at"], unique=False)
    op.create_table(
        "losses",
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("outbox_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("to_sequence", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("received_at", columns.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("node_id", "outbox_id", "sequence", name=op.f("pk_losses")),
    )
    op.create_table(
        "measurements",
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("outbox_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("lease_id", sa.Text(), nullable=False),
        sa.Column("minute_from", columns.UtcTime(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("minute_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("respiratory_rate_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("respiratory_rate_withheld", sa.Text(), nullable=True),
        sa.Column("pulse_rate_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("pulse_rate_withheld", sa.Text(), nullable=True),
        sa.Column("late", sa.Boolean(create_constraint=True, name="late_is_boolean"), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.CheckConstraint("origin IN ('sensor', 'simulated', 'replay')", name=op.f("ck_measurements_origin_is_known")),
        sa.CheckConstraint(
            "(pulse_rate_sealed IS NULL) <> (pulse_rate_withheld IS NULL)",
            name=op.f("ck_measurements_pulse_rate_sealed_or_pulse_rate_withheld"),
        ),
        sa.CheckConstraint(
            "(respiratory_rate_sealed IS NULL) <> (respiratory_rate_withheld IS NULL)",
            name=op.f("ck_measurements_respiratory_rate_sealed_or_respiratory_rate_withheld"),
        ),
        sa.PrimaryKeyConstraint("node_id", "outbox_id", "sequence", name=op.f("pk_measurements")),
    )
    op.create_index(op.f("ix_measurements_day"), "measurements", ["day"], unique=False)
    op.create_index(
        op.f("ix_measurements_room_id_minute_from"), "measurements", ["room_id", "minute_from"], unique=False
    )
    op.create_table(
        "node_boots",
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("boot_id", sa.Text(), nullable=False),
        sa.Column("outbox_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("software", sa.Text(), nullable=False),
        sa.Column("announced_at", columns.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("node_id", "boot_id", name=op.f("pk_node_boots")),
    )
    op.create_table(
        "observations",
        sa.Column("observation_id", sa.Text(), nullable=False),
        sa.Column("stay_id", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("there_at", columns.UtcTime(), nullable=False),
        sa.Column("entered_at", columns.UtcTime(), nullable=False),
        sa.Column("saw", sa.Text(), nullable=False),
        sa.Column("place_proven", sa.Boolean(create_constraint=True, name="place_proven_is_boolean"), nullable=False),
        sa.PrimaryKeyConstraint("observation_id", name=op.f("pk_observations")),
    )
    op.create_index(op.f("ix_observations_stay_id_there_at"), "observations", ["stay_id", "there_at"], unique=False)
    op.create_table(
        "outboxes",
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("outbox_id", sa.Text(), nullable=False),
        sa.Column("settled_through", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", columns.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("node_id", "outbox_id", name=op.f("pk_outboxes")),
    )
    op.create_table(
        "patients",
        sa.Column("patient_id", sa.Text(), nullable=False),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("pk_patients")),
    )
    op.create_table(
        "quarantine",
        sa.Column("quarantine_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Text(), nullable=True),
        sa.Column("outbox_id", sa.Text(), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("body_sha256", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", columns.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("quarantine_id", name=op.f("pk_quarantine")),
    )
    op.create_table(
        "records",
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("outbox_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("body_sha256", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("late", sa.Boolean(create_constraint=True, name="late_is_boolean"), nullable=False),
        sa.Column("received_at", columns.UtcTime(), nullable=False),
        sa.CheckConstraint("outcome IN ('settled', 'refused', 'lost')", name=op.f("ck_records_outcome_is_known")),
        sa.PrimaryKeyConstraint("node_id", "outbox_id", "sequence", name=op.f("pk_records")),
    )
    op.create_table(
        "refusal_counts",
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("last_at", columns.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("node_id", "refusal", name=op.f("pk_refusal_counts")),
    )
    op.create_table(
        "relays",
        sa.Column("relay_id", sa.Integer(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("at", columns.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("relay_id", name=op.f("pk_relays")),
    )
    op.create_index(op.f("ix_relays_at"), "relays", ["at"], unique=False)
    op.create_table(
        "room_events",
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("outbox_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("lease_id", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("captured_at", columns.UtcTime(), nullable=False),
        sa.Column("received_at", columns.UtcTime(), nullable=False),
        sa.Column("late", sa.Boolean(create_constraint=True, name="late_is_boolean"), nullable=False),
        sa.Column("after_s", sa.Float(), nullable=True),
        sa.Column("quality", sa.Float(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.CheckConstraint("origin IN ('sensor', 'simulated', 'replay')", name=op.f("ck_room_events_origin_is_known")),
        sa.CheckConstraint("quality >= 0 AND quality <= 1", name=op.f("ck_room_events_quality_is_a_share")),
        sa.PrimaryKeyConstraint("node_id", "outbox_id", "sequence", name=op.f("pk_room_events")),
    )
    op.create_index(op.f("ix_room_events_room_id_captured_at"), "room_events", ["room_id", "captured_at"], unique=False)
    op.create_table(
        "rooms",
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("added_at", columns.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", name=op.f("pk_rooms")),
    )
    op.create_table(
        "sensor_changes",
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("outbox_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("lease_id", sa.Text(), nullable=True),
        sa.Column("lease_serial", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("lamp", sa.Text(), nullable=False),
        sa.Column("captured_at", columns.UtcTime(), nullable=False),
        sa.Column("received_at", columns.UtcTime(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "origin IN ('sensor', 'simulated', 'replay')", name=op.f("ck_sensor_changes_origin_is_known")
        ),
        sa.PrimaryKeyConstraint("node_id", "outbox_id", "sequence", name=op.f("pk_sensor_changes")),
    )
    op.create_index(
        op.f("ix_sensor_changes_node_id_captured_at"), "sensor_changes", ["node_id", "captured_at"], unique=False
    )
    op.create_table(
        "viewings",
        sa.Column("viewing_id", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("opened_at", columns.UtcTime(), nullable=False),
        sa.Column("heartbeat_at", columns.UtcTime(), nullable=False),
        sa.Column("closed_at", columns.UtcTime(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("viewing_id", name=op.f("pk_viewings")),
    )
    op.create_index(op.f("ix_viewings_opened_at"), "viewings", ["opened_at"], unique=False)
    op.create_table(
        "wards",
        sa.Column("ward_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("ward_id", name=op.f("pk_wards")),
    )
    op.create_table(
        "names",
        sa.Column("patient_id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.patient_id"], name=op.f("fk_names_patient_id")),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("pk_names")),
    )
    op.create_table(
        "nodes",
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("modality", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("added_at", columns.UtcTime(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("confirmed_at", columns.UtcTime(), nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("retired_at", columns.UtcTime(), nullable=True),
        sa.CheckConstraint("modality IN ('radar', 'camera')", name=op.f("ck_nodes_modality_is_known")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.room_id"], name=op.f("fk_nodes_room_id")),
        sa.PrimaryKeyConstraint("node_id", name=op.f("pk_nodes")),
    )
    op.create_table(
        "sessions",
        sa.Column("session_hash", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("opened_at", columns.UtcTime(), nullable=False),
        sa.Column("last_seen_at", columns.UtcTime(), nullable=False),
        sa.Column("ends_at", columns.UtcTime(), nullable=False),
        sa.Column("ended_at", columns.UtcTime(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["accounts.actor_id"], name=op.f("fk_sessions_actor_id")),
        sa.PrimaryKeyConstraint("session_hash", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_actor_id"), "sessions", ["actor_id"], unique=False)
    op.create_table(
        "stays",
        sa.Column("stay_id", sa.Text(), nullable=False),
        sa.Column("patient_id", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("from_at", columns.UtcTime(), nullable=False),
        sa.Column("to_at", columns.UtcTime(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.CheckConstraint("(to_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_stays_an_ended_stay_has_a_reason")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.patient_id"], name=op.f("fk_stays_patient_id")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.room_id"], name=op.f("fk_stays_room_id")),
        sa.PrimaryKeyConstraint("stay_id", name=op.f("pk_stays")),
    )
    op.create_index(
        "uq_stays_one_open_per_patient",
        "stays",
        ["patient_id"],
        unique=True,
        sqlite_where=sa.text("to_at IS NULL"),
        postgresql_where=sa.text("to_at IS NULL"),
    )
    op.create_index(
        "uq_stays_one_open_per_room",
        "stays",
        ["room_id"],
        unique=True,
        sqlite_where=sa.text("to_at IS NULL"),
        postgresql_where=sa.text("to_at IS NULL"),
    )
