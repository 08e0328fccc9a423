"""Tables about what comes after an incident: shares of sealed days, releases, who is told, reports, keep or delete."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table

from console.rules.afterwards.informing import NotYet, ToldWhom
from console.rules.afterwards.keeping import KeepAnswer, KeepEnd
from console.rules.afterwards.releasing import ReleaseEnd, ReleaseKind, ReleasePurpose
from console.rules.afterwards.wrongs import WrongOutcome
from console.store.columns import blob, one_of, text, when
from console.store.identity_tables import metadata as metadata

# fmt: off
# One table is one paragraph, so that the schema can be read as a page.
key_holders = Table(
    "key_holders", metadata,
    text("holder_id", key=True), text("actor_id"), text("role"), text("public_key"), when("named_at"),
    when("confirmed_at", null=True), text("confirmed_by", null=True), when("ended_at", null=True),
    Index(None, "actor_id"),
    CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="a_confirmation_names_who"),
)
"""Who holds one half of the two-person key (rule R1); what opens it is with them and nowhere here."""
day_shares = Table(
    "day_shares", metadata,
    Column("key_id", ForeignKey("day_keys.key_id"), nullable=False), text("first_holder"), text("second_holder"),
    blob("sealed"), PrimaryKeyConstraint("key_id", "first_holder", "second_holder"),
)
"""A day's key, sealed to a second person and around that to a first: neither opens it alone."""
releases = Table(
    "releases", metadata,
    text("release_id", key=True), Column("hold_id", ForeignKey("holds.hold_id"), nullable=False), text("kind"),
    text("purpose"), text("recipient_text_id"), text("asked_by"), text("asked_role"), when("asked_at"),
    when("lapses_at"), when("ended_at", null=True), text("ended_by", null=True), text("ended_role", null=True),
    text("ending", null=True), text("manifest_sha256", null=True), one_of("kind", *ReleaseKind),
    one_of("purpose", *ReleasePurpose), one_of("ending", *ReleaseEnd), Index(None, "hold_id"), Index(None, "asked_at"),
    CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="an_ended_release_says_how"),
)
"""The disclosure register (rule I2); the recipient's name is sealed and erasable."""
release_shares = Table(
    "release_shares", metadata,
    Column("release_id", ForeignKey("releases.release_id"), nullable=False), text("key_id"), text("second_holder"),
    blob("sealed"), PrimaryKeyConstraint("release_id", "key_id", "second_holder"),
)
"""What the first person has opened of their half: still sealed to each second person; gone when the request ends."""
tellings = Table(
    "tellings", metadata,
    text("telling_id", key=True), text("about"), text("about_id"), text("patient_id"), text("stay_id"),
    text("room_id"), when("begun_at"), when("due_at"), when("told_at", null=True), text("told_by", null=True),
    text("told_whom", null=True), text("not_yet", null=True), text("signed_by", null=True),
    when("review_by", null=True), Column("escalated", Integer, nullable=False), one_of("about", "hold", "release"),
    one_of("told_whom", *ToldWhom), one_of("not_yet", *NotYet), Index(None, "stay_id"), Index(None, "told_at"),
    Index("uq_tellings_about", "about", "about_id", unique=True),
    CheckConstraint("(told_at IS NULL) = (told_by IS NULL)", name="a_telling_names_who"),
    CheckConstraint("(not_yet IS NULL) = (signed_by IS NULL)", name="a_not_yet_is_signed"),
)
"""That a patient is told what was held or released about them, and until when (rule I3)."""
wrong_reports = Table(
    "wrong_reports", metadata,
    text("report_id", key=True), when("made_at"), text("made_by"), text("role"), text("room_id"), text("screen"),
    text("text_id", null=True), when("due_at"), Column("escalated", Integer, nullable=False),
    when("answered_at", null=True), text("answered_by", null=True), text("outcome", null=True),
    text("answer_text_id", null=True), text("national_ref", null=True), text("regulator_ref", null=True),
    text("hazard_text_id", null=True), text("notice_text_id", null=True), one_of("outcome", *WrongOutcome),
    Index(None, "made_at"), Index(None, "made_by"),
    CheckConstraint("(answered_at IS NULL) = (outcome IS NULL)", name="an_answer_says_what"),
)
"""'The system got it wrong', and what the safety officer found (rule I7)."""
keep_answers = Table(
    "keep_answers", metadata,
    text("answer_id", key=True), text("stay_id"), text("patient_id"), text("room_id"), when("withdrawn_at"),
    text("answer"), when("answered_at"), when("delete_at", null=True), when("ended_at", null=True),
    text("ending", null=True), Column("rows", Integer), Column("receipt", Integer), one_of("answer", *KeepAnswer),
    one_of("ending", *KeepEnd), Index(None, "stay_id"),
    CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="an_ended_answer_says_how"),
)
"""A patient's own answer to 'keep or delete' after they stopped it (rule R3)."""
