"""Every table of the console, as SQLAlchemy Core; all times are UTC.

Measurements and room events know a room and a lease, never a stay or a patient: only an observation ties them to a
person (rule H5). Names and free text stand alone and sealed, so that they can be erased without touching anything else.
The audit and consent tables are append-only: triggers of the first migration refuse every change.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from broker.vocabulary import LeaseKind, Modality, Origin
from console.rules.afterwards.holding import HoldReason
from console.rules.alerting.alerts import AlertKind, Priority, StepKind
from console.rules.consenting.groups import OwnQuestion
from console.rules.consenting.person import PlaceKind
from console.rules.in_person.levels import Level
from console.rules.in_person.load import LoadAnswer
from console.rules.in_person.rounds import CheckEnd, Moved
from console.rules.in_person.training import Course
from console.store.columns import blob, exactly_one, one_of, text, when

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_SIZE = BigInteger().with_variant(Integer, "sqlite")


def _sequence() -> Column[int]:
    return Column("sequence", BigInteger, nullable=False)


def _identity() -> PrimaryKeyConstraint:
    return PrimaryKeyConstraint("node_id", "outbox_id", "sequence")


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean(create_constraint=True, name=f"{name}_is_boolean"), nullable=False)


# fmt: off
# One table is one paragraph, so that the schema can be read as a page.
facts = Table("facts", metadata, text("name", key=True), text("value"))
"""What belongs to this database as a whole: which keys it was made with."""

wards = Table("wards", metadata, text("ward_id", key=True), text("title"), when("created_at"))
rooms = Table(
    "rooms", metadata,
    text("room_id", key=True), text("title"), Column("place", Integer, nullable=False), when("added_at"),
)
nodes = Table(
    "nodes", metadata,
    text("node_id", key=True), Column("room_id", ForeignKey("rooms.room_id"), nullable=False), text("modality"),
    text("public_key"), when("added_at"), text("added_by"), when("confirmed_at", null=True),
    text("confirmed_by", null=True), when("retired_at", null=True), one_of("modality", *Modality),
)
_IN_USE = nodes.c.retired_at.is_(None)
Index("uq_nodes_one_in_use_per_room_and_modality", nodes.c.room_id, nodes.c.modality, unique=True,
      sqlite_where=_IN_USE, postgresql_where=_IN_USE)
node_boots = Table(
    "node_boots", metadata,
    text("node_id"), text("boot_id"), text("outbox_id"), text("origin"), text("software"), when("announced_at"),
    Column("models", Text, nullable=False, server_default=""), PrimaryKeyConstraint("node_id", "boot_id"),
)
outboxes = Table(
    "outboxes", metadata,
    text("node_id"), text("outbox_id"), Column("settled_through", BigInteger, nullable=False),
    when("first_seen_at"), PrimaryKeyConstraint("node_id", "outbox_id"),
)
records = Table(
    "records", metadata,
    text("node_id"), text("outbox_id"), _sequence(), text("body_sha256"), text("outcome"), _flag("late"),
    when("received_at"), _identity(), one_of("outcome", "settled", "refused", "lost"),
)
quarantine = Table(
    "quarantine", metadata,
    Column("quarantine_id", Integer, primary_key=True), text("node_id", null=True), text("outbox_id", null=True),
    Column("sequence", BigInteger), text("refusal"), text("body_sha256"), blob("body", null=True),
    when("received_at"),
)
refusal_counts = Table(
    "refusal_counts", metadata,
    text("node_id"), text("refusal"), Column("count", BigInteger, nullable=False), when("last_at"),
    PrimaryKeyConstraint("node_id", "refusal"),
)
lease_serials = Table(
    "lease_serials", metadata,
    text("node_id", key=True), Column("serial", BigInteger, nullable=False),
)
leases = Table(
    "leases", metadata,
    text("lease_id", key=True), text("node_id"), text("room_id"), text("stay_id", null=True),
    text("consent_id", null=True), text("kind"), when("opens_at"), when("closes_at"), when("first_issued_at"),
    when("ended_at", null=True), one_of("kind", *LeaseKind), Index(None, "node_id", "first_issued_at"),
    Index(None, "room_id", "first_issued_at"),
)

patients = Table("patients", metadata, text("patient_id", key=True), when("created_at"))
names = Table(
    "names", metadata,
    Column("patient_id", ForeignKey("patients.patient_id"), primary_key=True), text("key_id"), blob("sealed"),
)
free_texts = Table(
    "free_texts", metadata,
    text("text_id", key=True), text("key_id"), blob("sealed", null=True), text("digest"), when("written_at"),
    when("erased_at", null=True), exactly_one("sealed", "erased_at"),
)
stays = Table(
    "stays", metadata,
    text("stay_id", key=True), Column("patient_id", ForeignKey("patients.patient_id"), nullable=False),
    Column("room_id", ForeignKey("rooms.room_id"), nullable=False), when("from_at"), when("to_at", null=True),
    text("ended_by", null=True),
    CheckConstraint("(to_at IS NULL) = (ended_by IS NULL)", name="an_ended_stay_has_a_reason"),
)
_STILL_OPEN = stays.c.to_at.is_(None)
Index("uq_stays_one_open_per_room", stays.c.room_id, unique=True, sqlite_where=_STILL_OPEN,
      postgresql_where=_STILL_OPEN)
Index("uq_stays_one_open_per_patient", stays.c.patient_id, unique=True, sqlite_where=_STILL_OPEN,
      postgresql_where=_STILL_OPEN)
consent_entries = Table(
    "consent_entries", metadata,
    Column("position", Integer, primary_key=True, autoincrement=True), text("entry_id", unique=True),
    text("consent_id"), text("stay_id"), text("patient_id"), when("at"), text("kind"),
    Column("details", JSON, nullable=False), text("recorded_by"), text("text_id", null=True),
    Index(None, "stay_id"), Index(None, "consent_id"),
)

talk_drafts = Table(
    "talk_drafts", metadata,
    text("stay_id"), text("actor_id"), Column("answers", JSON, nullable=False), when("kept_at"),
    PrimaryKeyConstraint("stay_id", "actor_id"), Index(None, "kept_at"),
)
"""Answers between two questions of a talk; no record of anything."""
holds = Table(
    "holds", metadata,
    text("hold_id", key=True), text("patient_id"), text("stay_id"), text("room_id"), text("why"), text("about"),
    when("from_at"), when("until_at"), when("started_at"), when("review_by"),
    when("lifted_at", null=True), text("lifted_by", null=True), one_of("why", *HoldReason),
    CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="a_lifted_hold_names_who"),
    Index(None, "room_id", "until_at"), Index(None, "about"),
)
telling_choices = Table(
    "telling_choices", metadata,
    Column("patient_id", ForeignKey("patients.patient_id"), primary_key=True), text("how"), when("chosen_at"),
    one_of("how", "when_i_ask", "at_once", "each_morning"),
)
answer_claims = Table(
    "answer_claims", metadata,
    text("code_hash", key=True), text("patient_id"), when("made_at"), when("ends_at"), Index(None, "patient_id"),
)
"""Codes under which somebody who has left reads what became of their complaint; only their hashes are kept."""

measurements = Table(
    "measurements", metadata,
    text("node_id"), text("outbox_id"), _sequence(), text("room_id"), text("lease_id"), when("minute_from"),
    Column("day", Date, nullable=False), text("key_id"), blob("minute_sealed"),
    blob("respiratory_rate_sealed", null=True), text("respiratory_rate_withheld", null=True),
    blob("pulse_rate_sealed", null=True), text("pulse_rate_withheld", null=True), _flag("late"), text("origin"),
    _identity(), exactly_one("respiratory_rate_sealed", "respiratory_rate_withheld"),
    exactly_one("pulse_rate_sealed", "pulse_rate_withheld"), one_of("origin", *Origin),
    Index(None, "room_id", "minute_from"), Index(None, "day"),
)
room_events = Table(
    "room_events", metadata,
    text("node_id"), text("outbox_id"), _sequence(), text("room_id"), text("lease_id"), text("event"),
    when("captured_at"), when("received_at"), _flag("late"), Column("after_s", Float),
    Column("quality", Float, nullable=False), text("origin"), _identity(),
    CheckConstraint("quality >= 0 AND quality <= 1", name="quality_is_a_share"), one_of("origin", *Origin),
    Index(None, "room_id", "captured_at"),
)
sensor_changes = Table(
    "sensor_changes", metadata,
    text("node_id"), text("outbox_id"), _sequence(), text("room_id"), text("state"), text("lease_id", null=True),
    Column("lease_serial", BigInteger, nullable=False), text("reason", null=True), text("lamp"),
    when("captured_at"), when("received_at"), text("origin"), _identity(), one_of("origin", *Origin),
    Index(None, "node_id", "captured_at"),
)
cosignatures = Table(
    "cosignatures", metadata,
    text("node_id"), text("outbox_id"), _sequence(), Column("tree_size", BigInteger, nullable=False), text("root"),
    text("outcome"), text("signature"), when("received_at"), _identity(), Index(None, "node_id", "tree_size"),
)
losses = Table(
    "losses", metadata,
    text("node_id"), text("outbox_id"), _sequence(), Column("to_sequence", BigInteger, nullable=False),
    Column("count", BigInteger, nullable=False), text("reason"), when("received_at"), _identity(),
)
day_keys = Table(
    "day_keys", metadata,
    text("key_id", key=True), Column("day", Date, nullable=False, unique=True), blob("wrapped", null=True),
    when("made_at"), when("sealed_at", null=True), when("destroyed_at", null=True),
    CheckConstraint("(wrapped IS NULL) = (sealed_at IS NOT NULL OR destroyed_at IS NOT NULL)",
                    name="a_key_is_somewhere"),
)

check_prompts = Table(
    "check_prompts", metadata,
    text("prompt_id", key=True), text("room_id"), text("kind"), Column("values", JSON, nullable=False),
    when("raised_at"), when("attended_at", null=True), text("attended_by", null=True), text("outcome", null=True),
    _flag("place_proven"), Index(None, "room_id", "raised_at"),
)
observations = Table(
    "observations", metadata,
    text("observation_id", key=True), text("stay_id"), text("room_id"), text("actor_id"), when("there_at"),
    when("entered_at"), text("saw"), _flag("place_proven"), when("received_at", null=True), text("place", null=True),
    text("woke", null=True), Column("engaged_min", Integer), Column("marks", JSON), text("check_id", null=True),
    text("read_by", null=True), Index(None, "stay_id", "there_at"), Index(None, "there_at"),
)
"""Only ever added to; its id is the one that the tablet gave it, so that what is sent twice is kept once."""
observation_plans = Table(
    "observation_plans", metadata,
    Column("position", Integer, primary_key=True, autoincrement=True), text("stay_id"), text("level"),
    _flag("wishes_quiet"), Column("cautions", JSON, nullable=False), text("clinician"), text("why"), when("set_at"),
    text("set_by"), one_of("level", *Level), Index(None, "stay_id"),
)
planned_checks = Table(
    "planned_checks", metadata,
    text("check_id", key=True), text("seed"), text("stay_id"), text("room_id"), text("level"), when("opens_at"),
    when("due_at"), when("latest_at"), when("planned_at"), text("moved", null=True), when("seen_at", null=True),
    when("ended_at", null=True), text("ended", null=True), _flag("said_no"), one_of("level", *Level),
    one_of("moved", *Moved), one_of("ended", *CheckEnd),
    CheckConstraint("(ended_at IS NULL) = (ended IS NULL)", name="an_ended_check_says_how"), Index(None, "ended_at"),
    Index(None, "latest_at"),
)
rosters = Table(
    "rosters", metadata,
    Column("position", Integer, primary_key=True, autoincrement=True), Column("people", Integer, nullable=False),
    when("set_at"), text("set_by"),
)
load_asks = Table(
    "load_asks", metadata,
    text("ask_id", key=True), when("asked_at"), Column("checks_per_h", Float, nullable=False),
    Column("people", Integer, nullable=False), when("answered_at", null=True), text("answered_by", null=True),
    text("answer", null=True), text("clinician", null=True), when("until_at", null=True),
    one_of("answer", *LoadAnswer), Index(None, "asked_at"),
)
handovers = Table(
    "handovers", metadata,
    text("handover_id", key=True), when("from_at"), when("until_at"), Column("figures", JSON, nullable=False),
    when("signed_at"), text("signed_by"), Index(None, "signed_at"),
)
viewings = Table(
    "viewings", metadata,
    text("viewing_id", key=True), text("actor_id"), text("device"), when("opened_at"), when("heartbeat_at"),
    when("closed_at", null=True), text("close_reason", null=True), Index(None, "opened_at"),
)
relays = Table(
    "relays", metadata,
    Column("relay_id", Integer, primary_key=True), text("device"), text("room_id"), when("at"), Index(None, "at"),
)

room_kinds = Table(
    "room_kinds", metadata,
    Column("room_id", ForeignKey("rooms.room_id"), primary_key=True), text("kind"), one_of("kind", *PlaceKind),
)
"""A room that is not there is a bedroom."""
place_profiles = Table(
    "place_profiles", metadata,
    text("profile_id", key=True), text("kind"), text("text_sha256"), _flag("stop_inside"), when("written_at"),
    text("written_by"), one_of("kind", *PlaceKind), Index(None, "kind", "written_at"),
)
profile_signatures = Table(
    "profile_signatures", metadata,
    Column("profile_id", ForeignKey("place_profiles.profile_id"), nullable=False), text("role"), text("actor_id"),
    when("at"), PrimaryKeyConstraint("profile_id", "role"),
)
reading_choices = Table(
    "reading_choices", metadata,
    Column("patient_id", ForeignKey("patients.patient_id"), primary_key=True), text("language"), _flag("easy_read"),
    _flag("large_print"), _flag("high_contrast"), _flag("aloud"), when("chosen_at"),
)
complaints = Table(
    "complaints", metadata,
    text("complaint_id", key=True), text("patient_id"), text("stay_id"), text("kind"), text("text_id", null=True),
    when("made_at"), when("due_at"), when("acknowledged_at", null=True), text("acknowledged_by", null=True),
    text("outcome_text_id", null=True), when("closed_at", null=True), text("closed_by", null=True),
    one_of("kind", "complaint", "feedback", "wrong"), Index(None, "patient_id"),
)
copy_requests = Table(
    "copy_requests", metadata,
    text("request_id", key=True), text("patient_id"), text("stay_id"), when("asked_at"), when("due_at"),
    when("answered_at", null=True), text("answered_by", null=True), Index(None, "patient_id"),
)

accounts = Table(
    "accounts", metadata,
    text("actor_id", key=True), text("username"), text("username_folded", unique=True), text("display_name"),
    text("role"), text("room_id", null=True), text("patient_id", null=True), text("password_hash", null=True),
    _flag("is_active"), when("created_at"),
)
sessions = Table(
    "sessions", metadata,
    text("session_hash", key=True), Column("actor_id", ForeignKey("accounts.actor_id"), nullable=False),
    text("device"), when("opened_at"), when("last_seen_at"), when("ends_at"), when("ended_at", null=True),
    text("end_reason", null=True), Index(None, "actor_id"),
)
enrolments = Table(
    "enrolments", metadata,
    text("token_hash", key=True), text("actor_id", null=True), when("created_at"), when("expires_at"),
    when("used_at", null=True), text("issued_by"),
)
"""One-time links; `actor_id` is empty for the first administrator, whose account does not exist yet."""

audit_entries = Table(
    "audit_entries", metadata,
    Column("idx", _SIZE, primary_key=True, autoincrement=False), when("at"), text("action"), text("actor"),
    text("outcome"), text("subject"), text("room"), text("entry"), blob("leaf"),
    CheckConstraint("length(leaf) = 32", name="leaf_is_a_sha256"), Index(None, "subject"),
    Index(None, "room"), Index(None, "actor"),
)
"""`entry` is what the tree covers; the columns before it repeat parts of it to search by; `verify` compares them."""
checkpoints = Table(
    "checkpoints", metadata,
    Column("size", _SIZE, primary_key=True, autoincrement=False), blob("root"), text("note"), when("at"),
)

alerts = Table(
    "alerts", metadata,
    text("alert_id", key=True), text("room_id"), text("stay_id"), text("kind"), text("priority"), text("concern"),
    _flag("voice_answer"), when("began_at"), when("raised_at"), Column("again", Integer, nullable=False),
    text("start"), one_of("kind", *AlertKind), one_of("priority", *Priority), Index(None, "raised_at"),
    Index(None, "stay_id", "raised_at"),
)
alert_steps = Table(
    "alert_steps", metadata,
    Column("position", Integer, primary_key=True, autoincrement=True), text("alert_id"), text("kind"), when("at"),
    text("actor_id"), Column("details", JSON, nullable=False), one_of("kind", *StepKind), Index(None, "alert_id"),
)
"""Only ever added to, as the entries of consent and audit are: no step of an answer can be taken back."""
alert_limits = Table(
    "alert_limits", metadata,
    text("limit_id", key=True), text("stay_id"), text("kind"), Column("after_s", Float, nullable=False),
    text("concern"), _flag("voice_answer"), text("reason"), when("set_at"), text("set_by"), when("expires_at"),
    one_of("kind", *AlertKind), Index(None, "stay_id", "set_at"),
)
shift_entries = Table(
    "shift_entries", metadata,
    Column("position", Integer, primary_key=True, autoincrement=True), text("actor_id"), when("at"), text("kind"),
    text("post"), text("cover"), Column("rooms", JSON, nullable=False), Index(None, "at"),
)
technical_alerts = Table(
    "technical_alerts", metadata,
    text("technical_id", key=True), text("cause"), Column("rooms", JSON, nullable=False), when("raised_at"),
    _flag("was_loud"), when("resolved_at", null=True), Index(None, "raised_at"),
)
emergency_steps = Table(
    "emergency_steps", metadata,
    Column("position", Integer, primary_key=True, autoincrement=True), text("emergency_id"), text("room_id"),
    text("kind"), when("at"), text("actor_id"), Index(None, "emergency_id"),
)
stand_downs = Table(
    "stand_downs", metadata,
    text("stand_down_id", key=True), text("asked_by"), when("asked_at"), text("confirmed_by"), when("until"),
)
training_records = Table(
    "training_records", metadata,
    Column("position", Integer, primary_key=True, autoincrement=True), text("actor_id"), text("course"), when("until"),
    when("entered_at"), text("entered_by"), one_of("course", *Course), Index(None, "actor_id"),
)
"""Only ever added to: what was in date on a past night can be told."""
group_answers = Table(
    "group_answers", metadata,
    Column("patient_id", ForeignKey("patients.patient_id"), primary_key=True), text("question", key=True),
    text("answer"), when("answered_at"), one_of("question", *OwnQuestion),
)
"""What somebody chose to tell about themselves for the counts of rule E2; taken back by them at any time."""
staff_visits = Table(
    "staff_visits", metadata,
    text("visit_id", key=True), text("room_id"), text("stay_id"), text("actor_id"), when("came_at"),
    when("left_at", null=True), text("ended_by", null=True), Index(None, "room_id", "came_at"), Index(None, "stay_id"),
    CheckConstraint("(left_at IS NULL) = (ended_by IS NULL)", name="an_ended_visit_says_how"),
)
"""Who touched a door's tag, and until when they were taken to be in the room (rules C5, C17)."""
trials = Table(
    "trials", metadata,
    text("trial_id", key=True), text("kind"), Column("after_s", Float, nullable=False), when("began_at"),
    text("began_by"), Column("counted", Integer, nullable=False), one_of("kind", *AlertKind),
)
"""A proposed limit in its silent nights: it keeps how often it would have called, and nothing else."""
