"""Tables of holds that two people lift, further words of a complaint, choices of a day, and sessions elsewhere."""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Table

from console.rules.afterwards.lifting import LiftEnd, LiftReason
from console.store.assurance_tables import metadata as metadata
from console.store.columns import one_of, text, when

# fmt: off
# One table is one paragraph, so that the schema can be read as a page.
complaint_words = Table(
    "complaint_words", metadata,
    text("text_id", key=True), text("complaint_id"), when("said_at"), Index(None, "complaint_id"),
)
"""What somebody added on the same day to a complaint that nobody had acknowledged yet; sealed and erasable."""
day_choices = Table(
    "day_choices", metadata,
    Column("position", Integer, primary_key=True, autoincrement=True), text("stay_id"), when("chosen_at"),
    Column("after_a_day", Boolean, nullable=False), Index(None, "stay_id"),
)
"""For how long what is noted of them is kept, as a patient chose it on their own page; the newest counts (R1)."""
provider_sids = Table(
    "provider_sids", metadata,
    text("sid_hash", key=True), text("actor_id"), when("came_at"), Index(None, "came_at"),
)
"""Which of the hospital's own sessions somebody came in with, so that its end there ends theirs here (rule X6)."""
hold_lifts = Table(
    "hold_lifts", metadata,
    text("lift_id", key=True), Column("hold_id", ForeignKey("holds.hold_id"), nullable=False), text("reason"),
    text("text_id"), text("asked_by"), text("asked_role"), when("asked_at"), when("lapses_at"),
    when("ended_at", null=True), text("ended_by", null=True), text("ended_role", null=True), text("ending", null=True),
    one_of("reason", *LiftReason), one_of("ending", *LiftEnd), Index(None, "hold_id"), Index(None, "asked_at"),
    CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="an_ended_lift_says_how"),
)
"""Requests that a hold ends, and how they ended: nothing is changed once a request has ended (rules I1, I4)."""
