"""Tables about who looks and who may: looks that are counted, what is reviewed, and what a person shut out."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, Table

from console.rules.looking.look_rates import Because
from console.rules.looking.reviewing import ReviewKind, ReviewOutcome
from console.rules.looking.sensitive import MarkKind
from console.rules.looking.sight import SightReason
from console.store.columns import blob, one_of, text, when
from console.store.tables import metadata as metadata

# fmt: off
# One table is one paragraph, so that the schema can be read as a page.
look_notes = Table(
    "look_notes", metadata,
    Column("idx", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False), when("at"),
    text("actor_id"), text("role"), text("stay_id"), text("because"), one_of("because", *Because),
    Index(None, "actor_id", "stay_id"), Index(None, "at"),
)
"""One row for each look at a person that the log holds, with what explained it when it was made (rule X2)."""
access_reviews = Table(
    "access_reviews", metadata,
    text("review_id", key=True), text("kind"), text("actor_id"), text("role"), text("room_id"), text("stay_id"),
    Column("count", Integer, nullable=False), text("reason"), when("begins_at"), when("raised_at"), when("due_at"),
    Column("escalated", Integer, nullable=False), when("contact_told_at", null=True), when("reviewed_at", null=True),
    text("reviewed_by", null=True), text("outcome", null=True), one_of("kind", *ReviewKind),
    one_of("outcome", *ReviewOutcome),
    CheckConstraint("(reviewed_at IS NULL) = (reviewed_by IS NULL)", name="a_review_names_who"),
    Index(None, "actor_id", "stay_id"), Index(None, "raised_at"),
)
sights = Table(
    "sights", metadata,
    text("sight_id", key=True), text("actor_id"), text("room_id"), text("stay_id"), text("reason"), when("begins_at"),
    when("until"), one_of("reason", *SightReason), Index(None, "actor_id", "room_id"),
)
sensitive_stays = Table(
    "sensitive_stays", metadata,
    text("mark_id", key=True), text("stay_id"), text("kind"), when("marked_at"), text("marked_by"),
    when("ended_at", null=True), text("ended_by", null=True), one_of("kind", *MarkKind), Index(None, "stay_id"),
    CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="an_ended_mark_names_who"),
)
second_people = Table(
    "second_people", metadata,
    text("asked_id", key=True), text("stay_id"), text("room_id"), text("actor_id"), when("asked_at"),
    when("agreed_at", null=True), text("agreed_by", null=True), Index(None, "stay_id", "actor_id"),
    CheckConstraint("(agreed_at IS NULL) = (agreed_by IS NULL)", name="an_agreement_names_who"),
)
shut_out = Table(
    "shut_out", metadata,
    Column("position", Integer, primary_key=True, autoincrement=True), text("patient_id"), text("actor_id"),
    when("from_at"), when("ended_at", null=True), Index(None, "patient_id"),
)
second_steps = Table(
    "second_steps", metadata,
    text("actor_id", key=True), text("key_id"), blob("sealed"), when("begun_at"), when("confirmed_at", null=True),
    Column("last_step", BigInteger, nullable=False),
)
"""The secret of somebody's second step, sealed; `last_step` is the newest code that was used, so that none is twice."""
badges = Table(
    "badges", metadata,
    text("badge_hash", key=True), text("actor_id"), text("pin_hash", null=True), when("issued_at"), text("issued_by"),
    when("expires_at", null=True), when("ended_at", null=True), Index(None, "actor_id"),
)
