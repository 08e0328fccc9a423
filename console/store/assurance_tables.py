"""Tables of the governance lead's desk: daily figures without persons, and entries that are only ever added."""

from sqlalchemy import JSON, Column, Date, Index, Integer, Table

from console.rules.governing.assurance_kinds import Kept
from console.store.columns import one_of, text, when
from console.store.incident_tables import metadata as metadata

# fmt: off
# One table is one paragraph, so that the schema can be read as a page.
day_figures = Table(
    "day_figures", metadata,
    Column("day", Date, primary_key=True), text("figures"), text("sha256"), when("frozen_at"),
)
"""One row a ward day, canonical JSON without persons; frozen at noon of the next day, and never changed (rule R1)."""
assurance_entries = Table(
    "assurance_entries", metadata,
    Column("position", Integer, primary_key=True, autoincrement=True), when("at"), text("kind"),
    Column("details", JSON, nullable=False), text("recorded_by"), one_of("kind", *Kept), Index(None, "kind"),
)
"""Reviews of papers, notices, built and signed audits, benefit reviews, talks with the panel; codes and short texts."""
