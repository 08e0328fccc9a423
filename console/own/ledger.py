"""The patient's ledger, "who looked": looks one by one, glances summed, each with its audit entry (rule S1)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from console.logbook.merkle import leaf_hash
from console.logbook.receipts import short_form
from console.roles import Role
from console.rules.access import AccessReason
from console.rules.looking.visiting import Visit, VisitEnd
from console.showing.views import LedgerRow, Words
from console.store import accounts, audit_rows, looks, prompts, viewings, visits
from console.store.database import Tx
from console.store.looks import LookRow, Wanted
from console.store.people import StayRow, newest_link
from console.store.visits import NAMELESS

_PAGE = 100
_ONE_SITTING = timedelta(minutes=30)

LOOKS: Mapping[str, Words] = {
    "room:reading:viewed": Words("your breathing reading"),
    "room:trend:viewed": Words("the notes of your last hours"),
    "room:consent:viewed": Words("what you said about the sensor"),
    "room:name:viewed": Words("your name"),
}
"""Actions that are looks at one person, and what they looked at."""
ACTS: Mapping[str, Words] = {
    "consent:sensor:paused": Words("paused the sensor"),
    "consent:sensor:stopped": Words("told us that you want the sensor off"),
    "consent:record:paused": Words("paused the sensor"),
    "consent:sensor:privacy_paused": Words("paused the sensor for your privacy, for 10 minutes"),
    "consent:record:about_them": Words("wrote down your age group"),
    "consent:record:adjusted": Words("wrote down what helps you to understand"),
    "consent:record:advance_wish": Words("wrote down what you wished when you were well"),
    "consent:record:not_by": Words("wrote down who is not to ask you about the sensor"),
    "consent:record:felt": Words("wrote down how it was for you"),
    "consent:record:restrained": Words("wrote down that you were held or secluded; nobody asks you for a day"),
    "consent:record:offered": Words("asked you about the sensor"),
    "consent:record:given": Words("wrote down your yes"),
    "consent:record:refused": Words("wrote down your no"),
    "consent:record:talked": Words("wrote down a talk with you about the sensor"),
    "consent:record:changed": Words("wrote down a change around you"),
    "consent:record:earlier_no_reviewed": Words("wrote down that two clinicians looked again at your earlier no"),
    "stay:record:away": Words("wrote down where you were"),
    "stay:record:returned": Words("wrote down where you were"),
    "stay:record:tranquillised": Words("wrote down a calming injection; checks in person began"),
    "stay:record:checked_in_person": Words("checked on you in person"),
    "stay:record:died": Words("closed the room after a death"),
    "stay:record:sedation_ended": Words("ended the checks in person after your injection"),
    "desk:account:made": Words("made a sign-in for your page"),
    "desk:account:reset": Words("made a new sign-in for your page; the old one ended"),
    "desk:account:reset_asked": Words("asked for a new sign-in for your page"),
    "desk:account:confirmed": Words("confirmed that you have your sign-in"),
    "access:sight:taken": Words("took emergency sight of what is noted about you, for an hour at most"),
    "look:second:asked": Words("asked for a second person to look at your details"),
    "look:second:agreed": Words("agreed, as the second person, to a look at your details"),
    "stay:sensitive:marked": Words("closed your details: each look needs a second person"),
}
"""What staff did by name, beside what the patient said themselves: shown to them too (rules C5, P10, S2, S3, X6)."""
OWN_ACTS: Mapping[str, Words] = {
    "consent:record:relay_answered": Words("answered: was that you?"),
    "consent:record:resumed": Words("let the sensor start again"),
    "consent:record:tried": Words("tried the sensor out, for yourself alone"),
    "consent:record:trial_ended": Words("ended trying the sensor out"),
}
"""What is done with a patient's own sign-in: shown with who made it, as they could have used it."""
FLAGGED = "governance:looks:flagged"
DELETED = "patient:notes:deleted"
_DELETED = Words("What was noted about you was deleted, as you asked.")
_NOT_DELETED = Words("Something happened around that time, so it has to be kept for now. You can ask why.")
_FLAGGED = Words("Somebody looked at your details more often than usual. Those who check the ward were told.")
LIST_SUBJECT = "list:" + "0" * 32
"""Stands for the whole list where the log asks for a pseudonym."""
LIST_LOOK = "ward:consents:viewed"
"""A look at the list of rooms with what each person said: it concerns everyone who stayed there then."""

_WANTED = Wanted((*LOOKS, *OWN_ACTS, FLAGGED, DELETED), tuple(ACTS), LIST_LOOK)

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
    AccessReason.EMERGENCY: Words("in an emergency"),
}


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """One page of the ledger.

    Attributes:
        rows: newest first.
        has_earlier: whether there is a further page.
    """

    rows: tuple[LedgerRow, ...]
    has_earlier: bool


def who_looked(tx: Tx, stay: StayRow, now: datetime, page: int = 0) -> LedgerPage:
    """Return a page of the ledger of a stay, newest first; no line is left out between pages.

    Args:
        tx: the read.
        stay: whose.
        now: UTC.
        page: from 0 for the newest.
    """
    names, first = _FirstNames(tx), page * _PAGE
    beyond = first + _PAGE + 1
    found = [*_looks(tx, stay, names, beyond), *_glances(tx, stay, names, now), *_visits(tx, stay, names)]
    newest = sorted(found, key=lambda row: row.at, reverse=True)[first:beyond]
    return LedgerPage(tuple(_with_receipt(tx, row) for row in newest[:_PAGE]), len(newest) > _PAGE)


def every_line(tx: Tx, stay: StayRow, now: datetime) -> tuple[LedgerRow, ...]:
    """Return the whole ledger of a stay, newest first."""
    found: list[LedgerRow] = []
    number, has_more = 0, True
    while has_more:
        page = who_looked(tx, stay, now, number)
        found += page.rows
        number, has_more = number + 1, page.has_earlier
    return tuple(found)


def said_to_staff(tx: Tx, stay: StayRow) -> tuple[LedgerRow, ...]:
    """Return the check prompts about a room during a stay, newest first."""
    rows = prompts.of_room(tx, stay.room_id, stay.from_at)
    return tuple(LedgerRow(row.raised_at, attended_at, _prompt_words(row.kind), -1) for row, attended_at in rows)


@dataclass(frozen=True, slots=True)
class _Glance:
    at: datetime
    until: datetime
    viewing_id: str
    name: str
    times: int = 1


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


def _looks(tx: Tx, stay: StayRow, names: _FirstNames, limit: int) -> list[LedgerRow]:
    found = looks.looks(tx, stay.room_id, _WANTED, stay.from_at, limit)
    return [LedgerRow(row.at, None, _words_of(tx, row, names), row.index, _code(row)) for row in found]


def _code(row: LookRow) -> str:
    return short_form(leaf_hash(row.entry.encode()).hex())


def _words_of(tx: Tx, row: LookRow, names: _FirstNames) -> Words:
    told = json.loads(row.entry)
    if row.action == FLAGGED:
        return _FLAGGED
    if row.action == DELETED:
        return _NOT_DELETED if told["reason"] == "held" else _DELETED
    if row.action in OWN_ACTS:
        return _own_words(tx, row.at, told, names, OWN_ACTS[row.action])
    if row.action in ACTS:
        return _act_words(told, names, ACTS[row.action])
    return _look_words(told, names, LOOKS.get(row.action, Words("the list of who said what about the sensor")))


def _act_words(told: Mapping[str, Any], names: _FirstNames, done: Words) -> Words:
    role = ROLES[Role(told["role"])]
    return Words("{name} ({role}) {done}.", {"name": names.of(told["actor"]), "role": role, "done": done})


def _own_words(tx: Tx, at: datetime, told: Mapping[str, Any], names: _FirstNames, done: Words) -> Words:
    """Say what was done with the patient's sign-in, and who made that sign-in."""
    link = newest_link(tx, told["actor"], at)
    maker = accounts.by_id(tx, link.issued_by) if link else None
    if maker is None:
        return Words("Your sign-in {done}.", {"done": done})
    name, role = names.of(maker.actor.actor_id), ROLES[maker.actor.role]
    return Words("Your sign-in, made by {name} ({role}), {done}.", {"name": name, "role": role, "done": done})


def _look_words(told: Mapping[str, Any], names: _FirstNames, what: Words) -> Words:
    role = ROLES[Role(told["role"])] if told["role"] else Words("somebody")
    reason = _REASONS.get(told["reason"], Words("no reason given"))
    return Words(
        "{name} ({role}) looked at {what}, {reason}.",
        {"name": names.of(told["actor"]), "role": role, "what": what, "reason": reason},
    )


def _visits(tx: Tx, stay: StayRow, names: _FirstNames) -> list[LedgerRow]:
    """Return when staff were in the room, by the tag of its door (rule C17)."""
    return [_visit(tx, one, names) for one in visits.of_stay(tx, stay.stay_id)]


def _visit(tx: Tx, one: Visit, names: _FirstNames) -> LedgerRow:
    account = accounts.by_id(tx, one.actor_id)
    if one.actor_id.startswith(NAMELESS):
        return _nameless_visit(one)
    who: dict[str, str | datetime | Words] = {"name": names.of(one.actor_id)}
    who["role"] = ROLES[account.actor.role] if account is not None else Words("somebody")
    receipts = audit_rows.newest_rows(tx, limit=2, subject=f"visit:{one.visit_id}")
    words = Words("Staff were in your room: {name} ({role}).", who)
    if one.ended_by is VisitEnd.NOT_KNOWN:
        words = Words("Staff came into your room: {name} ({role}). When they left is not known.", who)
    left_at = None if one.ended_by is VisitEnd.NOT_KNOWN else one.left_at
    return LedgerRow(one.came_at, left_at, words, min((row.index for row in receipts), default=-1))


def _nameless_visit(one: Visit) -> LedgerRow:
    """Return a visit that is older than the name at it (rule P11)."""
    role = ROLES.get(Role(one.actor_id.removeprefix(NAMELESS)), Words("somebody"))
    left_at = None if one.ended_by is VisitEnd.NOT_KNOWN else one.left_at
    told = {"name": Words("somebody"), "role": role}
    return LedgerRow(one.came_at, left_at, Words("Staff were in your room: {name} ({role}).", told), -1)


def _glances(tx: Tx, stay: StayRow, names: _FirstNames, now: datetime) -> list["LedgerRow | _Glance"]:
    """Sum glances: one person's screens that followed each other within half an hour are one line (rule X1)."""
    summed: dict[str, list[_Glance]] = {}
    for one in reversed(viewings.between(tx, stay.from_at, now)):
        at, until = max(one.opened_at, stay.from_at), one.closed_at or one.heartbeat_at
        lines = summed.setdefault(one.actor_id, [])
        if lines and at - lines[-1].until <= _ONE_SITTING:
            last = lines[-1]
            lines[-1] = replace(last, until=max(last.until, until), times=last.times + 1)
        else:
            lines.append(_Glance(at, until, one.viewing_id, names.of(one.actor_id)))
    return [line for lines in summed.values() for line in lines]


def _with_receipt(tx: Tx, row: "LedgerRow | _Glance") -> LedgerRow:
    """Return a line with its receipt; a sum of glances has that of the first."""
    if isinstance(row, LedgerRow):
        return row
    receipts = audit_rows.newest_rows(tx, limit=2, subject=f"viewing:{row.viewing_id}")
    words = Words("The night board was open: {name}.", {"name": row.name})
    if row.times > 1:
        words = Words("The night board was open: {name}, {times} times.", {"name": row.name, "times": row.times})
    first = min(receipts, key=lambda one: one.index, default=None)
    if first is None:
        return LedgerRow(row.at, row.until, words, -1)
    return LedgerRow(row.at, row.until, words, first.index, short_form(first.leaf.hex()))


def _prompt_words(kind: str) -> Words:
    if kind == "asked_for_help":
        return Words("You said that you do not feel right. Staff were asked to come.")
    if kind == "no_breathing_seen":
        return Words("Staff were asked to look in: no breathing was seen.")
    return Words("Staff were asked to knock: the sensor stopped while a clock was running.")
