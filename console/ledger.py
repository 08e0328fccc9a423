"""The patient's ledger, "who looked": looks one by one, glances summed, each with its audit entry (rule S1)."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from console.roles import Role
from console.rules.access import AccessReason
from console.store import accounts, audit_rows, prompts, viewings
from console.store.database import Tx
from console.store.people import StayRow
from console.views import LedgerRow, Words

_MOST_ROWS = 200
_MOST_GLANCES = 50

LOOKS: Mapping[str, Words] = {
    "room:reading:viewed": Words("your breathing reading"),
    "room:consent:viewed": Words("what you said about the sensor"),
    "room:name:viewed": Words("your name"),
}
"""Actions that are looks at one person, and what they looked at."""
ACTS: Mapping[str, Words] = {
    "consent:sensor:paused": Words("paused the sensor"),
    "consent:sensor:stopped": Words("told us that you want the sensor off"),
}
"""What staff did about the sensor by name: shown to the patient too (rules C5, S3)."""
LIST_SUBJECT = "list:" + "0" * 32
"""Stands for the whole list where the log asks for a pseudonym."""
LIST_LOOK = "ward:consents:viewed"
"""A look at the list of rooms with what each person said: it concerns everyone who stayed there then."""

ROLES: Mapping[Role, Words] = {
    Role.NURSE: Words("nurse"),
    Role.NURSE_IN_CHARGE: Words("nurse in charge"),
    Role.WARD_MANAGER: Words("ward manager"),
    Role.MATRON: Words("matron"),
    Role.SITE_COORDINATOR: Words("site coordinator"),
    Role.GOVERNANCE_LEAD: Words("governance lead"),
    Role.IG_OFFICER: Words("information-governance officer"),
    Role.CLINICAL_SAFETY_OFFICER: Words("clinical safety officer"),
    Role.ENGINEER: Words("engineer"),
    Role.ADVOCATE: Words("advocate"),
    Role.PATIENT: Words("patient"),
    Role.ADMINISTRATOR: Words("administrator"),
    Role.SYSTEM: Words("the console"),
}
_REASONS: Mapping[str, Words] = {
    AccessReason.DIRECT_CARE: Words("to care for you"),
    AccessReason.INCIDENT_REVIEW: Words("to look into something that happened"),
    AccessReason.WARD_AUDIT: Words("to check the ward"),
    AccessReason.MAINTENANCE: Words("to mend something"),
}


def who_looked(tx: Tx, stay: StayRow, now: datetime) -> tuple[LedgerRow, ...]:
    """Return the ledger of a stay, newest first.

    Args:
        tx: the read.
        stay: whose.
        now: UTC.
    """
    names = _FirstNames(tx)
    found = [row for row in _looks(tx, stay, names) if row.at >= stay.from_at]
    found += _glances(tx, stay, names, now)
    return tuple(sorted(found, key=lambda row: row.at, reverse=True)[:_MOST_ROWS])


def said_to_staff(tx: Tx, stay: StayRow) -> tuple[LedgerRow, ...]:
    """Return the check prompts about a room during a stay, newest first."""
    rows = prompts.of_room(tx, stay.room_id, stay.from_at, _MOST_ROWS)
    return tuple(LedgerRow(row.raised_at, attended_at, _prompt_words(row.kind), -1) for row, attended_at in rows)


class _FirstNames:
    """Looks up first names, as on the badge, once each."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._known: dict[str, str] = {}

    def of(self, actor_id: str) -> str:
        if actor_id not in self._known:
            account = accounts.by_id(self._tx, actor_id)
            self._known[actor_id] = account.actor.display_name.split(" ")[0] if account else ""
        return self._known[actor_id]


def _looks(tx: Tx, stay: StayRow, names: _FirstNames) -> list[LedgerRow]:
    entries = audit_rows.newest_rows(tx, limit=_MOST_ROWS * 5, room=stay.room_id)
    found = []
    for row in entries:
        if row.action in LOOKS and row.outcome == "allowed":
            told = json.loads(row.entry)
            found.append(LedgerRow(row.at, None, _look_words(told, names, LOOKS[row.action]), row.index))
        elif row.action in ACTS and _is_staff(row.entry):
            found.append(LedgerRow(row.at, None, _act_words(json.loads(row.entry), names, ACTS[row.action]), row.index))
    lists = audit_rows.newest_rows(tx, limit=_MOST_ROWS, subject=LIST_SUBJECT)
    for row in lists:
        told = json.loads(row.entry)
        words = _look_words(told, names, Words("the list of who said what about the sensor"))
        found.append(LedgerRow(row.at, None, words, row.index))
    return found


def _is_staff(entry: str) -> bool:
    return json.loads(entry)["role"] not in ("", Role.PATIENT, Role.SYSTEM)


def _act_words(told: Mapping[str, Any], names: _FirstNames, done: Words) -> Words:
    role = ROLES[Role(told["role"])]
    return Words("{name} ({role}) {done}.", {"name": names.of(told["actor"]), "role": role, "done": done})


def _look_words(told: Mapping[str, Any], names: _FirstNames, what: Words) -> Words:
    role = ROLES[Role(told["role"])] if told["role"] else Words("somebody")
    reason = _REASONS.get(told["reason"], Words("no reason given"))
    return Words(
        "{name} ({role}) looked at {what}, {reason}.",
        {"name": names.of(told["actor"]), "role": role, "what": what, "reason": reason},
    )


def _glances(tx: Tx, stay: StayRow, names: _FirstNames, now: datetime) -> list[LedgerRow]:
    """Sum glances: the board was open from then until then; the receipt is of the entry that opened it."""
    found = []
    for one in viewings.between(tx, stay.from_at, now, _MOST_GLANCES):
        receipts = audit_rows.newest_rows(tx, limit=2, subject=f"viewing:{one.viewing_id}")
        words = Words("The night board was open: {name}.", {"name": names.of(one.actor_id)})
        until = one.closed_at or one.heartbeat_at
        found.append(
            LedgerRow(max(one.opened_at, stay.from_at), until, words, min((r.index for r in receipts), default=-1))
        )
    return found


def _prompt_words(kind: str) -> Words:
    if kind == "no_breathing_seen":
        return Words("Staff were asked to look in: no breathing was seen.")
    return Words("Staff were asked to knock: the sensor stopped while a clock was running.")
