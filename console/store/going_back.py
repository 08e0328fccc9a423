"""Go back one schema where the older one can hold all that is kept; otherwise refuse, and say what would be lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

from sqlalchemy import text

from console.errors import StoreConflict, StoreDamaged
from console.store.migrate import HEAD
from console.store.transaction import Tx


@dataclass(frozen=True, slots=True)
class Check:
    """A check that a version has put in place of an older one.

    Attributes:
        table: of which table.
        name: as it is called now.
        older_name: as it was called.
        older: what the older one asked for, in SQL.
    """

    table: str
    name: str
    older_name: str
    older: str


@dataclass(frozen=True, slots=True)
class Brought:
    """What a version brought, and what is therefore taken out on the way back.

    Attributes:
        tables: new tables, each after those that refer to it.
        columns: (table, column), all of them NULL where nothing is kept in them.
        forgettable: (table, column) that may hold something: it comes again by itself.
        indexes: (table, index) on tables that are older.
        checks: checks that were widened.
        append_only: older tables from which nothing may be taken or changed since.
    """

    tables: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    forgettable: tuple[tuple[str, str], ...] = ()
    indexes: tuple[tuple[str, str], ...] = ()
    checks: tuple[Check, ...] = ()
    append_only: tuple[str, ...] = ()


_REASONS = "('complaint', 'death', 'hospital', 'restraint', 'seclusion', 'tranquillised')"
_REASONS_BY_HAPPENING = (
    "('complaint', 'death', 'hospital', 'restraint', 'seclusion', 'tranquillised', 'needed_help', 'emergency', "
    "'unanswered', 'missing')"
)
_MORE_OF_CHECKS = ("received_at", "place", "woke", "engaged_min", "marks", "check_id", "read_by")
BROUGHT: Mapping[str, Brought] = {
    "0002": Brought(("profile_signatures", "place_profiles", "room_kinds", "reading_choices", "complaints",
                     "copy_requests")),
    "0003": Brought(("answer_claims", "telling_choices", "holds", "talk_drafts")),
    "0004": Brought(("alert_limits", "alert_steps", "alerts", "emergency_steps", "shift_entries", "stand_downs",
                     "technical_alerts", "trials")),
    "0005": Brought(indexes=(("nodes", "uq_nodes_one_in_use_per_room_and_modality"),)),
    "0006": Brought(("group_answers", "staff_visits", "training_records"),
                    checks=(Check("holds", "ck_holds_why_is_known", "ck_holds_why_is_known", f"why IN {_REASONS}"),)),
    "0007": Brought(("handovers", "load_asks", "observation_plans", "planned_checks", "rosters"),
                    columns=tuple(("observations", one) for one in _MORE_OF_CHECKS),
                    indexes=(("observations", "ix_observations_there_at"),),
                    append_only=("observations",)),
    "0008": Brought(("access_reviews", "badges", "look_notes", "second_people", "second_steps", "sensitive_stays",
                     "shut_out", "sights")),
    "0009": Brought(("account_ends", "passkeys", "provider_accounts")),
    "0010": Brought(("release_shares", "releases", "day_shares", "key_holders", "keep_answers", "tellings",
                     "wrong_reports"),
                    columns=(("day_keys", "sealed_at"),),
                    checks=(Check("day_keys", "ck_day_keys_a_key_is_somewhere", "ck_day_keys_wrapped_or_destroyed_at",
                                  "(wrapped IS NULL) <> (destroyed_at IS NULL)"),)),
    "0011": Brought(("assurance_entries", "day_figures")),
    "0012": Brought(forgettable=(("node_boots", "models"),)),
    "0013": Brought(("hold_lifts", "provider_sids", "day_choices", "complaint_words"),
                    checks=(Check("holds", "ck_holds_why_is_known", "ck_holds_why_is_known",
                                  f"why IN {_REASONS_BY_HAPPENING}"),)),
    "0014": Brought(("doubt_answers", "doubt_minutes", "turns", "audible_tests", "call_tests")),
}  # fmt: skip
"""By version; a test holds it against what the scripts do."""


@dataclass(frozen=True, slots=True)
class Move:
    """One step back.

    Attributes:
        newer: the version that is left, four digits.
        older: the version that it has then.
    """

    newer: str
    older: str


def next_move(tx: Tx) -> Move:
    """Return the step back that this database can take.

    Raises:
        StoreDamaged: it has a version that this console does not know, or the first.
    """
    found = str(tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
    if found not in BROUGHT:
        raise StoreDamaged(f"from version {found} this console cannot go back; it knows 0002 to {HEAD}")
    return Move(found, f"{int(found) - 1:04d}")


def refuse_a_loss(tx: Tx, move: Move) -> None:
    """Refuse when anything is kept that only the newer version can hold.

    Raises:
        StoreConflict: with the names of the tables and how many records.
    """
    brought = BROUGHT[move.newer]
    asked = [(table, "1 = 1") for table in brought.tables]
    asked += [(table, f"{column} IS NOT NULL") for table, column in brought.columns]
    asked += [(check.table, f"NOT ({check.older})") for check in brought.checks]
    lost: dict[str, int] = {}
    for table, which in asked:
        # Every name here is written above; nothing comes from outside.
        count = tx.execute(text(f"SELECT count(*) FROM {table} WHERE {which}")).scalar_one()
        if count:
            lost[table] = max(count, lost.get(table, 0))
    if lost:
        told = ", ".join(f"{count} in {table}" for table, count in sorted(lost.items()))
        raise StoreConflict(
            f"going back from version {move.newer} would lose records that the older schema cannot hold ({told}); "
            "nothing was taken out. Stay with this version, or put back the backup that was made before it"
        )


def take_back(tx: Tx, move: Move) -> None:
    """Take the newer version's part of the schema out, within this transaction; whether it may be is asked before."""
    take_out = import_module("console.store.upgrade").take_out
    tx.reshape(lambda connection: take_out(connection, BROUGHT[move.newer]))
    tx.execute(text("UPDATE alembic_version SET version_num = :older"), {"older": move.older})
