"""Tables of the night: tests of the calls, turns beside one person, and nights in which a sensor could not tell."""

from sqlalchemy import JSON, Boolean, Column, Date, Index, Integer, Table

from console.rules.in_person.doubt import DoubtAnswer
from console.rules.in_person.turns import TurnKind
from console.store.columns import one_of, text, when
from console.store.holding_tables import metadata as metadata

# fmt: off
# One table is one paragraph, so that the schema can be read as a page.
call_tests = Table(
    "call_tests", metadata,
    text("test_id", key=True), when("begun_at"), text("begun_by"), when("ended_at"), when("corridor_at", null=True),
    Column("rooms", JSON, nullable=False), Index(None, "begun_at"),
)
"""One row for each silent test of the calls that has ended: by room, what was not proven (rule N4)."""
audible_tests = Table(
    "audible_tests", metadata,
    Column("position", Integer, primary_key=True, autoincrement=True), when("at"), text("heard_by"),
    Column("was_heard", Boolean, nullable=False),
)
"""Whether somebody heard the corridor unit where it must be heard (rule N4)."""
turns = Table(
    "turns", metadata,
    Column("position", Integer, primary_key=True, autoincrement=True), text("stay_id"), text("room_id"), text("kind"),
    when("at"), text("actor_id"), text("giver_id"), Column("place_proven", Boolean, nullable=False),
    Column("gap_s", Integer, nullable=False), one_of("kind", *TurnKind), Index(None, "stay_id"), Index(None, "at"),
)
"""Who stayed with a person who is never left, from when, and for how long nobody did (rule O3)."""
doubt_minutes = Table(
    "doubt_minutes", metadata,
    Column("position", Integer, primary_key=True, autoincrement=True), Column("night", Date, nullable=False),
    text("stay_id"), Column("sensed_min", Integer, nullable=False), Column("doubt_min", Integer, nullable=False),
    when("until_at"), Index(None, "stay_id"),
)
"""Minutes of a night in which a sensor was on, and those of them in which it could not tell (rule O7)."""
doubt_answers = Table(
    "doubt_answers", metadata,
    Column("position", Integer, primary_key=True, autoincrement=True), text("stay_id"), when("at"), text("answer"),
    text("recorded_by"), one_of("answer", *DoubtAnswer), Index(None, "stay_id"),
)
"""What a person chose when they were offered another position, another sensor, or off (rule O7)."""
