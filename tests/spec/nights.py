"""Reads the ward-night tables, plays each row through consent, lease, staleness and tile, and renders the page."""

import tomllib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from broker.messages import LiveState, Sensor
from broker.readings import BreathingReading, MovementReading, PeopleReading, PlaceReading, PresenceReading, Readings
from broker.vocabulary import (
    CloseReason,
    Lamp,
    Modality,
    Movement,
    Origin,
    Place,
    Presence,
    Purpose,
    SensedState,
    SensorState,
    Withheld,
)
from console.keys.signer import UNSIGNED
from console.rules.consenting.consent import ConsentEntry, EntryKind, Standing, derive
from console.rules.consenting.hours import parse_hours
from console.rules.consenting.leasing import LeaseFacts, LeaseVerdict, decide_lease
from console.rules.policy import shipped_policy
from console.rules.sensing.staleness import loss_of
from console.rules.sensing.tiles import TileFacts, tile
from console.running.seed import example_grant
from console.words import open_catalogues
from tests.kit.boxed_ward import some_readings

TABLES = Path(__file__).with_name("ward_nights.toml")
NOW = datetime(2026, 11, 20, 2, 14, 30, tzinfo=UTC)
ZONE = ZoneInfo("Europe/London")
LEASE = "a" * 32
_GIVEN_AT = NOW - timedelta(days=1)


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    chapter: str
    rules: tuple[str, ...]
    given: str
    says: str
    told: dict[str, Any] = field(default_factory=dict)


def read_rows() -> list[Row]:
    told = tomllib.loads(TABLES.read_text("utf-8"))
    return [
        Row(chapter["title"], tuple(chapter["rules"]), row["given"], row["says"], row)
        for chapter in told["chapter"]
        for row in chapter["row"]
    ]


def said(row: Row) -> str:
    """Return what the tile says, in English and in ward time."""
    told, policy = row.told, shipped_policy()
    standing = _standing(told)
    verdict = decide_lease(LeaseFacts(Modality.RADAR, standing), NOW, policy, ZONE)
    loss = loss_of(
        float(told.get("heard_ago_s", 1)),
        node_lost=False,
        link_up=True,
        clock_ahead=bool(told.get("clock_ahead")),
        policy=policy,
    )
    facts = TileFacts(
        "room6",
        "Room 6",
        "AE",
        may_sense=verdict.is_open,
        paused_since=standing.paused_since,
        paused_until=standing.paused_until,
        purposes=verdict.purposes,
        lease_id=LEASE if verdict.is_open else "",
        live=_live(told, verdict),
        loss=loss,
        no_movement_since=_ago(told, "no_movement_ago_s"),
    )
    english = open_catalogues("Europe/London")["en"]
    return english.words(tile(facts, NOW, policy).headline).replace("\u2068", "").replace("\u2069", "")


def page(rows: list[Row]) -> str:
    """Render the page for governance leads."""
    lines = ["# What a night tile says", "", "Each line is a test that runs with every change of the software.", ""]
    chapter = None
    for row in rows:
        if row.chapter != chapter:
            chapter = row.chapter
            lines += ["", f"## {row.chapter} ({', '.join(row.rules)})", "", "| when | the tile says |", "|---|---|"]
        lines.append(f"| {row.given} | `{row.says}` |")
    return "\n".join(lines) + "\n"


def _standing(told: dict[str, Any]) -> Standing:
    purposes = tuple(Purpose(one) for one in told.get("purposes", list(Purpose)))
    grant = replace(example_grant(_GIVEN_AT), purposes=purposes)
    consent = told.get("consent", "given")
    if consent == "outside_hours":
        grant = replace(grant, hours=(parse_hours("13:00-15:00"),))
    if consent == "expired":
        grant = replace(grant, review_by=NOW - timedelta(hours=7))
    kinds = {
        "refused": [EntryKind.REFUSED],
        "not_asked": [],
        "withdrawn": [EntryKind.GIVEN, EntryKind.WITHDRAWN],
        "paused": [EntryKind.GIVEN, EntryKind.PAUSED],
    }.get(consent, [EntryKind.GIVEN])
    pressed = _ago(told, "paused_ago_s") or _GIVEN_AT
    entries = [
        ConsentEntry(
            f"{n}" * 32,
            "c" * 32,
            "d" * 32,
            pressed if kind is EntryKind.PAUSED else _GIVEN_AT,
            kind,
            grant.to_details() if kind is EntryKind.GIVEN else {},
        )
        for n, kind in enumerate(kinds)
    ]
    return derive(entries, NOW, shipped_policy(), ZONE)


def _live(told: dict[str, Any], verdict: LeaseVerdict) -> LiveState:
    reason = told.get("closed") or (None if verdict.is_open else CloseReason.LEASE_CLOSED)
    sensor = Sensor(
        modality=Modality.RADAR,
        state=SensorState.CLOSED if reason else SensorState.OPEN,
        since=_ago(told, "closed_ago_s") or NOW,
        lease_id=None if reason else LEASE,
        reason=CloseReason(reason) if reason else None,
        lamp=Lamp.OFF if reason else Lamp.ON,
    )
    return LiveState(
        node_id="node6",
        boot_id="b" * 32,
        origin=Origin.SIMULATED,
        sent_at=NOW,
        uptime_s=60.0,
        sensor=sensor,
        readings=None if reason else _readings(told),
        signature=UNSIGNED,
    )


def _readings(told: dict[str, Any]) -> Readings:
    presence = str(told.get("presence", "present"))
    withheld = presence.removeprefix("withheld:") if presence.startswith("withheld:") else None
    return some_readings(
        LEASE,
        NOW,
        presence=PresenceReading(withheld=Withheld(withheld))
        if withheld
        else PresenceReading(value=Presence(presence), since=_ago(told, "presence_ago_s") or NOW),
        movement=MovementReading(value=Movement(told.get("movement", "still")), since=NOW),
        place=PlaceReading(value=Place(told.get("place", "in_bed")), since=_ago(told, "place_ago_s") or NOW),
        people=PeopleReading(value=told.get("people", 1)),
        breathing=BreathingReading(value=SensedState(told.get("breathing", "breathing")), since=NOW),
        living_seen_at=_ago(told, "living_ago_s") or NOW,
    )


def _ago(told: dict[str, Any], name: str) -> datetime | None:
    return NOW - timedelta(seconds=told[name]) if name in told else None
