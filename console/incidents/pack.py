"""The investigation's pack: all that the records hold of one room and time, and by name what they do not (rule I6)."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from broker.vocabulary import Context
from console.errors import SealError
from console.keeping.minutes import opened
from console.keys.signer import SealingKey
from console.office import Office
from console.store import accounts
from console.store import incident_reads as reads
from console.store.database import Tx
from console.store.incident_reads import Found, Where


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the pack: a table, or why it is empty.

    Attributes:
        key: file name of its CSV.
        title: in plain words.
        columns: names of the columns.
        rows: text in every cell; times in UTC.
        missing: what is not there and why; empty where all is.
    """

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """All sections.

    Attributes:
        where: room, stay and time.
        made_at: when, UTC.
        sections: in the order in which they are read.
        entries: places in the log of the entries about that room and time: each gets a receipt.
        not_recorded: what this system never records, in plain words.
    """

    where: Where
    made_at: datetime
    sections: tuple[Section, ...]
    entries: tuple[int, ...]
    not_recorded: tuple[str, ...]


NOT_RECORDED = (
    "The strength of the wireless network at each tablet and node: only when a link was lost and back, under 'lost'.",
    "What the sounders played: only their state, under 'lost'. Whether anybody heard it is nowhere.",
    "Pictures, sound or raw radar signal: no such thing leaves a sensor's memory, so there is none.",
    "Paper: handwritten notes, the paper round, incident forms and statements. Ask the ward for them.",
    "The electronic patient record, the call-bell system, door access and closed-circuit television.",
)
"""Named in every pack, so that an investigator asks for it elsewhere (PFD-2023-0540)."""


def gather(tx: Tx, office: Office, where: Where, keys: Mapping[str, SealingKey]) -> Pack:
    """Read everything.

    Args:
        tx: the transaction that also writes down the release.
        office: keys, rules and clock.
        where: room, stay and time.
        keys: of sealed days, opened by two people.
    """
    logged = reads.logged(tx, where)
    sections = [_section(tx, where, *told) for told in _SECTIONS]
    people = _people(tx, sections)
    return Pack(
        where,
        office.now(),
        (*sections[:3], _minutes(tx, office, where, keys), *sections[3:], _rules(office, logged), _log(logged), people),
        tuple(one["idx"] for one in logged),
        NOT_RECORDED,
    )


_Read = Callable[[Tx, Where], list[Found]]
_SECTIONS: tuple[tuple[str, str, _Read, tuple[str, ...], str], ...] = (
    ("alerts", "Alerts: raised, going, arrived, closed", reads.alert_timeline,
     ("at", "alert_id", "kind", "priority", "step", "actor_id", "details"), "No alert was raised."),
    ("presence", "Staff at the door, by its tag", reads.visits,
     ("came_at", "left_at", "ended_by", "actor_id"), "Nobody touched the door's tag."),
    ("events", "What the sensor noticed happen", reads.events,
     ("captured_at", "received_at", "event", "after_s", "quality", "late", "node_id", "origin"),
     "No room event is kept of this time."),
    ("checks", "Checks in person", reads.checks,
     ("there_at", "entered_at", "received_at", "saw", "place_proven", "woke", "engaged_min", "marks", "actor_id"),
     "No check in person was entered."),
    ("planned", "Checks that were planned", reads.planned,
     ("opens_at", "due_at", "latest_at", "level", "moved", "seen_at", "ended_at", "ended"), "No check was planned."),
    ("prompts", "Prompts to look in", reads.prompts,
     ("raised_at", "kind", "attended_at", "attended_by", "outcome", "place_proven"), "Nobody was asked to look in."),
    ("emergencies", "Emergency card, tap by tap", reads.emergencies,
     ("at", "kind", "actor_id"), "No emergency was started for this room."),
    ("sensors", "Sensors of the room: opened, closed", reads.sensors,
     ("captured_at", "received_at", "node_id", "state", "reason", "lamp", "lease_id"),
     "No sensor opened or closed."),
    ("lost", "What was lost: nodes, wireless network, broker, console, tablets", reads.lost,
     ("raised_at", "resolved_at", "cause", "rooms", "was_loud"), "Nothing was lost."),
    ("gaps", "Records that a node declared lost", reads.gaps,
     ("received_at", "node_id", "sequence", "to_sequence", "count", "reason"), "No node declared a record lost."),
    ("software", "Starts of the room's nodes, with their software", reads.boots,
     ("announced_at", "node_id", "boot_id", "origin", "software"), "No start of a node is on record."),
    ("staffing", "Who was on shift, with posts and rooms", reads.shifts,
     ("at", "actor_id", "kind", "post", "cover", "rooms"), "Nobody signed on: who was there is not known here."),
    ("load", "When the load was too high, and the answer", reads.loads,
     ("asked_at", "checks_per_h", "people", "answered_at", "answered_by", "answer", "until_at"),
     "The load was not over its limit."),
    ("handovers", "Signed handovers", reads.handed_over,
     ("signed_at", "from_at", "until_at", "figures", "signed_by"), "No handover was signed."),
    ("consent", "Consent: everything said since the stay began", reads.consent,
     ("at", "kind", "details", "consent_id", "recorded_by"), "Nobody was asked about the sensor."),
)  # fmt: skip


def _section(
    tx: Tx, where: Where, key: str, title: str, read: _Read, columns: tuple[str, ...], missing: str
) -> Section:
    rows = tuple(tuple(told(row[column]) for column in columns) for row in read(tx, where))
    return Section(key, title, columns, rows, "" if rows else missing)


_MINUTES = ("at", "sensor", "presence", "place", "people", "sensed_s", "present_s", "moving_s", "rate_per_min",
            "spread_per_min", "no_rate_because")  # fmt: skip


def _minutes(tx: Tx, office: Office, where: Where, keys: Mapping[str, SealingKey]) -> Section:
    """Open the minutes one by one: one that cannot be opened is counted, and keeps no other from being read."""
    found, closed = [], 0
    sealed = reads.minutes(tx, where)
    # Numbers of an evaluation are for the study's own role (rule A11).
    shows = office.context is not Context.EVALUATION
    for _at, row in sealed:
        try:
            noted = next(iter(opened(tx, office, (row,), with_rates=shows, opened_by_two=keys)), None)
        except SealError:
            noted = None
        if noted is None:
            closed += 1
            continue
        one = noted.minute
        cells = (one.at, one.sensor, one.presence, one.place, one.people, one.sensed_s, one.present_s, one.moving_s,
                 noted.rate_per_min, noted.spread_per_min, noted.withheld)  # fmt: skip
        found.append(tuple(told(cell) for cell in cells))
    missing = "" if sealed else "Nothing was noted per minute: the sensor was off, or it is deleted."
    if closed:
        missing = f"{closed} of {len(sealed)} minutes cannot be opened: their day's key was destroyed or is not open."
    return Section("minutes", "What the sensor noted, minute by minute", _MINUTES, tuple(found), missing)


def _rules(office: Office, logged: Iterable[Found]) -> Section:
    versions = sorted({json.loads(one["entry"])["policy_version"] for one in logged})
    rows = [(str(one), "in force then") for one in versions]
    rows.append(
        (str(office.policy.version), f"in force now; the trust's own policy: {office.policy.local_hash or '-'}")
    )
    return Section("rules", "Versions of the rule book", ("policy_version", "when"), tuple(rows))


_LOGGED = ("index", "at", "action", "outcome", "actor", "role", "rules", "reason", "subject")


def _log(logged: Iterable[Found]) -> Section:
    rows = []
    for one in logged:
        entry = json.loads(one["entry"])
        rows.append(tuple(told(entry[column]) for column in _LOGGED))
    missing = "" if rows else "The log has no entry about this room and time."
    return Section(
        "log", "The log: who did and looked at what; receipts/ proves each line", _LOGGED, tuple(rows), missing
    )


def _people(tx: Tx, sections: Iterable[Section]) -> Section:
    """List who is behind the pseudonyms of the pack: role, and name as on the badge."""
    ids = {
        cell
        for one in sections
        for row in one.rows
        for column, cell in zip(one.columns, row, strict=True)
        if column in _ACTORS and cell
    }
    rows = []
    for actor_id in sorted(ids):
        account = accounts.by_id(tx, actor_id)
        name, role = (account.actor.display_name, account.actor.role.value) if account else ("not known", "")
        rows.append((actor_id, role, name))
    return Section("people", "Who they are", ("actor_id", "role", "name"), tuple(rows), "" if rows else "Nobody.")


_ACTORS = frozenset({"actor_id", "attended_by", "answered_by", "recorded_by", "signed_by"})


def told(cell: Any) -> str:
    """Return one cell as text: times in UTC, absent as nothing, codes and lists as they are kept."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, (dict, list)):
        return json.dumps(cell, sort_keys=True, ensure_ascii=False) if cell else ""
    return str(getattr(cell, "value", cell))
